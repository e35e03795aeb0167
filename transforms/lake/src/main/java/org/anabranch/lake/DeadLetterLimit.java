package org.anabranch.lake;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.anabranch.model.Internal;

/**
 * How many of a run's records may be dead letters before it commits nothing but these.
 *
 * @param text a number of records ({@code 100}), a percentage of those that were read ({@code 1%},
 *     {@code 0.5%}), or nothing for no limit
 */
@Internal
public record DeadLetterLimit(String text) implements Serializable {

  private static final Pattern FORM =
      Pattern.compile("|[0-9]{1,18}|(100|[0-9]{1,2}(\\.[0-9]{1,6})?)%");

  public static final DeadLetterLimit NONE = new DeadLetterLimit("");

  public DeadLetterLimit {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "must be a number of records, or a percentage such as 1% or 0.5%, but was: " + text);
    }
  }

  /** A number of records. */
  public static DeadLetterLimit of(long records) {
    return new DeadLetterLimit(String.valueOf(records));
  }

  /** Whether a run has too many. */
  public boolean isExceeded(long dead, long read) {
    if (text.isEmpty()) {
      return false;
    }

    if (!text.endsWith("%")) {
      return dead > Long.parseLong(text);
    }

    BigDecimal percent = new BigDecimal(text.substring(0, text.length() - 1));
    BigDecimal allowed = percent.multiply(BigDecimal.valueOf(read));
    return BigDecimal.valueOf(dead).scaleByPowerOfTen(2).compareTo(allowed) > 0;
  }
}
