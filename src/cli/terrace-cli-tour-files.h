/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"

#include <gio/gio.h>

/* The files of the tour: real ones, of varied size, age and name, with contents that come from a
 * seed. What they should be is known here, by a checksum taken when they were written, so that the
 * tour does not have to believe what the rest of the program says. The functions that touch the
 * disk block and run on a worker's thread. */

G_BEGIN_DECLS

/* How a file is used in the tour. */
typedef enum
{
  TERRACE_TOUR_HOT,  /* opened every other day */
  TERRACE_TOUR_WARM, /* opened now and then */
  TERRACE_TOUR_COLD, /* not opened for years */
} TerraceTourUse;

/**
 * TerraceTourFile:
 * @name: (type filename): below the root, not always UTF-8
 * @age_days: since it was modified and opened
 * @data_bytes: how much of it, at its end, is not a hole
 * @digest: of its contents, once it was written
 * @modified_us: once it was written
 */
typedef struct
{
  char *name;
  TerraceTourUse use;
  guint64 size_bytes;
  guint64 data_bytes;
  guint age_days;
  guint64 seed;

  TerraceDigest digest;
  gint64 modified_us;
} TerraceTourFile;

/* (transfer full) (element-type TerraceTourFile): always the same ones. */
GPtrArray *terrace_tour_files_new (void);
/* All their sizes together. */
guint64 terrace_tour_files_get_bytes (GPtrArray *files);

/* Blocks. Writes @self below @root and takes its checksum from what then is on the disk. */
gboolean
terrace_tour_file_write (TerraceTourFile *self, const char *root, gint64 now_us, GError **error);
/* Blocks. CORRUPT, saying how, unless @path has the bytes and the time of @self. */
gboolean terrace_tour_file_check (const TerraceTourFile *self, const char *path, GError **error);
/* Blocks. Regular files below @root. */
gboolean terrace_tour_count_files (const char *root, guint *n_files, GError **error);
/* Blocks. Deletes @root and everything below, following no link. */
gboolean terrace_tour_remove (const char *root, GError **error);

G_END_DECLS
