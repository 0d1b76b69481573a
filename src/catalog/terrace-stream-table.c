/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accesses in bulk: appended packed by ranges of items, merged a range at a time. Catalogue
 * threads.
 *
 * The id of a row of stream_pending is the range of its items in the high half and a number that
 * only grows in the low half. A range is RANGE_ITEMS ids wide: an append writes one row for each
 * range it touches, and a merge reads a range from neighbouring pages. */

#include "config.h"

#include "catalog/terrace-access-table.h"
#include "catalog/terrace-connection-private.h"
#include "catalog/terrace-stream-seen-private.h"
#include "catalog/terrace-stream-table.h"

#include "base/terrace-limits.h"

#include <string.h>

#define RANGE_SHIFT 12
#define RANGE_ID(range) ((gint64) ((guint64) (range) << 32))
#define US_PER_HOUR (TERRACE_US_PER_SECOND * 3600)
/* Six numbers of at most ten bytes. */
#define PACKED_BYTES 60

static gint64
hour_of (gint64 time_us)
{
  gint64 hour = time_us / US_PER_HOUR;

  return time_us % US_PER_HOUR < 0 ? hour - 1 : hour;
}

static guint32
add_counts (guint32 a, guint32 b)
{
  return a > G_MAXUINT32 - b ? G_MAXUINT32 : a + b;
}

/* --- packing ---------------------------------------------------------------------------------- */

/* Seven bits a byte, least first, the highest bit says that more follow. */
static guint8 *
put_number (guint8 *at, guint64 value)
{
  while (value >= 0x80)
    {
      *at++ = (guint8) (value | 0x80);
      value >>= 7;
    }
  *at++ = (guint8) value;
  return at;
}

static gboolean
get_number (const guint8 **at, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; shift < 64 && *at < end; shift += 7)
    {
      guint8 byte = *(*at)++;

      *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

/* Small numbers of either sign become small unsigned ones. */
static guint64
fold_sign (gint64 value)
{
  return (guint64) value << 1 ^ (guint64) (value >> 63);
}

static gint64
unfold_sign (guint64 value)
{
  return (gint64) (value >> 1) ^ -(gint64) (value & 1);
}

static void
pack (GByteArray *bytes, const TerraceStreamAccess *access, const TerraceStreamAccess *before)
{
  guint8 packed[PACKED_BYTES];
  guint8 *at = packed;

  at = put_number (at, (guint64) access->item_id - (guint64) before->item_id);
  at =
      put_number (at, fold_sign ((gint64) ((guint64) access->last_us - (guint64) before->last_us)));
  at = put_number (at, access->reads);
  at = put_number (at, access->writes);
  at = put_number (at, access->read_bytes);
  at = put_number (at, access->write_bytes);
  g_byte_array_append (bytes, packed, (guint) (at - packed));
}

static gboolean
unpack (const guint8 **at,
        const guint8 *end,
        const TerraceStreamAccess *before,
        TerraceStreamAccess *access)
{
  guint64 item, time, reads, writes;

  if (!get_number (at, end, &item) || !get_number (at, end, &time) ||
      !get_number (at, end, &reads) || !get_number (at, end, &writes) ||
      !get_number (at, end, &access->read_bytes) || !get_number (at, end, &access->write_bytes))
    return FALSE;
  access->item_id = (gint64) ((guint64) before->item_id + item);
  access->last_us = (gint64) ((guint64) before->last_us + (guint64) unfold_sign (time));
  access->reads = (guint32) MIN (reads, G_MAXUINT32);
  access->writes = (guint32) MIN (writes, G_MAXUINT32);
  return TRUE;
}

/* --- coalescing ------------------------------------------------------------------------------- */

static int
compare_accesses (gconstpointer a, gconstpointer b)
{
  const TerraceStreamAccess *left = a, *right = b;

  if (left->item_id != right->item_id)
    return left->item_id < right->item_id ? -1 : 1;
  return left->last_us < right->last_us ? -1 : left->last_us > right->last_us;
}

/* Sorts by item and time, and makes one of those of an item within an hour; how many are left. */
static guint
coalesce (TerraceStreamAccess *accesses, guint n_accesses)
{
  guint n = 0;

  if (n_accesses == 0)
    return 0;
  qsort (accesses, n_accesses, sizeof *accesses, compare_accesses);
  for (guint i = 1; i < n_accesses; i++)
    {
      TerraceStreamAccess *last = &accesses[n];
      const TerraceStreamAccess *next = &accesses[i];

      if (next->item_id != last->item_id || hour_of (next->last_us) != hour_of (last->last_us))
        {
          accesses[++n] = *next;
          continue;
        }
      last->last_us = next->last_us;
      last->reads = add_counts (last->reads, next->reads);
      last->writes = add_counts (last->writes, next->writes);
      last->read_bytes += next->read_bytes;
      last->write_bytes += next->write_bytes;
    }
  return n + 1;
}

/* --- what waits ------------------------------------------------------------------------------- */

/* The row of stream_pending_total. */
typedef struct
{
  gint64 next_number;
  gint64 accesses;
  gint64 since_us;
  gint64 appended_us;
  gint64 range_after;
  gint64 merge_began_us;
} Total;

static gboolean
get_total (TerraceConnection *connection, Total *total, GError **error)
{
  static const char SQL[] = "SELECT next_number, accesses, since_us, appended_us, range_after,"
                            " merge_began_us FROM stream_pending_total";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  if (terrace_statement_step (&statement, error) != TERRACE_STEP_ROW)
    return FALSE;
  total->next_number = terrace_statement_read_int64 (&statement);
  total->accesses = terrace_statement_read_int64 (&statement);
  total->since_us = terrace_statement_read_int64 (&statement);
  total->appended_us = terrace_statement_read_int64 (&statement);
  total->range_after = terrace_statement_read_int64 (&statement);
  total->merge_began_us = terrace_statement_read_int64 (&statement);
  return TRUE;
}

static gboolean
set_total (TerraceConnection *connection, const Total *total, GError **error)
{
  static const char SQL[] = "UPDATE stream_pending_total SET (next_number, accesses, since_us,"
                            " appended_us, range_after, merge_began_us) = (?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, total->next_number);
  terrace_statement_bind_int64 (&statement, total->accesses);
  terrace_statement_bind_int64 (&statement, total->since_us);
  terrace_statement_bind_int64 (&statement, total->appended_us);
  terrace_statement_bind_int64 (&statement, total->range_after);
  terrace_statement_bind_int64 (&statement, total->merge_began_us);
  return terrace_statement_run (&statement, error);
}

static void
tell_pending (const Total *total, TerraceStreamPending *pending)
{
  pending->accesses = (guint64) total->accesses;
  pending->since_us = total->since_us;
}

gboolean
terrace_stream_table_get_pending (TerraceConnection *connection,
                                  TerraceStreamPending *pending,
                                  GError **error)
{
  Total total;

  g_return_val_if_fail (pending != NULL, FALSE);

  if (!get_total (connection, &total, error))
    return FALSE;
  tell_pending (&total, pending);
  return TRUE;
}

/* --- append ----------------------------------------------------------------------------------- */

/* @accesses: coalesced, all of one range. */
static gboolean
append_range (TerraceConnection *connection,
              gint64 number,
              const TerraceStreamAccess *accesses,
              guint n_accesses,
              GByteArray *bytes,
              GError **error)
{
  static const char SQL[] =
      "INSERT INTO stream_pending (id, n_accesses, accesses) VALUES (?, ?, ?)";
  const TerraceStreamAccess none = { 0 };
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  gint64 range = accesses[0].item_id >> RANGE_SHIFT;

  g_byte_array_set_size (bytes, 0);
  for (guint i = 0; i < n_accesses; i++)
    pack (bytes, &accesses[i], i > 0 ? &accesses[i - 1] : &none);
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, RANGE_ID (range) | number);
  terrace_statement_bind_int64 (&statement, n_accesses);
  terrace_statement_bind_bytes (&statement, bytes->data, bytes->len);
  return terrace_statement_run (&statement, error);
}

static gboolean
append_accesses (TerraceConnection *connection,
                 const TerraceStreamBatch *batch,
                 Total *total,
                 GError **error)
{
  g_autofree TerraceStreamAccess *accesses =
      g_memdup2 (batch->accesses, batch->n_accesses * sizeof *accesses);
  guint n_accesses = coalesce (accesses, batch->n_accesses);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (n_accesses == 0)
    return TRUE;
  for (guint first = 0, end; first < n_accesses; first = end)
    {
      gint64 range = accesses[first].item_id >> RANGE_SHIFT;

      end = first + 1;
      while (end < n_accesses && accesses[end].item_id >> RANGE_SHIFT == range)
        end++;
      if (!append_range (connection, total->next_number, accesses + first, end - first, bytes,
                         error))
        return FALSE;
    }
  if (total->accesses == 0)
    total->since_us = batch->now_us;
  total->accesses += n_accesses;
  total->appended_us = batch->now_us;
  total->next_number = (total->next_number + 1) & G_MAXUINT32;
  return TRUE;
}

static gboolean
store_offset (TerraceConnection *connection,
              const TerraceStreamBatch *batch,
              const TerraceStreamOffset *offset,
              GError **error)
{
  static const char SQL[] =
      "INSERT INTO stream_offset (source_id, partition, offset, updated_us) VALUES (?, ?, ?, ?)"
      " ON CONFLICT DO UPDATE SET offset = excluded.offset, updated_us = excluded.updated_us";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, batch->source_id);
  terrace_statement_bind_text_or_empty (&statement, offset->partition);
  terrace_statement_bind_int64 (&statement, offset->offset);
  terrace_statement_bind_int64 (&statement, batch->now_us);
  return terrace_statement_run (&statement, error);
}

gboolean
terrace_stream_table_append (TerraceConnection *connection,
                             const TerraceStreamBatch *batch,
                             TerraceStreamPending *pending,
                             GError **error)
{
  Total total;

  g_return_val_if_fail (batch != NULL, FALSE);
  g_return_val_if_fail (batch->accesses != NULL || batch->n_accesses == 0, FALSE);

  if (!get_total (connection, &total, error) ||
      !append_accesses (connection, batch, &total, error) || !set_total (connection, &total, error))
    return FALSE;
  for (guint i = 0; i < batch->n_offsets; i++)
    {
      if (!store_offset (connection, batch, &batch->offsets[i], error))
        return FALSE;
    }
  if (pending != NULL)
    tell_pending (&total, pending);
  return batch->n_event_ids == 0 ||
         terrace_stream_seen_add (connection, batch->source_id, batch->event_ids,
                                  batch->n_event_ids, error);
}

/* --- merge ------------------------------------------------------------------------------------ */

static gboolean
unpack_row (TerraceConnection *connection,
            const guint8 *at,
            gsize length,
            guint n_accesses,
            GArray *accesses,
            GError **error)
{
  const guint8 *end = at + length;
  TerraceStreamAccess access, before = { 0 };

  for (guint i = 0; i < n_accesses; i++)
    {
      if (!unpack (&at, end, &before, &access))
        return terrace_connection_fail (connection, SQLITE_CORRUPT, error);
      g_array_append_val (accesses, access);
      before = access;
    }
  return TRUE;
}

static gboolean
read_range (TerraceConnection *connection, gint64 range, GArray *accesses, GError **error)
{
  static const char SQL[] =
      "SELECT n_accesses, accesses FROM stream_pending WHERE id >= ? AND id < ? ORDER BY id";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, RANGE_ID (range));
  terrace_statement_bind_int64 (&statement, RANGE_ID (range + 1));
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      guint n_accesses = (guint) terrace_statement_read_int64 (&statement);
      gsize length;
      const guint8 *bytes = terrace_statement_read_bytes (&statement, &length);

      if (!unpack_row (connection, bytes, length, n_accesses, accesses, error))
        return FALSE;
    }
  return step == TERRACE_STEP_DONE;
}

static gboolean
delete_range (TerraceConnection *connection, gint64 range, GError **error)
{
  static const char SQL[] = "DELETE FROM stream_pending WHERE id >= ? AND id < ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, RANGE_ID (range));
  terrace_statement_bind_int64 (&statement, RANGE_ID (range + 1));
  return terrace_statement_run (&statement, error);
}

static void
add_access (GArray *plain, const TerraceStreamAccess *access, TerraceAccessKind kind)
{
  gboolean reads = kind == TERRACE_ACCESS_READ;
  TerraceAccess one = {
    .item_id = access->item_id,
    .time_us = access->last_us,
    .kind = kind,
    .bytes = reads ? access->read_bytes : access->write_bytes,
    .count = reads ? access->reads : access->writes,
  };

  if (one.count > 0)
    g_array_append_val (plain, one);
}

static guint
count_items (const TerraceStreamAccess *accesses, guint n_accesses)
{
  guint n = n_accesses > 0;

  for (guint i = 1; i < n_accesses; i++)
    n += accesses[i].item_id != accesses[i - 1].item_id;
  return n;
}

static gboolean
merge_range (TerraceConnection *connection,
             gint64 range,
             Total *total,
             TerraceStreamMerge *merge,
             GError **error)
{
  g_autoptr (GArray) accesses = g_array_new (FALSE, FALSE, sizeof (TerraceStreamAccess));
  g_autoptr (GArray) plain = g_array_new (FALSE, FALSE, sizeof (TerraceAccess));
  TerraceStreamAccess *coalesced;
  guint n_coalesced, n_unknown;

  if (!read_range (connection, range, accesses, error))
    return FALSE;
  coalesced = (TerraceStreamAccess *) (gpointer) accesses->data;
  n_coalesced = coalesce (coalesced, accesses->len);
  for (guint i = 0; i < n_coalesced; i++)
    {
      add_access (plain, &coalesced[i], TERRACE_ACCESS_WRITE);
      add_access (plain, &coalesced[i], TERRACE_ACCESS_READ);
    }
  if (!terrace_access_table_record (connection, (TerraceAccess *) (gpointer) plain->data,
                                    plain->len, &n_unknown, error) ||
      !delete_range (connection, range, error))
    return FALSE;
  total->accesses -= accesses->len;
  merge->n_items += count_items (coalesced, n_coalesced);
  merge->n_unknown += n_unknown;
  return TRUE;
}

/* @range: G_MAXINT64 if none waits from @first on. */
static gboolean
find_range (TerraceConnection *connection, gint64 first, gint64 *range, GError **error)
{
  static const char SQL[] = "SELECT id FROM stream_pending WHERE id >= ? ORDER BY id LIMIT 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  *range = G_MAXINT64;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, RANGE_ID (first));
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    *range = terrace_statement_read_int64 (&statement) >> 32;
  return step != TERRACE_STEP_ERROR;
}

gboolean
terrace_stream_table_merge (TerraceConnection *connection,
                            guint max_items,
                            TerraceStreamMerge *merge,
                            GError **error)
{
  Total total;

  g_return_val_if_fail (merge != NULL, FALSE);
  g_return_val_if_fail (max_items > 0, FALSE);

  memset (merge, 0, sizeof *merge);
  if (!get_total (connection, &total, error))
    return FALSE;
  if (total.range_after < 0)
    total.merge_began_us = total.appended_us;
  while (!merge->complete && merge->n_items < max_items)
    {
      gint64 range;

      if (!find_range (connection, total.range_after + 1, &range, error))
        return FALSE;
      merge->complete = range == G_MAXINT64;
      if (!merge->complete && !merge_range (connection, range, &total, merge, error))
        return FALSE;
      total.range_after = merge->complete ? -1 : range;
    }
  /* What is left came after the merge had begun. */
  if (merge->complete)
    total.since_us = total.accesses > 0 ? total.merge_began_us : 0;
  return set_total (connection, &total, error);
}
