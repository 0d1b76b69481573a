/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A history of accesses, compact: what existed on which day, and what was read and written then.
 * It is what a back-test replays. Days count from the history's first one, in UTC. */

G_BEGIN_DECLS

/* Reads of one object on one day. */
typedef struct
{
  gint32 day;
  double requests;
  double bytes;
} TerraceHistoryRead;

/* An overwrite: the object has @size_bytes from @day on. */
typedef struct
{
  gint32 day;
  double size_bytes;
} TerraceHistoryWrite;

/**
 * TerraceHistoryObject:
 * One life of a key: after a deletion the key begins another.
 * @key: owned by the history
 * @created: day it came into being
 * @deleted: day it went, -1 if it is still there
 * @size_bytes: when it was created
 * @reads: (array length=n_reads): by day, one a day
 * @writes: (array length=n_writes): by day, one a day (the last)
 */
typedef struct
{
  const char *key;
  gint32 created;
  gint32 deleted;
  double size_bytes;
  const TerraceHistoryRead *reads;
  guint n_reads;
  const TerraceHistoryWrite *writes;
  guint n_writes;
} TerraceHistoryObject;

/**
 * TerraceHistory:
 * @objects: (array length=n_objects)
 * @n_days: days from the first to the last row, both included
 * @first_unix_day: days from 1970-01-01 to the first day
 */
typedef struct
{
  TerraceHistoryObject *objects;
  guint n_objects;
  gint32 n_days;
  gint32 first_unix_day;

  /*< private >*/
  TerraceHistoryRead *reads;
  TerraceHistoryWrite *writes;
  GStringChunk *keys;
} TerraceHistory;

void terrace_history_free (TerraceHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceHistory, terrace_history_free)

/* The object's size at the beginning of @day, overwrites of earlier days included. */
double terrace_history_object_size_before (const TerraceHistoryObject *object, gint32 day);

/* The first read at or after @day, as an index; n_reads if there is none. */
guint terrace_history_object_find_read (const TerraceHistoryObject *object, gint32 day);

#define TERRACE_HISTORY_BAD_LINES 10

/**
 * TerraceHistoryParser:
 * Reads CSV with the columns unix_time, key, op, size_bytes, bytes, count (RFC 4180): one row for
 * an object, a UTC day and an op, which is PUT (created or overwritten with size_bytes), GET (count
 * requests read bytes in all) or DELETE. Fed in chunks of any size; holds one row of text at most,
 * and about 32 bytes for every row read.
 */
typedef struct _TerraceHistoryParser TerraceHistoryParser;

TerraceHistoryParser *terrace_history_parser_new (void);
void terrace_history_parser_free (TerraceHistoryParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceHistoryParser, terrace_history_parser_free)

/**
 * terrace_history_parser_push:
 *
 * Returns: %FALSE and %TERRACE_ERROR_INVALID if the first line is not the header,
 *   %TERRACE_ERROR_LIMIT if there are too many rows
 */
gboolean terrace_history_parser_push (TerraceHistoryParser *self,
                                      const char *data,
                                      gsize length,
                                      GError **error);

/**
 * terrace_history_parser_finish:
 * @from_unix_day: rows before it only say what existed then; %G_MININT32 for all rows
 * @size_scale: sizes and bytes are multiplied by it, 1 for none
 *
 * Call after the last push.
 *
 * Returns: (transfer full) (nullable): %NULL and %TERRACE_ERROR_INVALID if there is no row left
 */
TerraceHistory *terrace_history_parser_finish (TerraceHistoryParser *self,
                                               gint32 from_unix_day,
                                               double size_scale,
                                               GError **error);

guint64 terrace_history_parser_get_rows (TerraceHistoryParser *self);
/* Lines that were no row, and the numbers of the first of them (from 1). */
guint64 terrace_history_parser_get_bad (TerraceHistoryParser *self,
                                        guint64 lines[TERRACE_HISTORY_BAD_LINES]);

G_END_DECLS
