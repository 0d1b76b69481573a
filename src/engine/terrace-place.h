/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* What a path on this machine stands for: which file, on which mount, on which kind of disk.
 * Blocking: for a worker thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_PLACE_FILE,
  TERRACE_PLACE_FOLDER,
  TERRACE_PLACE_SPECIAL, /* symbolic link, socket, device */
} TerracePlaceKind;

/**
 * TerracePlace:
 * @path: (type filename): absolute, symbolic links in its folders resolved, its last part as it is
 * @error: (nullable): why nothing can be said
 * @home: (type filename) (nullable): the home folder, if @path lies below it
 * @mount: (type filename): the top folder of the file system it lies on
 * @solid_state: the disk says that it does not turn
 */
typedef struct
{
  char *path;
  GError *error;
  TerracePlaceKind kind;
  char *home;
  char *mount;
  gboolean solid_state;
} TerracePlace;

/* (transfer full): never %NULL. */
TerracePlace *terrace_place_resolve (const char *path);
void terrace_place_free (TerracePlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerracePlace, terrace_place_free)

/* The part of @path below @folder, or %NULL if it lies elsewhere; "" for @folder itself. */
const char *terrace_place_below (const char *path, const char *folder);

G_END_DECLS
