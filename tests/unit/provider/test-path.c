/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys stay beneath the root, whatever they say and whatever somebody does to the folders. */

#include "base/terrace-error.h"
#include "local-fixture.h"
#include "provider/local/terrace-local-path.h"
#include "provider/local/terrace-local-read.h"
#include "provider/local/terrace-local-remove.h"
#include "provider/local/terrace-local-upload.h"
#include "terrace-test-support.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SWAP_ROUNDS 2000

static void
test_keys (LocalFixture *fixture, gconstpointer data)
{
  static const char *const good[] = { "a", "a/b/c", "...",      "..a",  "a..",    ".hidden",
                                      " ", "\n",    ".terrace", "\xff", "a/.../b" };
  static const char *const bad[] = { "",
                                     "/",
                                     "/a",
                                     "a/",
                                     "a//b",
                                     "..",
                                     ".",
                                     "a/../b",
                                     "../a",
                                     "a/..",
                                     "./a",
                                     "a/.",
                                     "a/./b",
                                     "//",
                                     ".terrace-",
                                     ".terrace-x.part",
                                     "a/.terrace-t.trash",
                                     ".terrace-d/a" };
  g_autofree char *fits = g_strnfill (TERRACE_LOCAL_NAME_BYTES, 'n');
  g_autofree char *too_long = g_strconcat ("a/", fits, "n", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (terrace_local_check_key (good[i], &error));
      g_assert_no_error (error);
    }
  g_assert_true (terrace_local_check_key (fits, &error));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) bad_error = NULL;
      g_autoptr (GError) read_error = NULL;

      g_assert_false (terrace_local_check_key (bad[i], &bad_error));
      g_assert_error (bad_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_null (terrace_local_describe (fixture->root, bad[i], &read_error));
      g_assert_error (read_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
  g_assert_false (terrace_local_check_key (too_long, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "255"));
}

static void
test_prefixes (LocalFixture *fixture, gconstpointer data)
{
  static const char *const good[] = { "", "a", "a/", ".", "..", "a/b", "a/." };
  static const char *const bad[] = { "/", "../", "../a", "a//", "/a", "./a", "a/../b" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (terrace_local_check_prefix (good[i], NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (terrace_local_check_prefix (bad[i], NULL));
}

static void
test_tokens (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *long_token = g_strnfill (TERRACE_LOCAL_TOKEN_BYTES + 1, 't');
  static const char *const bad[] = { "", "a/b", "..", "a.b", "a b", "\xff" };

  g_assert_true (terrace_local_check_token ("0f-3_Z", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (terrace_local_check_token (bad[i], NULL));
  g_assert_false (terrace_local_check_token (long_token, NULL));
}

/* Makes OUTSIDE/secret beside the root and leads to it from within. */
static char *
make_outside (LocalFixture *fixture)
{
  char *outside = terrace_test_make_dir ();
  g_autofree char *secret = g_build_filename (outside, "secret", NULL);
  g_autofree char *folder_link = local_fixture_path (fixture, "folder");
  g_autofree char *file_link = local_fixture_path (fixture, "file");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (secret, "outside", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (symlink (outside, folder_link), ==, 0);
  g_assert_cmpint (symlink (secret, file_link), ==, 0);

  return outside;
}

static void
test_links (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *outside = make_outside (fixture);
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  g_autoptr (GError) folder_error = NULL;
  g_autoptr (GError) begin_error = NULL;
  g_autoptr (GError) file_error = NULL;
  g_autoptr (GError) taken_error = NULL;

  g_assert_null (
      terrace_local_read_range (fixture->root, "folder/secret", NULL, 0, 9, NULL, &folder_error));
  g_assert_error (folder_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_null (terrace_local_begin (fixture->root, "folder/new", &options, &begin_error));
  g_assert_error (begin_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_null (terrace_local_read_range (fixture->root, "file", NULL, 0, 9, NULL, &file_error));
  g_assert_error (file_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_null (terrace_local_begin (fixture->root, "file", &options, &taken_error));
  g_assert_error (taken_error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);

  terrace_test_remove_dir (outside);
}

/* Both ways to resolve a folder say the same. */
static void
test_resolvers (LocalFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *folder;
    int expected_errno;
  } cases[] = { { "", 0 },           { "a", 0 },
                { "a/b", 0 },        { "a/none", ENOENT },
                { "a/f", ENOTDIR },  { "a/f/x", ENOTDIR },
                { "folder", ELOOP }, { "folder/x", ELOOP },
                { "a/up", ELOOP } };
  g_autofree char *outside = make_outside (fixture);
  g_autofree char *up = local_fixture_path (fixture, "a/up");
  g_auto (TerraceFd) root_fd = terrace_local_root_open (fixture->root, NULL);

  local_fixture_write (fixture, "a/f", "file");
  local_fixture_write (fixture, "a/b/f", "file");
  g_assert_cmpint (symlink ("..", up), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (TerraceLocalResolve how = TERRACE_LOCAL_RESOLVE_IN_KERNEL;
         how <= TERRACE_LOCAL_RESOLVE_STEPWISE; how++)
      {
        g_auto (TerraceFd) fd = terrace_local_open_folder (root_fd, cases[i].folder, O_PATH, how);

        if (cases[i].expected_errno == 0)
          {
            g_assert_cmpint (fd, >=, 0);
            continue;
          }
        g_assert_cmpint (errno, ==, cases[i].expected_errno);
        g_assert_cmpint (fd, <, 0);
      }
  terrace_test_remove_dir (outside);
}

typedef struct
{
  char *folder;
  char *link;
  int stop; /* atomic */
} Swapper;

static gpointer
swap_thread (gpointer data)
{
  Swapper *swapper = data;

  while (!g_atomic_int_get (&swapper->stop))
    g_assert_cmpint (renameat2 (AT_FDCWD, swapper->folder, AT_FDCWD, swapper->link,
                                RENAME_EXCHANGE),
                     ==, 0);

  return NULL;
}

/* A folder and a link to the outside keep changing places: nothing outside is ever read, written
 * or removed. */
static void
test_swapped_folder (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *outside = make_outside (fixture);
  Swapper swapper = { local_fixture_path (fixture, "d"), local_fixture_path (fixture, "folder"),
                      0 };
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  GThread *thread;
  guint n_read = 0;
  g_autofree char *outside_secret = g_build_filename (outside, "secret", NULL);
  g_autofree char *text = NULL;

  local_fixture_write (fixture, "d/secret", "inside!");
  thread = g_thread_new ("swap", swap_thread, &swapper);
  for (guint i = 0; i < SWAP_ROUNDS || n_read == 0; i++)
    {
      g_autoptr (GBytes) bytes =
          terrace_local_read_range (fixture->root, "d/secret", NULL, 0, 7, NULL, NULL);
      g_autofree char *upload = terrace_local_begin (fixture->root, "d/new", &options, NULL);

      if (bytes != NULL)
        {
          g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "inside!", 7);
          n_read++;
        }
      terrace_local_abort (fixture->root, "d/new", "token", NULL);
      g_assert_false (terrace_local_remove (fixture->root, "d/secret", "file:1:1:1:1", "rm", NULL));
    }
  g_atomic_int_set (&swapper.stop, 1);
  g_thread_join (thread);

  g_assert_true (g_file_get_contents (outside_secret, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "outside");
  g_assert_cmpint (g_unlink (outside_secret), ==, 0);
  g_assert_cmpint (g_rmdir (outside), ==, 0);
  g_free (swapper.folder);
  g_free (swapper.link);
}

static void
test_make_and_prune (LocalFixture *fixture, gconstpointer data)
{
  g_auto (TerraceFd) root_fd = terrace_local_root_open (fixture->root, NULL);
  g_auto (TerraceFd) folder = terrace_local_make_parent (root_fd, "a/b/c/key");
  g_auto (TerraceFd) blocked = -1;

  g_assert_cmpint (folder, >=, 0);
  g_assert_cmpuint (local_fixture_count (fixture, "a/b"), ==, 1);

  local_fixture_write (fixture, "a/file", "x");
  terrace_local_prune (root_fd, "a/b/c/key");
  g_assert_cmpuint (local_fixture_count (fixture, "a"), ==, 1);
  local_fixture_assert_text (fixture, "a/file", "x");

  blocked = terrace_local_make_parent (root_fd, "a/file/c/key");
  g_assert_cmpint (errno, ==, ENOTDIR);
  g_assert_cmpint (blocked, <, 0);
}

static void
test_rename (LocalFixture *fixture, gconstpointer data)
{
  g_auto (TerraceFd) root_fd = terrace_local_root_open (fixture->root, NULL);
  g_auto (TerraceFd) folder = terrace_local_open_folder (root_fd, "", O_PATH, 0);

  local_fixture_write (fixture, "a", "one");
  local_fixture_write (fixture, "b", "two");
  g_assert_cmpint (terrace_local_rename (folder, "a", "b"), ==, -1);
  g_assert_cmpint (errno, ==, EEXIST);
  local_fixture_assert_text (fixture, "b", "two");
  g_assert_cmpint (terrace_local_rename (folder, "a", "c"), ==, 0);
  local_fixture_assert_text (fixture, "c", "one");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  LOCAL_TEST ("path/keys", test_keys);
  LOCAL_TEST ("path/prefixes", test_prefixes);
  LOCAL_TEST ("path/tokens", test_tokens);
  LOCAL_TEST ("path/links", test_links);
  LOCAL_TEST ("path/resolvers", test_resolvers);
  LOCAL_TEST ("path/swapped-folder", test_swapped_folder);
  LOCAL_TEST ("path/make-and-prune", test_make_and_prune);
  LOCAL_TEST ("path/rename", test_rename);

  return g_test_run ();
}
