package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LakeConfigTest {

  @Test
  void theDirectoryIsTheCatalogUnlessToldOtherwise() {
    LakeConfig config = LakeConfig.at(Path.of("/tmp/x/../lake"));
    assertThat(config.warehouse(), equalTo(Path.of("/tmp/lake")));
    assertThat(config.type(), is("hadoop"));
    assertThat(config.namespace(), is("anabranch"));
    assertThat(config.properties(), equalTo(Map.of()));
    assertThat(config.location("orders"), is("/tmp/lake/anabranch/orders"));
  }

  @Test
  void everySettingCanBeGiven() {
    LakeConfig config =
        LakeConfig.at(Path.of("/tmp/lake"))
            .withCatalog(
                Map.of("type", "JDBC", "namespace", "sales", "uri", "jdbc:x", "jdbc.user", "me"));
    assertThat(config.type(), is("jdbc"));
    assertThat(config.namespace(), is("sales"));
    assertThat(config.properties(), equalTo(Map.of("uri", "jdbc:x", "jdbc.user", "me")));
  }

  @Test
  void whatCannotWorkIsRefused() {
    LakeConfig config = LakeConfig.at(Path.of("/tmp/lake"));
    assertThrows(IllegalArgumentException.class, () -> LakeConfig.at(Path.of("s3:/bucket")));
    assertThrows(IllegalArgumentException.class, () -> config.withCatalog(Map.of("type", "hive")));
    assertThrows(IllegalArgumentException.class, () -> config.withCatalog(Map.of("type", "rest")));
    assertThrows(
        IllegalArgumentException.class, () -> config.withCatalog(Map.of("namespace", "a/b")));
  }
}
