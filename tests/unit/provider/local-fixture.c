/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of its own for each test of the local provider's parts. */

#include "local-fixture.h"

#include "provider/local/terrace-local-upload.h"
#include "terrace-test-support.h"

#include <glib/gstdio.h>

void
local_fixture_set_up (LocalFixture *fixture, gconstpointer data)
{
  fixture->path = terrace_test_make_dir ();
  fixture->root = terrace_local_root_new (fixture->path, FALSE);
}

void
local_fixture_tear_down (LocalFixture *fixture, gconstpointer data)
{
  terrace_local_root_unref (fixture->root);
  terrace_test_remove_dir (fixture->path);
  g_free (fixture->path);
}

char *
local_fixture_path (LocalFixture *fixture, const char *key)
{
  return g_build_filename (fixture->path, key, NULL);
}

void
local_fixture_write (LocalFixture *fixture, const char *key, const char *text)
{
  g_autofree char *path = local_fixture_path (fixture, key);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

void
local_fixture_assert_text (LocalFixture *fixture, const char *key, const char *text)
{
  g_autofree char *path = local_fixture_path (fixture, key);
  g_autofree char *found = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &found, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, text);
}

guint
local_fixture_count (LocalFixture *fixture, const char *folder)
{
  g_autofree char *path = local_fixture_path (fixture, folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  guint count = 0;

  g_assert_no_error (error);
  while (g_dir_read_name (dir) != NULL)
    count++;

  return count;
}

GPtrArray *
local_fixture_make_parts (guint64 size_bytes, guint64 part_bytes)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);

  for (guint64 offset = 0; offset < size_bytes; offset += part_bytes)
    g_ptr_array_add (parts, terrace_part_new (parts->len, offset,
                                              MIN (part_bytes, size_bytes - offset), "stored"));

  return parts;
}

TerraceObjectInfo *
local_fixture_put (LocalFixture *fixture,
                   const char *key,
                   GBytes *bytes,
                   guint64 part_bytes,
                   const TerraceObjectInfo *info,
                   GError **error)
{
  TerraceWriteOptions options = { "fixture", g_bytes_get_size (bytes), part_bytes, NULL, info };
  g_autoptr (GPtrArray) parts = local_fixture_make_parts (options.size_bytes, part_bytes);
  g_autofree char *upload = terrace_local_begin (fixture->root, key, &options, error);

  if (upload == NULL)
    return NULL;

  for (guint i = 0; i < parts->len; i++)
    {
      const TerracePart *part = parts->pdata[i];
      g_autoptr (GBytes) slice = g_bytes_new_from_bytes (bytes, part->offset, part->size_bytes);
      g_autofree char *receipt = terrace_local_write_part (fixture->root, key, upload, i,
                                                           part->offset, slice, NULL, error);

      if (receipt == NULL)
        return NULL;
    }

  return terrace_local_finish (fixture->root, key, upload, parts, &options, error);
}
