package org.anabranch;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.lang.reflect.Executable;
import java.util.List;
import java.util.stream.Stream;
import org.anabranch.files.FileChangesIO;
import org.anabranch.kafka.KafkaChangesIO;
import org.anabranch.lake.ChangedRow;
import org.anabranch.lake.LakeCommits;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeIO;
import org.anabranch.lake.LakeRead;
import org.anabranch.lake.LakeReadChanges;
import org.anabranch.lake.LakeUpsert;
import org.anabranch.lake.TableCommitted;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.parse.ChangeBatch;
import org.anabranch.transforms.parse.ChangeCollection;
import org.anabranch.transforms.parse.DeadLetter;
import org.anabranch.transforms.parse.ParseChanges;
import org.junit.jupiter.api.Test;

/** What a program calls that has the artifacts on its class path. */
class LibraryTypesTest {

  private static final List<Class<?>> LIBRARY =
      List.of(
          LakeIO.class,
          LakeUpsert.class,
          LakeCommits.class,
          TableCommitted.class,
          ChangedRow.class,
          LakeRead.class,
          LakeReadChanges.class,
          LakeConfig.class,
          FileChangesIO.class,
          FileChangesIO.Read.class,
          KafkaChangesIO.class,
          KafkaChangesIO.Read.class,
          ParseChanges.class,
          ParseChanges.DebeziumJson.class,
          ParseChanges.RowChanges.class,
          ChangeCollection.class,
          ChangeBatch.class,
          DeadLetter.class,
          LogRecord.class);

  @Test
  void theyShowNoTypeThatTheJarsOfClustersRename() {
    List<String> shown =
        LIBRARY.stream()
            .flatMap(type -> Stream.of(type.getMethods(), type.getConstructors()))
            .flatMap(Stream::of)
            .map(Executable::toString)
            .filter(text -> text.matches(".*org\\.apache\\.(parquet|avro|iceberg).*"))
            .toList();
    assertThat(shown, is(List.of()));
  }
}
