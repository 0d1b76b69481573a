/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Old access days become weeks and months. A week begins on a Monday and a month is four such
 * weeks, so that each lies within one of the next. A late access may still come as a day of its own
 * into a week that was merged; the next time it is merged as well. Writer thread. */

#include "config.h"

#include "catalog/terrace-access-table.h"
#include "catalog/terrace-connection-private.h"

#include "base/terrace-limits.h"

#define WEEK_DAYS 7
#define MONTH_DAYS 28
/* 1970 began on a Thursday, three days after a Monday. */
#define MONDAY_BEFORE_1970 3

static gint64
start_of (gint64 day, guint days)
{
  gint64 since_monday = day + MONDAY_BEFORE_1970;
  gint64 into = since_monday % days;

  return day - (into < 0 ? into + days : into);
}

/* The row that @day should be part of. */
static void
find_span (const TerraceAccessDay *day, gint64 today, gint64 *start, guint *days)
{
  gint64 month = start_of (day->day, MONTH_DAYS);
  gint64 week = start_of (day->day, WEEK_DAYS);

  *start = day->day;
  *days = day->days;
  if (day->days < MONTH_DAYS && month + MONTH_DAYS <= today - TERRACE_LIMIT_ACCESS_WEEKS_DAYS)
    {
      *start = month;
      *days = MONTH_DAYS;
    }
  else if (day->days < WEEK_DAYS && week + WEEK_DAYS <= today - TERRACE_LIMIT_ACCESS_DAYS)
    {
      *start = week;
      *days = WEEK_DAYS;
    }
}

/* Those of an item that are old enough to be part of a week. */
static GArray *
list_old (TerraceConnection *connection, gint64 item_id, gint64 today, GError **error)
{
  static const char SQL[] = "SELECT day, days, reads, writes, bytes FROM access_day"
                            " WHERE item_id = ? AND day < ? ORDER BY day";
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (TerraceAccessDay));
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return NULL;
  terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_int64 (&statement, today - TERRACE_LIMIT_ACCESS_DAYS);
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

static gboolean
delete_days (TerraceConnection *connection,
             gint64 item_id,
             gint64 first_day,
             gint64 last_day,
             GError **error)
{
  static const char SQL[] = "DELETE FROM access_day WHERE item_id = ? AND day BETWEEN ? AND ?";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_int64 (&statement, first_day);
  terrace_statement_bind_int64 (&statement, last_day);
  return terrace_statement_run (&statement, error);
}

static gboolean
insert_span (TerraceConnection *connection,
             gint64 item_id,
             const TerraceAccessDay *span,
             GError **error)
{
  static const char SQL[] = "INSERT INTO access_day (item_id, day, days, reads, writes, bytes)"
                            " VALUES (?, ?, ?, ?, ?, ?)";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;

  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, item_id);
  terrace_statement_bind_int64 (&statement, span->day);
  terrace_statement_bind_int64 (&statement, span->days);
  terrace_statement_bind_int64 (&statement, (gint64) span->reads);
  terrace_statement_bind_int64 (&statement, (gint64) span->writes);
  terrace_statement_bind_int64 (&statement, (gint64) span->bytes);
  return terrace_statement_run (&statement, error);
}

static gboolean
compact_item (TerraceConnection *connection, gint64 item_id, gint64 today, GError **error)
{
  g_autoptr (GArray) days = list_old (connection, item_id, today, error);

  if (days == NULL)
    return FALSE;
  for (guint first = 0, end; first < days->len; first = end)
    {
      const TerraceAccessDay *rows = &g_array_index (days, TerraceAccessDay, 0);
      TerraceAccessDay span = { 0 };

      find_span (&rows[first], today, &span.day, &span.days);
      for (end = first; end < days->len && rows[end].day < span.day + span.days; end++)
        {
          span.reads += rows[end].reads;
          span.writes += rows[end].writes;
          span.bytes += rows[end].bytes;
        }
      if (end == first + 1 && rows[first].day == span.day && rows[first].days == span.days)
        continue;
      if (!delete_days (connection, item_id, rows[first].day, rows[end - 1].day, error) ||
          !insert_span (connection, item_id, &span, error))
        return FALSE;
    }
  return TRUE;
}

/* The next item that has any, and the first of its days; 0 if there is none. */
static gboolean
find_next (TerraceConnection *connection,
           gint64 after_item,
           gint64 *item_id,
           gint64 *first_day,
           GError **error)
{
  static const char SQL[] = "SELECT item_id, day FROM access_day WHERE item_id > ?"
                            " ORDER BY item_id, day LIMIT 1";
  g_auto (TerraceStatement) statement = TERRACE_STATEMENT_INIT;
  TerraceStep step;

  *item_id = 0;
  *first_day = 0;
  if (!terrace_statement_prepare (&statement, connection, SQL, error))
    return FALSE;
  terrace_statement_bind_int64 (&statement, after_item);
  step = terrace_statement_step (&statement, error);
  if (step == TERRACE_STEP_ROW)
    {
      *item_id = terrace_statement_read_int64 (&statement);
      *first_day = terrace_statement_read_int64 (&statement);
    }
  return step != TERRACE_STEP_ERROR;
}

gboolean
terrace_access_table_compact (TerraceConnection *connection,
                              gint64 today,
                              gint64 *after_item,
                              guint max_items,
                              gboolean *complete,
                              GError **error)
{
  g_return_val_if_fail (after_item != NULL && complete != NULL, FALSE);

  *complete = FALSE;
  for (guint i = 0; i < max_items && !*complete; i++)
    {
      gint64 item_id, first_day;

      if (!find_next (connection, *after_item, &item_id, &first_day, error))
        return FALSE;
      *complete = item_id == 0;
      if (*complete)
        return TRUE;
      if (first_day < today - TERRACE_LIMIT_ACCESS_DAYS &&
          !compact_item (connection, item_id, today, error))
        return FALSE;
      *after_item = item_id;
    }
  return TRUE;
}
