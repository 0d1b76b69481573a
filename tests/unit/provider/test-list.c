/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing: order, pages and windows, and everything in a folder that is no object. */

#include "provider/local/terrace-local-list.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "local-fixture.h"
#include "terrace-test-support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than one window, and not a whole number of pages. */
#define MANY_FILES 20500
#define NOBODY 65534

typedef struct
{
  guint n_objects;
  guint n_pages;
  guint64 n_skipped;
  GPtrArray *unreadable;
  char *last;
} Summary;

static void
summary_clear (Summary *summary)
{
  g_ptr_array_unref (summary->unreadable);
  g_free (summary->last);
}

static void
summarize_page (Summary *summary, TerraceListing *page)
{
  summary->n_pages++;
  summary->n_objects += page->objects->len;
  summary->n_skipped += page->skipped;
  for (guint i = 0; i < page->unreadable->len; i++)
    g_ptr_array_add (summary->unreadable, g_strdup (page->unreadable->pdata[i]));
  for (guint i = 0; i < page->objects->len; i++)
    {
      const TerraceObjectInfo *info = page->objects->pdata[i];

      if (summary->last != NULL)
        g_assert_cmpint (strcmp (summary->last, info->key), <, 0);
      g_free (summary->last);
      summary->last = g_strdup (info->key);
    }
}

/* Reads all pages, each with the cursor of the one before or with a new one. */
static Summary
list_all (LocalFixture *fixture, gboolean keep_cursor)
{
  Summary summary = { .unreadable = g_ptr_array_new_with_free_func (g_free) };
  g_autoptr (TerraceLocalCursor) cursor = terrace_local_cursor_new ("", NULL);

  while (TRUE)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceListing) page =
          terrace_local_cursor_read (cursor, fixture->root, NULL, &error);

      g_assert_no_error (error);
      summarize_page (&summary, page);
      if (page->next == NULL)
        return summary;

      g_assert_true (terrace_local_cursor_is_at (cursor, "", page->next));
      if (!keep_cursor)
        {
          terrace_local_cursor_free (cursor);
          cursor = terrace_local_cursor_new ("", page->next);
        }
    }
}

static void
test_many (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *folder = local_fixture_path (fixture, "folder");

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  for (guint i = 0; i < MANY_FILES; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);

      g_assert_cmpint (mknod (path, S_IFREG | 0600, 0), ==, 0);
    }
  local_fixture_write (fixture, "after", "x");
  local_fixture_write (fixture, "folder.after", "x");

  for (guint keep_cursor = 0; keep_cursor < 2; keep_cursor++)
    {
      Summary summary = list_all (fixture, keep_cursor);

      g_assert_cmpuint (summary.n_objects, ==, MANY_FILES + 2);
      g_assert_cmpuint (summary.n_pages, ==, MANY_FILES / TERRACE_LIMIT_LIST_PAGE + 1);
      g_assert_cmpstr (summary.last, ==, "folder/9999");
      summary_clear (&summary);
    }
}

/* Each is passed over and counted once, also when it lies where a page ends. */
static void
test_skipped (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *dangling = local_fixture_path (fixture, "dangling");
  g_autofree char *loop = local_fixture_path (fixture, "sub/loop");
  g_autofree char *fifo = local_fixture_path (fixture, "sub/fifo");
  g_autofree char *link = local_fixture_path (fixture, "zz-link");

  for (guint i = 0; i < TERRACE_LIMIT_LIST_PAGE; i++)
    {
      g_autofree char *key = g_strdup_printf ("sub/%04u", i);

      local_fixture_write (fixture, key, "");
    }
  local_fixture_write (fixture, "zzz", "x");
  local_fixture_write (fixture, ".terrace-t.part", "x");
  local_fixture_write (fixture, "sub/.terrace-t.trash", "x");
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  g_assert_cmpint (symlink ("..", loop), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("zzz", link), ==, 0);

  for (guint keep_cursor = 0; keep_cursor < 2; keep_cursor++)
    {
      Summary summary = list_all (fixture, keep_cursor);

      g_assert_cmpuint (summary.n_objects, ==, TERRACE_LIMIT_LIST_PAGE + 1);
      g_assert_cmpuint (summary.n_skipped, ==, 4);
      g_assert_cmpuint (summary.unreadable->len, ==, 0);
      g_assert_cmpuint (summary.n_pages, ==, 2);
      summary_clear (&summary);
    }
}

/* A full last page is known to be the last. */
static void
test_exact_page (LocalFixture *fixture, gconstpointer data)
{
  Summary summary;

  for (guint i = 0; i < TERRACE_LIMIT_LIST_PAGE; i++)
    {
      g_autofree char *key = g_strdup_printf ("a/b/%u", i);

      local_fixture_write (fixture, key, "");
    }
  summary = list_all (fixture, TRUE);
  g_assert_cmpuint (summary.n_objects, ==, TERRACE_LIMIT_LIST_PAGE);
  g_assert_cmpuint (summary.n_pages, ==, 1);
  summary_clear (&summary);
}

static void
test_unreadable (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *closed = local_fixture_path (fixture, "b-closed");
  gboolean is_root = geteuid () == 0;
  Summary summary;

  local_fixture_write (fixture, "a", "x");
  local_fixture_write (fixture, "b-closed/file", "x");
  local_fixture_write (fixture, "c/d", "x");
  if (is_root)
    {
      g_autofree char *open_folder = local_fixture_path (fixture, "c");

      g_assert_cmpint (chown (fixture->path, NOBODY, NOBODY), ==, 0);
      g_assert_cmpint (chown (closed, NOBODY, NOBODY), ==, 0);
      g_assert_cmpint (chown (open_folder, NOBODY, NOBODY), ==, 0);
      setfsuid (NOBODY);
    }
  g_assert_cmpint (g_chmod (closed, 0), ==, 0);
  summary = list_all (fixture, FALSE);
  if (is_root)
    setfsuid (0);

  g_assert_cmpuint (summary.n_objects, ==, 2);
  g_assert_cmpuint (summary.unreadable->len, ==, 1);
  g_assert_cmpstr (summary.unreadable->pdata[0], ==, "b-closed/");
  g_assert_cmpint (g_chmod (closed, 0700), ==, 0);
  summary_clear (&summary);
}

/* What lies deeper than the bound is named, not silently left out. */
static void
test_too_deep (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GString) key = g_string_new (NULL);
  Summary summary;

  for (guint i = 0; i < TERRACE_LIMIT_DIRECTORY_DEPTH + 1; i++)
    g_string_append (key, "d/");
  g_string_append (key, "file");
  local_fixture_write (fixture, key->str, "x");
  local_fixture_write (fixture, "e", "x");

  summary = list_all (fixture, TRUE);
  g_assert_cmpuint (summary.n_objects, ==, 1);
  g_assert_cmpstr (summary.last, ==, "e");
  g_assert_cmpuint (summary.unreadable->len, ==, 1);
  summary_clear (&summary);
}

static void
test_bad_prefix (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLocalCursor) cursor = terrace_local_cursor_new ("../", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (terrace_local_cursor_read (cursor, fixture->root, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

/* A continuation from another time leads to what comes behind it, whether it is there or not. */
static void
test_strange_continuation (LocalFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *continuation;
    guint count;
  } cases[] = { { "a", 3 },   { "b/x", 2 },    { "b/y/gone", 2 }, { "b/zz", 1 },
                { "zzz", 0 }, { "../../", 4 }, { "c//../", 0 } };

  local_fixture_write (fixture, "a", "x");
  local_fixture_write (fixture, "b/x", "x");
  local_fixture_write (fixture, "b/z", "x");
  local_fixture_write (fixture, "c", "x");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TerraceLocalCursor) cursor = terrace_local_cursor_new ("", cases[i].continuation);
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceListing) page =
          terrace_local_cursor_read (cursor, fixture->root, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->objects->len, ==, cases[i].count);
    }
}

static void
test_cancelled (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLocalCursor) cursor = terrace_local_cursor_new ("", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "a", "x");
  g_cancellable_cancel (cancellable);
  g_assert_null (terrace_local_cursor_read (cursor, fixture->root, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  LOCAL_TEST ("list/many", test_many);
  LOCAL_TEST ("list/skipped", test_skipped);
  LOCAL_TEST ("list/exact-page", test_exact_page);
  LOCAL_TEST ("list/unreadable", test_unreadable);
  LOCAL_TEST ("list/too-deep", test_too_deep);
  LOCAL_TEST ("list/bad-prefix", test_bad_prefix);
  LOCAL_TEST ("list/strange-continuation", test_strange_continuation);
  LOCAL_TEST ("list/cancelled", test_cancelled);

  return g_test_run ();
}
