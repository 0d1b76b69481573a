/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-access-log.h"

/* What the formats share. */

G_BEGIN_DECLS

#define TERRACE_LOG_COLUMNS 64

/**
 * TerraceLogColumns:
 * Of formats that name their columns: where each is, -1 if it is not there.
 */
typedef enum
{
  TERRACE_LOG_COLUMN_TIME,
  TERRACE_LOG_COLUMN_DATE,
  TERRACE_LOG_COLUMN_METHOD,
  TERRACE_LOG_COLUMN_URI,
  TERRACE_LOG_COLUMN_STATUS,
  TERRACE_LOG_COLUMN_BYTES,
  TERRACE_LOG_COLUMN_AGENT,
  TERRACE_LOG_COLUMN_READER,
  TERRACE_LOG_COLUMN_OPERATION,
  TERRACE_LOG_COLUMN_BUCKET,
  TERRACE_LOG_COLUMN_OBJECT,
  TERRACE_LOG_COLUMN_RESULT,
  TERRACE_LOG_N_COLUMNS,
} TerraceLogColumn;

typedef struct
{
  int at[TERRACE_LOG_N_COLUMNS];
  gboolean known;
} TerraceLogColumns;

/* Each reads one line (NUL-terminated, changed in place) into @entry, whose texts point into it.
 * %FALSE for a line that cannot be read; entry->kind is METADATA for comments and headers. */
gboolean terrace_log_read_s3 (char *line, TerraceLogEntry *entry);
gboolean terrace_log_read_azure (char *line, TerraceLogEntry *entry);
gboolean terrace_log_read_combined (char *line, TerraceLogEntry *entry);
gboolean terrace_log_read_gcs (char *line, TerraceLogColumns *columns, TerraceLogEntry *entry);
gboolean
terrace_log_read_cloudfront (char *line, TerraceLogColumns *columns, TerraceLogEntry *entry);
/* @keep: takes the texts of the entry, until the next line. */
gboolean terrace_log_read_azure_json (const char *line, GString *keep, TerraceLogEntry *entry);

/* --- Pieces -------------------------------------------------------------------------------- */

/* Splits at @separator; quoted fields lose their quotes. Returns how many, at most @max. */
int terrace_log_split (char *line, char separator, char **fields, int max);
/* Splits at spaces; "quoted" and [bracketed] fields may have some. */
int terrace_log_split_words (char *line, char **fields, int max);
/* %XX in place. */
void terrace_log_decode (char *text);
/* "06/Feb/2019:00:00:38 +0000"; %FALSE if it is none. */
gboolean terrace_log_parse_clf_time (const char *text, gint64 *time_us);
/* ISO 8601 in UTC. */
gboolean terrace_log_parse_iso_time (const char *text, gint64 *time_us);
guint64 terrace_log_parse_count (const char *text);
/* By method and status of an object's request. */
TerraceLogKind terrace_log_judge (const char *method, guint64 status, const char *agent);
/* Points bucket and key into a path: "/bucket/key?query" or, without buckets, "/key". */
void terrace_log_take_path (char *path, gboolean has_bucket, TerraceLogEntry *entry);
gboolean terrace_log_is_own (const char *agent);

G_END_DECLS
