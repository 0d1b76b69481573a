/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of engine/terrace-stream-pump.c with nothing but numbers: what is known again, what is
 * late, what remains of events. */

#include "engine/terrace-stream-pump.h"

#include "base/terrace-clock.h"
#include "base/terrace-limits.h"

#define S TERRACE_US_PER_SECOND
/* Thirty seconds into a minute. */
#define NOW_US ((G_GINT64_CONSTANT (1795000000) / 60 * 60 + 30) * S)
#define SOURCE 7
#define LOCATION 3

typedef struct
{
  TerraceStreamPump *pump;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gint64 location_id = LOCATION;

  fixture->pump = terrace_stream_pump_new (NOW_US);
  g_hash_table_insert (names, g_strdup ("Films"), g_memdup2 (&location_id, sizeof location_id));
  terrace_stream_pump_set_locations (fixture->pump, names);
  terrace_stream_pump_add_source (fixture->pump, SOURCE, "source", NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_stream_pump_free (fixture->pump);
}

static void
add (TerraceSourceBatch *batch, const char *id, gint64 offset, guint32 part, gint64 time_us)
{
  TerraceStreamEvent event;

  terrace_stream_event_init (&event, TERRACE_STREAM_READ, time_us);
  event.item_id = 1;
  event.id = id;
  event.offset = offset;
  event.partition = 0;
  event.part = part;
  event.bytes = 10;
  terrace_source_batch_add (batch, &event);
}

static TerracePumped *
process (Fixture *fixture, TerraceSourceBatch *batch, gint64 now_us)
{
  return terrace_stream_pump_process (fixture->pump, SOURCE, batch, now_us, 100);
}

static guint64
count_reads (TerraceStreamCohort *cohort)
{
  guint64 reads = 0;

  for (guint i = 0; i < cohort->accesses->len; i++)
    reads += g_array_index (cohort->accesses, TerraceStreamAccess, i).reads;

  return reads;
}

/* --- Known again --------------------------------------------------------------------------- */

static void
test_by_id (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  TerraceStreamCohort *first, *second;
  TerraceCohortSource *source;
  TerracePumped *pumped;
  GArray *ids;

  add (batch, "a", -1, 0, NOW_US);
  add (batch, "b", -1, 0, NOW_US);
  add (batch, "a", -1, 0, NOW_US);
  add (batch, "a", -1, 1, NOW_US); /* wherever it stands in a message */
  add (batch, "#1", -1, 0, NOW_US);
  add (batch, "#1", -1, 1, NOW_US); /* but not if the name is made of its bytes */
  add (batch, NULL, -1, 0, NOW_US);
  add (batch, NULL, -1, 0, NOW_US); /* without a name nothing is known again */
  pumped = process (fixture, batch, NOW_US);
  g_assert_cmpuint (pumped->duplicates, ==, 2);
  g_assert_cmpuint (pumped->rows->len, ==, 6);
  terrace_pumped_free (pumped);
  first = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (count_reads (first), ==, 6);
  source = g_ptr_array_index (first->sources, 0);
  g_assert_cmpuint (source->event_ids->len, ==, 4);

  /* The next run of the program is told what the catalogue knows. */
  ids = g_array_ref (source->event_ids);
  terrace_stream_pump_remove_source (fixture->pump, SOURCE);
  terrace_stream_pump_add_source (fixture->pump, SOURCE, "source", ids, NULL);
  pumped = process (fixture, batch, NOW_US);
  g_assert_cmpuint (pumped->duplicates, ==, 6);
  terrace_pumped_free (pumped);
  second = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (count_reads (second), ==, 2);
  g_assert_cmpuint (((TerraceCohortSource *) g_ptr_array_index (second->sources, 0))
                        ->event_ids->len,
                    ==, 0);

  g_array_unref (ids);
  terrace_stream_cohort_free (first);
  terrace_stream_cohort_free (second);
  g_assert_null (terrace_stream_pump_take (fixture->pump));
}

static void
test_by_offset (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  TerraceStreamCohort *cohort;
  TerraceCohortSource *source;
  TerracePumped *pumped;

  batch->partitions = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (batch->partitions, g_strdup ("topic/0"));
  terrace_stream_pump_set_mark (fixture->pump, SOURCE, "topic/0", 100);
  add (batch, NULL, 99, 0, NOW_US); /* committed by the run before */
  add (batch, NULL, 100, 0, NOW_US);
  add (batch, NULL, 100, 1, NOW_US); /* two of one message */
  add (batch, NULL, 100, 1, NOW_US);
  add (batch, NULL, 102, 0, NOW_US); /* a gap is nothing special: compaction makes them */
  add (batch, NULL, 101, 0, NOW_US);
  pumped = process (fixture, batch, NOW_US);
  g_assert_cmpuint (pumped->duplicates, ==, 3);
  terrace_pumped_free (pumped);

  cohort = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (count_reads (cohort), ==, 3);
  source = g_ptr_array_index (cohort->sources, 0);
  g_assert_cmpint (source->source_id, ==, SOURCE);
  g_assert_cmpuint (source->offsets->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (source->partitions, 0), ==, "topic/0");
  g_assert_cmpint (g_array_index (source->offsets, gint64, 0), ==, 103);
  terrace_stream_cohort_free (cohort);

  /* Handed out again, from the start: nothing of it counts, and the mark stays. */
  pumped = process (fixture, batch, NOW_US);
  g_assert_cmpuint (pumped->duplicates, ==, 6);
  terrace_pumped_free (pumped);
  cohort = terrace_stream_pump_take (fixture->pump);
  source = g_ptr_array_index (cohort->sources, 0);
  g_assert_cmpuint (source->offsets->len, ==, 0);
  g_assert_cmpuint (cohort->accesses->len, ==, 0);
  terrace_stream_cohort_free (cohort);
}

/* --- Time ---------------------------------------------------------------------------------- */

/* Late ones are in no window, but they are uses of the object. */
static void
test_late (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  TerraceStreamCohort *cohort;
  TerracePumped *pumped;
  TerraceWindowSummary summary;

  add (batch, NULL, -1, 0, NOW_US - TERRACE_LIMIT_STREAM_LATE_US - 2 * S);
  add (batch, NULL, -1, 0, NOW_US - TERRACE_LIMIT_STREAM_LATE_US + 2 * S);
  pumped = process (fixture, batch, NOW_US);
  g_assert_cmpuint (pumped->late, ==, 1);
  terrace_pumped_free (pumped);
  terrace_windows_summarize (terrace_stream_pump_get_windows (fixture->pump), TERRACE_WINDOW_HOUR,
                             &summary);
  g_assert_cmpuint (summary.events, ==, 1);

  cohort = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (count_reads (cohort), ==, 2);
  g_assert_cmpint (cohort->first_us, <, cohort->last_us);
  terrace_stream_cohort_free (cohort);
}

static const TerraceStreamMinute *
minute_at (TerraceStreamCohort *cohort, guint index)
{
  TerraceCohortSource *source = g_ptr_array_index (cohort->sources, 0);

  g_assert_cmpuint (source->minutes->len, >, index);
  return &g_array_index (source->minutes, TerraceStreamMinute, index);
}

/* A minute that ends between two stores is stored whole. */
static void
test_minute_ends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  TerraceStreamCohort *cohort;

  add (batch, NULL, -1, 0, NOW_US);
  terrace_pumped_free (process (fixture, batch, NOW_US + 29 * S));
  terrace_pumped_free (process (fixture, batch, NOW_US + 31 * S));
  terrace_pumped_free (process (fixture, batch, NOW_US + 32 * S));
  cohort = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (minute_at (cohort, 0)->events, ==, 1);
  g_assert_cmpuint (minute_at (cohort, 1)->events, ==, 2);
  g_assert_cmpint (minute_at (cohort, 1)->minute, ==, minute_at (cohort, 0)->minute + 1);
  terrace_stream_cohort_free (cohort);
}

/* A program that starts again within a minute goes on counting it. */
static void
test_minute_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  TerraceStreamCohort *before, *after;
  TerraceStreamEvent event;
  TerraceSketch sketch;
  const guint8 *packed;
  gsize length;

  terrace_stream_event_init (&event, TERRACE_STREAM_LATENCY, NOW_US);
  event.latency_us = 5000;
  terrace_source_batch_add (batch, &event);
  terrace_pumped_free (process (fixture, batch, NOW_US));
  before = terrace_stream_pump_take (fixture->pump);
  terrace_stream_pump_remove_source (fixture->pump, SOURCE);
  terrace_stream_pump_add_source (fixture->pump, SOURCE, "source", NULL, minute_at (before, 0));
  terrace_pumped_free (process (fixture, batch, NOW_US + 10 * S));
  after = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpint (minute_at (after, 0)->minute, ==, minute_at (before, 0)->minute);
  g_assert_cmpuint (minute_at (after, 0)->events, ==, 2);
  packed = g_bytes_get_data (minute_at (after, 0)->latency, &length);
  g_assert_true (terrace_sketch_unpack (&sketch, packed, length));
  g_assert_cmpuint (sketch.n, ==, 2);
  terrace_stream_cohort_free (before);
  terrace_stream_cohort_free (after);
}

/* --- Whose it is --------------------------------------------------------------------------- */

static void
test_places (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  TerraceStreamCohort *cohort, *next;
  TerraceStreamEvent event;
  TerracePlaceEvents *place;
  TerracePumped *pumped;

  terrace_stream_event_init (&event, TERRACE_STREAM_READ, NOW_US);
  event.location = "Films";
  event.key = "a";
  terrace_source_batch_add (batch, &event);
  terrace_source_batch_add (batch, &event);
  event.location = "elsewhere";
  terrace_source_batch_add (batch, &event);
  pumped = process (fixture, batch, NOW_US);
  g_assert_cmpuint (pumped->unknown, ==, 1);
  terrace_pumped_free (pumped);
  cohort = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (cohort->places->len, ==, 1);
  place = &g_array_index (cohort->places, TerracePlaceEvents, 0);
  g_assert_cmpint (place->location_id, ==, LOCATION);
  g_assert_cmpstr (place->key, ==, "a");
  g_assert_cmpuint (place->access.reads, ==, 2);

  /* What was found is remembered. */
  place->item_id = 42;
  terrace_stream_pump_learn (fixture->pump, cohort, NOW_US);
  terrace_pumped_free (process (fixture, batch, NOW_US));
  next = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (next->places->len, ==, 0);
  g_assert_cmpint (g_array_index (next->accesses, TerraceStreamAccess, 0).item_id, ==, 42);
  terrace_stream_cohort_free (cohort);
  terrace_stream_cohort_free (next);
}

static void
test_deletions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  TerraceStreamCohort *cohort;
  TerraceStreamEvent event;
  const TerraceDeletion *deletion;

  terrace_stream_event_init (&event, TERRACE_STREAM_DELETE, NOW_US);
  event.location = "elsewhere";
  event.key = "a";
  terrace_source_batch_add (batch, &event);
  event.location = "Films";
  terrace_source_batch_add (batch, &event);
  terrace_pumped_free (process (fixture, batch, NOW_US));
  cohort = terrace_stream_pump_take (fixture->pump);
  g_assert_cmpuint (cohort->deletions->len, ==, 1);
  deletion = &g_array_index (cohort->deletions, TerraceDeletion, 0);
  g_assert_cmpint (deletion->location_id, ==, LOCATION);
  g_assert_cmpstr (deletion->key, ==, "a");
  g_assert_cmpint (deletion->time_us, ==, NOW_US);
  g_assert_cmpuint (cohort->accesses->len, ==, 0);
  terrace_stream_cohort_free (cohort);
}

/* --- Heat ---------------------------------------------------------------------------------- */

static void
test_heat (Fixture *fixture, gconstpointer data)
{
  GArray *watches = g_array_new (FALSE, FALSE, sizeof (TerraceWatch));
  TerraceWatch watch = { 1, 5, LOCATION, g_strdup ("a"), 60 * S };
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();
  g_autoptr (TerraceSourceBatch) later = terrace_source_batch_new ();
  TerracePumped *pumped;

  g_array_set_clear_func (watches, (GDestroyNotify) terrace_watch_clear);
  g_array_append_val (watches, watch);
  terrace_stream_pump_set_watches (fixture->pump, watches);
  add (batch, NULL, -1, 0, NOW_US);
  add (batch, NULL, -1, 0, NOW_US + S);
  pumped = process (fixture, batch, NOW_US);
  g_assert_cmpuint (pumped->heats->len, ==, 1);
  g_assert_cmpint (g_array_index (pumped->heats, TerraceHeat, 0).move_id, ==, 5);
  g_assert_cmpuint (g_array_index (pumped->heats, TerraceHeat, 0).reads, ==, 2);
  g_assert_cmpint (g_array_index (pumped->heats, TerraceHeat, 0).event_us, ==, NOW_US + S);
  terrace_pumped_free (pumped);

  /* Later than the watch's time counting begins anew. */
  add (later, NULL, -1, 0, NOW_US + 62 * S);
  pumped = process (fixture, later, NOW_US + 62 * S);
  g_assert_cmpuint (g_array_index (pumped->heats, TerraceHeat, 0).reads, ==, 1);
  terrace_pumped_free (pumped);
  terrace_stream_cohort_free (terrace_stream_pump_take (fixture->pump));
}

#define ADD(path, func) \
  g_test_add ("/engine/stream-pump/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("by-id", test_by_id);
  ADD ("by-offset", test_by_offset);
  ADD ("late", test_late);
  ADD ("minute-ends", test_minute_ends);
  ADD ("minute-goes-on", test_minute_goes_on);
  ADD ("places", test_places);
  ADD ("deletions", test_deletions);
  ADD ("heat", test_heat);

  return g_test_run ();
}
