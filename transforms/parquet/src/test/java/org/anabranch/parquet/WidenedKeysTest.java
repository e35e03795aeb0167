package org.anabranch.parquet;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.Objects;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Generated;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.apache.avro.generic.GenericFixed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The key of a value stays what it is when the type of its column widens, by whatever path. */
class WidenedKeysTest {

  @Test
  void aWidenedValueHasTheKeyItHad() {
    Generated.forSeeds(
        30_000,
        generated -> {
          Object value = generated.value();
          byte[] key = key(value);
          // A flag becomes a number where numbers stand beside it; only a declared type, which
          // stays, makes it part of a key.
          if (key == null || value instanceof Boolean) {
            return;
          }

          Type type = Values.typeOf(new ByteReader(Values.encode(value)));
          Object widened = value;
          for (int step = 0; step < 3; step++) {
            Type wider = type.join(generated.type());
            // What becomes a double loses digits: no column of a key does.
            if (wider.kind() != Type.Kind.DOUBLE && wider.kind() != Type.Kind.LIST) {
              widened = converted(widened, wider);
              type = wider;
            }

            assertThat(key(widened), is(key));
          }

          assertThat(Values.text(widened), is(Values.text(Objects.requireNonNull(value))));
        });
  }

  private static byte @Nullable [] key(@Nullable Object value) {
    KeyWriter key = new KeyWriter();
    return key.add(new ByteReader(Values.encode(value))) ? key.toByteArray() : null;
  }

  /** What a column of the type holds for a value, decoded. */
  private static Object converted(Object value, Type type) {
    Object cell = Cell.ofColumn("c", type).read(new ByteReader(Values.encode(value)));
    return switch (type.kind()) {
      case INT32, INT64, BOOLEAN, DOUBLE -> Objects.requireNonNull(cell);
      case DECIMAL -> decimal((GenericFixed) Objects.requireNonNull(cell), type);
      case BYTES -> copy((ByteBuffer) Objects.requireNonNull(cell));
      case DATE -> LocalDate.ofEpochDay((int) Objects.requireNonNull(cell));
      case NULL, UUID, JSON, STRING -> Objects.requireNonNull(cell).toString();
      case TIME, TIMESTAMP, TIMESTAMPTZ, LIST -> value;
    };
  }

  private static BigDecimal decimal(GenericFixed fixed, Type type) {
    return new BigDecimal(new BigInteger(fixed.bytes()), type.scale());
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return ByteBuffer.wrap(copy);
  }
}
