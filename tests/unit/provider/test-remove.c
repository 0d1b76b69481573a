/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removing: only the version that was seen, even while somebody keeps replacing the file. */

#include "provider/local/terrace-local-remove.h"

#include "base/terrace-error.h"
#include "local-fixture.h"
#include "provider/local/terrace-local-read.h"
#include "terrace-test-support.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

#define REPLACE_ROUNDS 2000

static char *
get_version (LocalFixture *fixture, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = terrace_local_describe (fixture->root, key, &error);

  g_assert_no_error (error);
  return g_strdup (info->version);
}

static void
rename_key (LocalFixture *fixture, const char *from, const char *to)
{
  g_autofree char *from_path = local_fixture_path (fixture, from);
  g_autofree char *to_path = local_fixture_path (fixture, to);

  g_assert_cmpint (g_rename (from_path, to_path), ==, 0);
}

/* Killed after the name was taken away: the next call with the token goes on. */
static void
test_interrupted (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "key", "old");
  version = get_version (fixture, "key");
  rename_key (fixture, "key", ".terrace-tok.trash");
  g_assert_true (terrace_local_remove (fixture->root, "key", version, "tok", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);

  g_assert_false (terrace_local_remove (fixture->root, "key", version, "tok", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

/* The same, and somebody has made a new file under the name since: that one is not ours. */
static void
test_interrupted_and_replaced (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "key", "old");
  version = get_version (fixture, "key");
  rename_key (fixture, "key", ".terrace-tok.trash");
  local_fixture_write (fixture, "key", "new");
  g_assert_true (terrace_local_remove (fixture->root, "key", version, "tok", &error));
  g_assert_no_error (error);
  local_fixture_assert_text (fixture, "key", "new");
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 1);
}

/* The wrong file was taken away and the process killed: it goes back under its name. */
static void
test_wrong_file (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "key", "old");
  version = get_version (fixture, "key");
  local_fixture_write (fixture, "key", "somebody else's");
  rename_key (fixture, "key", ".terrace-tok.trash");
  g_assert_false (terrace_local_remove (fixture->root, "key", version, "tok", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  local_fixture_assert_text (fixture, "key", "somebody else's");
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 1);
}

/* And if its name has been given away, under a visible one beside it. */
static void
test_recovered (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "key", "old");
  version = get_version (fixture, "key");
  local_fixture_write (fixture, ".terrace-tok.trash", "somebody else's");
  local_fixture_write (fixture, "key (recovered 1)", "third");
  g_assert_false (terrace_local_remove (fixture->root, "key", version, "tok", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  local_fixture_assert_text (fixture, "key", "old");
  local_fixture_assert_text (fixture, "key (recovered 1)", "third");
  local_fixture_assert_text (fixture, "key (recovered 2)", "somebody else's");
}

static void
test_recovered_long_name (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *key = g_strnfill (255, 'k');
  g_autofree char *front = g_strnfill (255 - 14, 'k');
  g_autofree char *recovered = g_strconcat (front, " (recovered 1)", NULL);
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, key, "old");
  version = get_version (fixture, key);
  local_fixture_write (fixture, ".terrace-tok.trash", "x");
  g_assert_false (terrace_local_remove (fixture->root, key, version, "tok", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  local_fixture_assert_text (fixture, recovered, "x");
}

static void
test_not_an_object (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "folder/file", "x");
  g_assert_false (terrace_local_remove (fixture->root, "folder", "file:1:1:1:1", "tok", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  local_fixture_assert_text (fixture, "folder/file", "x");
}

/* A program that is writing to the file would go on writing into nothing. */
static void
test_being_written (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *path = local_fixture_path (fixture, "key");
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  local_fixture_write (fixture, "key", "text");
  version = get_version (fixture, "key");
  fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_false (terrace_local_remove (fixture->root, "key", version, "tok", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_assert_true (terrace_error_is_retryable (error));
  g_clear_error (&error);
  local_fixture_assert_text (fixture, "key", "text");

  /* Nothing was changed by the attempt, so the same version can go once the program is done. */
  close (fd);
  g_assert_true (terrace_local_remove (fixture->root, "key", version, "tok", &error));
  g_assert_no_error (error);
}

static void
test_prunes (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLocalRoot) sandbox = terrace_local_root_new (fixture->path, TRUE);
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "a/b/c/key", "x");
  local_fixture_write (fixture, "a/other", "y");
  version = get_version (fixture, "a/b/c/key");
  g_assert_true (terrace_local_remove (sandbox, "a/b/c/key", version, "tok", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (local_fixture_count (fixture, "a"), ==, 1);
}

typedef struct
{
  LocalFixture *fixture;
  int done; /* atomic */
} Replacer;

/* Puts ever new files under the name, and keeps each that it takes from there. */
static gpointer
replace_thread (gpointer data)
{
  Replacer *replacer = data;
  g_autofree char *key = local_fixture_path (replacer->fixture, "key");

  for (guint i = 0; i < REPLACE_ROUNDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("kept/%u", i);
      g_autofree char *path = local_fixture_path (replacer->fixture, name);
      g_autofree char *text = g_strdup_printf ("%u", i);
      int result;

      g_assert_true (
          g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      do
        {
          result = renameat2 (AT_FDCWD, path, AT_FDCWD, key, RENAME_EXCHANGE);
          if (result != 0 && errno == ENOENT)
            result = renameat2 (AT_FDCWD, path, AT_FDCWD, key, RENAME_NOREPLACE);
        }
      while (result != 0 && (errno == EEXIST || errno == ENOENT));
      g_assert_cmpint (result, ==, 0);
    }
  g_atomic_int_set (&replacer->done, 1);

  return NULL;
}

/* Reads what is there and removes just that; notes in @seen what was removed. */
static void
remove_one (LocalFixture *fixture, guint *seen, guint attempt)
{
  g_autoptr (TerraceObjectInfo) info = terrace_local_describe (fixture->root, "key", NULL);
  g_autofree char *token = g_strdup_printf ("rm-%u", attempt);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (info != NULL)
    bytes = terrace_local_read_range (fixture->root, "key", info->version, 0, 100, NULL, NULL);
  if (bytes == NULL)
    return;

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (terrace_local_remove (fixture->root, "key", info->version, token, &error))
    seen[g_ascii_strtoull (text, NULL, 10)]++;
  else
    g_assert_true (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED) ||
                   g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND));
}

static void
count_files (LocalFixture *fixture, const char *folder, guint *seen)
{
  g_autofree char *path = local_fixture_path (fixture, folder);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autofree char *text = NULL;

      if (g_file_test (file, G_FILE_TEST_IS_DIR))
        continue;
      g_assert_false (g_str_has_prefix (name, TERRACE_LOCAL_RESERVED));
      g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
      seen[g_ascii_strtoull (text, NULL, 10)]++;
    }
}

/* Every file that was ever there is, in the end, either where somebody put it or was removed after
 * it had been read as that very version: each exactly once. */
static void
test_replaced_during_remove (LocalFixture *fixture, gconstpointer data)
{
  Replacer replacer = { fixture, 0 };
  g_autofree guint *seen = g_new0 (guint, REPLACE_ROUNDS);
  g_autofree char *kept = local_fixture_path (fixture, "kept");
  GThread *thread;

  g_assert_cmpint (g_mkdir (kept, 0700), ==, 0);
  thread = g_thread_new ("replace", replace_thread, &replacer);
  for (guint attempt = 0; !g_atomic_int_get (&replacer.done); attempt++)
    remove_one (fixture, seen, attempt);
  g_thread_join (thread);

  count_files (fixture, "", seen);
  count_files (fixture, "kept", seen);
  for (guint i = 0; i < REPLACE_ROUNDS; i++)
    g_assert_cmpuint (seen[i], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  LOCAL_TEST ("remove/interrupted", test_interrupted);
  LOCAL_TEST ("remove/interrupted-and-replaced", test_interrupted_and_replaced);
  LOCAL_TEST ("remove/wrong-file", test_wrong_file);
  LOCAL_TEST ("remove/recovered", test_recovered);
  LOCAL_TEST ("remove/recovered-long-name", test_recovered_long_name);
  LOCAL_TEST ("remove/not-an-object", test_not_an_object);
  LOCAL_TEST ("remove/being-written", test_being_written);
  LOCAL_TEST ("remove/prunes", test_prunes);
  LOCAL_TEST ("remove/replaced-during-remove", test_replaced_during_remove);

  return g_test_run ();
}
