/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of an upload: metadata, sync, name, sync. Worker threads.
 *
 * What makes a repeated finish() succeed is that the object itself says which move stored it: in
 * an extended attribute, and, for file systems without these, by the inode that the upload
 * remembers, for a rename keeps it. Nothing has to be cleaned up later, and a crash at any point
 * leaves either the temporary file or the finished object. */

#include "config.h"

#include "provider/local/terrace-local-upload.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define US_PER_S G_GINT64_CONSTANT (1000000)
/* Set-user-ID and its kin never go along: the file has another owner here. */
#define KEPT_MODE 0777
#define NEW_FILE_MODE 0666

int
terrace_local_open_own (TerraceLocalPlace *place,
                        const char *token,
                        guint64 inode,
                        guint64 size_bytes)
{
  TerraceLocalStat status;
  g_auto (TerraceFd) fd = -1;

  if (terrace_local_stat_object (place->folder, place->name, &status) != 0 ||
      (size_bytes != G_MAXUINT64 && status.stx_size != size_bytes))
    return -1;

  fd = openat (place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || terrace_local_stat_object (fd, NULL, &status) != 0)
    return -1;
  if (terrace_local_has_token (fd, token) || (inode != 0 && status.stx_ino == inode))
    return terrace_fd_steal (&fd);

  errno = EEXIST;
  return -1;
}

/* umask() can only be read by changing it, which other threads would see. */
static guint32
get_default_mode (void)
{
  static gsize mode = 0;

  if (g_once_init_enter (&mode))
    {
      g_autofree char *text = NULL;
      const char *line = NULL;
      guint mask = 0022;

      if (g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
        line = strstr (text, "\nUmask:");
      if (line != NULL)
        sscanf (line, "\nUmask: %o", &mask);
      g_once_init_leave (&mode, NEW_FILE_MODE & ~mask);
    }

  return mode;
}

/* A source in a folder tells its time to the nanosecond in its version, others in microseconds. */
static struct timespec
get_modified (const TerraceObjectInfo *info)
{
  struct timespec exact;
  struct timespec modified = {
    .tv_sec = info->modified_us / US_PER_S,
    .tv_nsec = info->modified_us % US_PER_S * 1000,
  };

  if (modified.tv_nsec < 0)
    {
      modified.tv_sec--;
      modified.tv_nsec += US_PER_S * 1000;
    }
  if (info->version != NULL && terrace_local_version_get_modified (info->version, &exact) &&
      exact.tv_sec == modified.tv_sec && exact.tv_nsec / 1000 == modified.tv_nsec / 1000)
    return exact;

  return modified;
}

/* The time of modification is last, for everything before it may set it. */
static gboolean
apply_info (int fd, const char *key, const TerraceObjectInfo *info, GError **error)
{
  guint32 mode =
      info != NULL && info->mode != G_MAXUINT32 ? info->mode & KEPT_MODE : get_default_mode ();
  struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };

  if (info != NULL && !terrace_local_write_attributes (fd, info->attributes, key, error))
    return FALSE;

  if (info != NULL && info->modified_us != 0)
    times[1] = get_modified (info);
  if (info != NULL && info->accessed_us > 0)
    {
      times[0].tv_sec = info->accessed_us / US_PER_S;
      times[0].tv_nsec = info->accessed_us % US_PER_S * 1000;
    }

  /* Shares that do not know permissions refuse to set them. */
  if ((fchmod (fd, mode) == 0 || errno == EPERM || errno == ENOTSUP) && futimens (fd, times) == 0)
    return TRUE;

  terrace_local_set_errno (error, errno, _ ("Cannot set the times of"), key);
  return FALSE;
}

/* The bytes are on the disk now; that they are right is to be read from there, not from memory. */
static TerraceObjectInfo *
describe (int fd, const char *key, GError **error)
{
  g_autoptr (GVariant) attributes = NULL;
  g_autoptr (GError) attributes_error = NULL;
  TerraceLocalStat status;

  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);

  attributes = terrace_local_read_attributes (fd, key, &attributes_error);
  if (attributes_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&attributes_error));
      return NULL;
    }
  if (terrace_local_stat (fd, NULL, &status) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot look at"), key);
      return NULL;
    }

  return terrace_local_stat_to_info (&status, key, attributes);
}

/* Where a rename is a link and an unlink, a crash between them leaves both names. */
static gboolean
is_linked_already (TerraceLocalPlace *place, int fd)
{
  TerraceLocalStat there, here;

  return terrace_local_stat_object (place->folder, place->name, &there) == 0 &&
         terrace_local_stat (fd, NULL, &here) == 0 && there.stx_ino == here.stx_ino;
}

static gboolean
take_name (TerraceLocalPlace *place, int fd, const char *key, const char *token, GError **error)
{
  g_autofree char *temporary = terrace_local_reserved_name (token, "part");

  if (terrace_local_rename (place->folder, temporary, place->name) == 0 ||
      (errno == EEXIST && is_linked_already (place, fd)))
    return TRUE;

  terrace_local_set_errno (error, errno, _ ("Cannot write"), key);
  return FALSE;
}

TerraceObjectInfo *
terrace_local_publish (TerraceLocalPlace *place,
                       int fd,
                       const char *key,
                       const TerraceWriteOptions *options,
                       GError **error)
{
  if (!apply_info (fd, key, options->info, error))
    return NULL;
  if (fsync (fd) != 0)
    {
      /* The kernel forgets what it could not write: asking again would succeed and mean nothing.
       * So the upload is over and has to be begun anew. */
      terrace_local_set_errno (error, errno, _ ("Cannot write"), key);
      terrace_local_discard (place, options->token);
      return NULL;
    }
  if (!take_name (place, fd, key, options->token, error))
    return NULL;

  return terrace_local_publish_again (place, fd, key, options->token, error);
}

TerraceObjectInfo *
terrace_local_publish_again (TerraceLocalPlace *place,
                             int fd,
                             const char *key,
                             const char *token,
                             GError **error)
{
  if (terrace_local_discard (place, token) != 0 || terrace_local_sync_folder (place->folder) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot write"), key);
      return NULL;
    }

  return describe (fd, key, error);
}
