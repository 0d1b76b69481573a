/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of an upload. Worker threads.
 *
 * An upload is a temporary file beside the object to be, and, if it has several parts, a second
 * small file that says which of them are safely stored: a header, then one byte per part, set only
 * after the part's bytes have been synced. So neither a killed process nor a lost power supply can
 * make a torn part look stored; at worst a stored part is forgotten and written again. A single
 * part needs nothing of this: finish() syncs it. */

#include "config.h"

#include "provider/local/terrace-local-upload.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "provider/local/terrace-local-sparse.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PARTS_HEADER_BYTES 128
#define PART_STORED 1
/* Attempts against somebody who removes the folder between our making and using it. */
#define BEGIN_ATTEMPTS 16

/* "TOKEN.INODE", or the token alone. */
static gboolean
parse_upload (const char *upload, char **token, guint64 *inode, GError **error)
{
  const char *dot = strchr (upload, '.');

  *token = dot != NULL ? g_strndup (upload, dot - upload) : g_strdup (upload);
  *inode = 0;
  if (terrace_local_check_token (*token, NULL) &&
      (dot == NULL || g_ascii_string_to_unsigned (dot + 1, 10, 1, G_MAXUINT64, inode, NULL)))
    return TRUE;

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("This is not an upload to a local folder"));
  return FALSE;
}

guint
terrace_local_count_parts (const TerraceWriteOptions *options)
{
  guint64 count;

  if (options->part_bytes == 0 || options->size_bytes <= options->part_bytes)
    return 1;

  count = (options->size_bytes - 1) / options->part_bytes + 1;
  return MIN (count, G_MAXUINT);
}

static char *
format_parts_header (guint64 inode, const TerraceWriteOptions *options)
{
  char *header = g_malloc0 (PARTS_HEADER_BYTES);

  g_snprintf (header, PARTS_HEADER_BYTES,
              "terrace parts 1 %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
              inode, options->size_bytes, options->part_bytes);
  return header;
}

/* Opens what is known of the parts; -1 and errno. */
static int
open_parts (TerraceLocalPlace *place, const char *token, int flags)
{
  g_autofree char *name = terrace_local_reserved_name (token, "parts");

  return openat (place->folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
}

/* Whether the record @fd is about this very upload; errno is of no use. */
static gboolean
parts_match (int fd, guint64 inode, const TerraceWriteOptions *options)
{
  g_autofree char *wanted = format_parts_header (inode, options);
  char found[PARTS_HEADER_BYTES];

  return pread (fd, found, sizeof found, 0) == sizeof found &&
         memcmp (wanted, found, sizeof found) == 0;
}

static gboolean
reset_parts (int fd, guint64 inode, const TerraceWriteOptions *options)
{
  g_autofree char *header = format_parts_header (inode, options);

  return ftruncate (fd, 0) == 0 && pwrite (fd, header, PARTS_HEADER_BYTES, 0) == PARTS_HEADER_BYTES;
}

static gboolean
mark_part (int fd, guint number, guint8 state)
{
  return pwrite (fd, &state, 1, PARTS_HEADER_BYTES + (off_t) number) == 1;
}

gboolean
terrace_local_check_space (int folder_fd, guint64 needed_bytes, GError **error)
{
  struct statvfs space;
  guint64 free_bytes;
  g_autofree char *needed = NULL;
  g_autofree char *available = NULL;

  /* File systems that cannot tell answer with 0 blocks in all. */
  if (fstatvfs (folder_fd, &space) != 0 || space.f_blocks == 0)
    return TRUE;

  free_bytes = (guint64) space.f_bavail * space.f_frsize;
  if (needed_bytes <= free_bytes)
    return TRUE;

  needed = g_format_size (needed_bytes);
  available = g_format_size (free_bytes);
  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_NO_SPACE,
               _ ("There is not enough space: %s are needed, %s are free"), needed, available);
  return FALSE;
}

/* Opens a temporary file that is there. A process that died just before the end has left it with
 * the permissions of the object, which may not allow writing. */
static int
open_existing (int folder_fd, const char *name)
{
  int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  TerraceLocalStat status;
  int fd = openat (folder_fd, name, flags);

  if (fd >= 0 || errno != EACCES || terrace_local_stat_object (folder_fd, name, &status) != 0)
    return fd;
  if (fchmodat (folder_fd, name, 0600, 0) != 0)
    return -1;

  return openat (folder_fd, name, flags);
}

int
terrace_local_open_temporary (TerraceLocalPlace *place, const char *token, gboolean *made)
{
  g_autofree char *name = terrace_local_reserved_name (token, "part");
  g_auto (TerraceFd) fd =
      openat (place->folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  TerraceLocalStat status;

  *made = fd >= 0;
  if (fd < 0 && errno == EEXIST)
    fd = open_existing (place->folder, name);
  if (fd < 0 || terrace_local_stat_object (fd, NULL, &status) != 0)
    return -1;

  /* Where there are no attributes, the inode in the upload has to do. */
  fsetxattr (fd, TERRACE_LOCAL_TOKEN_ATTRIBUTE, token, strlen (token), 0);

  return terrace_fd_steal (&fd);
}

int
terrace_local_discard (TerraceLocalPlace *place, const char *token)
{
  g_autofree char *parts = terrace_local_reserved_name (token, "parts");
  g_autofree char *temporary = terrace_local_reserved_name (token, "part");

  if (unlinkat (place->folder, parts, 0) != 0 && errno != ENOENT)
    return -1;
  if (unlinkat (place->folder, temporary, 0) != 0 && errno != ENOENT)
    return -1;

  return 0;
}

/* A repeated begin() finds its file again and leaves it as it is, unless it asks for something
 * else than before. */
static gboolean
prepare_parts (TerraceLocalPlace *place, int fd, guint64 inode, const TerraceWriteOptions *options)
{
  g_auto (TerraceFd) parts = -1;

  if (terrace_local_count_parts (options) == 1)
    return TRUE;

  parts = open_parts (place, options->token, O_RDWR | O_CREAT);
  if (parts < 0)
    return FALSE;
  if (parts_match (parts, inode, options))
    return TRUE;

  return ftruncate (fd, 0) == 0 && reset_parts (parts, inode, options);
}

/* The temporary file of the upload, with everything that can be refused checked. */
static char *
prepare (TerraceLocalPlace *place,
         const char *key,
         const TerraceWriteOptions *options,
         gboolean *made,
         int *saved_errno,
         GError **error)
{
  g_auto (TerraceFd) fd = terrace_local_open_temporary (place, options->token, made);
  TerraceLocalStat status;

  if (fd < 0 || terrace_local_stat (fd, NULL, &status) != 0 ||
      !prepare_parts (place, fd, status.stx_ino, options))
    {
      *saved_errno = errno;
      return NULL;
    }
  if (status.stx_blocks * 512 < options->size_bytes &&
      !terrace_local_check_space (place->folder, options->size_bytes - status.stx_blocks * 512,
                                  error))
    return NULL;
  if (options->info != NULL &&
      !terrace_local_write_attributes (fd, options->info->attributes, key, error))
    return NULL;

  return g_strdup_printf ("%s.%" G_GUINT64_FORMAT, options->token, (guint64) status.stx_ino);
}

/* NULL with neither @error nor anything done: the folder was removed under our hands. */
static char *
try_begin (TerraceLocalRoot *root,
           const char *key,
           const TerraceWriteOptions *options,
           GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceFd) own = -1;
  g_autofree char *upload = NULL;
  TerraceLocalStat status;
  gboolean made = FALSE;
  int saved_errno = 0;

  if (!terrace_local_place_open (&place, root, key, TERRACE_LOCAL_MAKE, error))
    return NULL;

  if (terrace_local_stat (place.folder, place.name, &status) == 0)
    {
      own = terrace_local_open_own (&place, options->token, 0, options->size_bytes);
      if (own >= 0)
        return g_strdup_printf ("%s.%" G_GUINT64_FORMAT, options->token, (guint64) status.stx_ino);
      terrace_local_set_errno (error, EEXIST, _ ("Cannot write"), key);
      return NULL;
    }

  upload = prepare (&place, key, options, &made, &saved_errno, error);
  if (upload == NULL && made)
    {
      terrace_local_discard (&place, options->token);
      if (terrace_local_root_get_prunes (root))
        terrace_local_prune (place.root, key);
    }
  if (saved_errno != 0 && saved_errno != ENOENT)
    terrace_local_set_errno (error, saved_errno, _ ("Cannot write"), key);

  return g_steal_pointer (&upload);
}

char *
terrace_local_begin (TerraceLocalRoot *root,
                     const char *key,
                     const TerraceWriteOptions *options,
                     GError **error)
{
  if (!terrace_local_check_key (key, error) || !terrace_local_check_token (options->token, error))
    return NULL;
  if (terrace_local_count_parts (options) > TERRACE_LIMIT_PARTS)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                   _ ("An upload may have at most %d parts; choose larger ones"),
                   TERRACE_LIMIT_PARTS);
      return NULL;
    }

  for (guint attempt = 0; attempt < BEGIN_ATTEMPTS; attempt++)
    {
      g_autoptr (GError) attempt_error = NULL;
      char *upload = try_begin (root, key, options, &attempt_error);

      if (upload != NULL)
        return upload;
      if (attempt_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&attempt_error));
          return NULL;
        }
    }

  terrace_local_set_errno (error, EBUSY, _ ("Cannot write"), key);
  return NULL;
}

/* The temporary file of @upload, or -1. With @finished TRUE the object is there already. */
static int
open_upload (TerraceLocalPlace *place,
             const char *token,
             guint64 inode,
             const char *key,
             gboolean *finished,
             GError **error)
{
  g_autofree char *name = terrace_local_reserved_name (token, "part");
  g_auto (TerraceFd) own = -1;
  int saved_errno;
  int fd = open_existing (place->folder, name);

  *finished = FALSE;
  if (fd >= 0)
    return fd;

  saved_errno = errno;
  own = terrace_local_open_own (place, token, inode, G_MAXUINT64);
  if (saved_errno == ENOENT && own >= 0)
    *finished = TRUE;
  else
    terrace_local_set_errno (error, saved_errno, _ ("Cannot continue the upload of"), key);

  return -1;
}

static void
add_part (GPtrArray *parts, guint number, const TerraceWriteOptions *options)
{
  g_autofree char *receipt = g_strdup_printf ("%u", number);
  guint64 offset = number * options->part_bytes;

  g_ptr_array_add (parts, terrace_part_new (number, offset,
                                            MIN (options->part_bytes, options->size_bytes - offset),
                                            receipt));
}

GPtrArray *
terrace_local_resume (TerraceLocalRoot *root,
                      const char *key,
                      const char *upload,
                      const TerraceWriteOptions *options,
                      GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceFd) fd = -1;
  g_auto (TerraceFd) record = -1;
  g_autofree guint8 *states = NULL;
  g_autofree char *token = NULL;
  guint64 inode;
  guint count = terrace_local_count_parts (options);
  gboolean finished;
  TerraceLocalStat status;

  if (!parse_upload (upload, &token, &inode, error) ||
      !terrace_local_place_open (&place, root, key, TERRACE_LOCAL_LOOK, error))
    return NULL;

  fd = open_upload (&place, token, inode, key, &finished, error);
  if (fd < 0 && !finished)
    return NULL;
  if (count > TERRACE_LIMIT_PARTS || (count == 1 && !finished))
    return g_steal_pointer (&parts);

  states = g_malloc0 (count);
  if (finished)
    memset (states, PART_STORED, count);
  else if ((record = open_parts (&place, token, O_RDONLY)) >= 0 &&
           terrace_local_stat (fd, NULL, &status) == 0 &&
           parts_match (record, status.stx_ino, options) &&
           pread (record, states, count, PARTS_HEADER_BYTES) < 0)
    memset (states, 0, count);

  for (guint i = 0; i < count; i++)
    if (states[i] == PART_STORED)
      add_part (parts, i, options);

  return g_steal_pointer (&parts);
}

/* With a record there are several parts, and this one must be safe before it is entered. */
static gboolean
store_part (int fd,
            int record,
            guint number,
            guint64 offset,
            GBytes *bytes,
            GCancellable *cancellable)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  return (record < 0 || mark_part (record, number, 0)) &&
         terrace_local_write_sparse (fd, data, length, offset, cancellable) &&
         (record < 0 || (fdatasync (fd) == 0 && mark_part (record, number, PART_STORED)));
}

char *
terrace_local_write_part (TerraceLocalRoot *root,
                          const char *key,
                          const char *upload,
                          guint number,
                          guint64 offset,
                          GBytes *bytes,
                          GCancellable *cancellable,
                          GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceFd) fd = -1;
  g_auto (TerraceFd) record = -1;
  g_autofree char *token = NULL;
  guint64 inode;
  gboolean finished;

  if (!parse_upload (upload, &token, &inode, error) ||
      !terrace_local_place_open (&place, root, key, TERRACE_LOCAL_LOOK, error))
    return NULL;
  if (number >= TERRACE_LIMIT_PARTS)
    {
      terrace_local_set_errno (error, EINVAL, _ ("Cannot write"), key);
      return NULL;
    }

  fd = open_upload (&place, token, inode, key, &finished, error);
  if (fd < 0)
    return finished ? g_strdup_printf ("%u", number) : NULL;

  record = open_parts (&place, token, O_RDWR);
  if ((record < 0 && errno != ENOENT) ||
      !store_part (fd, record, number, offset, bytes, cancellable))
    {
      if (!g_cancellable_set_error_if_cancelled (cancellable, error))
        terrace_local_set_errno (error, errno, _ ("Cannot write"), key);
      return NULL;
    }

  return g_strdup_printf ("%u", number);
}

gboolean
terrace_local_abort (TerraceLocalRoot *root, const char *key, const char *upload, GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *token = NULL;
  guint64 inode;

  if (!parse_upload (upload, &token, &inode, error))
    return FALSE;

  if (!terrace_local_place_open (&place, root, key, TERRACE_LOCAL_CHANGE, &local_error))
    {
      if (g_error_matches (local_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (terrace_local_discard (&place, token) != 0 || terrace_local_sync_folder (place.folder) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot abandon the upload of"), key);
      return FALSE;
    }
  if (terrace_local_root_get_prunes (root))
    terrace_local_prune (place.root, key);

  return TRUE;
}

/* A part that is missing would read as zeros, so all of them have to be named. */
static gboolean
check_parts (GPtrArray *parts, guint64 size_bytes, GError **error)
{
  guint64 end = 0;
  gboolean complete = TRUE;

  for (guint i = 0; i < parts->len && complete; i++)
    {
      const TerracePart *part = g_ptr_array_index (parts, i);

      complete = part->offset == end;
      end += part->size_bytes;
    }
  if (complete && end == size_bytes)
    return TRUE;

  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("The parts do not make up the whole object"));
  return FALSE;
}

TerraceObjectInfo *
terrace_local_finish (TerraceLocalRoot *root,
                      const char *key,
                      const char *upload,
                      GPtrArray *parts,
                      const TerraceWriteOptions *options,
                      GError **error)
{
  g_auto (TerraceLocalPlace) place = TERRACE_LOCAL_PLACE_INIT;
  g_auto (TerraceFd) fd = -1;
  g_auto (TerraceFd) own = -1;
  g_autofree char *token = NULL;
  guint64 inode;
  gboolean finished;

  if (!parse_upload (upload, &token, &inode, error) ||
      !check_parts (parts, options->size_bytes, error) ||
      !terrace_local_place_open (&place, root, key, TERRACE_LOCAL_CHANGE, error))
    return NULL;
  if (strcmp (token, options->token) != 0)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("The upload belongs to another move"));
      return NULL;
    }

  fd = open_upload (&place, token, inode, key, &finished, error);
  if (finished)
    {
      own = terrace_local_open_own (&place, token, inode, options->size_bytes);
      if (own >= 0)
        return terrace_local_publish_again (&place, own, key, token, error);
      terrace_local_set_errno (error, EEXIST, _ ("Cannot write"), key);
    }
  if (fd < 0)
    return NULL;

  if (ftruncate (fd, options->size_bytes) != 0)
    {
      terrace_local_set_errno (error, errno, _ ("Cannot write"), key);
      return NULL;
    }

  return terrace_local_publish (&place, fd, key, options, error);
}
