package org.anabranch.sparkreader;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Tables of the namespace {@code anabranch} in a Hadoop catalog, read by a Spark inside this
 * process. Each read sees the table's newest snapshot, because nothing is cached.
 */
final class LakeReader implements AutoCloseable {

  private static final String CATALOG = "spark.sql.catalog.lake";
  private static final String HOST = "127.0.0.1";

  private final SparkSession spark;

  /** What was read of a table. */
  record TableRead(String table, long rows, List<Column> columns) {

    TableRead {
      columns = List.copyOf(columns);
    }

    /** One line of JSON. */
    String json() {
      StringJoiner list = new StringJoiner(",", "[", "]");
      columns.forEach(column -> list.add(column.json()));
      return "{\"table\":" + quote(table) + ",\"rows\":" + rows + ",\"columns\":" + list + "}";
    }
  }

  /** A column as Spark sees it. */
  record Column(String name, String type) {

    String json() {
      return "{\"name\":" + quote(name) + ",\"type\":" + quote(type) + "}";
    }
  }

  private LakeReader(SparkSession spark) {
    this.spark = spark;
  }

  static LakeReader open(Path warehouse) {
    SparkSession spark =
        SparkSession.builder()
            .appName("spark-reader")
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", HOST)
            .config("spark.driver.bindAddress", HOST)
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.session.timeZone", "UTC")
            .config(
                "spark.sql.extensions",
                "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
            .config(CATALOG, "org.apache.iceberg.spark.SparkCatalog")
            .config(CATALOG + ".type", "hadoop")
            .config(CATALOG + ".warehouse", warehouse.toUri().toString())
            .config(CATALOG + ".cache-enabled", "false")
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    return new LakeReader(spark);
  }

  /** For tests, which make tables with SQL. */
  void sql(String statement) {
    spark.sql(statement);
  }

  /** Reads a table and writes it as one Parquet file into the directory. */
  TableRead copy(String table, Path directory) {
    Dataset<Row> rows = rows(table);
    rows.coalesce(1).write().mode(SaveMode.Overwrite).parquet(directory.toUri().toString());
    long count = spark.read().parquet(directory.toUri().toString()).count();
    return new TableRead(
        table,
        count,
        Arrays.stream(rows.dtypes()).map(type -> new Column(type._1(), type._2())).toList());
  }

  /** Reads every column of every row; returns the seconds that took. */
  double scan(String table) {
    Dataset<Row> rows = rows(table);
    String columns =
        Arrays.stream(rows.columns())
            .map(name -> "`" + name.replace("`", "``") + "`")
            .reduce((left, right) -> left + ", " + right)
            .orElse("0");
    long begin = System.nanoTime();
    rows.selectExpr("xxhash64(" + columns + ") AS hash")
        .selectExpr("count(1)", "sum(CAST(hash AS DECIMAL(20,0)))")
        .collectAsList();
    return (System.nanoTime() - begin) / 1e9;
  }

  private Dataset<Row> rows(String table) {
    return spark.sql("SELECT * FROM lake.anabranch.`" + table.replace("`", "``") + "`");
  }

  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }

    return quoted.append('"').toString();
  }

  @Override
  public void close() {
    spark.stop();
  }
}
