package org.anabranch.transforms.parse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shapes seen so far, as a tree with a field name on each edge: reading an object walks one
 * edge per field. The tree forgets everything when it grows beyond {@link #MAX_NODES}, as happens
 * when names are data; equal shapes are then different objects before and after.
 */
final class Shapes {

  /** A few megabytes; real tables need one node per column. */
  private static final int MAX_NODES = 20_000;

  private final int maxFields;
  private Node root = new Node(null, "");
  private int nodes;

  /**
   * @param maxFields most fields of an object that become part of its shape
   */
  Shapes(int maxFields) {
    this.maxFields = maxFields;
  }

  int maxFields() {
    return maxFields;
  }

  /** Where a row without fields stands. */
  Node start() {
    if (nodes > MAX_NODES) {
      root = new Node(null, "");
      nodes = 0;
    }

    return root;
  }

  /** Where a row stands after one more field. */
  Node next(Node node, String name) {
    Node last = node.last;
    if (last != null && last.name.equals(name)) {
      return last;
    }

    Node next = node.children.get(name);
    if (next == null) {
      next = new Node(node, name);
      node.children.put(name, next);
      nodes++;
    }

    node.last = next;
    return next;
  }

  /** A prefix of the field names of some shape. */
  static final class Node {

    private final @Nullable Node parent;
    private final String name;
    private final int depth;
    private final Map<String, Node> children = new HashMap<>(4);
    private @Nullable Node last;
    private @Nullable Shape shape;

    Node(@Nullable Node parent, String name) {
      this.parent = parent;
      this.name = name;
      depth = parent == null ? 0 : parent.depth + 1;
    }

    /** How many fields lead here. */
    int depth() {
      return depth;
    }

    /** The shape of an object that ends here. */
    Shape shape() {
      Shape known = shape;
      if (known == null) {
        known = create();
        shape = known;
      }

      return known;
    }

    private Shape create() {
      List<String> names = new ArrayList<>(depth);
      Node node = this;
      while (node.parent != null) {
        names.add(node.name);
        node = node.parent;
      }

      Collections.reverse(names);

      Map<String, Integer> slots = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        slots.put(names.get(i), i);
      }

      int[] slotOfColumn = slots.values().stream().mapToInt(Integer::intValue).toArray();
      return new Shape(List.copyOf(slots.keySet()), slotOfColumn);
    }
  }
}
