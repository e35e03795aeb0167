package org.anabranch.transforms.customer;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A merged interaction, as {@link InteractionsByWindow#projection} has it.
 *
 * @param loggedAt time the log has for it; null where it has none or nobody asks what is late
 */
record Interaction(
    String eventId,
    @Nullable String country,
    @Nullable Long seconds,
    @Nullable Long valueCents,
    Instant occurredAt,
    @Nullable Instant loggedAt,
    @Nullable Long customerId) {

  /** The current row. */
  static Interaction read(ProjectedRows rows) {
    String eventId = (String) Objects.requireNonNull(rows.value());
    String country = (String) rows.value();
    Long seconds = (Long) rows.value();
    Long valueCents = (Long) rows.value();
    Instant occurredAt = (Instant) Objects.requireNonNull(rows.value());
    boolean hasMore = rows.columns().contains(InteractionsByWindow.LOGGED_AT);
    return new Interaction(
        eventId,
        country,
        seconds,
        valueCents,
        occurredAt,
        hasMore ? (Instant) rows.value() : null,
        hasMore ? (Long) rows.value() : null);
  }
}
