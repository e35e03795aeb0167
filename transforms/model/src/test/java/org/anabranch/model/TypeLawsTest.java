package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link Type#join} is a join over every kind of type. */
class TypeLawsTest {

  private static final List<Type> TYPES = types();

  /** One of each kind, decimals at their edges, and lists of all of them. */
  private static List<Type> types() {
    List<Type> types =
        new ArrayList<>(
            List.of(
                Type.NULL,
                Type.BOOLEAN,
                Type.INT32,
                Type.INT64,
                Type.WIDE_INT64,
                Type.DOUBLE,
                Type.doubleOf(0, 1),
                Type.doubleOf(3, 2),
                Type.doubleOf(19, 19),
                Type.doubleOf(1, 20),
                Type.DATE,
                Type.TIME,
                Type.TIMESTAMP,
                Type.TIMESTAMPTZ,
                Type.BYTES,
                Type.UUID,
                Type.JSON,
                Type.STRING,
                Type.decimal(1, 0),
                Type.decimal(1, 1),
                Type.decimal(10, 2),
                Type.decimal(20, 19),
                Type.decimal(38, 0),
                Type.decimal(38, 38)));
    List<Type> withOthers =
        types.stream()
            .map(type -> type.join(Type.BOOLEAN))
            .flatMap(type -> Stream.of(type, type.join(Type.INT32), type.join(Type.STRING)))
            .distinct()
            .filter(type -> !types.contains(type))
            .toList();
    types.addAll(withOthers);
    List<Type> lists = types.stream().map(Type::listOf).toList();
    types.addAll(lists);
    types.add(Type.listOf(Type.listOf(Type.INT32)));
    return types;
  }

  @Test
  void everyKindIsAmongTheTypesTested() {
    assertThat(
        TYPES.stream().map(Type::kind).collect(Collectors.toSet()).size(),
        is(Type.Kind.values().length));
  }

  @Test
  void joinIsCommutativeAndIdempotentForEveryPair() {
    for (Type left : TYPES) {
      assertThat(left.join(left), is(left));
      for (Type right : TYPES) {
        Type joined = left.join(right);
        assertThat(left + " with " + right, right.join(left), is(joined));
        assertThat(left + " with " + right, joined.join(left), is(joined));
      }
    }
  }

  @Test
  void joinIsAssociativeForEveryTriple() {
    for (Type first : TYPES) {
      for (Type second : TYPES) {
        Type joined = first.join(second);
        for (Type third : TYPES) {
          if (!joined.join(third).equals(first.join(second.join(third)))) {
            throw new AssertionError(first + ", " + second + ", " + third);
          }
        }
      }
    }
  }

  @Test
  void joinOfGeneratedTypesIsAJoin() {
    Generated.forSeeds(
        20_000,
        generated -> {
          Type first = generated.type();
          Type second = generated.type();
          Type third = generated.type();
          assertThat(first.join(second), is(second.join(first)));
          assertThat(first.join(second).join(third), is(first.join(second.join(third))));
        });
  }

  @Test
  void nullIsTheBottomAndStringTheTop() {
    for (Type type : TYPES) {
      assertThat(type.join(Type.NULL), is(type));
      assertThat(type.join(Type.STRING).plain(), is(Type.STRING));
    }
  }

  @Test
  void numbersWiden() {
    assertThat(Type.INT32.join(Type.INT64), is(Type.INT64));
    assertThat(Type.INT64.join(Type.DOUBLE), is(Type.DOUBLE));
    assertThat(Type.INT32.join(Type.decimal(5, 2)), is(Type.decimal(12, 2)));
    assertThat(Type.INT64.join(Type.decimal(5, 2)), is(Type.decimal(21, 2)));
    assertThat(Type.decimal(10, 2).join(Type.decimal(6, 4)), is(Type.decimal(12, 4)));
  }

  @Test
  void decimalsThatNeedMoreThan38DigitsMeetInString() {
    assertThat(Type.decimal(38, 0).join(Type.decimal(1, 1)), is(Type.NUMBERS_AS_TEXT));
    assertThat(Type.INT64.join(Type.decimal(20, 20)), is(Type.NUMBERS_AS_TEXT));
    assertThat(Type.INT64.join(Type.decimal(19, 19)), is(Type.decimal(38, 19)));
  }

  @Test
  void doublesWhoseDigitsAreKnownMeetDecimalsInADecimal() {
    assertThat(Type.doubleOf(3, 2).join(Type.decimal(25, 20)), is(Type.decimal(25, 20)));
    assertThat(Type.doubleOf(3, 2).join(Type.decimal(20, 1)), is(Type.decimal(21, 2)));
    assertThat(Type.doubleOf(19, 20), is(Type.DOUBLE));
  }

  @Test
  void doublesOfAnySizeAndDecimalsMeetInTextBecauseNeitherHoldsTheOther() {
    assertThat(Type.DOUBLE.join(Type.decimal(5, 2)), is(Type.NUMBERS_AS_TEXT));
    assertThat(Type.doubleOf(20, 18).join(Type.decimal(19, 19)), is(Type.NUMBERS_AS_TEXT));
  }

  @Test
  void wholeNumbersThatAreNoDoublesMeetDoublesAsDecimalsDo() {
    assertThat(Type.INT64.join(Type.doubleOf(1, 2)), is(Type.doubleOf(19, 2)));
    assertThat(Type.WIDE_INT64.join(Type.doubleOf(1, 2)), is(Type.decimal(21, 2)));
    assertThat(Type.WIDE_INT64.join(Type.DOUBLE), is(Type.NUMBERS_AS_TEXT));
    assertThat(Type.WIDE_INT64.join(Type.INT32), is(Type.WIDE_INT64));
  }

  @Test
  void booleansBesideNumbersAreNumbersAndAllThreeAreKnownInText() {
    Type numbers = Type.BOOLEAN.join(Type.INT32);
    assertThat(numbers.plain(), is(Type.INT32));
    assertThat(Type.BOOLEAN.join(Type.decimal(2, 2)).plain(), is(Type.decimal(3, 2)));
    assertThat(Type.BOOLEAN.join(Type.decimal(38, 38)).isMixed(), is(true));
    assertThat(numbers.join(Type.STRING).isMixed(), is(true));
    assertThat(Type.BOOLEAN.join(Type.STRING).join(Type.INT64).isMixed(), is(true));
    assertThat(Type.BOOLEAN.join(Type.DATE).isMixed(), is(false));
    assertThat(Type.INT64.join(Type.UUID).isMixed(), is(false));
    assertThat(Type.listOf(Type.BOOLEAN).join(Type.listOf(Type.DOUBLE)), is(Type.STRING));
    assertThat(Type.listOf(numbers), is(Type.STRING));
  }

  @Test
  void listsJoinElementByElementOrMeetInTextWhereJsonTellsThemApart() {
    assertThat(Type.listOf(Type.INT32).join(Type.listOf(Type.INT64)), is(Type.listOf(Type.INT64)));
    Type nothing = Type.listOf(Type.NULL);
    assertThat(nothing.join(Type.listOf(Type.STRING)), is(Type.listOf(Type.STRING)));
    assertThat(Type.listOf(nothing).join(Type.listOf(nothing)), is(Type.listOf(nothing)));
    assertThat(Type.listOf(Type.DATE).join(Type.listOf(Type.INT64)), is(Type.STRING));
    assertThat(Type.listOf(Type.DATE).join(Type.listOf(Type.UUID)), is(Type.listOf(Type.STRING)));
    assertThat(Type.listOf(Type.INT32).join(Type.listOf(Type.STRING)), is(Type.STRING));
    assertThat(Type.listOf(Type.BOOLEAN).join(Type.listOf(Type.STRING)), is(Type.STRING));
    assertThat(Type.listOf(Type.INT32.join(Type.STRING)), is(Type.STRING));
    assertThat(Type.listOf(Type.DATE).join(Type.DATE), is(Type.STRING));
  }

  @Test
  void typesThatHaveNothingInCommonMeetInString() {
    assertThat(Type.BYTES.join(Type.STRING), is(Type.STRING));
    assertThat(Type.TIMESTAMP.join(Type.TIMESTAMPTZ), is(Type.STRING));
  }

  @Test
  void textOfATypeParsesToTheSameType() {
    for (Type type : TYPES) {
      assertThat(Type.parse(type.toString()), is(type));
    }

    Generated.forSeeds(
        2000,
        generated -> {
          Type type = generated.type().join(generated.type());
          assertThat(Type.parse(type.toString()), is(type));
        });
  }

  @Test
  void usualNamesOfTypesAreUnderstood() {
    assertThat(Type.parse(" VARCHAR "), is(Type.STRING));
    assertThat(Type.parse("numeric(12, 3)"), is(Type.decimal(12, 3)));
    assertThat(Type.parse("decimal(12)"), is(Type.decimal(12, 0)));
    assertThat(Type.parse("double(3,2)"), is(Type.doubleOf(1, 2)));
    assertThat(
        Type.parse("list<array<decimal(3,1)>>"), is(Type.listOf(Type.listOf(Type.decimal(3, 1)))));
    assertThat(
        Arrays.stream("int integer int32 smallint".split(" "))
            .map(Type::parse)
            .collect(Collectors.toSet())
            .size(),
        is(1));
  }

  @Test
  void unknownTypeIsRefusedWithTheAllowedOnes() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Type.parse("money"));
    assertThat(e.getMessage(), containsString("unknown type 'money'; allowed: boolean, int"));
  }

  @Test
  void impossibleTypesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Type.decimal(39, 0));
    assertThrows(IllegalArgumentException.class, () -> Type.decimal(3, 4));
    assertThrows(IllegalArgumentException.class, () -> new Type(Type.Kind.INT32, 1, 0, null));
    assertThrows(IllegalArgumentException.class, () -> new Type(Type.Kind.LIST, 0, 0, null));
    assertThrows(IllegalArgumentException.class, () -> Type.parse("date|boolean"));
    assertThrows(IllegalArgumentException.class, () -> Type.parse("int|number"));
    assertThrows(IllegalArgumentException.class, () -> Type.parse("string|date"));
    assertThrows(IllegalArgumentException.class, () -> new Type(Type.Kind.DATE, 0, 0, Type.DATE));
  }

  @Test
  void decimalWithoutDigitsIsRefused() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Type.decimal(0, 0));
    assertThat(e.getMessage(), is("a decimal has 1 to 38 digits, but was: 0"));
  }
}
