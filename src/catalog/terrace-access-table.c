/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accesses, merged a batch at a time: sorted by item, so that each item's page, rollup and recent
 * entries are visited once however often it was used. Catalogue threads. */

#include "config.h"

#include "catalog/terrace-access-table.h"
#include "catalog/terrace-connection-private.h"

#include "base/terrace-limits.h"

#include <string.h>

/* An access as access_recent packs it: time, bytes, count, kind; little-endian. */
#define ENTRY_BYTES 21
#define ENTRY_BYTES_AT 8
#define ENTRY_COUNT_AT 16
#define ENTRY_KIND_AT 20
#define RECENT_BYTES (ENTRY_BYTES * TERRACE_LIMIT_RECENT_ACCESSES)

static int
compare_accesses (gconstpointer a, gconstpointer b)
{
  const TerraceAccess *left = a, *right = b;

  if (left->item_id != right->item_id)
    return left->item_id < right->item_id ? -1 : 1;
  return left->time_us < right->time_us ? -1 : left->time_us > right->time_us;
}

/* Days before 1970 count downwards too. */
static gint64
day_of (gint64 time_us)
{
  gint64 day = time_us / TERRACE_US_PER_DAY;

  return time_us % TERRACE_US_PER_DAY < 0 ? day - 1 : day;
}

/* --- recent ----------------------------------------------------------------------------------- */

static void
pack (guint8 *entry, const TerraceAccess *access)
{
  guint64 time_us = GUINT64_TO_LE ((guint64) access->time_us);
  guint64 bytes = GUINT64_TO_LE (access->bytes);
  guint32 count = GUINT32_TO_LE ((guint32) access->count);

  memcpy (entry, &time_us, sizeof time_us);
  memcpy (entry + ENTRY_BYTES_AT, &bytes, sizeof bytes);
  memcpy (entry + ENTRY_COUNT_AT, &count, sizeof count);
  entry[ENTRY_KIND_AT] = (guint8) access->kind;
}

static void
unpack (const guint8 *entry, gint64 item_id, TerraceAccess *access)
{
  guint64 time_us, bytes;
  guint32 count;

  memcpy (&time_us, entry, sizeof time_us);
  memcpy (&bytes, entry + ENTRY_BYTES_AT, sizeof bytes);
  memcpy (&count, entry + ENTRY_COUNT_AT, sizeof count);
  access->item_id = item_id;
  access->time_us = (gint64) GUINT64_FROM_LE (time_us);
  access->bytes = GUINT64_FROM_LE (bytes);
  access->count = GUINT32_FROM_LE (count);
  access->kind = (TerraceAccessKind) entry[ENTRY_KIND_AT];
}

GArray *
terrace_access_table_recent (TerraceConnection *connection, gint64 item_id, GError **error)
{
  static const char SQL[] = "SELECT entries FROM access_recent WHERE item_id = ?";
  g_autoptr (GArray) accesses = g_array_new (FALSE, FALSE, sizeof (TerraceAccess));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  const guint8 *entries;
  gsize length;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, item_id);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ERROR)
    return NULL;
  if (step == TERRACE_STEP_DONE)
    return g_steal_pointer (&accesses);
  entries = terrace_statement_read_bytes (&statement, &length);
  for (gsize at = 0; at + ENTRY_BYTES <= length; at += ENTRY_BYTES)
    {
      TerraceAccess access;

      unpack (entries + at, item_id, &access);
      g_array_append_val (accesses, access);
    }
  return g_steal_pointer (&accesses);
}

static gboolean
store_recent (TerraceConnection *connection,
              gint64 item_id,
              const guint8 *entries,
              gsize length,
              GError **error)
{
  static const char SQL[] = "INSERT INTO access_recent (item_id, entries) VALUES (?, ?)"
                            " ON CONFLICT DO UPDATE SET entries = excluded.entries";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_bytes (&statement, entries, length);
  return terrace_statement_run (&statement, error);
}

/* Merges @accesses (oldest first) with what is stored (newest first), by time. */
static gboolean
merge_recent (TerraceConnection *connection,
              const TerraceAccess *accesses,
              guint n_accesses,
              GError **error)
{
  gint64 item_id = accesses[0].item_id;
  guint8 entries[RECENT_BYTES];
  g_autoptr (GArray) stored = NULL;
  guint n = 0, old = 0, left = n_accesses;

  stored = terrace_access_table_recent (connection, item_id, error);
  if (stored == NULL)
    return FALSE;
  while (n < TERRACE_LIMIT_RECENT_ACCESSES && (left > 0 || old < stored->len))
    {
      const TerraceAccess *older =
          old < stored->len ? &g_array_index (stored, TerraceAccess, old) : NULL;
      const TerraceAccess *newer = left > 0 ? &accesses[left - 1] : NULL;

      if (older == NULL || (newer != NULL && newer->time_us >= older->time_us))
        {
          pack (entries + n++ * ENTRY_BYTES, newer);
          left--;
        }
      else
        {
          pack (entries + n++ * ENTRY_BYTES, older);
          old++;
        }
    }
  return store_recent (connection, item_id, entries, n * ENTRY_BYTES, error);
}

/* --- days ------------------------------------------------------------------------------------- */

static gboolean
add_day (TerraceConnection *connection, gint64 item_id, const TerraceAccessDay *day, GError **error)
{
  static const char SQL[] = "INSERT INTO access_day (item_id, day, reads, writes, bytes)"
                            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                            " reads = reads + excluded.reads, writes = writes + excluded.writes,"
                            " bytes = bytes + excluded.bytes";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_int64 (&statement, day->day);
  terrace_statement_bind_int64 (&statement, (gint64) day->reads);
  terrace_statement_bind_int64 (&statement, (gint64) day->writes);
  terrace_statement_bind_int64 (&statement, (gint64) day->bytes);
  return terrace_statement_run (&statement, error);
}

static gboolean
add_days (TerraceConnection *connection,
          const TerraceAccess *accesses,
          guint n_accesses,
          GError **error)
{
  for (guint i = 0; i < n_accesses;)
    {
      TerraceAccessDay day = { .day = day_of (accesses[i].time_us) };

      for (; i < n_accesses && day_of (accesses[i].time_us) == day.day; i++)
        {
          if (accesses[i].kind == TERRACE_ACCESS_READ)
            day.reads += accesses[i].count;
          else
            day.writes += accesses[i].count;
          day.bytes += accesses[i].bytes;
        }
      if (!add_day (connection, accesses[0].item_id, &day, error))
        return FALSE;
    }
  return TRUE;
}

GArray *
terrace_access_table_days (TerraceConnection *connection,
                           gint64 item_id,
                           gint64 first_day,
                           GError **error)
{
  static const char SQL[] = "SELECT day, days, reads, writes, bytes FROM access_day"
                            " WHERE item_id = ? AND day >= ? ORDER BY day";
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (TerraceAccessDay));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_int64 (&statement, first_day);
  while ((step = terrace_statement_step (&statement, error)) == TERRACE_STEP_ROW)
    {
      TerraceAccessDay day;

      day.day = terrace_statement_read_int64 (&statement);
      day.days = (guint) terrace_statement_read_int64 (&statement);
      day.reads = (guint64) terrace_statement_read_int64 (&statement);
      day.writes = (guint64) terrace_statement_read_int64 (&statement);
      day.bytes = (guint64) terrace_statement_read_int64 (&statement);
      g_array_append_val (days, day);
    }
  return step == TERRACE_STEP_DONE ? g_steal_pointer (&days) : NULL;
}

/* --- rates ------------------------------------------------------------------------------------ */

static TerraceStep
get_rates (TerraceConnection *connection, gint64 item_id, TerraceAccessRates *rates, GError **error)
{
  static const char SQL[] =
      "SELECT rates_updated_us, rates_first_us, last_access_us, reads_7d, reads_30d, reads_90d,"
      " total_reads FROM item WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return TERRACE_STEP_ERROR;
  terrace_statement_bind_int64 (&statement, item_id);
  step = terrace_statement_step (&statement, error);
  if (step != TERRACE_STEP_ROW)
    return step;
  rates->updated_us = terrace_statement_read_int64 (&statement);
  rates->first_us = terrace_statement_read_int64 (&statement);
  rates->last_us = terrace_statement_read_int64 (&statement);
  rates->reads_7d = terrace_statement_read_double (&statement);
  rates->reads_30d = terrace_statement_read_double (&statement);
  rates->reads_90d = terrace_statement_read_double (&statement);
  rates->total_reads = (guint64) terrace_statement_read_int64 (&statement);
  return TERRACE_STEP_ROW;
}

static gboolean
set_rates (TerraceConnection *connection,
           gint64 item_id,
           const TerraceAccessRates *rates,
           GError **error)
{
  static const char SQL[] =
      "UPDATE item SET rates_updated_us = ?, rates_first_us = ?, last_access_us = ?,"
      " reads_7d = ?, reads_30d = ?, reads_90d = ?, total_reads = ? WHERE id = ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, rates->updated_us);
  terrace_statement_bind_int64 (&statement, rates->first_us);
  terrace_statement_bind_int64 (&statement, rates->last_us);
  terrace_statement_bind_double (&statement, rates->reads_7d);
  terrace_statement_bind_double (&statement, rates->reads_30d);
  terrace_statement_bind_double (&statement, rates->reads_90d);
  terrace_statement_bind_int64 (&statement, (gint64) rates->total_reads);
  terrace_statement_bind_int64 (&statement, item_id);
  return terrace_statement_run (&statement, error);
}

/* --- record ----------------------------------------------------------------------------------- */

/* @accesses are all of one item, oldest first. */
static gboolean
record_item (TerraceConnection *connection,
             const TerraceAccess *accesses,
             guint n_accesses,
             guint *n_unknown,
             GError **error)
{
  TerraceAccessRates rates;
  TerraceStep step = get_rates (connection, accesses[0].item_id, &rates, error);

  if (step == TERRACE_STEP_DONE)
    *n_unknown += n_accesses;
  if (step != TERRACE_STEP_ROW)
    return step == TERRACE_STEP_DONE;
  for (guint i = 0; i < n_accesses; i++)
    {
      /* A write does not make an object be read, but it was used. */
      if (accesses[i].kind == TERRACE_ACCESS_READ)
        terrace_access_rates_add (&rates, accesses[i].time_us, accesses[i].count);
      rates.last_us = MAX (rates.last_us, accesses[i].time_us);
    }
  return set_rates (connection, accesses[0].item_id, &rates, error) &&
         add_days (connection, accesses, n_accesses, error) &&
         merge_recent (connection, accesses, n_accesses, error);
}

gboolean
terrace_access_table_record (TerraceConnection *connection,
                             const TerraceAccess *accesses,
                             guint n_accesses,
                             guint *n_unknown,
                             GError **error)
{
  g_autofree TerraceAccess *sorted = NULL;
  guint unknown = 0;

  g_return_val_if_fail (accesses != NULL || n_accesses == 0, FALSE);

  sorted = g_memdup2 (accesses, n_accesses * sizeof *accesses);
  if (n_accesses > 0)
    qsort (sorted, n_accesses, sizeof *sorted, compare_accesses);
  for (guint first = 0, end; first < n_accesses; first = end)
    {
      end = first + 1;
      while (end < n_accesses && sorted[end].item_id == sorted[first].item_id)
        end++;
      if (!record_item (connection, sorted + first, end - first, &unknown, error))
        return FALSE;
    }
  if (n_unknown != NULL)
    *n_unknown = unknown;
  return TRUE;
}
