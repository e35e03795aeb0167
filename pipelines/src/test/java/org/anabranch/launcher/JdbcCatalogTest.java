package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A catalog in a database that is a file. */
class JdbcCatalogTest extends CatalogConformance {

  @Override
  String catalog() {
    return "{type: jdbc, uri: \"jdbc:sqlite:" + directory.resolve("catalog.db") + "\"}";
  }

  @Test
  void aDatabaseWithoutADriverIsToldInOneLine() throws IOException {
    Path config = directory.resolve("other.yaml");
    Files.writeString(config, "catalog: {type: jdbc, uri: \"jdbc:nothing:x\"}\n");
    Path warehouse = Files.createDirectories(directory.resolve("w"));

    Call call = Call.of("tables", "--warehouse=" + warehouse, "--config=" + config);

    assertThat(call.code(), is(1));
    assertThat(call.err().lines().count(), is(1L));
    assertThat(call.err(), containsString("jdbc:nothing:x"));
  }
}
