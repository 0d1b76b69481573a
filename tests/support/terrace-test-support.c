/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Folders, files and waiting for tests. The thread of the test. */

#include "terrace-test-support.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK_BYTES (64 * 1024)
#define REMOVE_DEPTH 32

char *
terrace_test_make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("terrace-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static int
open_up_cb (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  if (type == FTW_D || type == FTW_DNR)
    g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  return 0;
}

static int
remove_cb (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  g_assert_cmpint (g_remove (path), ==, 0);
  return 0;
}

void
terrace_test_remove_dir (const char *path)
{
  /* Only folders that a test made itself. */
  g_assert_nonnull (strstr (path, "terrace-test-"));

  g_assert_cmpint (nftw (path, open_up_cb, REMOVE_DEPTH, FTW_PHYS), ==, 0);
  g_assert_cmpint (nftw (path, remove_cb, REMOVE_DEPTH, FTW_DEPTH | FTW_PHYS), ==, 0);
}

static void
fill (guint8 *chunk, gsize length, GRand *random)
{
  for (gsize i = 0; i < length; i += sizeof (guint32))
    {
      guint32 word = GUINT32_TO_LE (g_rand_int (random));

      memcpy (chunk + i, &word, MIN (sizeof word, length - i));
    }
}

void
terrace_test_make_file (const char *path, guint64 size_bytes, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  g_autofree char *folder = g_path_get_dirname (path);
  FILE *file;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  file = g_fopen (path, "wbe");
  g_assert_nonnull (file);

  for (guint64 left = size_bytes; left > 0;)
    {
      gsize length = MIN (left, CHUNK_BYTES);

      fill (chunk, length, random);
      g_assert_cmpuint (fwrite (chunk, 1, length, file), ==, length);
      left -= length;
    }

  g_assert_cmpint (fclose (file), ==, 0);
}

void
terrace_test_assert_file (const char *path, guint64 size_bytes, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  g_autofree guint8 *wanted = g_malloc (CHUNK_BYTES);
  g_autofree guint8 *found = g_malloc (CHUNK_BYTES);
  FILE *file = g_fopen (path, "rbe");

  g_assert_nonnull (file);

  for (guint64 left = size_bytes; left > 0;)
    {
      gsize length = MIN (left, CHUNK_BYTES);

      fill (wanted, length, random);
      g_assert_cmpuint (fread (found, 1, length, file), ==, length);
      g_assert_cmpmem (found, length, wanted, length);
      left -= length;
    }

  g_assert_cmpint (fgetc (file), ==, EOF);
  g_assert_cmpint (fclose (file), ==, 0);
}

void
terrace_test_store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **stored = user_data;

  g_assert_null (*stored);
  *stored = g_object_ref (result);
}

static gboolean
guard_cb (gpointer user_data)
{
  g_error ("Waited %d s in vain", TERRACE_TEST_GUARD_SECONDS);
  return G_SOURCE_REMOVE;
}

void
terrace_test_await_condition (gboolean (*condition) (gpointer data), gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GSource) guard = g_timeout_source_new_seconds (TERRACE_TEST_GUARD_SECONDS);

  g_source_set_callback (guard, guard_cb, NULL, NULL);
  g_source_attach (guard, context);
  while (!condition (data))
    g_main_context_iteration (context, TRUE);
  g_source_destroy (guard);
}

static gboolean
has_result (gpointer data)
{
  GAsyncResult **result = data;

  return *result != NULL;
}

void
terrace_test_await (GAsyncResult **result)
{
  terrace_test_await_condition (has_result, result);
}

void
terrace_test_settle (void)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  while (g_main_context_iteration (context, FALSE))
    ;
}
