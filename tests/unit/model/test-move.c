/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Updating a move that views are looking at. */

#include "model/terrace-move.h"

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_sequence_insert_sorted (user_data, g_strdup (pspec->name), (GCompareDataFunc) g_strcmp0, NULL);
}

/* GObject does not promise an order of notifications, so the names come sorted. */
static void
assert_notified (GSequence *names, const char *wanted)
{
  g_autoptr (GString) found = g_string_new (NULL);

  while (!g_sequence_is_empty (names))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (names);

      g_string_append_printf (found, "%s ", (const char *) g_sequence_get (first));
      g_sequence_remove (first);
    }

  g_assert_cmpstr (found->str, ==, wanted);
}

static TerraceMove *
make_move (void)
{
  TerraceMove *move = terrace_move_new ();

  move->id = 3;
  move->name = g_strdup ("film.mov");
  move->size_bytes = 1000;
  move->state = TERRACE_MOVE_COPYING;
  move->token = g_strdup ("t");

  return move;
}

static void
test_update (void)
{
  g_autoptr (TerraceMove) move = make_move ();
  g_autoptr (TerraceMove) newer = make_move ();
  g_autoptr (GSequence) names = g_sequence_new (g_free);

  g_signal_connect (move, "notify", G_CALLBACK (notify_cb), names);

  terrace_move_update (move, newer);
  terrace_move_update (move, move);
  assert_notified (names, "");

  newer->state = TERRACE_MOVE_FAILED;
  newer->attempts = 2;
  newer->error = g_strdup ("no");
  g_clear_pointer (&newer->token, g_free);
  newer->keep_source = TRUE;
  newer->bytes_per_second = 1.5;
  newer->checksum.kind = TERRACE_CHECKSUM_SHA256;
  terrace_move_update (move, newer);

  assert_notified (names, "attempts bytes-per-second error keep-source state token ");
  g_assert_cmpint (move->state, ==, TERRACE_MOVE_FAILED);
  g_assert_cmpuint (move->attempts, ==, 2);
  g_assert_cmpstr (move->error, ==, "no");
  g_assert_true (move->error != newer->error);
  g_assert_null (move->token);
  g_assert_true (move->keep_source);
  g_assert_cmpint (move->checksum.kind, ==, TERRACE_CHECKSUM_SHA256);
  g_assert_cmpstr (move->name, ==, "film.mov");
}

static void
test_progress (void)
{
  g_autoptr (TerraceMove) move = make_move ();
  g_autoptr (GSequence) names = g_sequence_new (g_free);
  guint64 done_bytes;

  g_signal_connect (move, "notify", G_CALLBACK (notify_cb), names);
  terrace_move_set_progress (move, 10, 0);
  terrace_move_set_progress (move, 10, 5);
  terrace_move_set_progress (move, 10, 5);
  assert_notified (names, "bytes-per-second done-bytes ");

  g_object_get (move, "done-bytes", &done_bytes, NULL);
  g_assert_cmpuint (done_bytes, ==, 10);
}

static void
test_all_readable (void)
{
  const char *const names[] = {
    "id",
    "item-id",
    "name",
    "size-bytes",
    "source-location-id",
    "source-key",
    "source-version",
    "source-class-id",
    "dest-location-id",
    "dest-key",
    "dest-class-id",
    "state",
    "resume-state",
    "request",
    "priority",
    "token",
    "upload",
    "dest-version",
    "keep-source",
    "hold",
    "undo-of",
    "undone-by",
    "attempts",
    "retry-us",
    "error",
    "error-code",
    "saving-nanos",
    "once-nanos",
    "leave-nanos",
    "batch-id",
    "requests-sent",
    "spent-nanos",
    "created-us",
    "started-us",
    "updated-us",
    "finished-us",
    "done-bytes",
    "bytes-per-second",
  };
  g_autoptr (TerraceMove) move = make_move ();
  g_autofree GParamSpec **specs = NULL;
  guint n_specs;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (GValue) value = G_VALUE_INIT;

      g_object_get_property (G_OBJECT (move), names[i], &value);
      g_assert_true (G_IS_VALUE (&value));
    }

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (move), &n_specs);
  g_assert_cmpuint (n_specs, ==, G_N_ELEMENTS (names));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/move/update", test_update);
  g_test_add_func ("/move/progress", test_progress);
  g_test_add_func ("/move/all-readable", test_all_readable);

  return g_test_run ();
}
