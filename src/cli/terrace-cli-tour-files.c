/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes, checks and removes the files of the tour. Touches the disk with plain system calls and
 * hashes on its own: it must not lean on what it is there to check. See the header for threads. */

#include "config.h"

#include "cli/terrace-cli-tour-files.h"

#include "base/terrace-clock.h"
#include "base/terrace-error.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES 65536
#define KB 1000
#define MB (1000 * KB)
#define OPEN_DIRECTORIES 16

static void
tour_file_free (TerraceTourFile *self)
{
  g_free (self->name);
  g_free (self);
}

static void
add_file (GPtrArray *files,
          const char *name,
          TerraceTourUse use,
          guint64 size_bytes,
          guint age_days)
{
  TerraceTourFile *file = g_new0 (TerraceTourFile, 1);

  file->name = g_strdup (name);
  file->use = use;
  file->size_bytes = size_bytes;
  file->data_bytes = size_bytes;
  file->age_days = age_days;
  file->seed = files->len + 1;
  g_ptr_array_add (files, file);
}

GPtrArray *
terrace_tour_files_new (void)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) tour_file_free);

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("projects/model-%02u.blend", i + 1);
      add_file (files, name, TERRACE_TOUR_HOT, 30 * KB + 11 * KB * i, 1 + i % 3);
    }
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("photos/2026/IMG_%04u.raw", 4100 + 7 * i);
      add_file (files, name, TERRACE_TOUR_WARM, 1200 * KB + 90 * KB * i, 280 + i);
    }
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("films/take %u.mov", i + 2);
      add_file (files, name, TERRACE_TOUR_COLD, 2 * MB + 500 * KB * i, 500 + 60 * i);
    }
  for (guint i = 0; i < 14; i++)
    {
      g_autofree char *name = g_strdup_printf ("scans/box %u/page %02u.tiff", i / 5 + 1, i % 5 + 1);
      add_file (files, name, TERRACE_TOUR_COLD, 300 * KB + 41 * KB * i, 400 + 30 * i);
    }
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("notes/note %u.txt", i + 1);
      add_file (files, name, TERRACE_TOUR_COLD, 180 + 977 * i, 700 + i);
    }

  /* The ones that tools stumble over: large, empty, with a hole, with names that are a formula,
   * another script, or not text at all. */
  add_file (files, "films/take 1.mov", TERRACE_TOUR_COLD, 24 * 1024 * 1024, 800);
  add_file (files, "notes/empty", TERRACE_TOUR_COLD, 0, 900);
  add_file (files, "notes/=SUM(A1:A9).csv", TERRACE_TOUR_COLD, 4 * KB, 640);
  add_file (files, "photos/Größe – 高解像度 ✈.jpg", TERRACE_TOUR_COLD, 900 * KB, 610);
  add_file (files, "photos/caf\xe9 \xff.jpg", TERRACE_TOUR_COLD, 700 * KB, 620);
  add_file (files, "films/disk image.img", TERRACE_TOUR_COLD, 16 * 1024 * 1024, 650);
  ((TerraceTourFile *) g_ptr_array_index (files, files->len - 1))->data_bytes = 300 * KB;

  return files;
}

guint64
terrace_tour_files_get_bytes (GPtrArray *files)
{
  guint64 bytes = 0;

  for (guint i = 0; i < files->len; i++)
    bytes += ((TerraceTourFile *) g_ptr_array_index (files, i))->size_bytes;
  return bytes;
}

/* Marsaglia's xorshift64: not for secrets, and the same everywhere. */
static void
fill_block (guint8 *block, guint64 *state)
{
  for (gsize i = 0; i < BLOCK_BYTES; i += sizeof (guint64))
    {
      *state ^= *state << 13;
      *state ^= *state >> 7;
      *state ^= *state << 17;
      memcpy (block + i, state, sizeof (guint64));
    }
}

static gboolean
write_contents (int fd, const TerraceTourFile *file)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  guint64 state = file->seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  guint64 left = file->data_bytes;

  /* What is not data lies in front, as a hole. */
  if (ftruncate (fd, (off_t) file->size_bytes) != 0 ||
      lseek (fd, (off_t) (file->size_bytes - file->data_bytes), SEEK_SET) < 0)
    return FALSE;

  while (left > 0)
    {
      gsize length = MIN (left, BLOCK_BYTES);
      gsize written = 0;

      fill_block (block, &state);
      while (written < length)
        {
          gssize n = write (fd, block + written, length - written);

          if (n < 0 && errno != EINTR)
            return FALSE;
          written += n > 0 ? (gsize) n : 0;
        }
      left -= length;
    }
  return TRUE;
}

static gboolean
hash_contents (int fd, TerraceDigest *digest, guint64 *size_bytes)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (TERRACE_CHECKSUM_SHA256);
  gssize n;

  *size_bytes = 0;
  while ((n = read (fd, block, BLOCK_BYTES)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      terrace_checksum_update (checksum, block, (gsize) n);
      *size_bytes += (guint64) n;
    }
  terrace_checksum_finish (checksum, digest);
  return TRUE;
}

gboolean
terrace_tour_file_write (TerraceTourFile *self, const char *root, gint64 now_us, GError **error)
{
  g_autofree char *path = g_build_filename (root, self->name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  gint64 modified_s = now_us / TERRACE_US_PER_SECOND - (gint64) self->age_days * 86400;
  struct timespec times[2] = { { .tv_sec = modified_s }, { .tv_sec = modified_s } };
  guint64 size_bytes = 0;
  gboolean written;
  int saved_errno;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      terrace_error_set_errno (error, errno, _ ("Could not make a folder of the tour"));
      return FALSE;
    }
  fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
  written = fd >= 0 && write_contents (fd, self) && lseek (fd, 0, SEEK_SET) == 0 &&
            hash_contents (fd, &self->digest, &size_bytes) && futimens (fd, times) == 0;
  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  if (!written)
    {
      terrace_error_set_errno (error, saved_errno, _ ("Could not write a file of the tour"));
      return FALSE;
    }
  self->modified_us = modified_s * TERRACE_US_PER_SECOND;

  return TRUE;
}

gboolean
terrace_tour_file_check (const TerraceTourFile *self, const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  TerraceDigest digest = { 0 };
  guint64 size_bytes = 0;
  struct stat status;
  gboolean hashed;
  int saved_errno;
  int fd;

  fd = open (path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  hashed = fd >= 0 && fstat (fd, &status) == 0 && hash_contents (fd, &digest, &size_bytes);
  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  if (!hashed)
    {
      terrace_error_set_errno (error, saved_errno, _ ("Could not read %s"), shown);
      return FALSE;
    }

  if (size_bytes != self->size_bytes || !terrace_digest_equal (&digest, &self->digest))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                   _ ("The bytes of %s are not those that were written"), shown);
      return FALSE;
    }
  if (status.st_mtim.tv_sec != self->modified_us / TERRACE_US_PER_SECOND ||
      (status.st_mode & 07777) != 0640)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                   _ ("The time or the permissions of %s did not survive"), shown);
      return FALSE;
    }
  return TRUE;
}

/* nftw() hands nothing to its function, so what it counts is kept per thread. */
static _Thread_local guint counted_files;

static int
count_cb (const char *path, const struct stat *status, int type, struct FTW *position)
{
  if (type == FTW_F)
    counted_files++;
  return 0;
}

gboolean
terrace_tour_count_files (const char *root, guint *n_files, GError **error)
{
  counted_files = 0;
  if (nftw (root, count_cb, OPEN_DIRECTORIES, FTW_PHYS) != 0)
    {
      terrace_error_set_errno (error, errno, _ ("Could not look through the tour's folder"));
      return FALSE;
    }
  *n_files = counted_files;
  return TRUE;
}

static int
remove_cb (const char *path, const struct stat *status, int type, struct FTW *position)
{
  return remove (path);
}

gboolean
terrace_tour_remove (const char *root, GError **error)
{
  if (nftw (root, remove_cb, OPEN_DIRECTORIES, FTW_PHYS | FTW_DEPTH) == 0)
    return TRUE;

  terrace_error_set_errno (error, errno, _ ("Could not remove the tour's folder"));
  return FALSE;
}
