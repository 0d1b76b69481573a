/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Holes stay holes: in what is written part by part, and in what the kernel copies. */

#include "provider/local/terrace-local-sparse.h"

#include "base/terrace-error.h"
#include "local-fixture.h"
#include "provider/local/terrace-local-read.h"
#include "provider/local/terrace-local-upload.h"
#include "terrace-test-support.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#define SLACK_BYTES (64 * 1024)

static guint64
get_stored_bytes (LocalFixture *fixture, const char *key)
{
  g_autofree char *path = local_fixture_path (fixture, key);
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return (guint64) status.st_blocks * 512;
}

/* Skips the test where files cannot have holes at all. */
static gboolean
has_holes (LocalFixture *fixture)
{
  g_autofree char *path = local_fixture_path (fixture, "probe");
  int fd = open (path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  gboolean holes;

  g_assert_cmpint (ftruncate (fd, MIB), ==, 0);
  holes = get_stored_bytes (fixture, "probe") == 0 && lseek (fd, 0, SEEK_DATA) < 0;
  close (fd);
  if (!holes)
    g_test_skip ("This file system has no holes");

  return holes;
}

/* 1 MiB of data, 6 of zeros, a few bytes off every boundary, 1 MiB of zeros. */
static GBytes *
make_sparse_bytes (void)
{
  guint8 *data = g_malloc0 (9 * MIB + 123);

  memset (data, 'a', MIB);
  memset (data + 7 * MIB + 5, 'b', 1000);
  return g_bytes_new_take (data, 9 * MIB + 123);
}

static void
assert_same (LocalFixture *fixture, const char *key, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) found = terrace_local_read_range (fixture->root, key, NULL, 0,
                                                       g_bytes_get_size (bytes) + 1, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (found, bytes));
}

static void
test_write (LocalFixture *fixture, gconstpointer data)
{
  static const guint64 part_sizes[] = { 16 * MIB, MIB, 100000 };
  g_autoptr (GBytes) bytes = make_sparse_bytes ();

  if (!has_holes (fixture))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (part_sizes); i++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", i);
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceObjectInfo) info =
          local_fixture_put (fixture, key, bytes, part_sizes[i], NULL, &error);

      g_assert_no_error (error);
      assert_same (fixture, key, bytes);
      /* Zeros at the two ends of each small part may be too short for a hole. */
      g_assert_cmpuint (get_stored_bytes (fixture, key), <,
                        MIB + SLACK_BYTES + (i == 2 ? 3 * MIB : 0));
    }
}

static void
test_all_zero (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_malloc0 (8 * MIB), 8 * MIB);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  if (!has_holes (fixture))
    return;

  info = local_fixture_put (fixture, "key", bytes, 8 * MIB, NULL, &error);
  g_assert_no_error (error);
  assert_same (fixture, "key", bytes);
  g_assert_cmpuint (get_stored_bytes (fixture, "key"), <=, SLACK_BYTES);
}

/* Zeros replace what an earlier attempt at the same part has left. */
static void
test_rewrite (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *path = local_fixture_path (fixture, "file");
  g_autofree guint8 *ones = g_malloc (4 * MIB);
  g_autoptr (GBytes) zeros = g_bytes_new_take (g_malloc0 (4 * MIB), 4 * MIB);
  int fd = open (path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

  memset (ones, 1, 4 * MIB);
  g_assert_true (terrace_local_write_sparse (fd, ones, 4 * MIB, 100, NULL));
  g_assert_true (
      terrace_local_write_sparse (fd, g_bytes_get_data (zeros, NULL), 4 * MIB, 100, NULL));
  close (fd);
  {
    g_autofree char *found = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &found, &length, NULL));
    g_assert_cmpuint (length, ==, 4 * MIB + 100);
    g_assert_cmpmem (found + 100, 4 * MIB, g_bytes_get_data (zeros, NULL), 4 * MIB);
  }
}

/* Runs of every length around the boundaries, at every kind of offset. */
static void
test_boundaries (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *path = local_fixture_path (fixture, "file");
  const gsize size = 5 * TERRACE_LOCAL_HOLE_BYTES;

  for (guint round = 0; round < 300; round++)
    {
      g_autofree guint8 *bytes = g_malloc (size);
      g_autofree char *found = NULL;
      gsize length;
      gsize start = g_test_rand_int_range (0, size);
      gsize end = g_test_rand_int_range (start, size);
      guint64 offset = g_test_rand_int_range (0, 3) * g_test_rand_int_range (0, 8192);
      int fd = open (path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);

      memset (bytes, 'x', size);
      memset (bytes + start, 0, end - start);
      g_assert_true (terrace_local_write_sparse (fd, bytes, size, offset, NULL));
      g_assert_cmpint (ftruncate (fd, offset + size), ==, 0);
      close (fd);
      g_assert_true (g_file_get_contents (path, &found, &length, NULL));
      g_assert_cmpmem (found + offset, length - offset, bytes, size);
    }
}

static void
test_copy (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_sparse_bytes ();
  TerraceWriteOptions options = { "copy", g_bytes_get_size (bytes), MIB, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) source = NULL;
  g_autoptr (TerraceObjectInfo) copy = NULL;

  if (!has_holes (fixture))
    return;

  source = local_fixture_put (fixture, "source", bytes, 16 * MIB, NULL, &error);
  g_assert_no_error (error);
  copy = terrace_local_copy_from (fixture->root, "copy", &options, fixture->root, "source",
                                  source->version, NULL, &error);
  if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED))
    {
      g_test_skip ("This file system cannot copy by itself");
      return;
    }
  g_assert_no_error (error);
  assert_same (fixture, "copy", bytes);
  g_assert_cmpuint (get_stored_bytes (fixture, "copy"), <, MIB + SLACK_BYTES);
  g_assert_cmpint (copy->modified_us, ==, source->modified_us);
}

static void
test_copy_cancelled (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *from_path = local_fixture_path (fixture, "from");
  g_autofree char *to_path = local_fixture_path (fixture, "to");
  int from, to;

  local_fixture_write (fixture, "from", "some text");
  from = open (from_path, O_RDONLY | O_CLOEXEC);
  to = open (to_path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  g_cancellable_cancel (cancellable);
  if (!terrace_local_copy_sparse (from, to, 9, cancellable))
    g_assert_cmpint (errno, ==, ECANCELED);
  g_assert_false (terrace_local_write_sparse (to, "text", 4, 0, cancellable));
  g_assert_cmpint (errno, ==, ECANCELED);
  close (from);
  close (to);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  LOCAL_TEST ("sparse/write", test_write);
  LOCAL_TEST ("sparse/all-zero", test_all_zero);
  LOCAL_TEST ("sparse/rewrite", test_rewrite);
  LOCAL_TEST ("sparse/boundaries", test_boundaries);
  LOCAL_TEST ("sparse/copy", test_copy);
  LOCAL_TEST ("sparse/copy-cancelled", test_copy_cancelled);

  return g_test_run ();
}
