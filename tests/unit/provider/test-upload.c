/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Uploads: what survives a kill, what is refused, and what a stored file looks like. */

#include "provider/local/terrace-local-upload.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "local-fixture.h"
#include "provider/local/terrace-local-read.h"
#include "provider/local/terrace-local-remove.h"
#include "terrace-test-support.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILL_ROUNDS 25
#define KILL_PARTS 24
#define KILL_PART_BYTES (256 * 1024)
#define NOBODY 65534

static GBytes *
make_part (guint number)
{
  guint8 *data = g_malloc (KILL_PART_BYTES);

  memset (data, number + 1, KILL_PART_BYTES);
  return g_bytes_new_take (data, KILL_PART_BYTES);
}

/* In the child: writes part after part and tells the parent before each, until it is killed. */
static void
write_until_killed (LocalFixture *fixture, const TerraceWriteOptions *options, int tell)
{
  g_autofree char *upload = terrace_local_begin (fixture->root, "key", options, NULL);

  for (guint i = 0; upload != NULL && i < KILL_PARTS; i++)
    {
      g_autoptr (GBytes) part = make_part (i);
      g_autofree char *receipt = NULL;

      if (write (tell, "x", 1) != 1)
        break;
      receipt = terrace_local_write_part (fixture->root, "key", upload, i,
                                          (guint64) i * KILL_PART_BYTES, part, NULL, NULL);
      if (receipt == NULL)
        break;
    }
  pause ();
  _exit (1);
}

static void
kill_in_part (LocalFixture *fixture, const TerraceWriteOptions *options, guint number)
{
  int ends[2];
  int status;
  pid_t child;
  char byte;

  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  child = fork ();
  if (child == 0)
    write_until_killed (fixture, options, ends[1]);
  close (ends[1]);
  for (guint i = 0; i <= number; i++)
    g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  close (ends[0]);
}

/* Every part that is reported after a kill is whole; the upload goes on to its end. */
static void
test_kill (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", (guint64) KILL_PARTS * KILL_PART_BYTES, KILL_PART_BYTES,
                                  NULL, NULL };
  g_autofree char *temporary = local_fixture_path (fixture, ".terrace-token.part");

  for (guint round = 0; round < KILL_ROUNDS; round++)
    {
      guint target = g_test_rand_int_range (1, KILL_PARTS);
      g_autofree char *upload = NULL;
      g_autofree char *contents = NULL;
      g_autoptr (GPtrArray) parts = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      kill_in_part (fixture, &options, target);
      upload = terrace_local_begin (fixture->root, "key", &options, &error);
      g_assert_no_error (error);
      parts = terrace_local_resume (fixture->root, "key", upload, &options, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (parts->len, >=, target);

      g_assert_true (g_file_get_contents (temporary, &contents, &length, NULL));
      for (guint i = 0; i < parts->len; i++)
        {
          const TerracePart *part = parts->pdata[i];
          g_autoptr (GBytes) wanted = make_part (part->number);

          g_assert_cmpuint (length, >=, part->offset + part->size_bytes);
          g_assert_cmpmem (contents + part->offset, part->size_bytes,
                           g_bytes_get_data (wanted, NULL), KILL_PART_BYTES);
        }
      g_assert_true (terrace_local_abort (fixture->root, "key", upload, &error));
      g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);
    }
}

/* A record that is not about this very upload is worth nothing. */
static void
test_foreign_record (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 4 * KILL_PART_BYTES, KILL_PART_BYTES, NULL, NULL };
  TerraceWriteOptions others = { "token", 6 * KILL_PART_BYTES, KILL_PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) part = make_part (0);
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = terrace_local_begin (fixture->root, "key", &options, &error);
  g_autofree char *receipt =
      terrace_local_write_part (fixture->root, "key", upload, 0, 0, part, NULL, &error);
  g_autofree char *begun_again = NULL;
  g_autoptr (GPtrArray) wrong_size = NULL;
  g_autoptr (GPtrArray) after = NULL;

  g_assert_no_error (error);
  wrong_size = terrace_local_resume (fixture->root, "key", upload, &others, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wrong_size->len, ==, 0);

  begun_again = terrace_local_begin (fixture->root, "key", &others, &error);
  g_assert_no_error (error);
  after = terrace_local_resume (fixture->root, "key", begun_again, &others, &error);
  g_assert_cmpuint (after->len, ==, 0);

  g_clear_pointer (&after, g_ptr_array_unref);
  local_fixture_write (fixture, ".terrace-token.parts", "garbage");
  after = terrace_local_resume (fixture->root, "key", begun_again, &others, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (after->len, ==, 0);
}

static void
test_bad_uploads (LocalFixture *fixture, gconstpointer data)
{
  static const char *const uploads[] = { "", "../x", "a/b", "token.", "token.x", "token.0", "." };
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  TerraceWriteOptions many = { "token", TERRACE_LIMIT_PARTS + 1, 1, NULL, NULL };
  TerraceWriteOptions bad_token = { "../token", 1, 1, NULL, NULL };
  g_autoptr (GError) many_error = NULL;
  g_autoptr (GError) token_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (uploads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) abort_error = NULL;

      g_assert_null (terrace_local_resume (fixture->root, "key", uploads[i], &options, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
      g_assert_false (terrace_local_abort (fixture->root, "key", uploads[i], &abort_error));
      g_assert_error (abort_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
  g_assert_null (terrace_local_begin (fixture->root, "key", &many, &many_error));
  g_assert_error (many_error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
  g_assert_null (terrace_local_begin (fixture->root, "key", &bad_token, &token_error));
  g_assert_error (token_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);
}

/* A source in a folder passes on its time to the nanosecond, by its version. */
static void
test_times_and_mode (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *source_path = local_fixture_path (fixture, "source");
  g_autofree char *key_path = local_fixture_path (fixture, "key");
  struct timespec times[2] = { { 1000000000, 1 }, { 1234567890, 123456789 } };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("text", 4);
  g_autoptr (TerraceObjectInfo) source = NULL;
  g_autoptr (TerraceObjectInfo) stored = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  local_fixture_write (fixture, "source", "text");
  g_assert_cmpint (g_chmod (source_path, 04751), ==, 0);
  g_assert_cmpint (utimensat (AT_FDCWD, source_path, times, 0), ==, 0);
  source = terrace_local_describe (fixture->root, "source", &error);
  g_assert_no_error (error);
  stored = local_fixture_put (fixture, "key", bytes, 4096, source, &error);
  g_assert_no_error (error);

  g_assert_cmpint (stat (key_path, &status), ==, 0);
  g_assert_cmpint (status.st_mtim.tv_sec, ==, 1234567890);
  g_assert_cmpint (status.st_mtim.tv_nsec, ==, 123456789);
  g_assert_cmpint (status.st_atim.tv_sec, ==, 1000000000);
  /* Another owner must not inherit a set-user-ID program. */
  g_assert_cmpuint (status.st_mode & 07777, ==, 0751);
}

/* Without a source: an ordinary new file, and nobody may read it before it is complete. */
static void
test_default_mode (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *temporary = local_fixture_path (fixture, ".terrace-token.part");
  g_autofree char *key_path = local_fixture_path (fixture, "key");
  TerraceWriteOptions options = { "token", 0, 1, NULL, NULL };
  g_autoptr (GPtrArray) parts = local_fixture_make_parts (0, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = terrace_local_begin (fixture->root, "key", &options, &error);
  g_autoptr (TerraceObjectInfo) info = NULL;
  mode_t mask = umask (0);
  struct stat status;

  umask (mask);
  g_assert_no_error (error);
  g_assert_cmpint (stat (temporary, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  info = terrace_local_finish (fixture->root, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stat (key_path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0666 & ~mask);
}

static void
test_times_before_1970 (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("x");
  g_autoptr (GBytes) bytes = g_bytes_new_static ("t", 1);
  g_autoptr (TerraceObjectInfo) stored = NULL;
  g_autoptr (GError) error = NULL;

  source->modified_us = -1500001;
  stored = local_fixture_put (fixture, "key", bytes, 4096, source, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stored->modified_us, ==, -1500001);
}

/* The disk refuses in the middle: the part is not stored, the upload can be aborted. */
static void
test_write_error (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 4 * KILL_PART_BYTES, KILL_PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) part = make_part (0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) write_error = NULL;
  g_autofree char *upload = terrace_local_begin (fixture->root, "key", &options, &error);
  g_autoptr (GPtrArray) parts = NULL;
  struct rlimit before, limit;

  g_assert_no_error (error);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = KILL_PART_BYTES + 1000;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_null (terrace_local_write_part (fixture->root, "key", upload, 1, KILL_PART_BYTES, part,
                                           NULL, &write_error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  g_assert_error (write_error, TERRACE_ERROR, TERRACE_ERROR_LIMIT);
  parts = terrace_local_resume (fixture->root, "key", upload, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parts->len, ==, 0);
  g_assert_true (terrace_local_abort (fixture->root, "key", upload, &error));
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);
}

static void
assert_refused (LocalFixture *fixture)
{
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  g_autoptr (GError) begin_error = NULL;
  g_autoptr (GError) read_error = NULL;
  g_autoptr (GError) remove_error = NULL;
  g_autoptr (GError) folder_error = NULL;

  g_assert_null (terrace_local_begin (fixture->root, "closed/new", &options, &begin_error));
  g_assert_error (begin_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_null (terrace_local_begin (fixture->root, "closed/a/new", &options, &folder_error));
  g_assert_error (folder_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_null (terrace_local_read_range (fixture->root, "secret", NULL, 0, 1, NULL, &read_error));
  g_assert_error (read_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (read_error->message, "secret"));
  g_assert_false (
      terrace_local_remove (fixture->root, "closed/file", "file:1:1:1:1", "rm", &remove_error));
  g_assert_error (remove_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
}

/* Permissions count for root too, once it acts for somebody else. */
static void
test_permission (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *closed = local_fixture_path (fixture, "closed");
  g_autofree char *secret = local_fixture_path (fixture, "secret");
  gboolean is_root = geteuid () == 0;

  local_fixture_write (fixture, "closed/file", "x");
  local_fixture_write (fixture, "secret", "x");
  if (is_root)
    {
      g_assert_cmpint (chown (fixture->path, NOBODY, NOBODY), ==, 0);
      g_assert_cmpint (chown (closed, NOBODY, NOBODY), ==, 0);
      g_assert_cmpint (chown (secret, NOBODY, NOBODY), ==, 0);
    }
  g_assert_cmpint (g_chmod (closed, 0), ==, 0);
  g_assert_cmpint (g_chmod (secret, 0), ==, 0);

  if (is_root)
    setfsuid (NOBODY);
  assert_refused (fixture);
  if (is_root)
    setfsuid (0);
}

/* A read-only source, and a kill between its permissions being set and the end. */
static void
test_killed_before_end (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *temporary = local_fixture_path (fixture, ".terrace-token.part");
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("source");
  TerraceWriteOptions options = { "token", 0, 1, NULL, source };
  g_autoptr (GPtrArray) parts = local_fixture_make_parts (0, 1);
  gboolean is_root = geteuid () == 0;
  g_autofree char *upload = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  source->mode = 0400;
  source->attributes = g_variant_ref_sink (g_variant_new_parsed ("{'user.a': [byte 1]}"));
  if (is_root)
    {
      g_assert_cmpint (chown (fixture->path, NOBODY, NOBODY), ==, 0);
      setfsuid (NOBODY);
    }
  upload = terrace_local_begin (fixture->root, "key", &options, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (temporary, 0400), ==, 0);
  info = terrace_local_finish (fixture->root, "key", upload, parts, &options, &error);
  if (is_root)
    setfsuid (0);
  g_assert_no_error (error);
  g_assert_cmpuint (info->mode, ==, 0400);
}

static void
test_prunes (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceLocalRoot) sandbox = terrace_local_root_new (fixture->path, TRUE);
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = terrace_local_begin (sandbox, "a/b/c", &options, &error);

  g_assert_no_error (error);
  g_assert_true (terrace_local_abort (sandbox, "a/b/c", upload, &error));
  g_assert_cmpuint (local_fixture_count (fixture, ""), ==, 0);
}

/* A file where a folder should be is in the way, and stays. */
static void
test_file_in_the_way (LocalFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "a", "file");
  g_assert_null (terrace_local_begin (fixture->root, "a/b/c", &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  local_fixture_assert_text (fixture, "a", "file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  LOCAL_TEST ("upload/kill", test_kill);
  LOCAL_TEST ("upload/foreign-record", test_foreign_record);
  LOCAL_TEST ("upload/bad-uploads", test_bad_uploads);
  LOCAL_TEST ("upload/times-and-mode", test_times_and_mode);
  LOCAL_TEST ("upload/default-mode", test_default_mode);
  LOCAL_TEST ("upload/times-before-1970", test_times_before_1970);
  LOCAL_TEST ("upload/write-error", test_write_error);
  LOCAL_TEST ("upload/permission", test_permission);
  LOCAL_TEST ("upload/killed-before-end", test_killed_before_end);
  LOCAL_TEST ("upload/prunes", test_prunes);
  LOCAL_TEST ("upload/file-in-the-way", test_file_in_the_way);

  return g_test_run ();
}
