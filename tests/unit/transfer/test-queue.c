/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a move, over real files. */

#include "config.h"

#include "transfer-fixture.h"

#include <glib/gstdio.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "terrace-test-support.h"
#include "transfer/terrace-queue-private.h"

#define PART ((guint64) TERRACE_LIMIT_PART_BYTES)

static void
assert_story (TransferFixture *self, const char *story)
{
  g_assert_cmpstr (self->story->str, ==, story);
  g_string_truncate (self->story, 0);
}

static void
assert_listing (TransferFixture *self, guint place, const char *expected)
{
  g_autofree char *names = transfer_fixture_list (self, place);

  g_assert_cmpstr (names, ==, expected);
}

static void
assert_file (TransferFixture *self, guint place, const char *key, guint64 size_bytes, guint seed)
{
  g_autofree char *path = transfer_fixture_path (self, place, key);

  terrace_test_assert_file (path, size_bytes, seed);
}

static void
assert_state (TransferFixture *self, gint64 move_id, TerraceMoveState state)
{
  g_autoptr (TerraceMove) move = transfer_fixture_get_move (self, move_id);

  g_assert_cmpstr (terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, (int) move->state), ==,
                   terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, (int) state));
}

/* The item lies in @place with one copy, which is the file there. */
static void
assert_lies (TransferFixture *self, gint64 item_id, guint place, const char *key)
{
  g_autoptr (TerraceItem) item = transfer_fixture_get_item (self, item_id);
  g_autoptr (GPtrArray) replicas = transfer_fixture_get_replicas (self, item_id);

  g_assert_cmpint (item->location_id, ==, place + 1);
  g_assert_cmpstr (item->key, ==, key);
  g_assert_false (item->moving);
  g_assert_cmpuint (replicas->len, ==, 1);
}

static void
test_life (TransferFixture *self, gconstpointer data)
{
  gint64 id = transfer_fixture_add_move (self, "a/file.bin", 3 * PART + 17, 1);
  g_autoptr (TerraceItem) item = NULL;

  transfer_fixture_start (self);
  transfer_fixture_run (self);

  assert_story (self, "1:copying 1:verifying 1:staged 1:committing 1:done ");
  assert_state (self, id, TERRACE_MOVE_DONE);
  assert_listing (self, 0, "");
  assert_listing (self, 1, "a/file.bin ");
  assert_file (self, 1, "a/file.bin", 3 * PART + 17, 1);
  assert_lies (self, 1, 1, "a/file.bin");
  item = transfer_fixture_get_item (self, 1);
  g_assert_cmpint (item->tier, ==, TERRACE_TIER_COLD);
  g_assert_cmpstr (item->class_id, ==, "class/1");
  g_assert_cmpint (item->checksum.kind, ==, TERRACE_CHECKSUM_SHA256);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                      \
  g_test_add ("/transfer/queue/" path, TransferFixture, NULL, transfer_fixture_set_up, func, \
              transfer_fixture_tear_down)
  ADD ("life", test_life);
#undef ADD

  return g_test_run ();
}
