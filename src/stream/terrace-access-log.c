/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Cuts logs into lines, tells their format, and holds back what may be a scan: reads of one reader
 * in the order of the keys wait until the order breaks, or become a scan when it holds for long.
 * Any one thread. */

#include "config.h"

#include "stream/terrace-access-log-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_LINE_BYTES (256 * 1024)
#define MAX_BAD_SAMPLES 10
#define SAMPLE_BYTES 80
/* So many different keys in their order are no coincidence. */
#define SCAN_KEYS 200
/* Readers watched at once; when there are more, all that waits is let go. */
#define MAX_READERS 4096
/* Lines that no format reads, before the file is given up. */
#define MAX_UNKNOWN_LINES 20

/* Reads of one reader that may become a scan. */
typedef struct
{
  GArray *entries; /* TerraceLogEntry that wait, with their own key and bucket */
  char *last_key;
  guint n_rising;
} Reader;

struct _TerraceAccessLog
{
  /* inputs */
  TerraceLogFormat format;
  TerraceLogFunc func;
  gpointer data;

  /* in progress */
  GString *line;
  GString *keep;
  GString *copy;
  TerraceLogColumns columns;
  GHashTable *readers;
  gboolean too_long;
  guint n_unknown;

  /* results */
  guint64 n_lines;
  guint64 counts[TERRACE_N_LOG_KINDS];
  GPtrArray *bad_samples;
};

static const char *const nicks[TERRACE_N_LOG_FORMATS] = { "auto",       "s3",       "azure-json",
                                                          "azure-v1",   "azure-v2", "gcs",
                                                          "cloudfront", "combined" };

const char *
terrace_log_format_get_nick (TerraceLogFormat format)
{
  g_return_val_if_fail ((guint) format < TERRACE_N_LOG_FORMATS, "");

  return nicks[format];
}

gboolean
terrace_log_format_from_nick (const char *nick, TerraceLogFormat *format)
{
  g_return_val_if_fail (nick != NULL && format != NULL, FALSE);

  for (int i = 0; i < TERRACE_N_LOG_FORMATS; i++)
    if (g_str_equal (nick, nicks[i]))
      {
        *format = (TerraceLogFormat) i;
        return TRUE;
      }
  return FALSE;
}

/* --- Scans --------------------------------------------------------------------------------- */

static void
entry_clear (gpointer data)
{
  TerraceLogEntry *entry = data;

  g_free ((char *) entry->bucket);
  g_free ((char *) entry->key);
}

static void
reader_free (gpointer data)
{
  Reader *reader = data;

  g_array_unref (reader->entries);
  g_free (reader->last_key);
  g_free (reader);
}

static void
pass (TerraceAccessLog *self, const TerraceLogEntry *entry)
{
  self->counts[entry->kind]++;
  self->func (entry, self->data);
}

static void
let_go (TerraceAccessLog *self, Reader *reader)
{
  for (guint i = 0; i < reader->entries->len; i++)
    pass (self, &g_array_index (reader->entries, TerraceLogEntry, i));
  g_array_set_size (reader->entries, 0);
}

static void
let_all_go (TerraceAccessLog *self)
{
  GHashTableIter iter;
  gpointer reader;

  g_hash_table_iter_init (&iter, self->readers);
  while (g_hash_table_iter_next (&iter, NULL, &reader))
    let_go (self, reader);
  g_hash_table_remove_all (self->readers);
}

static Reader *
find_reader (TerraceAccessLog *self, const char *name)
{
  Reader *reader = g_hash_table_lookup (self->readers, name);

  if (reader != NULL)
    return reader;
  if (g_hash_table_size (self->readers) >= MAX_READERS)
    let_all_go (self);
  reader = g_new0 (Reader, 1);
  reader->entries = g_array_new (FALSE, FALSE, sizeof (TerraceLogEntry));
  g_array_set_clear_func (reader->entries, entry_clear);
  g_hash_table_insert (self->readers, g_strdup (name), reader);
  return reader;
}

static void
take_read (TerraceAccessLog *self, const TerraceLogEntry *entry)
{
  Reader *reader = find_reader (self, entry->reader);
  const int order = reader->last_key != NULL ? strcmp (entry->key, reader->last_key) : -1;
  TerraceLogEntry waiting = *entry;

  /* A key again is a range of the same read, as far as order goes. */
  if (order < 0)
    {
      let_go (self, reader);
      reader->n_rising = 0;
    }
  if (order != 0)
    {
      reader->n_rising++;
      g_free (reader->last_key);
      reader->last_key = g_strdup (entry->key);
    }
  if (reader->n_rising >= SCAN_KEYS)
    {
      self->counts[TERRACE_LOG_SCAN] += reader->entries->len + 1;
      g_array_set_size (reader->entries, 0);
      return;
    }
  /* Ranges of one key must not make the wait longer than a scan is. */
  if (reader->entries->len >= SCAN_KEYS)
    let_go (self, reader);
  waiting.key = g_strdup (entry->key);
  waiting.bucket = g_strdup (entry->bucket);
  waiting.reader = "";
  g_array_append_val (reader->entries, waiting);
}

/* --- Lines --------------------------------------------------------------------------------- */

static gboolean
read_as (TerraceAccessLog *self, TerraceLogFormat format, char *line, TerraceLogEntry *entry)
{
  *entry = (TerraceLogEntry){ .kind = TERRACE_LOG_BAD, .bucket = "", .key = "", .reader = "" };
  switch (format)
    {
    case TERRACE_LOG_S3:
      return terrace_log_read_s3 (line, entry);
    case TERRACE_LOG_AZURE_JSON:
      return terrace_log_read_azure_json (line, self->keep, entry);
    case TERRACE_LOG_AZURE_V1:
    case TERRACE_LOG_AZURE_V2:
      return terrace_log_read_azure (line, entry);
    case TERRACE_LOG_GCS:
      return terrace_log_read_gcs (line, &self->columns, entry);
    case TERRACE_LOG_CLOUDFRONT:
      return terrace_log_read_cloudfront (line, &self->columns, entry);
    case TERRACE_LOG_COMBINED:
      return terrace_log_read_combined (line, entry);
    case TERRACE_LOG_AUTO:
      break;
    }
  return FALSE;
}

/* By what only one of the formats begins with; the rest is tried. */
static TerraceLogFormat
tell_format (TerraceAccessLog *self)
{
  const char *line = self->line->str;
  TerraceLogEntry entry;

  if (*line == '{')
    return TERRACE_LOG_AZURE_JSON;
  if (g_str_has_prefix (line, "1.0;"))
    return TERRACE_LOG_AZURE_V1;
  if (g_str_has_prefix (line, "2.0;"))
    return TERRACE_LOG_AZURE_V2;
  if (g_str_has_prefix (line, "\"time_micros\"") || g_str_has_prefix (line, "time_micros,"))
    return TERRACE_LOG_GCS;
  if (g_str_has_prefix (line, "#Version:") || g_str_has_prefix (line, "#Fields:"))
    return TERRACE_LOG_CLOUDFRONT;
  for (int format = TERRACE_LOG_S3; format <= TERRACE_LOG_COMBINED;
       format += TERRACE_LOG_COMBINED - TERRACE_LOG_S3)
    {
      g_string_assign (self->copy, line);
      if (read_as (self, (TerraceLogFormat) format, self->copy->str, &entry))
        return (TerraceLogFormat) format;
    }
  return TERRACE_LOG_AUTO;
}

static void
note_bad (TerraceAccessLog *self)
{
  g_autofree char *start = g_strndup (self->line->str, SAMPLE_BYTES);
  g_autofree char *safe = g_utf8_make_valid (start, -1);

  self->counts[TERRACE_LOG_BAD]++;
  if (self->bad_samples->len < MAX_BAD_SAMPLES)
    /* Translators: 1st: a number; 2nd: the beginning of a line */
    g_ptr_array_add (self->bad_samples, g_strdup_printf (_ ("Line %1$" G_GUINT64_FORMAT ": %2$s"),
                                                         self->n_lines, safe));
}

static gboolean
take_line (TerraceAccessLog *self, GError **error)
{
  TerraceLogEntry entry;

  self->n_lines++;
  if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
    g_string_truncate (self->line, self->line->len - 1);
  if (self->line->len == 0)
    {
      self->counts[TERRACE_LOG_METADATA]++;
      return TRUE;
    }
  if (self->format == TERRACE_LOG_AUTO)
    self->format = tell_format (self);
  if (self->format == TERRACE_LOG_AUTO)
    {
      note_bad (self);
      if (++self->n_unknown < MAX_UNKNOWN_LINES)
        return TRUE;
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("This is no access log of a known format"));
      return FALSE;
    }

  /* The line is changed while it is read; a sample needs it as it was. */
  g_string_assign (self->copy, self->line->str);
  if (self->too_long || strlen (self->line->str) != self->line->len ||
      !read_as (self, self->format, self->copy->str, &entry))
    note_bad (self);
  else if (entry.kind == TERRACE_LOG_READ && *entry.reader != '\0')
    take_read (self, &entry);
  else if (entry.kind == TERRACE_LOG_READ || entry.kind == TERRACE_LOG_WRITE)
    pass (self, &entry);
  else
    self->counts[entry.kind]++;
  return TRUE;
}

static void
append (TerraceAccessLog *self, const char *bytes, gsize length)
{
  if (self->line->len + length > MAX_LINE_BYTES)
    self->too_long = TRUE;
  else
    g_string_append_len (self->line, bytes, (gssize) length);
}

gboolean
terrace_access_log_push (TerraceAccessLog *self, const char *bytes, gsize length, GError **error)
{
  g_return_val_if_fail (self != NULL && (bytes != NULL || length == 0), FALSE);

  while (length > 0)
    {
      const char *end = memchr (bytes, '\n', length);
      const gsize part = end != NULL ? (gsize) (end - bytes) : length;

      append (self, bytes, part);
      if (end == NULL)
        return TRUE;
      if (!take_line (self, error))
        return FALSE;
      g_string_truncate (self->line, 0);
      self->too_long = FALSE;
      bytes += part + 1;
      length -= part + 1;
    }
  return TRUE;
}

gboolean
terrace_access_log_end (TerraceAccessLog *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if ((self->line->len > 0 || self->too_long) && !take_line (self, error))
    return FALSE;
  g_string_truncate (self->line, 0);
  let_all_go (self);
  if (self->format != TERRACE_LOG_AUTO || self->n_unknown == 0)
    return TRUE;
  g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("This is no access log of a known format"));
  return FALSE;
}

TerraceAccessLog *
terrace_access_log_new (TerraceLogFormat format, TerraceLogFunc func, gpointer data)
{
  TerraceAccessLog *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (TerraceAccessLog, 1);
  self->format = format;
  self->func = func;
  self->data = data;
  self->line = g_string_new (NULL);
  self->keep = g_string_new (NULL);
  self->copy = g_string_new (NULL);
  self->readers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, reader_free);
  self->bad_samples = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
terrace_access_log_free (TerraceAccessLog *self)
{
  g_string_free (self->line, TRUE);
  g_string_free (self->keep, TRUE);
  g_string_free (self->copy, TRUE);
  g_hash_table_unref (self->readers);
  g_ptr_array_unref (self->bad_samples);
  g_free (self);
}

TerraceLogFormat
terrace_access_log_get_format (TerraceAccessLog *self)
{
  g_return_val_if_fail (self != NULL, TERRACE_LOG_AUTO);

  return self->format;
}

guint64
terrace_access_log_get_lines (TerraceAccessLog *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_lines;
}

guint64
terrace_access_log_get_count (TerraceAccessLog *self, TerraceLogKind kind)
{
  g_return_val_if_fail (self != NULL && (guint) kind < TERRACE_N_LOG_KINDS, 0);

  return self->counts[kind];
}

GPtrArray *
terrace_access_log_get_bad_samples (TerraceAccessLog *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bad_samples;
}
