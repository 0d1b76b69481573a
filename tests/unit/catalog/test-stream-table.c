/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What streams write: nothing lost and nothing counted twice between appending and merging. */

#include "catalog-fixture.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-access-table.h"
#include "catalog/terrace-stream-table.h"
#include "terrace-test-support.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define US_PER_HOUR (3600 * TERRACE_US_PER_SECOND)
#define MANY_ITEMS 9000
#define KILLED_ITEMS 200
#define KILLS 12

static void
append (TableFixture *fixture,
        const TerraceStreamAccess *accesses,
        guint n_accesses,
        gint64 now_us,
        TerraceStreamPending *pending)
{
  TerraceStreamBatch batch = {
    .source_id = 1, .accesses = accesses, .n_accesses = n_accesses, .now_us = now_us
  };
  GError *error = NULL;

  terrace_stream_table_append (fixture->connection, &batch, pending, &error);
  g_assert_no_error (error);
}

static TerraceStreamMerge
merge_step (TableFixture *fixture, guint max_items)
{
  TerraceStreamMerge merge;
  GError *error = NULL;

  terrace_stream_table_merge (fixture->connection, max_items, &merge, &error);
  g_assert_no_error (error);
  return merge;
}

static TerraceStreamMerge
merge_all (TableFixture *fixture)
{
  TerraceStreamMerge sum = { 0 };

  while (!sum.complete)
    {
      TerraceStreamMerge merge = merge_step (fixture, 1);

      sum.n_items += merge.n_items;
      sum.n_unknown += merge.n_unknown;
      sum.complete = merge.complete;
    }
  return sum;
}

static TerraceStreamPending
get_pending (TableFixture *fixture)
{
  TerraceStreamPending pending;
  GError *error = NULL;

  terrace_stream_table_get_pending (fixture->connection, &pending, &error);
  g_assert_no_error (error);
  return pending;
}

static TerraceItem *
get_item (TableFixture *fixture, gint64 id)
{
  TerraceItem *item;
  GError *error = NULL;

  item = terrace_item_table_get (fixture->connection, id, &error);
  g_assert_no_error (error);
  return item;
}

static void
test_merge (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) a = catalog_add_item (fixture->connection, 1, "a");
  g_autoptr (TerraceItem) b = catalog_add_item (fixture->connection, 1, "b");
  const TerraceStreamAccess first[] = {
    { b->id, 5 * US_PER_HOUR + 9, 2, 0, 200, 0 },
    { a->id, 5 * US_PER_HOUR + 3, 1, 1, 100, 50 },
    { b->id, 5 * US_PER_HOUR + 4, 3, 0, 300, 0 },
  };
  const TerraceStreamAccess second[] = {
    { b->id, TERRACE_US_PER_DAY + 1, 1, 0, 10, 0 },
    { b->id, -1, 4, 0, 40, 0 },
    { 4711, 7, 1, 0, 1, 0 },
  };
  g_autoptr (TerraceItem) stored_a = NULL;
  g_autoptr (TerraceItem) stored_b = NULL;
  g_autoptr (GArray) days = NULL;
  g_autoptr (GArray) recent = NULL;
  TerraceStreamPending pending;
  TerraceStreamMerge merge;
  TerraceAccess *latest;
  TerraceAccessDay *day;
  GError *error = NULL;

  append (fixture, first, G_N_ELEMENTS (first), 100, &pending);
  /* Those of b within the hour are one. */
  g_assert_cmpuint (pending.accesses, ==, 2);
  g_assert_cmpint (pending.since_us, ==, 100);
  append (fixture, second, G_N_ELEMENTS (second), 200, &pending);
  g_assert_cmpuint (pending.accesses, ==, 5);
  g_assert_cmpint (pending.since_us, ==, 100);

  merge = merge_all (fixture);
  g_assert_cmpuint (merge.n_items, ==, 3);
  g_assert_cmpuint (merge.n_unknown, ==, 1);
  pending = get_pending (fixture);
  g_assert_cmpuint (pending.accesses, ==, 0);
  g_assert_cmpint (pending.since_us, ==, 0);

  stored_a = get_item (fixture, a->id);
  stored_b = get_item (fixture, b->id);
  g_assert_cmpuint (stored_a->rates.total_reads, ==, 1);
  g_assert_cmpuint (stored_b->rates.total_reads, ==, 10);
  g_assert_cmpint (stored_b->rates.last_us, ==, TERRACE_US_PER_DAY + 1);
  days = terrace_access_table_days (fixture->connection, b->id, G_MININT64, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (days->len, ==, 3);
  day = &g_array_index (days, TerraceAccessDay, 0);
  g_assert_cmpint (day->day, ==, -1);
  g_assert_cmpuint (day->reads, ==, 4);
  day = &g_array_index (days, TerraceAccessDay, 1);
  g_assert_cmpuint (day->reads, ==, 5);
  g_assert_cmpuint (day->bytes, ==, 500);
  recent = terrace_access_table_recent (fixture->connection, a->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recent->len, ==, 2);
  latest = &g_array_index (recent, TerraceAccess, 0);
  g_assert_cmpint (latest->kind, ==, TERRACE_ACCESS_READ);
  g_assert_cmpuint (latest->bytes, ==, 100);
  latest = &g_array_index (recent, TerraceAccess, 1);
  g_assert_cmpint (latest->kind, ==, TERRACE_ACCESS_WRITE);
  g_assert_cmpuint (latest->bytes, ==, 50);

  /* Nothing waits: nothing is counted again. */
  merge = merge_step (fixture, 100);
  g_assert_true (merge.complete);
  g_assert_cmpuint (merge.n_items, ==, 0);
}

static gint64
sum_reads (TableFixture *fixture)
{
  static const char SQL[] = "SELECT sum (total_reads) FROM item";
  gint64 reads;
  GError *error = NULL;

  terrace_connection_query_int64 (fixture->connection, SQL, &reads, &error);
  g_assert_no_error (error);
  return reads;
}

static void
add_many_items (TableFixture *fixture)
{
  for (guint i = 0; i < MANY_ITEMS; i++)
    {
      g_autofree char *key = g_strdup_printf ("%05u", i);

      g_object_unref (catalog_add_item (fixture->connection, 1, key));
    }
}

static TerraceStreamAccess *
read_all_once (void)
{
  TerraceStreamAccess *accesses = g_new0 (TerraceStreamAccess, MANY_ITEMS);

  for (guint i = 0; i < MANY_ITEMS; i++)
    {
      accesses[i].item_id = MANY_ITEMS - i;
      accesses[i].last_us = US_PER_HOUR + i;
      accesses[i].reads = 1;
    }
  return accesses;
}

/* A merge in steps, with appends in between, sees every range and counts everything once. */
static void
test_steps (TableFixture *fixture, gconstpointer data)
{
  g_autofree TerraceStreamAccess *accesses = read_all_once ();
  TerraceStreamMerge merge = { 0 };
  TerraceStreamPending pending;
  guint n_steps = 0;

  add_many_items (fixture);
  append (fixture, accesses, MANY_ITEMS, 1000, NULL);
  do
    {
      merge = merge_step (fixture, 1);
      n_steps++;
      append (fixture, accesses + MANY_ITEMS - 1, 1, 1000 + n_steps, NULL);
    }
  while (!merge.complete);
  g_assert_cmpuint (n_steps, >=, 3);
  g_assert_cmpuint (n_steps, <, 10);
  pending = get_pending (fixture);
  g_assert_cmpuint (pending.accesses, >, 0);
  g_assert_cmpint (pending.since_us, ==, 1000);
  g_assert_cmpint (sum_reads (fixture), >=, MANY_ITEMS);
  merge_all (fixture);
  g_assert_cmpint (sum_reads (fixture), ==, MANY_ITEMS + n_steps);
  g_assert_cmpuint (get_pending (fixture).accesses, ==, 0);
}

static void
test_bounded_step (TableFixture *fixture, gconstpointer data)
{
  g_autofree TerraceStreamAccess *accesses = read_all_once ();
  TerraceStreamMerge merge;

  add_many_items (fixture);
  append (fixture, accesses, MANY_ITEMS, 1000, NULL);
  merge = merge_step (fixture, 1);
  g_assert_cmpuint (merge.n_items, >, 0);
  g_assert_cmpuint (merge.n_items, <=, 4096);
  g_assert_false (merge.complete);
  merge = merge_step (fixture, 2 * MANY_ITEMS);
  g_assert_true (merge.complete);
  g_assert_cmpint (sum_reads (fixture), ==, MANY_ITEMS);
}

/* What a transaction that is rolled back merged is still there to be merged. */
static void
test_rollback (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "a");
  const TerraceStreamAccess access = { item->id, 5, 3, 0, 30, 0 };
  GError *error = NULL;

  append (fixture, &access, 1, 100, NULL);
  terrace_connection_execute (fixture->connection, "SAVEPOINT crash", &error);
  g_assert_no_error (error);
  merge_all (fixture);
  g_assert_cmpint (sum_reads (fixture), ==, 3);
  terrace_connection_execute (fixture->connection, "ROLLBACK TO crash", &error);
  g_assert_no_error (error);
  g_assert_cmpint (sum_reads (fixture), ==, 0);
  g_assert_cmpuint (get_pending (fixture).accesses, ==, 1);
  merge_all (fixture);
  g_assert_cmpint (sum_reads (fixture), ==, 3);
}

static void
test_numbers (TableFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceItem) item = catalog_add_item (fixture->connection, 1, "a");
  const TerraceStreamAccess accesses[] = {
    { item->id, G_MAXINT64 / 2, G_MAXUINT32, 0, G_MAXINT64 / 4, 0 },
    { item->id, -(G_MAXINT64 / 2), 0, 1, 0, 1 },
    { item->id, 0, 1, 0, 0, 0 },
  };
  g_autoptr (GArray) recent = NULL;
  TerraceAccess *access;
  GError *error = NULL;

  append (fixture, accesses, G_N_ELEMENTS (accesses), 100, NULL);
  merge_all (fixture);
  recent = terrace_access_table_recent (fixture->connection, item->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recent->len, ==, 3);
  access = &g_array_index (recent, TerraceAccess, 0);
  g_assert_cmpint (access->time_us, ==, G_MAXINT64 / 2);
  g_assert_cmpuint (access->count, ==, G_MAXUINT32);
  g_assert_cmpuint (access->bytes, ==, G_MAXINT64 / 4);
  access = &g_array_index (recent, TerraceAccess, 2);
  g_assert_cmpint (access->time_us, ==, -(G_MAXINT64 / 2));
}

static void
test_damaged (TableFixture *fixture, gconstpointer data)
{
  static const char *const rows[] = {
    "INSERT INTO stream_pending VALUES (1, 1, x'0102')",
    "INSERT INTO stream_pending VALUES (1, 1000000, x'010101010101')",
    "INSERT INTO stream_pending VALUES (1, 1, x'ffffffffffffffffffffffffffffffff')",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      TerraceStreamMerge merge;
      GError *error = NULL;

      terrace_connection_execute (fixture->connection, "DELETE FROM stream_pending", &error);
      g_assert_no_error (error);
      terrace_connection_execute (fixture->connection, rows[i], &error);
      g_assert_no_error (error);
      g_assert_false (terrace_stream_table_merge (fixture->connection, 1, &merge, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
      g_clear_error (&error);
    }
}

static void
assert_offset (TableFixture *fixture, gint64 source_id, const char *partition, gint64 expected)
{
  gint64 offset;
  GError *error = NULL;

  terrace_stream_table_get_offset (fixture->connection, source_id, partition, &offset, &error);
  g_assert_no_error (error);
  g_assert_cmpint (offset, ==, expected);
}

static void
test_offsets (TableFixture *fixture, gconstpointer data)
{
  TerraceStreamOffset offsets[] = { { "topic/0", 7 }, { "topic/1", 9 } };
  TerraceStreamBatch batch = { .source_id = 1,
                               .offsets = offsets,
                               .n_offsets = G_N_ELEMENTS (offsets) };
  GError *error = NULL;

  assert_offset (fixture, 1, "topic/0", -1);
  terrace_stream_table_append (fixture->connection, &batch, NULL, &error);
  g_assert_no_error (error);
  offsets[0].offset = 8;
  batch.n_offsets = 1;
  terrace_stream_table_append (fixture->connection, &batch, NULL, &error);
  g_assert_no_error (error);
  assert_offset (fixture, 1, "topic/0", 8);
  assert_offset (fixture, 1, "topic/1", 9);
  assert_offset (fixture, 2, "topic/1", -1);
  assert_offset (fixture, 1, "", -1);
  terrace_stream_table_forget (fixture->connection, 1, &error);
  g_assert_no_error (error);
  assert_offset (fixture, 1, "topic/0", -1);
}

static void
test_event_ids (TableFixture *fixture, gconstpointer data)
{
  const guint n = 300000;
  g_autofree guint64 *sent = g_new (guint64, n);
  TerraceStreamBatch batch = { .source_id = 1, .event_ids = sent, .n_event_ids = n };
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GArray) others = NULL;
  GError *error = NULL;

  for (guint64 round = 0; round < 5; round++)
    {
      for (guint i = 0; i < n; i++)
        sent[i] = round << 40 | i;
      terrace_stream_table_append (fixture->connection, &batch, NULL, &error);
      g_assert_no_error (error);
    }
  ids = terrace_stream_table_list_event_ids (fixture->connection, 1, &error);
  g_assert_no_error (error);
  /* Whole rows go, as soon as what is left is enough. */
  g_assert_cmpuint (ids->len, ==, 4 * n);
  g_assert_cmpuint (ids->len, >=, TERRACE_LIMIT_STREAM_EVENT_IDS);
  g_assert_cmpuint (g_array_index (ids, guint64, 0), ==, G_GUINT64_CONSTANT (1) << 40);
  g_assert_cmpuint (g_array_index (ids, guint64, ids->len - 1), ==, sent[n - 1]);
  others = terrace_stream_table_list_event_ids (fixture->connection, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (others->len, ==, 0);
}

/* --- kill ------------------------------------------------------------------------------------- */

static TerraceConnection *
open_path (const char *path)
{
  TerraceConnection *connection;
  GError *error = NULL;

  connection = terrace_catalog_file_open (path, 1000, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

static void
append_once (TerraceConnection *connection, gint64 *offset)
{
  g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
  TerraceStreamAccess accesses[20];
  TerraceStreamOffset stand = { "", *offset + G_N_ELEMENTS (accesses) };
  TerraceStreamBatch batch = {
    .source_id = 1,
    .accesses = accesses,
    .n_accesses = G_N_ELEMENTS (accesses),
    .offsets = &stand,
    .n_offsets = 1,
    .now_us = 1,
  };
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (accesses); i++)
    accesses[i] =
        (TerraceStreamAccess){ 1 + (*offset + i * 7) % KILLED_ITEMS, *offset, 1, 0, 1, 0 };
  terrace_transaction_begin (&transaction, connection, &error);
  g_assert_no_error (error);
  terrace_stream_table_append (connection, &batch, NULL, &error);
  g_assert_no_error (error);
  terrace_transaction_commit (&transaction, &error);
  g_assert_no_error (error);
  *offset = stand.offset;
}

static void
merge_once (TerraceConnection *connection)
{
  g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
  TerraceStreamMerge merge;
  GError *error = NULL;

  terrace_transaction_begin (&transaction, connection, &error);
  g_assert_no_error (error);
  terrace_stream_table_merge (connection, 1, &merge, &error);
  g_assert_no_error (error);
  terrace_transaction_commit (&transaction, &error);
  g_assert_no_error (error);
}

static gint64
get_stand (TerraceConnection *connection)
{
  gint64 offset;
  GError *error = NULL;

  terrace_stream_table_get_offset (connection, 1, "", &offset, &error);
  g_assert_no_error (error);
  return MAX (offset, 0);
}

/* The child: goes on from where the source stands, and tells of each commit, until it is killed. */
static void
run_until_killed (const char *path, int fd)
{
  TerraceConnection *connection = open_path (path);
  gint64 offset = get_stand (connection);

  for (guint i = 0;; i++)
    {
      append_once (connection, &offset);
      if (i % 3 == 0)
        merge_once (connection);
      if (write (fd, "", 1) != 1)
        _exit (1);
    }
}

static void
run_and_kill (const char *path, guint n_commits)
{
  int fds[2], status;
  char byte;
  pid_t child;

  g_assert_cmpint (pipe (fds), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      close (fds[0]);
      run_until_killed (path, fds[1]);
    }
  close (fds[1]);
  for (guint i = 0; i < n_commits; i++)
    g_assert_cmpint (read (fds[0], &byte, 1), ==, 1);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  close (fds[0]);
}

static void
add_killed_items (TerraceConnection *connection)
{
  g_auto (TerraceTransaction) transaction = TERRACE_TRANSACTION_INIT;
  g_autoptr (TerraceLocation) location = catalog_new_location ("one");
  GError *error = NULL;

  terrace_transaction_begin (&transaction, connection, &error);
  g_assert_no_error (error);
  terrace_location_table_insert (connection, location, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < KILLED_ITEMS; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      g_object_unref (catalog_add_item (connection, 1, key));
    }
  terrace_transaction_commit (&transaction, &error);
  g_assert_no_error (error);
}

/* Whenever the program dies, what was read of the source is what is counted or waits. */
static void
test_kill (void)
{
  g_autofree char *folder = terrace_test_make_dir ();
  g_autofree char *path = g_build_filename (folder, "catalog.db", NULL);
  TerraceConnection *connection = open_path (path);
  TableFixture fixture = { 0 };

  add_killed_items (connection);
  terrace_connection_close (connection);
  for (guint i = 0; i < KILLS; i++)
    {
      gint64 stand;

      run_and_kill (path, (guint) g_test_rand_int_range (1, 30));
      fixture.connection = open_path (path);
      stand = get_stand (fixture.connection);
      g_assert_cmpint (stand, >, 0);
      if (i % 2 == 0)
        {
          /* The first goes on where the one that was killed had come to. */
          merge_all (&fixture);
          merge_all (&fixture);
          g_assert_cmpuint (get_pending (&fixture).accesses, ==, 0);
          g_assert_cmpint (sum_reads (&fixture), ==, stand);
        }
      terrace_connection_close (fixture.connection);
    }
  terrace_test_remove_dir (folder);
}

#define ADD(name, function) \
  g_test_add (name, TableFixture, NULL, table_fixture_set_up, function, table_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/stream-table/merge", test_merge);
  ADD ("/stream-table/steps", test_steps);
  ADD ("/stream-table/bounded-step", test_bounded_step);
  ADD ("/stream-table/rollback", test_rollback);
  g_test_add_func ("/stream-table/kill", test_kill);
  ADD ("/stream-table/numbers", test_numbers);
  ADD ("/stream-table/damaged", test_damaged);
  ADD ("/stream-table/offsets", test_offsets);
  ADD ("/stream-table/event-ids", test_event_ids);
  return g_test_run ();
}
