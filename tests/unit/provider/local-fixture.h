/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-root.h"
#include "provider/terrace-provider.h"

/* A folder of its own for each test of the local provider's parts, which are called directly, on
 * the thread of the test. */

G_BEGIN_DECLS

typedef struct
{
  char *path;
  TerraceLocalRoot *root;
} LocalFixture;

void local_fixture_set_up (LocalFixture *fixture, gconstpointer data);
void local_fixture_tear_down (LocalFixture *fixture, gconstpointer data);

/* (transfer full): of @key in the folder. */
char *local_fixture_path (LocalFixture *fixture, const char *key);
/* Somebody else writes a file, with its folders. */
void local_fixture_write (LocalFixture *fixture, const char *key, const char *text);
void local_fixture_assert_text (LocalFixture *fixture, const char *key, const char *text);
/* Entries of a folder, reserved names too. */
guint local_fixture_count (LocalFixture *fixture, const char *folder);

/* Writes an object in parts of @part_bytes through the provider's parts. */
TerraceObjectInfo *local_fixture_put (LocalFixture *fixture,
                                      const char *key,
                                      GBytes *bytes,
                                      guint64 part_bytes,
                                      const TerraceObjectInfo *info,
                                      GError **error);
/* (element-type TerracePart): parts that make up @size_bytes. */
GPtrArray *local_fixture_make_parts (guint64 size_bytes, guint64 part_bytes);

#define LOCAL_TEST(path, function)                                                   \
  g_test_add ("/provider/" path, LocalFixture, NULL, local_fixture_set_up, function, \
              local_fixture_tear_down)

G_END_DECLS
