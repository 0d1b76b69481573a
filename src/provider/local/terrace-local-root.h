/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-path.h"

/* The folder a local location stands on. Any thread. */

G_BEGIN_DECLS

typedef struct _TerraceLocalRoot TerraceLocalRoot;

/* @path: (type filename): absolute. @prunes: folders that become empty are removed. */
TerraceLocalRoot *terrace_local_root_new (const char *path, gboolean prunes);
TerraceLocalRoot *terrace_local_root_ref (TerraceLocalRoot *self);
void terrace_local_root_unref (TerraceLocalRoot *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceLocalRoot, terrace_local_root_unref)

gboolean terrace_local_root_get_prunes (TerraceLocalRoot *self);

/* A new descriptor of the folder, to be closed by the caller; -1 and %TERRACE_ERROR_UNREACHABLE if
 * it is not there or another file system is in its place. Blocks. */
int terrace_local_root_open (TerraceLocalRoot *self, GError **error);

typedef enum
{
  TERRACE_LOCAL_LOOK,   /* names in the folder can be used */
  TERRACE_LOCAL_CHANGE, /* and the folder can be synced */
  TERRACE_LOCAL_MAKE,   /* and is made if it is missing */
} TerraceLocalAccess;

/**
 * TerraceLocalPlace:
 * Where a key is, for the length of one call.
 * @folder: the open folder that holds it
 * @name: its last component; points into the key
 */
typedef struct
{
  TerraceFd root;
  TerraceFd folder;
  const char *name;
} TerraceLocalPlace;

#define TERRACE_LOCAL_PLACE_INIT \
  {                              \
    -1, -1, NULL                 \
  }

/* Checks @key too. @place is initialized and on success to be cleared. Blocks. */
gboolean terrace_local_place_open (TerraceLocalPlace *place,
                                   TerraceLocalRoot *root,
                                   const char *key,
                                   TerraceLocalAccess access,
                                   GError **error);
void terrace_local_place_clear (TerraceLocalPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TerraceLocalPlace, terrace_local_place_clear)

G_END_DECLS
