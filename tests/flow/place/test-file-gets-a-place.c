/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The main job in one flow: dropped files are registered, classified and planned, the plan is
 * accepted and carried out, the totals that the charts show follow, and all of it is taken back. */

#include "config.h"

#include "engine-fixture.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static const struct
{
  const char *name;
  guint64 size_bytes;
  double days;
  mode_t mode;
} files[] = {
  { "report.odt", 1500000, 1, 0640 },
  { "2019/scan 1.tif", 3000000, 900, 0600 },
  { "2019/scan 2.tif", 9000000, 800, 0444 },
  { "2023/cut.mov", 20000000, 300, 0644 },
  { "2023/caf\xe9.wav", 2500000, 400, 0755 },
  { "tiny.txt", 12, 2000, 0644 },
  { "empty", 0, 700, 0644 },
};

static void
make_files (EngineFixture *fixture)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = engine_fixture_path (fixture, files[i].name);

      engine_fixture_make_file (fixture, files[i].name, files[i].size_bytes, i, files[i].days);
      g_assert_cmpint (g_chmod (path, files[i].mode), ==, 0);
    }
}

static void
read_metadata (EngineFixture *fixture, struct stat *infos)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = engine_fixture_path (fixture, files[i].name);

      g_assert_cmpint (stat (path, &infos[i]), ==, 0);
    }
}

static void
assert_files_back (EngineFixture *fixture, const struct stat *before)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = engine_fixture_path (fixture, files[i].name);
      struct stat after;

      terrace_test_assert_file (path, files[i].size_bytes, i);
      g_assert_cmpint (stat (path, &after), ==, 0);
      g_assert_cmpuint (after.st_mode, ==, before[i].st_mode);
      g_assert_cmpint (after.st_mtim.tv_sec, ==, before[i].st_mtim.tv_sec);
      g_assert_cmpint (after.st_mtim.tv_nsec, ==, before[i].st_mtim.tv_nsec);
    }
}

/* The number in a file's seed is its place in the table. */
static guint
find_file (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (g_str_equal (files[i].name, key))
      return i;

  g_assert_not_reached ();
}

static void
assert_moved (EngineFixture *fixture, GPtrArray *moves)
{
  for (guint i = 0; i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);
      TerraceLocation *dest = terrace_engine_get_location (fixture->engine, move->dest_location_id);
      guint file = find_file (move->source_key);
      g_autofree char *from = engine_fixture_path (fixture, move->source_key);
      g_autofree char *to = g_build_filename (dest->root, move->dest_key, NULL);

      g_assert_cmpint (move->state, ==, TERRACE_MOVE_DONE);
      g_assert_cmpint (move->saving_nanos, >, 0);
      g_assert_false (g_file_test (from, G_FILE_TEST_EXISTS));
      terrace_test_assert_file (to, files[file].size_bytes, file);
    }
}

static void
assert_totals (EngineFixture *fixture, gint64 monthly_nanos)
{
  g_autoptr (TerraceStats) stats = engine_fixture_stats (fixture);
  guint64 size_bytes = 0;
  guint64 in_cells = 0;
  gint64 cost_of_cells = 0;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    size_bytes += files[i].size_bytes;
  for (guint i = 0; i < stats->totals->len; i++)
    {
      in_cells += g_array_index (stats->totals, TerraceItemTotals, i).size_bytes;
      cost_of_cells += g_array_index (stats->totals, TerraceItemTotals, i).monthly_nanos;
    }

  g_assert_cmpuint (stats->items, ==, G_N_ELEMENTS (files));
  g_assert_cmpuint (stats->size_bytes, ==, size_bytes);
  g_assert_cmpuint (in_cells, ==, size_bytes);
  g_assert_cmpint (cost_of_cells, ==, stats->monthly_nanos);
  /* Each object's use decays a little while the test runs. */
  g_assert_cmpfloat_with_epsilon ((double) stats->monthly_nanos, (double) monthly_nanos,
                                  (double) ABS (monthly_nanos) / 1000 + 10);
}

static guint64
count_in_tier (TerraceStats *stats, TerraceTier tier)
{
  guint64 items = 0;

  for (guint i = 0; i < stats->totals->len; i++)
    {
      TerraceItemTotals *cell = &g_array_index (stats->totals, TerraceItemTotals, i);

      if (cell->tier == tier)
        items += cell->items;
    }

  return items;
}

/* What Terrace moved is known where it lies now, as the version that was copied. */
static void
assert_known (EngineFixture *fixture)
{
  g_autoptr (TerraceRegisterReport) again = engine_fixture_register (fixture, fixture->dir);

  g_assert_cmpuint (again->unchanged, ==, G_N_ELEMENTS (files));
  g_assert_cmpuint (again->added, ==, 0);
  g_assert_cmpuint (again->updated, ==, 0);
  g_assert_cmpuint (again->n_problems, ==, 0);
}

static void
undo_all (EngineFixture *fixture, GPtrArray *moves)
{
  for (guint i = 0; i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);
      g_autoptr (GError) error = NULL;
      gint64 undo_id = 0;

      g_assert_true (terrace_move_can_undo (move));
      g_assert_true (engine_fixture_undo (fixture, move->id, &undo_id, &error));
      g_assert_no_error (error);
      g_assert_cmpint (undo_id, >, 0);
    }
}

static void
test_drop_to_chart (EngineFixture *fixture, gconstpointer data)
{
  struct stat before[G_N_ELEMENTS (files)];
  g_autoptr (TerraceRegisterReport) report = NULL;
  g_autoptr (TerraceStats) registered = NULL;
  g_autoptr (TerraceStats) moved = NULL;
  g_autoptr (TerraceStats) returned = NULL;
  g_autoptr (GPtrArray) moves = NULL;
  g_autoptr (GPtrArray) all_moves = NULL;
  TerracePlanSummary summary;

  make_files (fixture);
  read_metadata (fixture, before);
  engine_fixture_add_files (fixture, "aws/STANDARD");
  engine_fixture_add_sandboxes (fixture);
  engine_fixture_set_eager_policy (fixture);

  report = engine_fixture_register (fixture, fixture->files);
  g_assert_cmpuint (report->added, ==, G_N_ELEMENTS (files));
  registered = engine_fixture_stats (fixture);
  g_assert_cmpuint (count_in_tier (registered, TERRACE_TIER_HOT), ==, G_N_ELEMENTS (files));
  g_assert_cmpuint (registered->planned_items, >, 0);

  summary = engine_fixture_plan (fixture);
  g_assert_cmpuint (summary.assessed, ==, G_N_ELEMENTS (files));
  g_assert_cmpuint (summary.recommended, >=, 3);
  g_assert_cmpint (summary.saving_nanos, >, 0);

  g_assert_cmpuint (engine_fixture_accept (fixture), ==, summary.recommended);
  engine_fixture_wait (fixture, 0);
  moves = engine_fixture_get_moves (fixture);
  g_assert_cmpuint (moves->len, ==, summary.recommended);
  assert_moved (fixture, moves);
  assert_totals (fixture, summary.monthly_nanos - summary.saving_nanos);
  moved = engine_fixture_stats (fixture);
  g_assert_cmpuint (count_in_tier (moved, TERRACE_TIER_HOT), ==,
                    G_N_ELEMENTS (files) - summary.recommended);
  g_assert_cmpuint (moved->moves[TERRACE_MOVE_DONE], ==, summary.recommended);

  assert_known (fixture);

  undo_all (fixture, moves);
  engine_fixture_wait (fixture, 0);
  all_moves = engine_fixture_get_moves (fixture);
  g_assert_cmpuint (all_moves->len, ==, 2 * summary.recommended);
  assert_files_back (fixture, before);
  assert_totals (fixture, summary.monthly_nanos);
  returned = engine_fixture_stats (fixture);
  g_assert_cmpuint (count_in_tier (returned, TERRACE_TIER_HOT), ==, G_N_ELEMENTS (files));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/flow/file-gets-a-place", EngineFixture, ENGINE_FIXTURE_MOVES, engine_fixture_set_up,
              test_drop_to_chart, engine_fixture_tear_down);

  return g_test_run ();
}
