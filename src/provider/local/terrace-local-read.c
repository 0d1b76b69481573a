/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at objects and reading them. Worker threads. */

#include "config.h"

#include "provider/local/terrace-local-read.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define READ_BYTES (1024 * 1024)
#define PROBE_BYTES 4096
/* How many names are looked at for a file that can be read as a sample. */
#define PROBE_ENTRIES 64

static int
open_quietly (int folder, const char *name)
{
  int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  int fd = openat (folder, name, flags | O_NOATIME);

  /* Only the owner of a file may leave its time of access alone. */
  if (fd < 0 && errno == EPERM)
    fd = openat (folder, name, flags);

  return fd;
}

static void
set_changed (GError **error, const char *key)
{
  g_autofree char *display = terrace_display_name (key);

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
               _ ("“%s” has been changed in the meantime"), display);
}

gboolean
terrace_local_check_version (int fd, const char *version, const char *key, GError **error)
{
  TerraceLocalStat status;

  if (terrace_local_stat (fd, NULL, &status) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot look at"), key);
      return FALSE;
    }
  if (!terrace_local_version_matches (version, &status))
    {
      set_changed (error, key);
      return FALSE;
    }

  return TRUE;
}

int
terrace_local_open_object (TerraceLocalPlace *place,
                           const char *key,
                           const char *version,
                           GError **error)
{
  TerraceLocalStat status;
  g_auto (TerraceFd) fd = -1;

  /* Looked at first, so that no device is ever opened. */
  if (terrace_local_stat_object (place->folder, place->name, &status) == 0)
    fd = open_quietly (place->folder, place->name);
  if (fd < 0 || terrace_local_stat_object (fd, NULL, &status) != 0)
    {
      /* A link that has taken the name since is as little an object as one that was there. */
      terrace_local_set_errno (error, errno == ELOOP ? ENOENT : errno, _ ("Cannot read"), key);
      return -1;
    }
  if (version != NULL && !terrace_local_version_matches (version, &status))
    {
      set_changed (error, key);
      return -1;
    }

  return terrace_fd_steal (&fd);
}

TerraceObjectInfo *
terrace_local_describe (TerraceLocalRoot *root, const char *key, GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceFd) fd = -1;
  g_autoptr (GVariant) attributes = NULL;
  g_autoptr (GError) attributes_error = NULL;
  TerraceLocalStat status;

  if (!terrace_local_place_open (&place, root, key, TERRACE_LOCAL_LOOK, error))
    return NULL;

  if (terrace_local_stat_object (place.folder, place.name, &status) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot look at"), key);
      return NULL;
    }

  /* Who may not read the contents may not read the attributes either; the rest is known. */
  fd = open_quietly (place.folder, place.name);
  if (fd < 0 && errno != EACCES && errno != EPERM)
    {
      terrace_local_set_errno (error, errno == ELOOP ? ENOENT : errno, _ ("Cannot look at"), key);
      return NULL;
    }
  if (fd >= 0)
    {
      attributes = terrace_local_read_attributes (fd, key, &attributes_error);
      if (attributes_error == NULL && terrace_local_stat_object (fd, NULL, &status) != 0)
        terrace_local_set_errno (&attributes_error, errno, _ ("Cannot look at"), key);
    }
  if (attributes_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&attributes_error));
      return NULL;
    }

  return terrace_local_stat_to_info (&status, key, attributes);
}

/* Reads up to @length bytes; fewer at the end of the file. -1 and errno. */
static gssize
read_fully (int fd, guint8 *buffer, gsize length, guint64 offset, GCancellable *cancellable)
{
  gsize done = 0;

  while (done < length)
    {
      gssize got;

      if (g_cancellable_is_cancelled (cancellable))
        {
          errno = ECANCELED;
          return -1;
        }

      got = pread (fd, buffer + done, MIN (length - done, READ_BYTES), offset + done);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return -1;
      if (got == 0)
        break;
      done += got;
    }

  return done;
}

GBytes *
terrace_local_read_range (TerraceLocalRoot *root,
                          const char *key,
                          const char *version,
                          guint64 offset,
                          gsize length,
                          GCancellable *cancellable,
                          GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceFd) fd = -1;
  g_autofree guint8 *buffer = NULL;
  g_autofree char *seen = NULL;
  TerraceLocalStat status;
  gsize wanted = 0;
  gssize got = 0;

  if (!terrace_local_place_open (&place, root, key, TERRACE_LOCAL_LOOK, error))
    return NULL;
  fd = terrace_local_open_object (&place, key, version, error);
  if (fd < 0)
    return NULL;

  if (terrace_local_stat (fd, NULL, &status) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot read"), key);
      return NULL;
    }
  seen = terrace_local_version (&status);
  if (offset < status.stx_size)
    wanted = MIN (length, status.stx_size - offset);

  /* The disk may fetch the next range while this one is looked at. */
  if (wanted > 0 && offset + wanted < status.stx_size)
    posix_fadvise (fd, offset + wanted, length, POSIX_FADV_WILLNEED);

  buffer = g_malloc (MAX (wanted, 1));
  got = read_fully (fd, buffer, wanted, offset, cancellable);
  if (got < 0)
    {
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        terrace_local_set_errno (error, errno, _ ("Cannot read"), key);
      return NULL;
    }
  if (!terrace_local_check_version (fd, version != NULL ? version : seen, key, error))
    return NULL;
  if ((gsize) got != wanted)
    {
      g_autofree char *display = terrace_display_name (key);

      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                   _ ("The disk gave fewer bytes of “%s” than it has"), display);
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&buffer), got);
}

/* Reads the beginning of some file in the folder, from the disk and not from memory. */
static void
read_sample (int root_fd)
{
  int fd = openat (root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *folder = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;
  guint8 sample[PROBE_BYTES];

  if (folder == NULL)
    {
      terrace_fd_close (fd);
      return;
    }

  for (guint i = 0; i < PROBE_ENTRIES && (entry = readdir (folder)) != NULL; i++)
    {
      TerraceLocalStat status;
      g_auto (TerraceFd) file = -1;

      if (terrace_local_stat_object (fd, entry->d_name, &status) == 0)
        file = open_quietly (fd, entry->d_name);
      if (file < 0)
        continue;
      posix_fadvise (file, 0, PROBE_BYTES, POSIX_FADV_DONTNEED);
      if (pread (file, sample, sizeof sample, 0) >= 0)
        break;
    }

  closedir (folder);
}

TerraceProbe *
terrace_local_probe (TerraceLocalRoot *root, GError **error)
{
  gint64 begin_us = g_get_monotonic_time ();
  g_auto (TerraceFd) root_fd = terrace_local_root_open (root, error);
  g_autofree TerraceProbe *probe = g_new0 (TerraceProbe, 1);
  struct statvfs space;

  if (root_fd < 0)
    return NULL;
  if (fstatvfs (root_fd, &space) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot look at the disk"), NULL);
      return NULL;
    }

  read_sample (root_fd);
  probe->latency_us = g_get_monotonic_time () - begin_us;
  probe->free_bytes = (guint64) space.f_bavail * space.f_frsize;
  probe->total_bytes = (guint64) space.f_blocks * space.f_frsize;
  probe->writable =
      (space.f_flag & ST_RDONLY) == 0 && faccessat (root_fd, ".", W_OK | X_OK, AT_EACCESS) == 0;

  return g_steal_pointer (&probe);
}
