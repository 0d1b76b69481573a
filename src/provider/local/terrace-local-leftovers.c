/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the temporary files of uploads that were not finished. Worker threads.
 *
 * Every page walks the whole tree and keeps the first uploads behind the continuation: memory is
 * that of one page, and what was removed between two pages does no harm. */

#include "config.h"

#include "provider/local/terrace-local-leftovers.h"

#include "base/terrace-limits.h"
#include "provider/local/terrace-local-stat.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#define SUFFIX ".part"
#define BLOCK_BYTES 512

typedef struct
{
  const char *after; /* (nullable) */
  GPtrArray *uploads;
  gboolean more;
  GCancellable *cancellable;
} Walk;

static int
compare_uploads (gconstpointer a, gconstpointer b)
{
  const TerraceUpload *first = *(TerraceUpload *const *) a;
  const TerraceUpload *second = *(TerraceUpload *const *) b;

  return strcmp (first->key, second->key);
}

static void
trim (Walk *walk)
{
  g_ptr_array_sort (walk->uploads, compare_uploads);
  if (walk->uploads->len <= TERRACE_LIMIT_LIST_PAGE)
    return;

  walk->more = TRUE;
  g_ptr_array_remove_range (walk->uploads, TERRACE_LIMIT_LIST_PAGE,
                            walk->uploads->len - TERRACE_LIMIT_LIST_PAGE);
}

/* (transfer full) (nullable): the token of a temporary file's name. */
static char *
token_of (const char *name)
{
  g_autofree char *token = NULL;

  if (!g_str_has_prefix (name, TERRACE_LOCAL_RESERVED) || !g_str_has_suffix (name, SUFFIX) ||
      strlen (name) < strlen (TERRACE_LOCAL_RESERVED) + strlen (SUFFIX))
    return NULL;

  token = g_strndup (name + strlen (TERRACE_LOCAL_RESERVED),
                     strlen (name) - strlen (TERRACE_LOCAL_RESERVED) - strlen (SUFFIX));
  return terrace_local_check_token (token, NULL) ? g_steal_pointer (&token) : NULL;
}

static void
take_file (Walk *walk, int folder_fd, const char *prefix, const char *name)
{
  g_autofree char *token = token_of (name);
  g_autofree char *key = token != NULL ? g_strconcat (prefix, token, NULL) : NULL;
  g_autofree char *upload = NULL;
  TerraceLocalStat status;

  if (key == NULL || (walk->after != NULL && strcmp (key, walk->after) <= 0) ||
      strlen (key) > TERRACE_LIMIT_KEY_BYTES ||
      terrace_local_stat_object (folder_fd, name, &status) != 0)
    return;

  upload = g_strdup_printf ("%s.%" G_GUINT64_FORMAT, token, (guint64) status.stx_ino);
  g_ptr_array_add (walk->uploads,
                   terrace_upload_new (key, upload,
                                       status.stx_btime.tv_sec * G_USEC_PER_SEC +
                                           status.stx_btime.tv_nsec / 1000,
                                       MIN (status.stx_blocks * BLOCK_BYTES, status.stx_size)));
  if (walk->uploads->len >= 2 * TERRACE_LIMIT_LIST_PAGE)
    trim (walk);
}

/* 0, or the errno of opening this very folder; one that cannot be looked into is passed over, as a
 * listing passes it over. */
static int
walk_folder (Walk *walk, int parent_fd, const char *name, const char *prefix, guint depth)
{
  int fd = openat (parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *folder = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;

  if (folder == NULL)
    {
      int saved_errno = errno;

      terrace_fd_close (fd);
      return saved_errno;
    }

  while ((entry = readdir (folder)) != NULL && !g_cancellable_is_cancelled (walk->cancellable))
    {
      gboolean may_be_folder = entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN;

      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      if (entry->d_type != DT_DIR)
        take_file (walk, fd, prefix, entry->d_name);
      if (may_be_folder && depth < TERRACE_LIMIT_DIRECTORY_DEPTH)
        {
          g_autofree char *inner = g_strconcat (prefix, entry->d_name, "/", NULL);

          walk_folder (walk, fd, entry->d_name, inner, depth + 1);
        }
    }
  closedir (folder);

  return 0;
}

TerraceUploadListing *
terrace_local_list_leftovers (TerraceLocalRoot *root,
                              const char *continuation,
                              GCancellable *cancellable,
                              GError **error)
{
  g_autoptr (TerraceUploadListing) page = terrace_upload_listing_new ();
  Walk walk = { continuation, page->uploads, FALSE, cancellable };
  g_auto (TerraceFd) root_fd = terrace_local_root_open (root, error);
  int saved_errno;

  if (root_fd < 0)
    return NULL;

  saved_errno = walk_folder (&walk, root_fd, ".", "", 0);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (saved_errno != 0)
    {
      terrace_local_set_errno (error, saved_errno, _ ("Cannot list the folder"), NULL);
      return NULL;
    }

  trim (&walk);
  if (walk.more)
    page->next = g_strdup (((TerraceUpload *) page->uploads->pdata[page->uploads->len - 1])->key);

  return g_steal_pointer (&page);
}
