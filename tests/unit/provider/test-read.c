/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading: nothing but objects is ever opened, and a change in the middle is noticed. */

#include "provider/local/terrace-local-read.h"

#include "base/terrace-error.h"
#include "local-fixture.h"
#include "terrace-test-support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WRITE_ROUNDS 400
#define FILE_BYTES (256 * 1024)

/* Opening a pipe for reading would wait for a writer, for ever. */
static void
test_special_files (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *fifo = local_fixture_path (fixture, "fifo");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) stat_error = NULL;

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_null (terrace_local_read_range (fixture->root, "fifo", NULL, 0, 1, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_null (terrace_local_describe (fixture->root, "fifo", &stat_error));
  g_assert_error (stat_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

/* Our own reading does not heat an object. */
static void
test_access_time (LocalFixture *fixture, gconstpointer data)
{
  g_autofree char *path = local_fixture_path (fixture, "key");
  struct timespec times[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  local_fixture_write (fixture, "key", "text");
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
  bytes = terrace_local_read_range (fixture->root, "key", NULL, 0, 4, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_atim.tv_sec, ==, 1000000000);
}

typedef struct
{
  char *path;
  int stop; /* atomic */
} Writer;

/* Fills the file with one letter after the other. */
static gpointer
write_thread (gpointer data)
{
  Writer *writer = data;
  g_autofree char *text = g_malloc (FILE_BYTES);
  int fd = open (writer->path, O_WRONLY | O_CLOEXEC);

  for (guint i = 0; !g_atomic_int_get (&writer->stop); i++)
    {
      memset (text, 'a' + i % 26, FILE_BYTES);
      g_assert_cmpint (pwrite (fd, text, FILE_BYTES, 0), ==, FILE_BYTES);
    }
  close (fd);

  return NULL;
}

/* A read that was overtaken by a writer says so instead of returning a mixture. */
static void
test_written_meanwhile (LocalFixture *fixture, gconstpointer data)
{
  Writer writer = { local_fixture_path (fixture, "key"), 0 };
  g_autofree char *text = g_strnfill (FILE_BYTES, 'a');
  GThread *thread;
  guint n_changed = 0;

  local_fixture_write (fixture, "key", text);
  thread = g_thread_new ("write", write_thread, &writer);
  for (guint i = 0; i < WRITE_ROUNDS || n_changed == 0; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceObjectInfo) info = terrace_local_describe (fixture->root, "key", NULL);
      g_autoptr (GBytes) bytes = terrace_local_read_range (fixture->root, "key", info->version, 0,
                                                           FILE_BYTES, NULL, &error);

      if (bytes != NULL)
        continue;
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
      n_changed++;
    }
  g_atomic_int_set (&writer.stop, 1);
  g_thread_join (thread);
  g_free (writer.path);
}

static void
test_cancelled (LocalFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  local_fixture_write (fixture, "key", "text");
  g_cancellable_cancel (cancellable);
  g_assert_null (terrace_local_read_range (fixture->root, "key", NULL, 0, 4, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_probe (LocalFixture *fixture, gconstpointer data)
{
  g_autofree TerraceProbe *empty = NULL;
  g_autofree TerraceProbe *full = NULL;
  g_autoptr (GError) error = NULL;

  empty = terrace_local_probe (fixture->root, &error);
  g_assert_no_error (error);
  local_fixture_write (fixture, "key", "text");
  full = terrace_local_probe (fixture->root, &error);
  g_assert_no_error (error);
  g_assert_true (full->writable);
  g_assert_cmpuint (full->total_bytes, ==, empty->total_bytes);
  g_assert_cmpuint (full->total_bytes, >=, full->free_bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  LOCAL_TEST ("read/special-files", test_special_files);
  LOCAL_TEST ("read/access-time", test_access_time);
  LOCAL_TEST ("read/written-meanwhile", test_written_meanwhile);
  LOCAL_TEST ("read/cancelled", test_cancelled);
  LOCAL_TEST ("read/probe", test_probe);

  return g_test_run ();
}
