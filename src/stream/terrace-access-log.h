/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Reads access logs as servers and clouds write them: pushed in pieces of any size, line by line,
 * with bounded memory. What does not heat an object is told apart: metadata calls, failures, full
 * scans, Terrace's own reads. Pure; any one thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_LOG_AUTO, /* told by the first lines */
  TERRACE_LOG_S3,
  TERRACE_LOG_AZURE_JSON,
  TERRACE_LOG_AZURE_V1,
  TERRACE_LOG_AZURE_V2,
  TERRACE_LOG_GCS,
  TERRACE_LOG_CLOUDFRONT,
  TERRACE_LOG_COMBINED,
} TerraceLogFormat;
#define TERRACE_N_LOG_FORMATS 8

/* (transfer none): "azure-json". */
const char *terrace_log_format_get_nick (TerraceLogFormat format);
gboolean terrace_log_format_from_nick (const char *nick, TerraceLogFormat *format);

/* What a line is. */
typedef enum
{
  TERRACE_LOG_READ,
  TERRACE_LOG_WRITE,
  TERRACE_LOG_DELETE,   /* heats nothing: the object is gone */
  TERRACE_LOG_METADATA, /* listings, HEAD, tags, answers from a cache on the way */
  TERRACE_LOG_FAILED,
  TERRACE_LOG_SCAN, /* one reader going through the keys in their order */
  TERRACE_LOG_OWN,  /* Terrace itself: verification, moves */
  TERRACE_LOG_BAD,
} TerraceLogKind;
#define TERRACE_N_LOG_KINDS 8

/**
 * TerraceLogEntry:
 * The texts live until the callback returns.
 * @bucket: "" where the format does not say
 * @key: bytes, decoded
 * @reader: who asked, for telling scans apart
 */
typedef struct
{
  TerraceLogKind kind;
  const char *bucket;
  const char *key;
  const char *reader;
  gint64 time_us;
  guint64 bytes;
} TerraceLogEntry;

/* Only reads and writes that heat. */
typedef void (*TerraceLogFunc) (const TerraceLogEntry *entry, gpointer data);

typedef struct _TerraceAccessLog TerraceAccessLog;

TerraceAccessLog *
terrace_access_log_new (TerraceLogFormat format, TerraceLogFunc func, gpointer data);
void terrace_access_log_free (TerraceAccessLog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceAccessLog, terrace_access_log_free)

/**
 * terrace_access_log_push:
 *
 * Returns: %FALSE and %TERRACE_ERROR_INVALID if the first lines are of no known format
 */
gboolean
terrace_access_log_push (TerraceAccessLog *self, const char *bytes, gsize length, GError **error);
/* Ends the last line; the entries that waited come. */
gboolean terrace_access_log_end (TerraceAccessLog *self, GError **error);

/* What it was told, or what the lines turned out to be. */
TerraceLogFormat terrace_access_log_get_format (TerraceAccessLog *self);
guint64 terrace_access_log_get_lines (TerraceAccessLog *self);
guint64 terrace_access_log_get_count (TerraceAccessLog *self, TerraceLogKind kind);
/* (transfer none) (element-type utf8): "Line 17: …" of the first bad ones. */
GPtrArray *terrace_access_log_get_bad_samples (TerraceAccessLog *self);

G_END_DECLS
