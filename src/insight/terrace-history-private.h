/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-history.h"

/* What the history's parser and its builder share. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_HISTORY_PUT,
  TERRACE_HISTORY_GET,
  TERRACE_HISTORY_DELETE,
} TerraceHistoryOp;

typedef struct
{
  double size_bytes;
  double bytes;
  gint32 unix_day;
  guint32 key;
  guint32 count;
  guint8 op;
} TerraceHistoryRow;

struct _TerraceHistoryParser
{
  /* results */
  GArray *rows;
  GStringChunk *keys;
  GHashTable *key_ids;
  GPtrArray *key_names;
  guint64 n_bad;
  guint64 bad_lines[TERRACE_HISTORY_BAD_LINES];

  /* in progress */
  GString *text; /* of one row; each field ends with a NUL */
  guint n_fields;
  int state;
  gboolean broken;
  gboolean header_seen;
  guint64 line;
  guint64 first_line; /* where the row begins */
};

/* Ends the last row, which may lack a newline. */
gboolean terrace_history_parser_end (TerraceHistoryParser *self, GError **error);

G_END_DECLS
