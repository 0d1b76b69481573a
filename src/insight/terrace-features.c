/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Features of objects on decision days. Object by object: every window has a tail that follows the
 * reads, so the whole history is walked once for each. What the folder's other objects do comes
 * from one table of folders and decision days, made before. Any thread. */

#include "insight/terrace-features.h"

#include "base/terrace-limits.h"
#include "base/terrace-units.h"

#include <math.h>
#include <string.h>

#define N_WINDOWS 5
#define N_DECAYS 3
#define N_WEEKDAYS 7
/* Kinds beyond the most common ones are all alike. */
#define N_KINDS 30
#define CANCEL_EVERY 256
/* Keeps a size of nothing from dividing. */
#define SMALLEST_BYTES 1.0

static const int windows[N_WINDOWS] = { 7, 30, 90, 180, 365 };
static const double half_lives[N_DECAYS] = { 7.0, 30.0, 120.0 };
/* Which windows count active days, too. */
static const int active_windows[] = { 1, 2, 4 };

/* What is known of one object so far. */
typedef struct
{
  guint head; /* reads that are past */
  guint tails[N_WINDOWS];
  double requests[N_WINDOWS];
  double bytes[N_WINDOWS];
  double decayed[N_DECAYS];
  double gap_mean;
  double gap_square;
  int last_read;
  int weekdays[N_WEEKDAYS];
  guint n_writes;
  guint write_tail;
  double size_bytes;
} Known;

/* Folders and what happens in them, a number for each decision day. */
typedef struct
{
  guint *folders; /* by object */
  guint n_folders;
  float *reads;   /* by folder and step: requests since the step before */
  float *objects; /* by folder and step: that exist */
  int *kinds;     /* by object */
} Surroundings;

/* --- Names --------------------------------------------------------------------------------- */

static const char *
find_extension (const char *key)
{
  const char *name = strrchr (key, '/');
  const char *dot = strrchr (name != NULL ? name : key, '.');

  return dot != NULL ? dot + 1 : "";
}

typedef struct
{
  const char *extension;
  guint count;
} Kind;

static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  const Kind *first = a;
  const Kind *second = b;

  if (first->count != second->count)
    return first->count > second->count ? -1 : 1;
  return strcmp (first->extension, second->extension);
}

/* Numbers the extensions by how many objects had them before @known_until. */
static void
find_kinds (const TerraceHistory *history, int known_until, int *kinds)
{
  g_autoptr (GHashTable) ranks = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Kind));
  gpointer value;

  for (guint i = 0; i < history->n_objects; i++)
    {
      const char *extension = find_extension (history->objects[i].key);

      if (history->objects[i].created >= known_until)
        continue;
      if (!g_hash_table_lookup_extended (ranks, extension, NULL, &value))
        {
          Kind kind = { extension, 0 };

          value = GUINT_TO_POINTER (list->len);
          g_hash_table_insert (ranks, (gpointer) extension, value);
          g_array_append_val (list, kind);
        }
      g_array_index (list, Kind, GPOINTER_TO_UINT (value)).count++;
    }
  g_array_sort (list, compare_kinds);
  g_hash_table_remove_all (ranks);
  for (guint i = 0; i < MIN (list->len, N_KINDS); i++)
    g_hash_table_insert (ranks, (gpointer) g_array_index (list, Kind, i).extension,
                         GUINT_TO_POINTER (i));
  for (guint i = 0; i < history->n_objects; i++)
    kinds[i] = g_hash_table_lookup_extended (ranks, find_extension (history->objects[i].key), NULL,
                                             &value) ?
                   (int) GPOINTER_TO_UINT (value) :
                   N_KINDS;
}

static void
find_folders (const TerraceHistory *history, Surroundings *around)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < history->n_objects; i++)
    {
      const char *key = history->objects[i].key;
      const char *slash = strrchr (key, '/');
      g_autofree char *folder = g_strndup (key, slash != NULL ? (gsize) (slash - key) : 0);
      gpointer id;

      if (!g_hash_table_lookup_extended (ids, folder, NULL, &id))
        {
          id = GUINT_TO_POINTER (around->n_folders++);
          g_hash_table_insert (ids, g_steal_pointer (&folder), id);
        }
      around->folders[i] = GPOINTER_TO_UINT (id);
    }
}

/* --- Surroundings -------------------------------------------------------------------------- */

/* The first decision day at or after @day, as a step. */
static int
find_step (const TerraceFeatureTable *table, int day)
{
  return day <= table->phase ?
             0 :
             (day - table->phase + TERRACE_FEATURE_STEP - 1) / TERRACE_FEATURE_STEP;
}

/* The steps on which an object exists when the day ends: from the first up to, not with, the last.
 */
static void
find_steps (const TerraceFeatureTable *table,
            const TerraceHistoryObject *object,
            int *first,
            int *last)
{
  *first = find_step (table, object->created);
  *last = object->deleted >= 0 ? MIN (find_step (table, object->deleted), table->n_steps) :
                                 table->n_steps;
  *last = MAX (*last, *first);
}

static void
fill_surroundings (const TerraceHistory *history,
                   const TerraceFeatureTable *table,
                   Surroundings *around)
{
  const gsize n_steps = (gsize) table->n_steps;

  around->reads = g_new0 (float, n_steps * around->n_folders + 1);
  around->objects = g_new0 (float, n_steps * around->n_folders + 1);
  for (guint i = 0; i < history->n_objects; i++)
    {
      const TerraceHistoryObject *object = &history->objects[i];
      float *reads = around->reads + n_steps * around->folders[i];
      float *objects = around->objects + n_steps * around->folders[i];
      int first;
      int last;

      find_steps (table, object, &first, &last);
      for (int step = first; step < last; step++)
        objects[step] += 1.0f;
      for (guint j = 0; j < object->n_reads; j++)
        {
          const int step = find_step (table, object->reads[j].day);

          if (step < table->n_steps)
            reads[step] += (float) object->reads[j].requests;
        }
    }
}

/* --- One object ---------------------------------------------------------------------------- */

static void
know_read (Known *known, const TerraceHistoryRead *read, int day_of_week)
{
  const double volume = read->bytes / MAX (known->size_bytes, SMALLEST_BYTES);

  for (int i = 0; i < N_WINDOWS; i++)
    {
      known->requests[i] += read->requests;
      known->bytes[i] += read->bytes;
    }
  for (int i = 0; i < N_DECAYS; i++)
    {
      if (known->head > 0)
        known->decayed[i] *= exp2 (-(read->day - known->last_read) / half_lives[i]);
      known->decayed[i] += volume;
    }
  if (known->head > 0)
    {
      const double gap = read->day - known->last_read;
      const double off = gap - known->gap_mean;

      known->gap_mean += off / known->head;
      known->gap_square += off * (gap - known->gap_mean);
    }
  known->weekdays[day_of_week]++;
  known->last_read = read->day;
  known->head++;
}

static void
know_until (Known *known,
            const TerraceHistory *history,
            const TerraceHistoryObject *object,
            int day)
{
  while (known->n_writes < object->n_writes && object->writes[known->n_writes].day <= day)
    known->size_bytes = object->writes[known->n_writes++].size_bytes;
  while (known->head < object->n_reads && object->reads[known->head].day <= day)
    {
      const TerraceHistoryRead *read = &object->reads[known->head];

      know_read (known, read, (read->day + history->first_unix_day) % N_WEEKDAYS);
    }
  for (int i = 0; i < N_WINDOWS; i++)
    for (; known->tails[i] < known->head && object->reads[known->tails[i]].day <= day - windows[i];
         known->tails[i]++)
      {
        known->requests[i] -= object->reads[known->tails[i]].requests;
        known->bytes[i] -= object->reads[known->tails[i]].bytes;
      }
  while (known->write_tail < known->n_writes && object->writes[known->write_tail].day <= day - 90)
    known->write_tail++;
}

static void
fill_rhythm (const Known *known, int next_weekday, float *row)
{
  int total = 0;
  int most = 0;

  for (int i = 0; i < N_WEEKDAYS; i++)
    {
      total += known->weekdays[i];
      most = MAX (most, known->weekdays[i]);
    }
  row[TERRACE_FEATURE_WEEKDAY_NEXT] =
      (float) known->weekdays[next_weekday] / (float) MAX (total, 1);
  row[TERRACE_FEATURE_WEEKDAY_MOST] = (float) most / (float) MAX (total, 1);
  row[TERRACE_FEATURE_ACTIVE_TOTAL] = (float) known->head;
  row[TERRACE_FEATURE_GAP_MEAN] = known->head > 1 ? (float) known->gap_mean : -1.0f;
  row[TERRACE_FEATURE_GAP_SPREAD] =
      known->head > 2 ? (float) (sqrt (MAX (known->gap_square, 0.0) / (known->head - 1)) /
                                 MAX (known->gap_mean, 1e-9)) :
                        -1.0f;
}

static void
fill_row (const Known *known,
          const TerraceHistory *history,
          const TerraceHistoryObject *object,
          int day,
          float *row)
{
  const double size_bytes = MAX (known->size_bytes, SMALLEST_BYTES);
  const int age = day - object->created;

  row[TERRACE_FEATURE_SIZE] = (float) log (size_bytes + 1.0);
  row[TERRACE_FEATURE_AGE] = (float) age;
  row[TERRACE_FEATURE_RECENCY] = (float) (known->head > 0 ? day - known->last_read : age + 1);
  for (int i = 0; i < N_WINDOWS; i++)
    {
      row[TERRACE_FEATURE_REQUESTS_7 + i] = (float) log1p (MAX (known->requests[i], 0.0));
      row[TERRACE_FEATURE_VOLUME_7 + i] = (float) log1p (MAX (known->bytes[i], 0.0) / size_bytes);
    }
  for (guint i = 0; i < G_N_ELEMENTS (active_windows); i++)
    row[TERRACE_FEATURE_ACTIVE_30 + i] = (float) (known->head - known->tails[active_windows[i]]);
  for (int i = 0; i < N_DECAYS; i++)
    row[TERRACE_FEATURE_DECAYED_7 + i] =
        known->head == 0 ?
            0.0f :
            (float) log1p (known->decayed[i] * exp2 (-(day - known->last_read) / half_lives[i]));
  fill_rhythm (known, (day + 1 + history->first_unix_day) % N_WEEKDAYS, row);
  row[TERRACE_FEATURE_WRITES_90] = (float) (known->n_writes - known->write_tail);
  row[TERRACE_FEATURE_WRITE_RECENCY] =
      (float) (known->n_writes > 0 ? day - object->writes[known->n_writes - 1].day : age);
}

/* What the others in the folder did in the last 4 and 13 steps. */
static void
fill_folder (const Surroundings *around,
             const TerraceFeatureTable *table,
             guint object,
             int step,
             float *row)
{
  const gsize offset = (gsize) table->n_steps * around->folders[object];
  const float others = MAX (around->objects[offset + (gsize) step] - 1.0f, 0.0f);
  double reads[2] = { 0.0, 0.0 };

  for (int back = 0; back < 13 && back <= step; back++)
    {
      const double requests = (double) around->reads[offset + (gsize) (step - back)];

      reads[0] += back < 4 ? requests : 0.0;
      reads[1] += requests;
    }
  reads[0] -= expm1 ((double) row[TERRACE_FEATURE_REQUESTS_30]);
  reads[1] -= expm1 ((double) row[TERRACE_FEATURE_REQUESTS_90]);
  row[TERRACE_FEATURE_FOLDER_28] = (float) log1p (MAX (reads[0], 0.0) / MAX ((double) others, 1.0));
  row[TERRACE_FEATURE_FOLDER_91] = (float) log1p (MAX (reads[1], 0.0) / MAX ((double) others, 1.0));
  row[TERRACE_FEATURE_FOLDER_OBJECTS] = log1pf (others);
}

static void
fill_object (TerraceFeatureTable *table,
             const TerraceHistory *history,
             const Surroundings *around,
             guint index)
{
  const TerraceHistoryObject *object = &history->objects[index];
  Known known = { .size_bytes = object->size_bytes };

  for (guint i = table->first_rows[index]; i < table->first_rows[index + 1]; i++)
    {
      const int day = terrace_feature_table_get_day (table, index, i);
      float *row = table->values + (gsize) i * TERRACE_N_FEATURES;

      know_until (&known, history, object, day);
      fill_row (&known, history, object, day, row);
      row[TERRACE_FEATURE_KIND] = (float) around->kinds[index];
      fill_folder (around, table, index, (day - table->phase) / TERRACE_FEATURE_STEP, row);
    }
}

/* --- Table --------------------------------------------------------------------------------- */

static gboolean
lay_out (TerraceFeatureTable *table, const TerraceHistory *history, int from)
{
  const int first_step = find_step (table, from);
  guint64 n_rows = 0;

  table->first_rows = g_new (guint, history->n_objects + 1);
  table->first_steps = g_new (int, history->n_objects + 1);
  for (guint i = 0; i < history->n_objects; i++)
    {
      int last;

      find_steps (table, &history->objects[i], &table->first_steps[i], &last);
      table->first_steps[i] = MIN (MAX (table->first_steps[i], first_step), last);
      table->first_rows[i] = (guint) n_rows;
      n_rows += (guint64) (last - table->first_steps[i]);
      if (n_rows > TERRACE_LIMIT_ADVICE_ROWS)
        return FALSE;
    }
  table->n_objects = history->n_objects;
  table->first_rows[history->n_objects] = (guint) n_rows;
  table->n_rows = (guint) n_rows;
  table->values = g_new (float, (gsize) n_rows *TERRACE_N_FEATURES + 1);
  return TRUE;
}

TerraceFeatureTable *
terrace_features_build (const TerraceHistory *history,
                        int phase,
                        int known_until,
                        GCancellable *cancellable)
{
  return terrace_features_build_from (history, phase, 0, known_until, cancellable);
}

TerraceFeatureTable *
terrace_features_build_from (const TerraceHistory *history,
                             int phase,
                             int from,
                             int known_until,
                             GCancellable *cancellable)
{
  g_autoptr (TerraceFeatureTable) table = NULL;
  g_autofree guint *folders = NULL;
  g_autofree int *kinds = NULL;
  g_autofree float *reads = NULL;
  g_autofree float *objects = NULL;
  Surroundings around = { 0 };

  g_return_val_if_fail (history != NULL && phase >= 0 && phase < history->n_days, NULL);

  table = g_new0 (TerraceFeatureTable, 1);
  table->phase = phase % TERRACE_FEATURE_STEP;
  table->n_steps = (history->n_days - 1 - table->phase) / TERRACE_FEATURE_STEP + 1;
  if (!lay_out (table, history, from))
    return NULL;

  around.folders = folders = g_new (guint, history->n_objects);
  around.kinds = kinds = g_new (int, history->n_objects);
  find_folders (history, &around);
  find_kinds (history, known_until, kinds);
  fill_surroundings (history, table, &around);
  reads = around.reads;
  objects = around.objects;
  for (guint i = 0; i < history->n_objects; i++)
    {
      if (i % CANCEL_EVERY == 0 && g_cancellable_is_cancelled (cancellable))
        return NULL;
      fill_object (table, history, &around, i);
    }
  return g_steal_pointer (&table);
}

void
terrace_feature_table_free (TerraceFeatureTable *self)
{
  g_free (self->first_rows);
  g_free (self->first_steps);
  g_free (self->values);
  g_free (self);
}

const char *
terrace_feature_get_nick (TerraceFeature feature)
{
  static const char *const nicks[] = {
    "size",         "age",           "recency",    "requests-7",   "requests-30",  "requests-90",
    "requests-180", "requests-365",  "volume-7",   "volume-30",    "volume-90",    "volume-180",
    "volume-365",   "active-30",     "active-90",  "active-365",   "decayed-7",    "decayed-30",
    "decayed-120",  "gap-mean",      "gap-spread", "active-total", "weekday-next", "weekday-most",
    "writes-90",    "write-recency", "kind",       "folder-28",    "folder-91",    "folder-objects",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == TERRACE_N_FEATURES);
  g_return_val_if_fail ((guint) feature < TERRACE_N_FEATURES, "");

  return nicks[feature];
}
