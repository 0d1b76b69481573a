/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder a local location stands on. Worker threads.
 *
 * No descriptor is kept between calls: it would keep a person from ejecting the disk. Instead the
 * file system is remembered that the folder was first seen on. When a disk is unmounted its empty
 * mount point stays behind, on another file system; that must read as "the disk is away", never as
 * "everything was deleted", and nothing may be written there. */

#include "config.h"

#include "provider/local/terrace-local-root.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

typedef struct
{
  dev_t device;
  fsid_t file_system;
  gboolean is_mount;
} Identity;

struct _TerraceLocalRoot
{
  gatomicrefcount ref_count;
  char *path;
  gboolean prunes;

  GMutex mutex;
  gboolean seen;  /* under mutex */
  Identity first; /* under mutex */
};

TerraceLocalRoot *
terrace_local_root_new (const char *path, gboolean prunes)
{
  TerraceLocalRoot *self = g_new0 (TerraceLocalRoot, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->prunes = prunes;

  return self;
}

TerraceLocalRoot *
terrace_local_root_ref (TerraceLocalRoot *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
terrace_local_root_unref (TerraceLocalRoot *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

gboolean
terrace_local_root_get_prunes (TerraceLocalRoot *self)
{
  return self->prunes;
}

static gboolean
identify (int fd, Identity *identity)
{
  struct stat status;
  struct statfs file_system;
  struct statx extended;

  if (fstat (fd, &status) != 0 || fstatfs (fd, &file_system) != 0)
    return FALSE;

  identity->device = status.st_dev;
  identity->file_system = file_system.f_fsid;
  identity->is_mount = statx (fd, "", AT_EMPTY_PATH, STATX_TYPE, &extended) == 0 &&
                       (extended.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
                       (extended.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  return TRUE;
}

/* The same place: the same device, or the same file system that was plugged in again and got
 * another device number. A disk that arrives on what was a plain folder when it was first seen is
 * welcome too: then Terrace had started before the disk was mounted. */
static gboolean
accept (TerraceLocalRoot *self, const Identity *now)
{
  static const fsid_t unknown = { { 0, 0 } };
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (!self->seen || now->device == self->first.device ||
      (memcmp (&now->file_system, &unknown, sizeof unknown) != 0 &&
       memcmp (&now->file_system, &self->first.file_system, sizeof unknown) == 0) ||
      (now->is_mount && !self->first.is_mount))
    {
      self->seen = TRUE;
      self->first = *now;
      return TRUE;
    }

  return FALSE;
}

int
terrace_local_root_open (TerraceLocalRoot *self, GError **error)
{
  g_autofree char *display = terrace_display_name (self->path);
  g_auto (TerraceFd) fd = open (self->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  Identity identity = { 0 };
  int saved_errno = 0;

  if (fd < 0 || !identify (fd, &identity))
    saved_errno = errno;

  if (saved_errno == EACCES || saved_errno == EMFILE || saved_errno == ENFILE)
    {
      terrace_error_set_errno (error, saved_errno, _ ("Cannot open the folder “%s”"), display);
      return -1;
    }
  if (saved_errno != 0)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
                   _ ("The folder “%s” is not there. Is the disk connected?"), display);
      return -1;
    }
  if (!accept (self, &identity))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
                   _ ("Another disk is in the place of the folder “%s”. "
                      "Is the right one connected and mounted?"),
                   display);
      return -1;
    }

  return terrace_fd_steal (&fd);
}

void
terrace_local_place_clear (TerraceLocalPlace *place)
{
  terrace_fd_close (terrace_fd_steal (&place->folder));
  terrace_fd_close (terrace_fd_steal (&place->root));
}

gboolean
terrace_local_place_open (TerraceLocalPlace *place,
                          TerraceLocalRoot *root,
                          const char *key,
                          TerraceLocalAccess access,
                          GError **error)
{
  int saved_errno;

  if (!terrace_local_check_key (key, error))
    return FALSE;

  place->root = terrace_local_root_open (root, error);
  if (place->root < 0)
    return FALSE;

  place->name = terrace_local_get_name (key);
  place->folder = access == TERRACE_LOCAL_MAKE ?
                      terrace_local_make_parent (place->root, key) :
                      terrace_local_open_parent (place->root, key,
                                                 access == TERRACE_LOCAL_LOOK ? O_PATH : O_RDONLY);
  if (place->folder >= 0)
    return TRUE;

  /* A file where a folder should be: for a reader there is no object, a writer must not touch it.
   */
  saved_errno = access == TERRACE_LOCAL_MAKE && errno == ENOTDIR ? EEXIST : errno;
  terrace_local_set_errno (error, saved_errno, _ ("Cannot open the folder of"), key);
  terrace_local_place_clear (place);

  return FALSE;
}
