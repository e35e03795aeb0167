package org.anabranch.model;

import java.math.BigDecimal;

/**
 * Digits of the doubles seen so far, each as the shortest decimal that gives it back: what a
 * decimal needs to hold them all. Nearly every double that brings no new digit is recognised by a
 * multiplication. Not thread-safe.
 */
public final class DoubleExtents {

  /** Powers of ten; exact up to 22, and the nearest doubles above. */
  private static final double[] TENS = new double[Type.MAX_PRECISION + 1];

  private static final int EXACT_TENS = 22;

  /** Most digits of a shortest decimal. */
  private static final int DIGITS = 17;

  /** By scale: from here on 17 digits end within the scale. */
  private static final double[] ENDS_WITHIN = new double[Type.MAX_PRECISION + 1];

  /** Two decimals with so many digits are never the same double. */
  private static final double DISTINCT = 1e15;

  static {
    for (int i = 0; i < TENS.length; i++) {
      TENS[i] = Double.parseDouble("1e" + i);
      ENDS_WITHIN[i] = Double.parseDouble("1e" + (DIGITS - 1 - i));
    }
  }

  private int integerDigits;
  private int scale;
  private boolean unbounded;

  /** Looks at a double. */
  public void see(double value) {
    if (!unbounded && !fits(Math.abs(value))) {
      grow(value);
    }
  }

  private boolean fits(double value) {
    if (value == 0) {
      return integerDigits > 0;
    }

    if (integerDigits + scale == 0 || !(value < TENS[integerDigits])) {
      return false;
    }

    if (scale <= EXACT_TENS) {
      double unscaled = Math.rint(value * TENS[scale]);
      if (unscaled < DISTINCT && unscaled / TENS[scale] == value) {
        return true;
      }
    }

    return value >= ENDS_WITHIN[scale];
  }

  private void grow(double value) {
    if (!Double.isFinite(value)) {
      unbounded = true;
      return;
    }

    BigDecimal shortest = PlainNumber.shortest(value).stripTrailingZeros();
    scale = Math.max(scale, shortest.scale());
    integerDigits = Math.max(integerDigits, shortest.precision() - shortest.scale());
    unbounded = integerDigits + scale > Type.MAX_PRECISION;
  }

  /** Type of the doubles seen, of which there is at least one. */
  public Type type() {
    return unbounded ? Type.DOUBLE : Type.doubleOf(integerDigits, scale);
  }
}
