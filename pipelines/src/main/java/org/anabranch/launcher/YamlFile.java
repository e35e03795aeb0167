package org.anabranch.launcher;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML 1.2 file read as mappings, lists and text, never as objects. Every mistake is told with
 * its place as {@code FILE:LINE:COLUMN}, counted from 1.
 */
final class YamlFile {

  private final Path path;
  private final References references;
  private final Optional<Node> root;

  private YamlFile(Path path, References references, Optional<Node> root) {
    this.path = path;
    this.references = references;
    this.root = root;
  }

  /**
   * Reads a file.
   *
   * @throws WrongCallException where it cannot be read or is no YAML
   */
  static YamlFile read(Path path, Map<String, String> environment) {
    try {
      Optional<Node> root =
          new Compose(LoadSettings.builder().build()).composeString(Files.readString(path));
      return new YamlFile(path, new References(environment), root);
    } catch (NoSuchFileException e) {
      throw new WrongCallException("there is no file " + path, e);
    } catch (CharacterCodingException e) {
      throw new WrongCallException(path + " must be UTF-8 text", e);
    } catch (IOException e) {
      throw new WrongCallException("cannot read " + path + ": " + Reasons.of(e), e);
    } catch (MarkedYamlEngineException e) {
      throw new WrongCallException(place(path, e.getProblemMark()) + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new WrongCallException(path + " is not YAML: " + Reasons.of(e), e);
    }
  }

  /** Text of one entry of a file; null where the file cannot be read, or has none. */
  static @Nullable String peek(Path path, String key, Map<String, String> environment) {
    try {
      YamlFile file = read(path, environment);
      Node value = file.root.isEmpty() ? null : file.entries(file.root.get()).get(key);
      return value == null ? null : file.text(value);
    } catch (WrongCallException unreadable) {
      // Whoever needs all of the file says what is wrong with it.
      return null;
    }
  }

  /** Entries of the whole file; none where it is empty. */
  Map<String, Node> entries(Collection<String> allowed) {
    return root.isEmpty() ? Map.of() : entries(root.get(), allowed);
  }

  /** Entries of a mapping whose keys are among the allowed ones. */
  Map<String, Node> entries(Node node, Collection<String> allowed) {
    keysOf(node)
        .forEach(
            (key, tuple) -> {
              if (!allowed.contains(key)) {
                throw mistake(
                    tuple.getKeyNode(),
                    "unknown key '" + key + "'; the nearest is '" + Nearest.to(key, allowed) + "'");
              }
            });
    return entries(node);
  }

  /** Entries of a mapping in their order. */
  Map<String, Node> entries(Node node) {
    Map<String, Node> entries = new LinkedHashMap<>();
    keysOf(node).forEach((key, tuple) -> entries.put(key, tuple.getValueNode()));
    return entries;
  }

  private Map<String, NodeTuple> keysOf(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      throw mistake(node, "must be a mapping, lines of 'key: value'");
    }

    Map<String, NodeTuple> keys = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = text(tuple.getKeyNode());
      if (keys.putIfAbsent(key, tuple) != null) {
        throw mistake(tuple.getKeyNode(), "the key '" + key + "' is there twice");
      }
    }

    return keys;
  }

  /** Text of a scalar, its references resolved. */
  String text(Node node) {
    try {
      return references.resolve(scalar(node).getValue());
    } catch (IllegalArgumentException e) {
      throw mistake(node, Reasons.of(e));
    }
  }

  private ScalarNode scalar(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar;
    }

    throw mistake(node, "must be a single value");
  }

  /** Elements of a list; a single value is a list of one. */
  List<String> texts(Node node) {
    if (!(node instanceof SequenceNode list)) {
      return List.of(text(node));
    }

    List<String> texts = new ArrayList<>();
    list.getValue().forEach(element -> texts.add(text(element)));
    return texts;
  }

  /** Elements of a list. */
  List<Node> elements(Node node) {
    if (!(node instanceof SequenceNode list)) {
      throw mistake(node, "must be a list");
    }

    return list.getValue();
  }

  /** Elements of a list, in which one more reference stands for a value. */
  List<String> texts(Node node, String reference, String value) {
    List<String> texts = new ArrayList<>();
    for (String text : textsAsWritten(node)) {
      try {
        texts.add(references.resolve(text.replace(reference, value)));
      } catch (IllegalArgumentException e) {
        throw mistake(node, Reasons.of(e));
      }
    }

    return texts;
  }

  /** Elements of a list as they are written, with references unresolved. */
  List<String> textsAsWritten(Node node) {
    if (!(node instanceof SequenceNode list)) {
      return List.of(scalar(node).getValue());
    }

    List<String> texts = new ArrayList<>();
    list.getValue().forEach(element -> texts.add(scalar(element).getValue()));
    return texts;
  }

  static boolean isMapping(Node node) {
    return node instanceof MappingNode;
  }

  WrongCallException mistake(Node node, String what) {
    return new WrongCallException(place(node) + what);
  }

  /** Place of a value, in front of what is said of it. */
  String place(Node node) {
    return place(path, node.getStartMark());
  }

  private static String place(Path path, Optional<Mark> mark) {
    return mark.map(at -> path + ":" + (at.getLine() + 1) + ":" + (at.getColumn() + 1) + ": ")
        .orElse(path + ": ");
  }
}
