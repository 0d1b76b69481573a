/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Makes lives of objects out of a history's rows: a key that is deleted and put again is another
 * object. Any one thread. */

#include "config.h"

#include "insight/terrace-history-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* A row and the object it belongs to; sorted by object and day, in the order of the file. */
typedef struct
{
  guint32 object;
  guint32 row;
} Mark;

typedef struct
{
  const GArray *rows;
  GArray *order;   /* guint32: the rows that count, by day, in the order of the file */
  GArray *objects; /* TerraceHistoryObject */
  GArray *marks;
  gint32 *live; /* by key: the object that lives under it, -1 */
  gint32 first_unix_day;
  double size_scale;
} Builder;

static const TerraceHistoryRow *
get_row (const Builder *builder, guint32 row)
{
  return &g_array_index (builder->rows, TerraceHistoryRow, row);
}

static int
compare_days (gconstpointer a, gconstpointer b, gpointer data)
{
  const Builder *builder = data;
  const guint32 first = *(const guint32 *) a;
  const guint32 second = *(const guint32 *) b;
  const gint32 first_day = get_row (builder, first)->unix_day;
  const gint32 second_day = get_row (builder, second)->unix_day;

  if (first_day != second_day)
    return first_day < second_day ? -1 : 1;
  return (first > second) - (first < second);
}

static int
compare_marks (const void *a, const void *b)
{
  const Mark *first = a;
  const Mark *second = b;

  if (first->object != second->object)
    return first->object < second->object ? -1 : 1;
  return (first->row > second->row) - (first->row < second->row);
}

static void
begin_object (Builder *builder, TerraceHistoryParser *parser, const TerraceHistoryRow *row, int day)
{
  TerraceHistoryObject object = {
    .key = g_ptr_array_index (parser->key_names, row->key),
    .created = day,
    .deleted = -1,
    .size_bytes = row->size_bytes * builder->size_scale,
  };

  builder->live[row->key] = (gint32) builder->objects->len;
  g_array_append_val (builder->objects, object);
}

/* What existed on the day before the first one begins with it, in the order of its last row. */
static void
take_earlier (Builder *builder, TerraceHistoryParser *parser, gint32 from_unix_day)
{
  g_autofree gint32 *last = g_new (gint32, MAX (parser->key_names->len, 1));

  for (guint key = 0; key < parser->key_names->len; key++)
    last[key] = -1;
  for (guint i = 0; i < builder->rows->len; i++)
    {
      const TerraceHistoryRow *row = get_row (builder, i);

      if (row->unix_day < from_unix_day && row->op != TERRACE_HISTORY_GET &&
          (last[row->key] < 0 ||
           get_row (builder, (guint32) last[row->key])->unix_day <= row->unix_day))
        last[row->key] = (gint32) i;
    }
  for (guint key = 0; key < parser->key_names->len; key++)
    {
      const TerraceHistoryRow *row;

      if (last[key] < 0)
        continue;
      row = get_row (builder, (guint32) last[key]);
      if (row->op == TERRACE_HISTORY_PUT)
        begin_object (builder, parser, row, 0);
    }
}

/* Rows in the order of days: births, deaths, and to whom every other row belongs. */
static void
take_rows (Builder *builder, TerraceHistoryParser *parser)
{
  for (guint i = 0; i < builder->order->len; i++)
    {
      const guint32 index = g_array_index (builder->order, guint32, i);
      const TerraceHistoryRow *row = get_row (builder, index);
      const gint32 day = row->unix_day - builder->first_unix_day;
      const gboolean is_new = builder->live[row->key] < 0;

      if (row->op == TERRACE_HISTORY_DELETE)
        {
          if (!is_new)
            g_array_index (builder->objects, TerraceHistoryObject, builder->live[row->key])
                .deleted = day;
          builder->live[row->key] = -1;
          continue;
        }

      if (is_new)
        begin_object (builder, parser, row, day);
      if (!is_new || row->op == TERRACE_HISTORY_GET)
        {
          Mark mark = { (guint32) builder->live[row->key], i };

          g_array_append_val (builder->marks, mark);
        }
    }
}

static void
add_read (TerraceHistory *history,
          TerraceHistoryObject *object,
          const TerraceHistoryRow *row,
          gint32 day,
          double size_scale,
          guint *n_reads)
{
  TerraceHistoryRead *last = &history->reads[*n_reads];

  if (object->n_reads > 0 && last[-1].day == day)
    {
      last[-1].requests += row->count;
      last[-1].bytes += row->bytes * size_scale;
      return;
    }
  *last = (TerraceHistoryRead){ day, row->count, row->bytes * size_scale };
  if (object->n_reads++ == 0)
    object->reads = last;
  (*n_reads)++;
}

static void
add_write (TerraceHistory *history,
           TerraceHistoryObject *object,
           const TerraceHistoryRow *row,
           gint32 day,
           double size_scale,
           guint *n_writes)
{
  TerraceHistoryWrite *last = &history->writes[*n_writes];

  if (object->n_writes > 0 && last[-1].day == day)
    {
      last[-1].size_bytes = row->size_bytes * size_scale;
      return;
    }
  *last = (TerraceHistoryWrite){ day, row->size_bytes * size_scale };
  if (object->n_writes++ == 0)
    object->writes = last;
  (*n_writes)++;
}

static void
fill_accesses (const Builder *builder, TerraceHistory *history)
{
  guint n_reads = 0;
  guint n_writes = 0;

  history->reads = g_new (TerraceHistoryRead, MAX (builder->marks->len, 1));
  history->writes = g_new (TerraceHistoryWrite, MAX (builder->marks->len, 1));
  for (guint i = 0; i < builder->marks->len; i++)
    {
      const Mark *mark = &g_array_index (builder->marks, Mark, i);
      const TerraceHistoryRow *row =
          get_row (builder, g_array_index (builder->order, guint32, mark->row));
      TerraceHistoryObject *object = &history->objects[mark->object];
      const gint32 day = row->unix_day - builder->first_unix_day;

      if (row->op == TERRACE_HISTORY_GET)
        add_read (history, object, row, day, builder->size_scale, &n_reads);
      else
        add_write (history, object, row, day, builder->size_scale, &n_writes);
    }
}

static TerraceHistory *
build (Builder *builder, TerraceHistoryParser *parser, gboolean has_earlier, gint32 from_unix_day)
{
  TerraceHistory *history = g_new0 (TerraceHistory, 1);
  gint32 last_unix_day = has_earlier ? from_unix_day : G_MININT32;

  if (builder->order->len > 0)
    {
      const guint32 first = g_array_index (builder->order, guint32, 0);
      const guint32 last = g_array_index (builder->order, guint32, builder->order->len - 1);

      last_unix_day = get_row (builder, last)->unix_day;
      if (!has_earlier)
        builder->first_unix_day = get_row (builder, first)->unix_day;
    }
  take_rows (builder, parser);
  /* No two marks are equal, so qsort() is as good as a stable sort. */
  if (builder->marks->len > 0)
    qsort (builder->marks->data, builder->marks->len, sizeof (Mark), compare_marks);

  history->n_objects = builder->objects->len;
  history->objects = (TerraceHistoryObject *) (gpointer) g_array_steal (builder->objects, NULL);
  history->first_unix_day = builder->first_unix_day;
  history->n_days = last_unix_day - builder->first_unix_day + 1;
  fill_accesses (builder, history);
  history->keys = g_steal_pointer (&parser->keys);
  return history;
}

TerraceHistory *
terrace_history_parser_finish (TerraceHistoryParser *self,
                               gint32 from_unix_day,
                               double size_scale,
                               GError **error)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) objects = g_array_new (FALSE, FALSE, sizeof (TerraceHistoryObject));
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_autofree gint32 *live = NULL;
  Builder builder = { self->rows, order, objects, marks, NULL, from_unix_day, size_scale };

  g_return_val_if_fail (self != NULL && self->keys != NULL && size_scale > 0.0, NULL);

  if (!terrace_history_parser_end (self, error))
    return NULL;

  live = g_new (gint32, MAX (self->key_names->len, 1));
  builder.live = live;
  for (guint key = 0; key < self->key_names->len; key++)
    live[key] = -1;
  take_earlier (&builder, self, from_unix_day);
  for (guint32 i = 0; i < self->rows->len; i++)
    if (get_row (&builder, i)->unix_day >= from_unix_day)
      g_array_append_val (order, i);
  g_array_sort_with_data (order, compare_days, &builder);
  if (order->len == 0)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("The history has no row in the chosen time"));
      return NULL;
    }
  return build (&builder, self, objects->len > 0, from_unix_day);
}

void
terrace_history_free (TerraceHistory *self)
{
  g_free (self->objects);
  g_free (self->reads);
  g_free (self->writes);
  g_string_chunk_free (self->keys);
  g_free (self);
}

double
terrace_history_object_size_before (const TerraceHistoryObject *object, gint32 day)
{
  double size_bytes = object->size_bytes;

  for (guint i = 0; i < object->n_writes && object->writes[i].day < day; i++)
    size_bytes = object->writes[i].size_bytes;
  return size_bytes;
}

guint
terrace_history_object_find_read (const TerraceHistoryObject *object, gint32 day)
{
  guint low = 0;
  guint high = object->n_reads;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (object->reads[middle].day < day)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
