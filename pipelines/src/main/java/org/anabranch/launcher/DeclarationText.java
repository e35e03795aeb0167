package org.anabranch.launcher;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.jspecify.annotations.Nullable;

/** Declarations of tables as options of one line write them. */
final class DeclarationText {

  private DeclarationText() {}

  /**
   * Reads {@code customers:id,orders:customer_id+order_no}.
   *
   * @throws WrongCallException naming the option and its form
   */
  static Map<String, List<String>> keys(Settings settings, OptionSpec option) {
    Map<String, List<String>> keys = new LinkedHashMap<>();
    for (String element : settings.list(option)) {
      Part part = part(settings, option, element, ':');
      List<String> key =
          checked(
              settings,
              option,
              () -> DeclarationRules.key(part.table, ListText.split(part.rest, '+')));
      once(settings, option, part.table, keys.putIfAbsent(part.table, key));
    }

    return keys;
  }

  /** Reads {@code customers:balance decimal(18,4), birth date; orders:amount decimal(12,2)}. */
  static Map<String, Map<String, String>> columns(Settings settings, OptionSpec option) {
    String text = settings.find(option);
    Map<String, Map<String, String>> columns = new LinkedHashMap<>();
    for (String element : text == null ? List.<String>of() : ListText.split(text, ';')) {
      if (element.isEmpty()) {
        continue;
      }

      Part part = part(settings, option, element, ':');
      Map<String, String> types = new LinkedHashMap<>();
      for (String declaration : ListText.split(part.rest, ',')) {
        int blank = firstBlank(declaration);
        if (blank < 0) {
          throw malformed(settings, option, declaration);
        }

        String column = declaration.substring(0, blank);
        String type = declaration.substring(blank).strip();
        checked(settings, option, () -> DeclarationRules.type(column, type));
        once(settings, option, part.table + "." + column, types.putIfAbsent(column, type));
      }

      once(settings, option, part.table, columns.putIfAbsent(part.table, types));
    }

    return columns;
  }

  /** Reads {@code customers=GLOB,orders=GLOB}. */
  static Map<String, String> bases(Settings settings, OptionSpec option) {
    Map<String, String> bases = new LinkedHashMap<>();
    for (String element : settings.list(option)) {
      Part part = part(settings, option, element, '=');
      once(settings, option, part.table, bases.putIfAbsent(part.table, part.rest));
    }

    return bases;
  }

  /** Reads {@code fail,customers:evolve,orders:ignore}. */
  static SchemaChanges schemaChanges(Settings settings, OptionSpec option) {
    Policy others = null;
    Map<String, Policy> tables = new LinkedHashMap<>();
    for (String element : settings.list(option)) {
      if (element.indexOf(':') < 0) {
        Policy policy = checked(settings, option, () -> DeclarationRules.policy(element));
        once(settings, option, "all other tables", others);
        others = policy;
        continue;
      }

      Part part = part(settings, option, element, ':');
      Policy policy = checked(settings, option, () -> DeclarationRules.policy(part.rest));
      once(settings, option, part.table, tables.putIfAbsent(part.table, policy));
    }

    return new SchemaChanges(others == null ? Policy.EVOLVE : others, tables);
  }

  /** Reads {@code customers,orders}; null where the option is not given. */
  static @Nullable Set<String> names(Settings settings, OptionSpec option) {
    if (settings.find(option) == null) {
      return null;
    }

    Set<String> names = new LinkedHashSet<>();
    for (String name : settings.list(option)) {
      checked(settings, option, () -> DeclarationRules.table(name));
      once(settings, option, name, names.add(name) ? null : name);
    }

    return names;
  }

  private record Part(String table, String rest) {}

  private static Part part(Settings settings, OptionSpec option, String element, char mark) {
    int end = element.indexOf(mark);
    if (end < 0 || end == element.length() - 1) {
      throw malformed(settings, option, element);
    }

    String table = element.substring(0, end).strip();
    checked(settings, option, () -> DeclarationRules.table(table));
    return new Part(table, element.substring(end + 1).strip());
  }

  private static int firstBlank(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isWhitespace(text.charAt(i))) {
        return i;
      }
    }

    return -1;
  }

  private static void once(
      Settings settings, OptionSpec option, String name, @Nullable Object before) {
    if (before != null) {
      throw settings.wrong(option, "must name '" + name + "' once");
    }
  }

  private static WrongCallException malformed(
      Settings settings, OptionSpec option, String element) {
    return settings.wrong(option, "must look like " + option.hint() + ", but has: " + element);
  }

  private static <T> T checked(Settings settings, OptionSpec option, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw settings.wrong(option, Reasons.ofMessage(e));
    }
  }
}
