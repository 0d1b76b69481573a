/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-story.c: the same seed tells the same, and it looks like life. */

#include "stream/terrace-simulator.h"

#include "base/terrace-clock.h"

#define START_US (G_GINT64_CONSTANT (1795000000) * TERRACE_US_PER_SECOND)

static GArray *
make_ids (guint n)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gint64 id = 1; id <= n; id++)
    g_array_append_val (ids, id);

  return ids;
}

static TerraceSourceBatch *
tell (guint64 seed, double rate, guint n_items, double seconds, guint step)
{
  g_autoptr (GArray) ids = make_ids (n_items);
  g_autoptr (TerraceStory) story = terrace_story_new (seed, rate, START_US, ids);
  TerraceSourceBatch *batch = terrace_source_batch_new ();
  gint64 until_us = START_US + (gint64) (seconds * TERRACE_US_PER_SECOND);

  while (!terrace_story_tell (story, batch, until_us, batch->events->len + step))
    continue;

  return batch;
}

static void
test_repeats (void)
{
  g_autoptr (TerraceSourceBatch) once = tell (42, 5000, 1000, 4, 100);
  g_autoptr (TerraceSourceBatch) again = tell (42, 5000, 1000, 4, 777);
  g_autoptr (TerraceSourceBatch) other = tell (43, 5000, 1000, 4, 100);
  guint different = 0;

  g_assert_cmpuint (once->events->len, ==, again->events->len);
  for (guint i = 0; i < once->events->len; i++)
    {
      const TerraceStreamEvent *a = &g_array_index (once->events, TerraceStreamEvent, i);
      const TerraceStreamEvent *b = &g_array_index (again->events, TerraceStreamEvent, i);

      g_assert_cmpint (a->time_us, ==, b->time_us);
      g_assert_cmpint (a->item_id, ==, b->item_id);
      g_assert_cmpint (a->kind, ==, b->kind);
      g_assert_cmpuint (a->bytes, ==, b->bytes);
      g_assert_cmpuint (a->latency_us, ==, b->latency_us);
      g_assert_cmpstr (a->key, ==, b->key);
      if (i < other->events->len)
        different += a->time_us != g_array_index (other->events, TerraceStreamEvent, i).time_us;
    }
  g_assert_cmpuint (different, >, once->events->len / 2);
}

static void
test_looks_like_life (void)
{
  g_autoptr (TerraceSourceBatch) batch = tell (1, 20000, 10000, 10, 4096);
  guint kinds[TERRACE_N_STREAM_KINDS] = { 0 };
  g_autofree guint *uses = g_new0 (guint, 10001);
  guint late = 0, duplicates = 0, most = 0, used = 0;

  for (guint i = 0; i < batch->events->len; i++)
    {
      const TerraceStreamEvent *event = &g_array_index (batch->events, TerraceStreamEvent, i);

      kinds[event->kind]++;
      uses[event->item_id]++;
      late += event->time_us < START_US;
      duplicates +=
          i > 0 && event->offset == g_array_index (batch->events, TerraceStreamEvent, i - 1).offset;
    }
  for (guint i = 1; i <= 10000; i++)
    {
      most = MAX (most, uses[i]);
      used += uses[i] > 0;
    }

  g_assert_cmpuint (batch->events->len, >, 190000);
  g_assert_cmpuint (batch->events->len, <, 210000);
  for (guint i = 0; i < TERRACE_N_STREAM_KINDS; i++)
    g_assert_cmpuint (kinds[i], >, 0);
  g_assert_cmpuint (late, >, 0);
  g_assert_cmpuint (duplicates, >, 0);
  /* Zipf: the first has a tenth of all, and most have something. */
  g_assert_cmpuint (most, >, 15000);
  g_assert_cmpuint (used, >, 8000);
}

static void
test_nothing_registered (void)
{
  g_autoptr (TerraceSourceBatch) batch = tell (1, 1000, 0, 1, 100);

  g_assert_cmpuint (batch->events->len, >, 500);
  for (guint i = 0; i < batch->events->len; i++)
    g_assert_cmpint (g_array_index (batch->events, TerraceStreamEvent, i).item_id, ==, 0);
}

static void
test_rhythm (void)
{
  double sum = 0;

  for (guint hour = 0; hour < 7 * 24; hour++)
    sum += terrace_story_get_rhythm (START_US + (gint64) hour * 3600 * TERRACE_US_PER_SECOND);
  g_assert_cmpfloat_with_epsilon (sum / (7 * 24), 1, 0.02);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/story/repeats", test_repeats);
  g_test_add_func ("/stream/story/looks-like-life", test_looks_like_life);
  g_test_add_func ("/stream/story/nothing-registered", test_nothing_registered);
  g_test_add_func ("/stream/story/rhythm", test_rhythm);

  return g_test_run ();
}
