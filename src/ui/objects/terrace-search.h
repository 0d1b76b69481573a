/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-item-table.h"

/* What a person may write into the search of objects: words that name or folder must have, and
 *
 *     size:>1G  size:<500M  size>1G     size
 *     last:>90d  last:<2w  last:never   time since the last access: h, d, w, m (months), y
 *     tier:cold  temp:hot               by their English names and by those of the interface
 *     at:NAME  in:"Cold Storage"        a location
 *     is:plan                           what the plan would move
 *
 * A part that is no such thing is searched for as a word. Pure. */

G_BEGIN_DECLS

/* Finds a location by what was written: (nullable) returns 0 for none. */
typedef gint64 (*TerraceSearchLocation) (const char *name, gpointer user_data);

/* Sets the fields of @filter (initialised) that @text speaks of; the rest becomes filter->text. */
void terrace_search_parse (const char *text,
                           gint64 now_us,
                           TerraceSearchLocation find_location,
                           gpointer user_data,
                           TerraceItemFilter *filter);

G_END_DECLS
