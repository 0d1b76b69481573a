/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A cache in front of the forecast table. What is not there is gathered until the main loop is idle
 * for a moment and read in one transaction. When objects change, what was read is kept but asked
 * for again, so that cells do not flicker. Main thread, except for the function that reads. */

#include "config.h"

#include "ui/insight/terrace-forecasts.h"

#include "base/terrace-units.h"
#include "catalog/terrace-access-table.h"

/* Cells that scroll by quickly are not worth a question each. */
#define GATHER_MS 60
#define REFRESH_MS 2000
/* Of one question; more are put in the next one. */
#define MAX_ASKED 500
#define MAX_KEPT 4000

/* inputs: ids, today. Results: (element-type TerraceItemForecast), in the order of ids. */
typedef struct
{
  GArray *ids;
  gint64 today;
  GArray *found;
} Question;

typedef struct
{
  TerraceItemForecast forecast;
  gboolean stale;
} Entry;

struct _TerraceForecasts
{
  GObject parent_instance;

  TerraceCatalog *catalog;
  TerraceClock *clock;
  GCancellable *cancellable;
  GHashTable *entries; /* id -> Entry */
  GHashTable *wanted;  /* ids to be read */
  gboolean asking;
  guint timeout_id;
  guint refresh_id;
};

G_DEFINE_FINAL_TYPE (TerraceForecasts, terrace_forecasts, G_TYPE_OBJECT)

enum
{
  LOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void terrace_forecasts_plan (TerraceForecasts *self);

static void
question_free (Question *question)
{
  g_array_unref (question->ids);
  g_array_unref (question->found);
  g_free (question);
}

/* --- Reading ------------------------------------------------------------------------------- */

/* Catalogue thread. */
static gboolean
read_days (TerraceConnection *connection,
           gint64 item_id,
           gint64 today,
           TerraceItemForecast *forecast,
           GError **error)
{
  const gint64 first = today - TERRACE_OUTLOOK_DAYS + 1;
  g_autoptr (GArray) days = terrace_access_table_days (connection, item_id, first, error);

  if (days == NULL)
    return FALSE;
  for (guint i = 0; i < days->len; i++)
    {
      const TerraceAccessDay *day = &g_array_index (days, TerraceAccessDay, i);

      if (day->day <= today)
        forecast->reads[day->day - first] += (float) day->reads;
    }
  return TRUE;
}

/* Catalogue thread. */
static gboolean
read_forecasts (TerraceConnection *connection, gpointer data, GError **error)
{
  Question *question = data;
  g_autoptr (GArray) rows = NULL;
  guint next = 0;

  g_array_set_size (question->found, 0);
  rows =
      terrace_forecast_table_get_many (connection, (const gint64 *) (gpointer) question->ids->data,
                                       question->ids->len, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < question->ids->len; i++)
    {
      gint64 id = g_array_index (question->ids, gint64, i);
      TerraceItemForecast forecast = { 0 };

      if (next < rows->len && g_array_index (rows, TerraceForecastRow, next).item_id == id)
        {
          forecast.row = g_array_index (rows, TerraceForecastRow, next++);
          forecast.known = TRUE;
        }
      if (!read_days (connection, id, question->today, &forecast, error))
        return FALSE;
      g_array_append_val (question->found, forecast);
    }
  return TRUE;
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceForecasts *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->asking = FALSE;
  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not read forecasts: %s", error->message);
      g_task_return_boolean (task, FALSE);
      return;
    }
  for (guint i = 0; i < question->ids->len; i++)
    {
      gint64 id = g_array_index (question->ids, gint64, i);
      Entry *entry = g_new0 (Entry, 1);

      entry->forecast = g_array_index (question->found, TerraceItemForecast, i);
      g_hash_table_replace (self->entries, g_memdup2 (&id, sizeof id), entry);
    }
  g_task_return_boolean (task, TRUE);
  g_signal_emit (self, signals[LOADED], 0);
  terrace_forecasts_plan (self);
}

static gboolean
ask_cb (gpointer user_data)
{
  TerraceForecasts *self = user_data;
  Question *question = g_new0 (Question, 1);
  GHashTableIter iter;
  gpointer key;
  GTask *task = g_task_new (self, self->cancellable, NULL, NULL);

  self->timeout_id = 0;
  self->asking = TRUE;
  question->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  question->found = g_array_new (FALSE, TRUE, sizeof (TerraceItemForecast));
  question->today = terrace_clock_get_now_us (self->clock) / TERRACE_US_PER_DAY;
  g_hash_table_iter_init (&iter, self->wanted);
  while (question->ids->len < MAX_ASKED && g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_array_append_val (question->ids, *(gint64 *) key);
      g_hash_table_iter_remove (&iter);
    }
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  if (g_hash_table_size (self->entries) > MAX_KEPT)
    g_hash_table_remove_all (self->entries);
  terrace_catalog_read_async (self->catalog, read_forecasts, question, self->cancellable, read_cb,
                              task);
  return G_SOURCE_REMOVE;
}

static void
terrace_forecasts_plan (TerraceForecasts *self)
{
  if (!self->asking && self->timeout_id == 0 && g_hash_table_size (self->wanted) > 0)
    self->timeout_id = g_timeout_add (GATHER_MS, ask_cb, self);
}

/* --- Changes ------------------------------------------------------------------------------- */

/* Who shows one asks for it again, and so has it read. */
static gboolean
refresh_cb (gpointer user_data)
{
  TerraceForecasts *self = user_data;
  GHashTableIter iter;
  gpointer value;

  self->refresh_id = 0;
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Entry *) value)->stale = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TerraceForecasts *self, TerraceCatalogChange changes)
{
  if ((changes & TERRACE_CATALOG_ITEMS) != 0 && self->refresh_id == 0 &&
      g_hash_table_size (self->entries) > 0)
    self->refresh_id = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_forecasts_dispose (GObject *object)
{
  TerraceForecasts *self = TERRACE_FORECASTS (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->catalog);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (terrace_forecasts_parent_class)->dispose (object);
}

static void
terrace_forecasts_finalize (GObject *object)
{
  TerraceForecasts *self = TERRACE_FORECASTS (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->wanted);
  G_OBJECT_CLASS (terrace_forecasts_parent_class)->finalize (object);
}

static void
terrace_forecasts_class_init (TerraceForecastsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_forecasts_dispose;
  G_OBJECT_CLASS (klass)->finalize = terrace_forecasts_finalize;
  signals[LOADED] = g_signal_new ("loaded", TERRACE_TYPE_FORECASTS, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
terrace_forecasts_init (TerraceForecasts *self)
{
  self->cancellable = g_cancellable_new ();
  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->wanted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

TerraceForecasts *
terrace_forecasts_new (TerraceCatalog *catalog, TerraceClock *clock)
{
  TerraceForecasts *self;

  g_return_val_if_fail (TERRACE_IS_CATALOG (catalog), NULL);

  self = g_object_new (TERRACE_TYPE_FORECASTS, NULL);
  self->catalog = g_object_ref (catalog);
  self->clock = g_object_ref (clock);
  g_signal_connect_object (catalog, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  return self;
}

const TerraceItemForecast *
terrace_forecasts_find (TerraceForecasts *self, gint64 item_id)
{
  Entry *entry;

  g_return_val_if_fail (TERRACE_IS_FORECASTS (self), NULL);

  entry = g_hash_table_lookup (self->entries, &item_id);
  if ((entry == NULL || entry->stale) && self->catalog != NULL)
    {
      g_hash_table_add (self->wanted, g_memdup2 (&item_id, sizeof item_id));
      terrace_forecasts_plan (self);
    }
  return entry != NULL ? &entry->forecast : NULL;
}
