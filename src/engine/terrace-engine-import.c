/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Import of access logs: the file is read and summed up by key and day on the worker, then counted
 * for the objects in one transaction with the log's own row, so that a log is imported wholly and
 * once. Main thread but for what says otherwise. */

#include "config.h"

#include "engine/terrace-engine-learn-private.h"
#include "base/terrace-checksum.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-log-import-table.h"
#include "stream/terrace-access-log.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define READ_BYTES (256 * 1024)

/* Use of one key on one day. */
typedef struct
{
  gint64 day;
  gint64 read_us;
  gint64 write_us;
  guint64 read_bytes;
  guint64 write_bytes;
  guint reads;
  guint writes;
} KeyDay;

typedef struct
{
  /* inputs */
  GFile *file;
  char *name;
  gint64 location_id;
  TerraceLogFormat format;
  char *bucket; /* nullable: the location is no cloud's */
  char *prefix;

  /* in progress */
  TerraceSteps steps;
  GHashTable *keys; /* of GArray of KeyDay */
  guint64 n_days;
  guint64 elsewhere; /* reads and writes in other buckets */
  GBytes *digest;
  TerraceAssessor *assessor;
  gint64 now_us;

  /* results */
  TerraceLogReport *report;
} Importing;

void
terrace_log_report_free (TerraceLogReport *self)
{
  g_free (self->format);
  g_clear_pointer (&self->bad_samples, g_ptr_array_unref);
  g_free (self);
}

static void
importing_free (Importing *importing)
{
  terrace_steps_stop (&importing->steps);
  g_object_unref (importing->file);
  g_free (importing->name);
  g_free (importing->bucket);
  g_free (importing->prefix);
  g_hash_table_unref (importing->keys);
  g_clear_pointer (&importing->digest, g_bytes_unref);
  g_clear_pointer (&importing->assessor, terrace_assessor_free);
  g_clear_pointer (&importing->report, terrace_log_report_free);
  g_free (importing);
}

/* --- On the worker ------------------------------------------------------------------------- */

/* The key inside the location, %NULL if it lies elsewhere. */
static const char *
find_key (const Importing *importing, const TerraceLogEntry *entry)
{
  const char *key = entry->key;

  if (importing->bucket != NULL && *entry->bucket != '\0' &&
      !g_str_equal (entry->bucket, importing->bucket))
    return NULL;
  if (!g_str_has_prefix (key, importing->prefix))
    return NULL;
  key += strlen (importing->prefix);
  return *key != '\0' ? key : NULL;
}

static KeyDay *
find_day (Importing *importing, const char *key, gint64 day)
{
  GArray *days = g_hash_table_lookup (importing->keys, key);
  const KeyDay fresh = { .day = day };

  if (days == NULL)
    {
      days = g_array_new (FALSE, FALSE, sizeof (KeyDay));
      g_hash_table_insert (importing->keys, g_strdup (key), days);
    }
  /* Logs are nearly in the order of time. */
  for (guint i = days->len; i > 0; i--)
    if (g_array_index (days, KeyDay, i - 1).day == day)
      return &g_array_index (days, KeyDay, i - 1);
  g_array_append_val (days, fresh);
  importing->n_days++;
  return &g_array_index (days, KeyDay, days->len - 1);
}

static void
take_entry (const TerraceLogEntry *entry, gpointer data)
{
  Importing *importing = data;
  const char *key = find_key (importing, entry);
  KeyDay *day;

  if (key == NULL)
    {
      importing->elsewhere++;
      return;
    }
  day = find_day (importing, key, entry->time_us / TERRACE_US_PER_DAY);
  if (entry->kind == TERRACE_LOG_READ)
    {
      day->reads++;
      day->read_bytes += entry->bytes;
      day->read_us = MAX (day->read_us, entry->time_us);
    }
  else
    {
      day->writes++;
      day->write_bytes += entry->bytes;
      day->write_us = MAX (day->write_us, entry->time_us);
    }
}

/* (transfer full) (nullable): unpacked if it is gzip, whatever its name. */
static GInputStream *
open_log (Importing *importing, GInputStream *raw, GCancellable *cancellable, GError **error)
{
  static const guint8 magic[] = { 0x1f, 0x8b };
  GInputStream *buffered = g_buffered_input_stream_new_sized (raw, READ_BYTES);
  g_autoptr (GConverter) gzip = NULL;
  const guint8 *start;
  GInputStream *unpacked;
  gsize length;

  if (g_buffered_input_stream_fill (G_BUFFERED_INPUT_STREAM (buffered), sizeof magic, cancellable,
                                    error) < 0)
    {
      g_object_unref (buffered);
      return NULL;
    }
  start = g_buffered_input_stream_peek_buffer (G_BUFFERED_INPUT_STREAM (buffered), &length);
  if (length < sizeof magic || memcmp (start, magic, sizeof magic) != 0)
    return buffered;
  gzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  unpacked = g_converter_input_stream_new (buffered, gzip);
  g_object_unref (buffered);
  return unpacked;
}

static gboolean
read_chunks (Importing *importing,
             TerraceAccessLog *log,
             GInputStream *stream,
             GSeekable *raw,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree char *buffer = g_malloc (READ_BYTES);
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (TERRACE_CHECKSUM_SHA256);
  TerraceDigest digest;
  gssize length;

  while ((length = g_input_stream_read (stream, buffer, READ_BYTES, cancellable, error)) > 0)
    {
      terrace_checksum_update (checksum, buffer, (gsize) length);
      if (!terrace_access_log_push (log, buffer, (gsize) length, error))
        return FALSE;
      if (importing->n_days > TERRACE_LIMIT_HISTORY_ROWS)
        {
          g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                               _ ("The log has too many keys and days; split it"));
          return FALSE;
        }
      importing->report->bytes += (guint64) length;
      /* In kibibytes: steps are counted in int. */
      g_atomic_int_set (&importing->steps.done, (gint) (g_seekable_tell (raw) / 1024));
    }
  if (length < 0 || !terrace_access_log_end (log, error))
    return FALSE;
  terrace_checksum_finish (checksum, &digest);
  importing->digest =
      g_bytes_new (digest.bytes, terrace_checksum_kind_get_length (TERRACE_CHECKSUM_SHA256));
  return TRUE;
}

static void
fill_report (TerraceLogReport *report, TerraceAccessLog *log)
{
  report->format = g_strdup (terrace_log_format_get_nick (terrace_access_log_get_format (log)));
  report->lines = terrace_access_log_get_lines (log);
  report->metadata = terrace_access_log_get_count (log, TERRACE_LOG_METADATA) +
                     terrace_access_log_get_count (log, TERRACE_LOG_DELETE);
  report->failed = terrace_access_log_get_count (log, TERRACE_LOG_FAILED);
  report->scans = terrace_access_log_get_count (log, TERRACE_LOG_SCAN);
  report->own = terrace_access_log_get_count (log, TERRACE_LOG_OWN);
  report->bad = terrace_access_log_get_count (log, TERRACE_LOG_BAD);
  report->bad_samples = g_ptr_array_ref (terrace_access_log_get_bad_samples (log));
}

static gboolean
read_log (gpointer data, GCancellable *cancellable, GError **error)
{
  Importing *importing = data;
  g_autoptr (TerraceAccessLog) log =
      terrace_access_log_new (importing->format, take_entry, importing);
  g_autoptr (GFileInputStream) raw = g_file_read (importing->file, cancellable, error);
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GInputStream) stream = NULL;

  if (raw == NULL)
    return FALSE;
  info = g_file_input_stream_query_info (raw, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  if (info != NULL)
    g_atomic_int_set (&importing->steps.total, (gint) (g_file_info_get_size (info) / 1024));
  stream = open_log (importing, G_INPUT_STREAM (raw), cancellable, error);
  if (stream == NULL || !read_chunks (importing, log, stream, G_SEEKABLE (raw), cancellable, error))
    return FALSE;
  fill_report (importing->report, log);
  return TRUE;
}

/* --- On the catalogue's thread ------------------------------------------------------------- */

typedef struct
{
  GArray *accesses;
  GArray *ids;
} Batch;

static void
add_accesses (GArray *accesses, gint64 item_id, const GArray *days)
{
  for (guint i = 0; i < days->len; i++)
    {
      const KeyDay *day = &g_array_index (days, KeyDay, i);
      const TerraceAccess read = { item_id, day->read_us, TERRACE_ACCESS_READ, day->read_bytes,
                                   day->reads };
      const TerraceAccess write = { item_id, day->write_us, TERRACE_ACCESS_WRITE, day->write_bytes,
                                    day->writes };

      if (day->reads > 0)
        g_array_append_val (accesses, read);
      if (day->writes > 0)
        g_array_append_val (accesses, write);
    }
}

static gboolean
flush (Importing *importing, Batch *batch, TerraceConnection *connection, GError **error)
{
  guint n_unknown = 0;

  if (!terrace_access_table_record (connection, (TerraceAccess *) batch->accesses->data,
                                    batch->accesses->len, &n_unknown, error) ||
      !terrace_engine_assess_ids (connection, importing->assessor, (gint64 *) batch->ids->data,
                                  batch->ids->len, error))
    return FALSE;
  g_array_set_size (batch->accesses, 0);
  g_array_set_size (batch->ids, 0);
  return TRUE;
}

static guint64
count_uses (const GArray *days)
{
  guint64 uses = 0;

  for (guint i = 0; i < days->len; i++)
    uses += g_array_index (days, KeyDay, i).reads + g_array_index (days, KeyDay, i).writes;
  return uses;
}

static gboolean
count_keys (Importing *importing, TerraceConnection *connection, GError **error)
{
  g_autoptr (GArray) accesses = g_array_new (FALSE, FALSE, sizeof (TerraceAccess));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  Batch batch = { accesses, ids };
  GHashTableIter iter;
  gpointer key;
  gpointer days;

  g_hash_table_iter_init (&iter, importing->keys);
  while (g_hash_table_iter_next (&iter, &key, &days))
    {
      GError *own_error = NULL;
      g_autoptr (TerraceItem) item =
          terrace_item_table_find (connection, importing->location_id, key, &own_error);

      if (own_error != NULL)
        {
          g_propagate_error (error, own_error);
          return FALSE;
        }
      if (item == NULL)
        {
          importing->report->unknown += count_uses (days);
          continue;
        }
      importing->report->matched += count_uses (days);
      add_accesses (accesses, item->id, days);
      g_array_append_val (ids, item->id);
      if (ids->len >= TERRACE_LIMIT_BATCH_ITEMS && !flush (importing, &batch, connection, error))
        return FALSE;
    }
  return flush (importing, &batch, connection, error);
}

static gboolean
store_log (TerraceConnection *connection, gpointer data, GError **error)
{
  Importing *importing = data;
  TerraceLogReport *report = importing->report;
  g_autoptr (TerraceLogImport) import = NULL;
  GError *own_error = NULL;

  import = terrace_log_import_table_find (connection, importing->digest, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, own_error);
      return FALSE;
    }
  report->already = import != NULL;
  if (report->already)
    return TRUE;

  report->matched = 0;
  report->unknown = importing->elsewhere;
  if (!count_keys (importing, connection, error))
    return FALSE;
  import = terrace_log_import_new ();
  import->digest = g_bytes_ref (importing->digest);
  import->name = g_strdup (importing->name);
  import->kind = g_strdup (report->format);
  import->lines = report->lines;
  import->accesses = report->matched;
  import->skipped = report->metadata + report->failed + report->scans + report->own;
  import->unknown = report->unknown;
  import->bad_lines = report->bad;
  import->imported_us = importing->now_us;
  return terrace_log_import_table_insert (connection, import, error);
}

/* --- The steps ----------------------------------------------------------------------------- */

static void
store_done (TerraceEngine *self, GTask *task)
{
  Importing *importing = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&importing->report),
                         (GDestroyNotify) terrace_log_report_free);
  g_object_unref (task);
}

static void
read_done (TerraceEngine *self, GTask *task)
{
  Importing *importing = g_task_get_task_data (task);

  terrace_steps_stop (&importing->steps);
  importing->assessor = terrace_engine_new_assessor (self);
  terrace_engine_write_step (self, task, store_log, TERRACE_CATALOG_ITEMS, store_done);
}

/* "https://endpoint/bucket/prefix" */
static void
take_root (Importing *importing, TerraceLocation *location)
{
  const char *scheme = strstr (location->root, "://");
  const char *path = scheme != NULL ? strchr (scheme + strlen ("://"), '/') : NULL;
  const char *slash;

  importing->prefix = g_strdup ("");
  if (terrace_location_is_folder (location) || path == NULL)
    return;
  path++;
  slash = strchr (path, '/');
  importing->bucket = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup (path);
  if (slash == NULL || slash[1] == '\0')
    return;
  g_free (importing->prefix);
  importing->prefix =
      g_str_has_suffix (slash, "/") ? g_strdup (slash + 1) : g_strconcat (slash + 1, "/", NULL);
}

void
terrace_engine_import_log_async (TerraceEngine *self,
                                 GFile *file,
                                 gint64 location_id,
                                 const char *format,
                                 TerraceEngineProgress progress,
                                 gpointer progress_data,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  TerraceLocation *location;
  Importing *importing;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (G_IS_FILE (file));

  task = terrace_engine_task_new (self, terrace_engine_import_log_async, cancellable, callback,
                                  user_data);
  importing = g_new0 (Importing, 1);
  importing->file = g_object_ref (file);
  importing->name = g_file_get_basename (file);
  importing->location_id = location_id;
  importing->now_us = terrace_clock_get_now_us (self->clock);
  importing->keys =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  importing->report = g_new0 (TerraceLogReport, 1);
  g_task_set_task_data (task, importing, (GDestroyNotify) importing_free);

  location = terrace_engine_get_location (self, location_id);
  if (location == NULL)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                               _ ("There is no such location"));
      g_object_unref (task);
      return;
    }
  if (!terrace_log_format_from_nick (format != NULL ? format : "auto", &importing->format))
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                               _ ("There is no log format “%s”"), format);
      g_object_unref (task);
      return;
    }
  take_root (importing, location);
  terrace_steps_start (&importing->steps, progress, progress_data);
  terrace_engine_work_step (self, task, read_log, read_done);
}

TerraceLogReport *
terrace_engine_import_log_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
