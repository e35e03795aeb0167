package org.anabranch.launcher;

import java.util.List;
import org.anabranch.model.Stable;

/**
 * A pipeline that the command line can run: {@code ./anabranch run NAME}. Found by {@link
 * java.util.ServiceLoader} on the class path, to which the script adds what {@code
 * ANABRANCH_CLASSPATH} names: a jar lists its definitions in {@code
 * META-INF/services/org.anabranch.launcher.PipelineDefinition}. A definition has a public
 * constructor without parameters and no state.
 *
 * <pre>{@code
 * public final class RevenueDefinition implements PipelineDefinition {
 *   public int compiledAgainst() {
 *     return VERSION;
 *   }
 *
 *   public String name() {
 *     return "revenue";
 *   }
 *
 *   public String summary() {
 *     return "revenue per country and hour";
 *   }
 *
 *   public List<OptionSpec> options() {
 *     return PipelineCall.INPUT_OPTIONS;
 *   }
 *
 *   public PlannedPipeline plan(PipelineCall call) {
 *     return PlannedPipeline.of(Revenue.of(call.tables(Revenue.ORDERS, Revenue.CUSTOMERS)));
 *   }
 * }
 * }</pre>
 */
@Stable
public interface PipelineDefinition {

  /**
   * Version of this interface and of the types it names. Raised where definitions that were
   * compiled before cannot run any more.
   */
  int VERSION = 1;

  /**
   * Version that the definition was compiled against: {@code return VERSION}, which the compiler
   * writes into the class as a number. One of another version is refused.
   */
  int compiledAgainst();

  /** Name on the command line: lower-case letters, digits and dashes; no two may share one. */
  String name();

  /** What it delivers, in one line without a full stop. */
  String summary();

  /**
   * Its own options; those of every run (warehouse, runner, mode, topics) are not among them and
   * must not be given other meanings.
   */
  List<OptionSpec> options();

  /** How it asks for its warehouse; without an override the option has no default. */
  default OptionSpec warehouse() {
    return TargetOptions.WAREHOUSE;
  }

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException for an option or a combination that is wrong: its message, one
   *     line, ends the call with exit code 2
   */
  PlannedPipeline plan(PipelineCall call);
}
