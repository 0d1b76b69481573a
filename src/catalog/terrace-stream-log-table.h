/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"

/* What is kept of a stream to look at: counters per minute, the latest events, and what could not
 * be read. Each is bounded by itself. */

G_BEGIN_DECLS

/**
 * TerraceStreamMinute:
 * @minute: since 1970
 * @latency: (nullable): a sketch, as the stream packs it
 */
typedef struct
{
  gint64 minute;
  gint64 source_id;
  guint64 events;
  guint64 bytes;
  guint64 errors;
  guint64 late;
  guint64 duplicates;
  guint64 dropped;
  GBytes *latency;
} TerraceStreamMinute;

void terrace_stream_minute_clear (TerraceStreamMinute *minute);

/* Replaces the row of this minute and source: whoever counts keeps the current minute in memory and
 * reads it back after a restart. Drops minutes that are older than TERRACE_LIMIT_STREAM_MINUTES. */
gboolean terrace_stream_minute_table_put (TerraceConnection *connection,
                                          const TerraceStreamMinute *minute,
                                          GError **error);

/* (transfer full) (element-type TerraceStreamMinute): oldest first, both ends included;
 * @source_id 0 for all. */
GArray *terrace_stream_minute_table_list (TerraceConnection *connection,
                                          gint64 source_id,
                                          gint64 first_minute,
                                          gint64 last_minute,
                                          GError **error);

/**
 * terrace_stream_block_table_append:
 * @events: @n_events of them, as the stream packs them
 * @first_us: event time of the oldest of them, as @last_us of the latest
 * @now_us: blocks that ended TERRACE_LIMIT_STREAM_BLOCK_AGE_US before it are dropped, and the
 *   oldest while all together are larger than TERRACE_LIMIT_STREAM_BLOCK_BYTES
 */
gboolean terrace_stream_block_table_append (TerraceConnection *connection,
                                            gint64 source_id,
                                            GBytes *events,
                                            guint n_events,
                                            gint64 first_us,
                                            gint64 last_us,
                                            gint64 now_us,
                                            GError **error);

/**
 * TerraceStreamBlockFunc:
 * @events: valid during the call
 *
 * Returning %FALSE ends the walk without an error.
 */
typedef gboolean (*TerraceStreamBlockFunc) (gint64 source_id,
                                            guint n_events,
                                            const guint8 *events,
                                            gsize n_bytes,
                                            gpointer data);

/* Calls @func for every block with events since @since_us, in the order they came. */
gboolean terrace_stream_block_table_foreach (TerraceConnection *connection,
                                             gint64 since_us,
                                             TerraceStreamBlockFunc func,
                                             gpointer data,
                                             GError **error);

/**
 * TerraceDeadLetter:
 * @reason: for people
 * @size_bytes: of the whole message
 * @sample: its beginning
 */
typedef struct
{
  gint64 id;
  gint64 source_id;
  gint64 time_us;
  char *reason;
  guint64 size_bytes;
  GBytes *sample;
} TerraceDeadLetter;

TerraceDeadLetter *terrace_dead_letter_new (void);
void terrace_dead_letter_free (TerraceDeadLetter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceDeadLetter, terrace_dead_letter_free)

/* Sets letter->id; keeps TERRACE_LIMIT_DEAD_LETTERS. */
gboolean terrace_dead_letter_table_append (TerraceConnection *connection,
                                           TerraceDeadLetter *letter,
                                           GError **error);

/* (transfer full) (element-type TerraceDeadLetter): newest first, keyset by id (@before_id 0: first
 * page). */
GPtrArray *terrace_dead_letter_table_page (TerraceConnection *connection,
                                           gint64 before_id,
                                           guint limit,
                                           GError **error);

gboolean terrace_dead_letter_table_clear (TerraceConnection *connection, GError **error);

G_END_DECLS
