/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads an access history's CSV, chunk by chunk, into compact rows. Any one thread. A line that is
 * no row is counted and left out; only a file that has another header is refused. */

#include "config.h"

#include "insight/terrace-history-private.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_COLUMNS 6
/* A key with every byte quoted, and five numbers. */
#define MAX_ROW_BYTES (2 * TERRACE_LIMIT_KEY_BYTES + 256)
#define SECONDS_PER_DAY 86400
/* 1e9 PB: anything beyond is a mistake, and a double holds it exactly enough. */
#define MAX_NUMBER G_GUINT64_CONSTANT (1000000000000000000)
/* The year 2400. */
#define MAX_SECONDS (G_GUINT64_CONSTANT (157054) * SECONDS_PER_DAY)

static const char *const header[N_COLUMNS] = { "unix_time",  "key",   "op",
                                               "size_bytes", "bytes", "count" };

typedef enum
{
  FIELD_START,
  FIELD_PLAIN,
  FIELD_QUOTED,
  FIELD_QUOTE_SEEN, /* the end of a quoted field, or half of a doubled quote */
} FieldState;

TerraceHistoryParser *
terrace_history_parser_new (void)
{
  TerraceHistoryParser *self = g_new0 (TerraceHistoryParser, 1);

  self->text = g_string_sized_new (256);
  self->rows = g_array_new (FALSE, FALSE, sizeof (TerraceHistoryRow));
  self->keys = g_string_chunk_new (64 * 1024);
  self->key_ids = g_hash_table_new (g_str_hash, g_str_equal);
  self->key_names = g_ptr_array_new ();
  self->line = 1;
  self->first_line = 1;
  self->state = FIELD_START;
  return self;
}

void
terrace_history_parser_free (TerraceHistoryParser *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->rows);
  g_clear_pointer (&self->keys, g_string_chunk_free);
  g_hash_table_unref (self->key_ids);
  g_ptr_array_unref (self->key_names);
  g_free (self);
}

static gboolean
parse_number (const char *text, guint64 max, guint64 *number)
{
  guint64 value = 0;

  if (*text == '\0')
    return FALSE;
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isdigit (*text))
        return FALSE;
      value = value * 10 + (guint64) (*text - '0');
      if (value > max)
        return FALSE;
    }
  *number = value;
  return TRUE;
}

static gboolean
parse_op (const char *text, TerraceHistoryOp *op)
{
  static const char *const names[] = { "PUT", "GET", "DELETE" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i]))
      {
        *op = (TerraceHistoryOp) i;
        return TRUE;
      }
  return FALSE;
}

static guint32
intern_key (TerraceHistoryParser *self, const char *key)
{
  gpointer id;
  char *name;

  if (g_hash_table_lookup_extended (self->key_ids, key, NULL, &id))
    return GPOINTER_TO_UINT (id);

  name = g_string_chunk_insert (self->keys, key);
  g_hash_table_insert (self->key_ids, name, GUINT_TO_POINTER (self->key_names->len));
  g_ptr_array_add (self->key_names, name);
  return self->key_names->len - 1;
}

/* Appends the row if it is one. */
static gboolean
take_row (TerraceHistoryParser *self, const char *const *fields)
{
  guint64 seconds;
  guint64 size;
  guint64 bytes;
  guint64 count;
  TerraceHistoryOp op;
  TerraceHistoryRow row;

  if (!parse_number (fields[0], MAX_SECONDS, &seconds) || fields[1][0] == '\0' ||
      strlen (fields[1]) > TERRACE_LIMIT_KEY_BYTES || !parse_op (fields[2], &op) ||
      !parse_number (fields[3], MAX_NUMBER, &size) ||
      !parse_number (fields[4], MAX_NUMBER, &bytes) ||
      !parse_number (fields[5], G_MAXUINT32, &count))
    return FALSE;

  row = (TerraceHistoryRow){
    .size_bytes = (double) size,
    .bytes = (double) bytes,
    .unix_day = (gint32) (seconds / SECONDS_PER_DAY),
    .key = intern_key (self, fields[1]),
    .count = (guint32) count,
    .op = (guint8) op,
  };
  g_array_append_val (self->rows, row);
  return TRUE;
}

static gboolean
is_header (const char *const *fields)
{
  for (int i = 0; i < N_COLUMNS; i++)
    if (!g_str_equal (fields[i], header[i]))
      return FALSE;
  return TRUE;
}

/* The fields of the row's text, each ended by a NUL, as they were gathered. */
static gboolean
split_fields (TerraceHistoryParser *self, const char **fields)
{
  const char *next = self->text->str;

  if (self->broken || self->n_fields != N_COLUMNS)
    return FALSE;
  for (int i = 0; i < N_COLUMNS; i++)
    {
      fields[i] = next;
      next += strlen (next) + 1;
    }
  return TRUE;
}

static gboolean
end_row (TerraceHistoryParser *self, GError **error)
{
  const char *fields[N_COLUMNS];
  gboolean good = TRUE;

  g_string_append_c (self->text, '\0');
  self->n_fields++;
  if (!self->header_seen)
    {
      if (!split_fields (self, fields) || !is_header (fields))
        {
          g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                               _ ("This is no access history: its first line must be "
                                  "“unix_time,key,op,size_bytes,bytes,count”"));
          return FALSE;
        }
      self->header_seen = TRUE;
    }
  else if (self->n_fields > 1 || self->text->len > 1 || self->broken)
    {
      good = split_fields (self, fields) && take_row (self, fields);
    }
  if (!good && self->n_bad++ < TERRACE_HISTORY_BAD_LINES)
    self->bad_lines[self->n_bad - 1] = self->first_line;
  if (self->rows->len > TERRACE_LIMIT_HISTORY_ROWS)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_LIMIT,
                   _ ("The history has more than %d rows"), TERRACE_LIMIT_HISTORY_ROWS);
      return FALSE;
    }

  g_string_truncate (self->text, 0);
  self->n_fields = 0;
  self->broken = FALSE;
  self->state = FIELD_START;
  self->first_line = self->line;
  return TRUE;
}

/* One byte of a row that is neither too long nor ended by it. */
static void
take_byte (TerraceHistoryParser *self, char byte)
{
  switch ((FieldState) self->state)
    {
    case FIELD_QUOTED:
      if (byte == '"')
        self->state = FIELD_QUOTE_SEEN;
      else
        g_string_append_c (self->text, byte);
      return;
    case FIELD_QUOTE_SEEN:
      if (byte == '"')
        {
          g_string_append_c (self->text, byte);
          self->state = FIELD_QUOTED;
          return;
        }
      self->broken |= byte != ',' && byte != '\r';
      break;
    case FIELD_START:
      if (byte == '"')
        {
          self->state = FIELD_QUOTED;
          return;
        }
      break;
    case FIELD_PLAIN:
      self->broken |= byte == '"';
      break;
    default:
      g_assert_not_reached ();
    }

  if (byte == ',')
    {
      g_string_append_c (self->text, '\0');
      self->n_fields++;
      self->state = FIELD_START;
    }
  else if (byte != '\r')
    {
      g_string_append_c (self->text, byte);
      self->state = FIELD_PLAIN;
    }
}

gboolean
terrace_history_parser_push (TerraceHistoryParser *self,
                             const char *data,
                             gsize length,
                             GError **error)
{
  g_return_val_if_fail (self != NULL && (data != NULL || length == 0), FALSE);

  for (gsize i = 0; i < length; i++)
    {
      const char byte = data[i];
      const gboolean too_long = self->text->len >= MAX_ROW_BYTES;

      self->line += byte == '\n';
      /* Beyond the longest row a newline ends it, even in quotes: one lost quote costs few rows. */
      if (byte == '\n' && (self->state != FIELD_QUOTED || too_long))
        {
          if (!end_row (self, error))
            return FALSE;
          continue;
        }
      if (too_long || byte == '\0')
        self->broken = TRUE;
      else
        take_byte (self, byte);
    }
  return TRUE;
}

gboolean
terrace_history_parser_end (TerraceHistoryParser *self, GError **error)
{
  self->broken |= self->state == FIELD_QUOTED;
  if (self->header_seen && self->text->len == 0 && self->n_fields == 0 && !self->broken)
    return TRUE;
  return end_row (self, error);
}

guint64
terrace_history_parser_get_rows (TerraceHistoryParser *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rows->len;
}

guint64
terrace_history_parser_get_bad (TerraceHistoryParser *self,
                                guint64 lines[TERRACE_HISTORY_BAD_LINES])
{
  g_return_val_if_fail (self != NULL && lines != NULL, 0);

  memcpy (lines, self->bad_lines, sizeof self->bad_lines);
  return self->n_bad;
}
