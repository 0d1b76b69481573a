/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Looks at paths that people dropped or typed. Runs on the engine's worker thread, because a
 * network mount may take its time to answer. */

#include "config.h"

#include "engine/terrace-place.h"
#include "base/terrace-error.h"
#include "base/terrace-units.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

const char *
terrace_place_below (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  if (g_str_equal (folder, G_DIR_SEPARATOR_S))
    return path + 1;
  if (strncmp (path, folder, length) != 0)
    return NULL;
  if (path[length] == '\0')
    return path + length;

  return path[length] == G_DIR_SEPARATOR ? path + length + 1 : NULL;
}

/* The last part is left alone: a symbolic link is not what it points at. */
static char *
resolve_folders (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  g_autofree char *name = g_path_get_basename (absolute);
  g_autofree char *resolved = NULL;

  if (g_str_equal (absolute, G_DIR_SEPARATOR_S))
    return g_steal_pointer (&absolute);
  resolved = realpath (folder, NULL);

  return resolved != NULL ? g_build_filename (resolved, name, NULL) : g_steal_pointer (&absolute);
}

static char *
find_home (const char *path)
{
  g_autofree char *home = realpath (g_get_home_dir (), NULL);

  /* A home folder of "/" (some service accounts) would swallow every mount. */
  if (home == NULL || g_str_equal (home, G_DIR_SEPARATOR_S) ||
      terrace_place_below (path, home) == NULL)
    return NULL;

  return g_steal_pointer (&home);
}

static char *
find_mount (const char *path, dev_t device)
{
  g_autofree char *mount = g_path_get_dirname (path);

  while (!g_str_equal (mount, G_DIR_SEPARATOR_S))
    {
      g_autofree char *parent = g_path_get_dirname (mount);
      struct stat info;

      if (stat (parent, &info) != 0 || info.st_dev != device)
        break;
      g_free (mount);
      mount = g_steal_pointer (&parent);
    }

  return g_steal_pointer (&mount);
}

static gboolean
read_rotational (dev_t device, const char *queue, gboolean *rotational)
{
  g_autofree char *path =
      g_strdup_printf ("/sys/dev/block/%u:%u/%s", major (device), minor (device), queue);
  g_autofree char *contents = NULL;

  if (!g_file_get_contents (path, &contents, NULL, NULL))
    return FALSE;
  *rotational = contents[0] != '0';

  return TRUE;
}

static gboolean
is_solid_state (dev_t device)
{
  gboolean rotational = TRUE;

  /* A partition has its disk's queue above it. What the kernel does not tell is taken for a disk
   * that turns. */
  if (!read_rotational (device, "queue/rotational", &rotational))
    read_rotational (device, "../queue/rotational", &rotational);

  return !rotational;
}

TerracePlace *
terrace_place_resolve (const char *path)
{
  TerracePlace *self = g_new0 (TerracePlace, 1);
  g_autofree char *display = terrace_display_name (path);
  struct stat info;

  self->path = resolve_folders (path);
  if (lstat (self->path, &info) != 0)
    {
      terrace_error_set_errno (&self->error, errno, _ ("“%s” cannot be looked at"), display);
      return self;
    }

  if (S_ISREG (info.st_mode))
    self->kind = TERRACE_PLACE_FILE;
  else if (S_ISDIR (info.st_mode))
    self->kind = TERRACE_PLACE_FOLDER;
  else
    self->kind = TERRACE_PLACE_SPECIAL;
  self->home = find_home (self->path);
  /* A folder may itself be where a file system begins. */
  if (self->kind == TERRACE_PLACE_FOLDER)
    {
      g_autofree char *inside = g_build_filename (self->path, ".", NULL);

      self->mount = find_mount (inside, info.st_dev);
    }
  else
    self->mount = find_mount (self->path, info.st_dev);
  self->solid_state = is_solid_state (info.st_dev);

  return self;
}

void
terrace_place_free (TerracePlace *self)
{
  g_free (self->path);
  g_free (self->home);
  g_free (self->mount);
  g_clear_error (&self->error);
  g_free (self);
}
