/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Weeks and months of accesses as days again, for whoever learns from them or draws them. When in a
 * span they were is no longer known: they are spread evenly, and none is lost. Reader thread. */

#include "config.h"

#include "catalog/terrace-access-table.h"

/* As terrace_access_table_compact() makes them. */
#define LONGEST_SPAN_DAYS 28

/* How many of @total came until the end of day @index of @n_days. */
static guint64
until_day (guint64 total, guint index, guint n_days)
{
  return (total * 2 * (index + 1) + n_days) / (2 * n_days);
}

/* Bytes go with the accesses that moved them. */
static guint64
until_access (guint64 bytes, guint64 n, guint64 n_accesses)
{
  return n == n_accesses ? bytes : (guint64) ((double) bytes * (double) n / (double) n_accesses);
}

static void
spread (GArray *each, const TerraceAccessDay *span, gint64 first_day)
{
  const guint64 n_accesses = span->reads + span->writes;
  TerraceAccessDay until = { 0 };

  for (guint i = 0; i < span->days; i++)
    {
      const guint64 reads = until_day (span->reads, i, span->days);
      const guint64 writes = until_day (span->writes, i, span->days);
      const guint64 bytes = until_access (span->bytes, reads + writes, n_accesses);
      const TerraceAccessDay day = { span->day + i, reads - until.reads, writes - until.writes,
                                     bytes - until.bytes, 1 };

      if (day.reads + day.writes > 0 && day.day >= first_day)
        g_array_append_val (each, day);
      until.reads = reads;
      until.writes = writes;
      until.bytes = bytes;
    }
}

static int
compare_days (gconstpointer a, gconstpointer b)
{
  const TerraceAccessDay *day_a = a;
  const TerraceAccessDay *day_b = b;

  return (day_a->day > day_b->day) - (day_a->day < day_b->day);
}

/* A late access may stand beside the week that it came too late for. */
static void
join_equal_days (GArray *each)
{
  guint n = 0;

  g_array_sort (each, compare_days);
  for (guint i = 0; i < each->len; i++)
    {
      TerraceAccessDay *day = &g_array_index (each, TerraceAccessDay, i);
      TerraceAccessDay *last = n > 0 ? &g_array_index (each, TerraceAccessDay, n - 1) : NULL;

      if (last == NULL || last->day != day->day)
        {
          g_array_index (each, TerraceAccessDay, n++) = *day;
          continue;
        }
      last->reads += day->reads;
      last->writes += day->writes;
      last->bytes += day->bytes;
    }
  g_array_set_size (each, n);
}

GArray *
terrace_access_table_each_day (TerraceConnection *connection,
                               gint64 item_id,
                               gint64 first_day,
                               GError **error)
{
  const gint64 earliest = MAX (first_day, G_MININT64 + LONGEST_SPAN_DAYS) - LONGEST_SPAN_DAYS + 1;
  g_autoptr (GArray) rows = terrace_access_table_days (connection, item_id, earliest, error);
  g_autoptr (GArray) each = NULL;

  if (rows == NULL)
    return NULL;
  each = g_array_new (FALSE, FALSE, sizeof (TerraceAccessDay));
  for (guint i = 0; i < rows->len; i++)
    spread (each, &g_array_index (rows, TerraceAccessDay, i), first_day);
  join_equal_days (each);
  return g_steal_pointer (&each);
}
