/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listing a folder in pages, in the order of the keys' bytes. Worker threads.
 *
 * A folder's name is ordered with the slash behind it, as its keys are. Of each folder on the way
 * only a window of the next names is held, so memory does not grow with the size of a folder; one
 * with more names than that is read once more for each window. The cursor is kept between two
 * pages for speed, but a continuation alone is enough to build it anew. */

#include "config.h"

#include "provider/local/terrace-local-list.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/local/terrace-local-stat.h"
#include "provider/terrace-provider-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* Names held of one folder. */
#define WINDOW_NAMES 8192

/**
 * Frame:
 * @prefix: the folder's key with a slash behind it, "" for the root
 * @names: (element-type filename): the next names, in order, folders with a slash behind them
 * @position: of the next name in @names
 * @after: names up to this one are done
 * @inclusive: but @after itself is not: the page ended inside of it
 * @complete: there are no names behind @names
 */
typedef struct
{
  char *prefix;
  GPtrArray *names;
  guint position;
  char *after;
  gboolean inclusive;
  gboolean complete;
} Frame;

struct _TerraceLocalCursor
{
  char *prefix;
  char *position; /* (nullable): where the last page ended */
  GPtrArray *frames;
};

static void
frame_free (Frame *frame)
{
  g_free (frame->prefix);
  g_clear_pointer (&frame->names, g_ptr_array_unref);
  g_free (frame->after);
  g_free (frame);
}

/* The folder @prefix, to be read from behind @position. */
static Frame *
frame_new (const char *prefix, const char *position)
{
  Frame *frame = g_new0 (Frame, 1);
  const char *rest = "";
  const char *slash;

  if (position != NULL && g_str_has_prefix (position, prefix))
    rest = position + strlen (prefix);
  slash = strchr (rest, '/');

  frame->prefix = g_strdup (prefix);
  frame->after = slash != NULL ? g_strndup (rest, slash - rest + 1) : g_strdup (rest);
  frame->inclusive = slash != NULL && slash[1] != '\0';

  return frame;
}

TerraceLocalCursor *
terrace_local_cursor_new (const char *prefix, const char *continuation)
{
  TerraceLocalCursor *self = g_new0 (TerraceLocalCursor, 1);
  const char *slash = strrchr (prefix, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (prefix, slash - prefix + 1) : g_strdup ("");

  self->prefix = g_strdup (prefix);
  self->position = g_strdup (continuation);
  self->frames = g_ptr_array_new_with_free_func ((GDestroyNotify) frame_free);
  g_ptr_array_add (self->frames, frame_new (folder, continuation));

  return self;
}

void
terrace_local_cursor_free (TerraceLocalCursor *self)
{
  g_free (self->prefix);
  g_free (self->position);
  g_ptr_array_unref (self->frames);
  g_free (self);
}

gboolean
terrace_local_cursor_is_at (TerraceLocalCursor *self, const char *prefix, const char *continuation)
{
  return strcmp (self->prefix, prefix) == 0 && g_strcmp0 (self->position, continuation) == 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Keeps the first WINDOW_NAMES of @names. */
static void
trim_window (GPtrArray *names)
{
  g_ptr_array_sort (names, compare_names);
  if (names->len > WINDOW_NAMES)
    g_ptr_array_remove_range (names, WINDOW_NAMES, names->len - WINDOW_NAMES);
}

/* The entry's name as it is ordered; NULL if Terrace has no business with it. */
static char *
dup_entry_name (int fd, const struct dirent *entry)
{
  TerraceLocalStat status;
  gboolean is_folder = entry->d_type == DT_DIR;

  if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0 ||
      g_str_has_prefix (entry->d_name, TERRACE_LOCAL_RESERVED))
    return NULL;
  if (entry->d_type == DT_UNKNOWN && terrace_local_stat (fd, entry->d_name, &status) == 0)
    is_folder = S_ISDIR (status.stx_mode);

  return g_strconcat (entry->d_name, is_folder ? "/" : NULL, NULL);
}

static gboolean
is_wanted (TerraceLocalCursor *self, const Frame *frame, const char *name)
{
  g_autofree char *key = g_strconcat (frame->prefix, name, NULL);
  int order = strcmp (name, frame->after);

  return (order > 0 || (order == 0 && frame->inclusive)) &&
         (g_str_has_prefix (key, self->prefix) ||
          (g_str_has_suffix (key, "/") && g_str_has_prefix (self->prefix, key)));
}

/* Reads the next window of the folder. 0, or an errno. */
static int
fill_window (TerraceLocalCursor *self, Frame *frame, int folder_fd, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const struct dirent *entry;
  DIR *folder;
  int fd = openat (folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int saved_errno;

  folder = fd >= 0 ? fdopendir (fd) : NULL;
  if (folder == NULL)
    {
      saved_errno = errno;
      terrace_fd_close (fd);
      return saved_errno;
    }

  frame->complete = TRUE;
  while ((errno = 0, entry = readdir (folder)) != NULL && !g_cancellable_is_cancelled (cancellable))
    {
      g_autofree char *name = dup_entry_name (fd, entry);

      if (name == NULL || !is_wanted (self, frame, name))
        continue;
      g_ptr_array_add (names, g_steal_pointer (&name));
      if (names->len == 2 * WINDOW_NAMES)
        {
          trim_window (names);
          frame->complete = FALSE;
        }
    }
  saved_errno = entry == NULL ? errno : ECANCELED;
  closedir (folder);
  if (saved_errno != 0)
    return saved_errno;

  frame->complete = frame->complete && names->len <= WINDOW_NAMES;
  trim_window (names);
  g_clear_pointer (&frame->names, g_ptr_array_unref);
  frame->names = g_steal_pointer (&names);
  frame->position = 0;

  return 0;
}

/* The next name of @frame, or NULL at its end. */
static const char *
next_name (Frame *frame)
{
  if (frame->names == NULL || frame->position >= frame->names->len)
    return NULL;
  return g_ptr_array_index (frame->names, frame->position);
}

/* Notes that everything up to @name has been dealt with. */
static void
pass_name (TerraceLocalCursor *self, Frame *frame, const char *name)
{
  g_free (self->position);
  self->position = g_strconcat (frame->prefix, name, NULL);
  g_free (frame->after);
  frame->after = g_strdup (name);
  frame->inclusive = FALSE;
  frame->position++;
}

static void
add_unreadable (TerraceListing *page, const char *key)
{
  g_ptr_array_add (page->unreadable, g_strdup (key));
}

/* Folders have their slash, so one that comes here has only just taken a file's name. */
static void
add_file (TerraceListing *page, int folder_fd, const char *name, const char *key)
{
  TerraceLocalStat status;

  if (terrace_local_stat (folder_fd, name, &status) != 0)
    {
      if (errno != ENOENT)
        add_unreadable (page, key);
    }
  else if (!S_ISREG (status.stx_mode))
    page->skipped += S_ISDIR (status.stx_mode) ? 0 : 1;
  else if (strlen (key) > TERRACE_LIMIT_KEY_BYTES)
    add_unreadable (page, key);
  else
    g_ptr_array_add (page->objects, terrace_local_stat_to_info (&status, key, NULL));
}

static gboolean
is_full (const TerraceListing *page)
{
  return page->objects->len + page->unreadable->len >= TERRACE_LIMIT_LIST_PAGE;
}

/* Lists what is left of the folder on top, until the page is full or a folder in it is to be
 * entered. 0, or an errno that concerns the folder itself. */
static int
read_frame (TerraceLocalCursor *self,
            Frame *frame,
            int folder_fd,
            TerraceListing *page,
            GCancellable *cancellable)
{
  while (!is_full (page))
    {
      const char *name = next_name (frame);
      g_autofree char *key = NULL;

      if (g_cancellable_is_cancelled (cancellable))
        return ECANCELED;
      if (name == NULL)
        {
          int saved_errno;

          if (frame->names != NULL && frame->complete)
            return 0;
          saved_errno = fill_window (self, frame, folder_fd, cancellable);
          if (saved_errno != 0)
            return saved_errno;
          continue;
        }

      key = g_strconcat (frame->prefix, name, NULL);
      if (g_str_has_suffix (name, "/"))
        {
          if (self->frames->len < TERRACE_LIMIT_DIRECTORY_DEPTH &&
              strlen (key) < TERRACE_LIMIT_KEY_BYTES)
            {
              g_ptr_array_add (self->frames, frame_new (key, self->position));
              return 0;
            }
          add_unreadable (page, key);
        }
      else
        add_file (page, folder_fd, name, key);
      pass_name (self, frame, name);
    }

  return 0;
}

/* Leaves the folder on top; its parent has then dealt with it. */
static void
pop_frame (TerraceLocalCursor *self)
{
  Frame *parent;

  g_ptr_array_remove_index (self->frames, self->frames->len - 1);
  if (self->frames->len == 0)
    return;

  parent = g_ptr_array_index (self->frames, self->frames->len - 1);
  pass_name (self, parent, next_name (parent));
}

/* Works on the folder on top. %FALSE: the listing as a whole cannot go on. */
static gboolean
read_top (TerraceLocalCursor *self,
          int root_fd,
          TerraceListing *page,
          GCancellable *cancellable,
          GError **error)
{
  guint depth = self->frames->len;
  Frame *frame = g_ptr_array_index (self->frames, depth - 1);
  g_autofree char *folder = g_strdup (frame->prefix);
  g_auto (TerraceFd) fd = -1;
  int saved_errno = 0;

  if (folder[0] != '\0')
    folder[strlen (folder) - 1] = '\0';
  fd = terrace_local_open_folder (root_fd, folder, O_PATH, TERRACE_LOCAL_RESOLVE_IN_KERNEL);
  saved_errno = fd < 0 ? errno : read_frame (self, frame, fd, page, cancellable);

  if (saved_errno == ECANCELED && g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  /* The root cannot be read: that is no empty location. */
  if (saved_errno != 0 && folder[0] == '\0')
    {
      terrace_local_set_errno (error, saved_errno, _ ("Cannot list the folder"), NULL);
      return FALSE;
    }

  /* A folder that has gone since its name was read, or has become a link, holds no objects. */
  if (saved_errno != 0 && saved_errno != ENOENT && saved_errno != ENOTDIR && saved_errno != ELOOP)
    add_unreadable (page, frame->prefix);
  if (saved_errno != 0 || (self->frames->len == depth && next_name (frame) == NULL &&
                           frame->names != NULL && frame->complete))
    pop_frame (self);

  return TRUE;
}

TerraceListing *
terrace_local_cursor_read (TerraceLocalCursor *self,
                           TerraceLocalRoot *root,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (TerraceListing) page = terrace_listing_new ();
  g_auto (TerraceFd) root_fd = -1;

  if (!terrace_local_check_prefix (self->prefix, error))
    return NULL;
  root_fd = terrace_local_root_open (root, error);
  if (root_fd < 0)
    return NULL;

  while (self->frames->len > 0 && !is_full (page))
    if (!read_top (self, root_fd, page, cancellable, error))
      return NULL;

  /* Folders that happen to be at their end are left now, so that a full last page is known to be
   * the last. */
  while (self->frames->len > 0)
    {
      Frame *frame = g_ptr_array_index (self->frames, self->frames->len - 1);

      if (frame->names == NULL || !frame->complete || next_name (frame) != NULL)
        break;
      pop_frame (self);
    }
  if (self->frames->len > 0)
    page->next = g_strdup (self->position);

  return g_steal_pointer (&page);
}
