package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class KeyReaderTest {

  @Test
  void theKeyOfWhatIsReadBackIsTheKey() {
    Generated.forSeeds(
        5000,
        generated -> {
          KeyWriter key = new KeyWriter();
          key.add(encoded(generated.text()));
          key.add(encoded(generated.number()));
          key.add(encoded(generated.decimal()));
          byte[] bytes = key.toByteArray();
          assertThat(again(bytes, Type.STRING, Type.INT64, Type.STRING), is(bytes));
        });
  }

  @Test
  void keysOfTheFormBeforeHaveTheTypesOfTheirValues() {
    assertThat(value("02", Type.BOOLEAN), is(true));
    assertThat(value("038000000000000007", Type.INT64), is(7L));
    assertThat(value("06370000", Type.STRING), is("7"));
    assertThat(value("0700ff010000", Type.BYTES), is(ByteBuffer.wrap(new byte[] {0, 1})));
    assertThat(value("088000000000000001", Type.DATE), is(LocalDate.ofEpochDay(1)));
    // 1E-7, as a decimal was written.
    assertThat(Values.text(value("0431452d370000", Type.decimal(8, 7))), is("0.0000001"));
  }

  @Test
  void aDoubleOfTheFormBeforeHadAllTheDigitsItStandsFor() {
    String digits = "0.1000000000000000055511151231257827021181583404541015625";
    String key =
        "04"
            + HexFormat.of().formatHex(digits.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
            + "0000";
    assertThat(value(key, Type.DOUBLE), is(0.1));
  }

  @Test
  void otherBytesAreNoKey() {
    KeyReader reader = new KeyReader();
    assertThat(reader.read(HexFormat.of().parseHex("03800000"), List.of(Type.INT64)), nullValue());
    assertThat(reader.read(HexFormat.of().parseHex("0101"), List.of(Type.BOOLEAN)), nullValue());
    assertThat(reader.read(HexFormat.of().parseHex("63"), List.of(Type.INT64)), nullValue());
  }

  private static Object value(String key, Type type) {
    List<byte[]> values = new KeyReader().read(HexFormat.of().parseHex(key), List.of(type));
    return Objects.requireNonNull(Values.decode(Objects.requireNonNull(values).get(0)));
  }

  private static byte[] again(byte[] key, Type... types) {
    KeyWriter again = new KeyWriter();
    Objects.requireNonNull(new KeyReader().read(key, List.of(types)))
        .forEach(value -> again.add(new ByteReader(value)));
    return again.toByteArray();
  }

  private static ByteReader encoded(Object value) {
    return new ByteReader(Values.encode(value));
  }
}
