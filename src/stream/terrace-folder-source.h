/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

/* Changes below a local folder, by file monitors, one per folder, a bounded number of them. A tree
 * with more folders is scanned now and then instead; the source's error says so. Reads are not
 * seen. */

G_BEGIN_DECLS

#define TERRACE_TYPE_FOLDER_SOURCE (terrace_folder_source_get_type ())
G_DECLARE_FINAL_TYPE (TerraceFolderSource,
                      terrace_folder_source,
                      TERRACE,
                      FOLDER_SOURCE,
                      TerraceSource)

/* (transfer full): the address of @settings is the folder. @location: what events call the location
 * that holds it; @prefix: of their keys, "" or with "/" at its end. */
TerraceSource *terrace_folder_source_new (const TerraceSourceSettings *settings,
                                          TerraceClock *clock,
                                          const char *location,
                                          const char *prefix);

G_END_DECLS
