/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way of an event: a source delivers a batch; the stream's thread makes of it what is to be
 * stored; about twice a second, or when much has gathered, all of that is stored in one transaction
 * with the places up to which the sources were read; only then are the batches committed to their
 * sources. What is stored is merged into the objects now and then, in bounded steps between the
 * stores. Main thread but for the functions named pump_* (the stream's) and store_* (the
 * catalogue's). */

#include "config.h"

#include "engine/terrace-engine-stream-private.h"

#include "base/terrace-limits.h"

#include <string.h>

#define FLUSH_MS 400
#define FLUSH_EVENTS 50000
#define RETRY_MS 2000
#define MAX_BLOCK_RECORDS 4096

/* --- Batches in ---------------------------------------------------------------------------- */

typedef struct
{
  TerraceRunning *running;
  TerraceSourceBatch *batch;
  gint64 now_us;
  guint max_rows;
  TerracePumped *pumped;
} Pumping;

static void
pumping_free (Pumping *pumping)
{
  terrace_running_unref (pumping->running);
  g_clear_pointer (&pumping->batch, terrace_source_batch_unref);
  g_clear_pointer (&pumping->pumped, terrace_pumped_free);
  g_free (pumping);
}

static void
pump_batch (TerraceStreamPump *pump, gpointer data)
{
  Pumping *pumping = data;

  pumping->pumped = terrace_stream_pump_process (pump, pumping->running->status->id, pumping->batch,
                                                 pumping->now_us, pumping->max_rows);
}

static gboolean
flush_timeout_cb (gpointer user_data)
{
  TerraceEngineStream *self = user_data;

  self->flush_timeout = 0;
  terrace_engine_stream_flush (self);

  return G_SOURCE_REMOVE;
}

static void
flush_soon (TerraceEngineStream *self)
{
  gboolean now =
      self->pumped_events >= FLUSH_EVENTS || self->pumped_urgent || self->closing != NULL;

  for (guint i = 0; i < self->running->len; i++)
    now |= ((TerraceRunning *) g_ptr_array_index (self->running, i))->stopping;

  if (self->flushing || self->pumped->len == 0)
    return;
  if (now)
    terrace_engine_stream_flush (self);
  else if (self->flush_timeout == 0)
    self->flush_timeout =
        terrace_clock_add_timeout (self->engine->clock, FLUSH_MS, flush_timeout_cb, self);
}

static void
pump_batch_done (TerraceEngineStream *self, gpointer data)
{
  Pumping *pumping = data;
  TerracePumped *pumped = pumping->pumped;
  TerraceStreamStatus *status = pumping->running->status;
  Pumping *kept = g_new0 (Pumping, 1);

  status->duplicates += pumped->duplicates;
  status->late += pumped->late;
  status->unknown += pumped->unknown;
  for (guint i = 0; i < pumped->heats->len; i++)
    terrace_engine_stream_feel (self, &g_array_index (pumped->heats, TerraceHeat, i));
  terrace_stream_log_append (self->log, pumped->rows, pumped->left_out);

  kept->running = g_rc_box_acquire (pumping->running);
  kept->batch = terrace_source_batch_ref (pumping->batch);
  g_ptr_array_add (self->pumped, kept);
  self->pumped_events += MAX (pumping->batch->events->len, 1);
  self->pumped_urgent |= pumping->batch->urgent;
  flush_soon (self);
}

static void
pump (TerraceEngineStream *self, TerraceRunning *running, TerraceSourceBatch *batch)
{
  Pumping *pumping = g_new0 (Pumping, 1);

  pumping->running = g_rc_box_acquire (running);
  pumping->batch = terrace_source_batch_ref (batch);
  pumping->now_us = terrace_clock_get_now_us (self->engine->clock);
  /* No single batch takes all the lines of a second. */
  pumping->max_rows = MIN (self->row_budget, MAX (self->row_budget / 4, 20));
  pumping->max_rows = MIN (pumping->max_rows, batch->events->len);
  self->row_budget -= pumping->max_rows;
  terrace_engine_stream_run (self, pump_batch, pump_batch_done, pumping,
                             (GDestroyNotify) pumping_free);
}

/* --- Marks --------------------------------------------------------------------------------- */

/* Up to where the partitions of a batch were read in earlier runs is asked for once, before the
 * first batch with them goes on. */
typedef struct
{
  TerraceRunning *running;
  gint64 source_id;
  GPtrArray *partitions;
  GArray *offsets;
} Asking;

static void
asking_free (Asking *asking)
{
  terrace_running_unref (asking->running);
  g_ptr_array_unref (asking->partitions);
  g_array_unref (asking->offsets);
  g_free (asking);
}

static gboolean
store_read_marks (TerraceConnection *connection, gpointer data, GError **error)
{
  Asking *asking = data;

  for (guint i = 0; i < asking->partitions->len; i++)
    {
      gint64 offset;

      if (!terrace_stream_table_get_offset (connection, asking->source_id,
                                            g_ptr_array_index (asking->partitions, i), &offset,
                                            error))
        return FALSE;
      g_array_append_val (asking->offsets, offset);
    }

  return TRUE;
}

static void
pump_marks (TerraceStreamPump *pump, gpointer data)
{
  Asking *asking = data;

  for (guint i = 0; i < asking->partitions->len; i++)
    terrace_stream_pump_set_mark (pump, asking->source_id,
                                  g_ptr_array_index (asking->partitions, i),
                                  g_array_index (asking->offsets, gint64, i));
}

static void
read_marks_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  TerraceRunning *running = asking->running;
  TerraceEngineStream *self = running->stream;
  g_autoptr (GError) error = NULL;

  running->asking = FALSE;
  if (terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      TerraceSourceBatch *batch;
      GQueue held = running->held;

      for (guint i = 0; i < asking->partitions->len; i++)
        g_hash_table_add (running->partitions,
                          g_strdup (g_ptr_array_index (asking->partitions, i)));
      terrace_engine_stream_run (self, pump_marks, NULL, asking, (GDestroyNotify) asking_free);
      /* They may have partitions that this answer was not about. */
      g_queue_init (&running->held);
      running->uncommitted -= held.length;
      while ((batch = g_queue_pop_head (&held)) != NULL)
        {
          terrace_engine_stream_consume (running->source, batch, running);
          terrace_source_batch_unref (batch);
        }
    }
  else
    {
      /* Without them nothing can be counted once: the source is stopped with what it has said. */
      terrace_source_set_state (running->source, TERRACE_SOURCE_FAILED, error->message);
      running->uncommitted -= running->held.length;
      g_queue_clear_full (&running->held, (GDestroyNotify) terrace_source_batch_unref);
      running->stopping = TRUE;
      terrace_engine_stream_stop_running (self, running);
      asking_free (asking);
    }
  g_object_unref (self);
}

static GPtrArray *
list_unknown_partitions (TerraceRunning *running, TerraceSourceBatch *batch)
{
  GPtrArray *unknown = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; batch->partitions != NULL && i < batch->partitions->len; i++)
    if (!g_hash_table_contains (running->partitions, g_ptr_array_index (batch->partitions, i)))
      g_ptr_array_add (unknown, g_strdup (g_ptr_array_index (batch->partitions, i)));
  if (batch->partitions == NULL && !g_hash_table_contains (running->partitions, ""))
    g_ptr_array_add (unknown, g_strdup (""));

  return unknown;
}

void
terrace_engine_stream_consume (TerraceSource *source, TerraceSourceBatch *batch, gpointer user_data)
{
  TerraceRunning *running = user_data;
  TerraceEngineStream *self = running->stream;
  g_autoptr (GPtrArray) unknown = list_unknown_partitions (running, batch);
  Asking *asking;

  running->uncommitted++;
  if (unknown->len == 0 && !running->asking)
    {
      pump (self, running, batch);
      return;
    }

  g_queue_push_tail (&running->held, terrace_source_batch_ref (batch));
  if (running->asking)
    return;
  running->asking = TRUE;
  asking = g_new0 (Asking, 1);
  asking->running = g_rc_box_acquire (running);
  asking->source_id = running->status->id;
  asking->partitions = g_steal_pointer (&unknown);
  asking->offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_object_ref (self);
  terrace_catalog_read_async (self->engine->catalog, store_read_marks, asking, NULL, read_marks_cb,
                              asking);
}

/* --- Storing ------------------------------------------------------------------------------- */

typedef struct
{
  TerraceStreamCohort *cohort;
  GPtrArray *batches; /* (element-type Pumping) */
  gint64 now_us;
  TerraceStreamPending pending;
} Flush;

static void
flush_free (Flush *flush)
{
  g_clear_pointer (&flush->cohort, terrace_stream_cohort_free);
  g_ptr_array_unref (flush->batches);
  g_free (flush);
}

static gboolean
store_find_places (TerraceConnection *connection, TerraceStreamCohort *cohort, GError **error)
{
  for (guint i = 0; i < cohort->places->len; i++)
    {
      TerracePlaceEvents *place = &g_array_index (cohort->places, TerracePlaceEvents, i);
      g_autoptr (GError) local_error = NULL;
      g_autoptr (TerraceItem) item = NULL;

      item = terrace_item_table_find (connection, place->location_id, place->key, &local_error);
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (item == NULL || place->access.item_id != 0)
        continue;
      place->item_id = item->id;
      place->access.item_id = item->id;
      g_array_append_val (cohort->accesses, place->access);
    }

  return TRUE;
}

static int
compare_reads (gconstpointer a, gconstpointer b)
{
  const TerraceStreamAccess *left = a, *right = b;
  guint64 l = (guint64) left->reads + left->writes, r = (guint64) right->reads + right->writes;

  return (l < r) - (l > r);
}

/* For the past of the log and for trying rules: the objects that were used most. */
static gboolean
store_block (TerraceConnection *connection, Flush *flush, gint64 source_id, GError **error)
{
  TerraceStreamCohort *cohort = flush->cohort;
  g_autoptr (GArray) records = NULL;
  g_autoptr (GBytes) packed = NULL;
  guint n;

  if (cohort->accesses->len == 0)
    return TRUE;
  records = g_array_copy (cohort->accesses);
  n = MIN (records->len, MAX_BLOCK_RECORDS);
  if (records->len > MAX_BLOCK_RECORDS)
    g_array_sort (records, compare_reads);
  packed = g_bytes_new (records->data, n * sizeof (TerraceStreamAccess));

  return terrace_stream_block_table_append (connection, source_id, packed, n, cohort->first_us,
                                            cohort->last_us, flush->now_us, error);
}

static gboolean
store_source (TerraceConnection *connection,
              Flush *flush,
              TerraceCohortSource *source,
              gboolean with_accesses,
              GError **error)
{
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (TerraceStreamOffset));
  TerraceStreamBatch batch = { .source_id = source->source_id, .now_us = flush->now_us };

  for (guint i = 0; i < source->offsets->len; i++)
    {
      TerraceStreamOffset offset = { g_ptr_array_index (source->partitions, i),
                                     g_array_index (source->offsets, gint64, i) };

      g_array_append_val (offsets, offset);
    }
  batch.offsets = (const TerraceStreamOffset *) offsets->data;
  batch.n_offsets = offsets->len;
  batch.event_ids = (const guint64 *) source->event_ids->data;
  batch.n_event_ids = source->event_ids->len;
  if (with_accesses)
    {
      batch.accesses = (const TerraceStreamAccess *) flush->cohort->accesses->data;
      batch.n_accesses = flush->cohort->accesses->len;
    }

  if (!terrace_stream_table_append (connection, &batch, &flush->pending, error))
    return FALSE;
  for (guint i = 0; i < source->minutes->len; i++)
    if (!terrace_stream_minute_table_put (connection,
                                          &g_array_index (source->minutes, TerraceStreamMinute, i),
                                          error))
      return FALSE;

  return TRUE;
}

static gboolean
store_cohort (TerraceConnection *connection, gpointer data, GError **error)
{
  Flush *flush = data;
  TerraceStreamCohort *cohort = flush->cohort;
  TerraceCohortSource *first = g_ptr_array_index (cohort->sources, 0);

  if (!store_find_places (connection, cohort, error) ||
      !terrace_stream_store_deletions (connection, cohort, flush->now_us, error))
    return FALSE;
  for (guint i = 0; i < cohort->sources->len; i++)
    if (!store_source (connection, flush, g_ptr_array_index (cohort->sources, i), i == 0, error))
      return FALSE;
  for (guint i = 0; i < cohort->messages->len; i++)
    if (!terrace_dead_letter_table_append (connection, g_ptr_array_index (cohort->messages, i),
                                           error))
      return FALSE;

  return store_block (connection, flush, first->source_id, error);
}

static void
pump_learn (TerraceStreamPump *pump, gpointer data)
{
  Flush *flush = data;

  terrace_stream_pump_learn (pump, flush->cohort, flush->now_us);
}

static gboolean
is_merge_due (TerraceEngineStream *self)
{
  gint64 now_us = terrace_clock_get_now_us (self->engine->clock);

  return self->pending.accesses >= TERRACE_LIMIT_STREAM_PENDING ||
         (self->pending.accesses > 0 &&
          now_us - self->pending.since_us >= TERRACE_DEFAULT_STREAM_MERGE_MS * 1000);
}

static void
commit_batches (TerraceEngineStream *self, GPtrArray *batches)
{
  for (guint i = 0; i < batches->len; i++)
    {
      Pumping *pumping = g_ptr_array_index (batches, i);

      pumping->running->uncommitted--;
      terrace_source_commit (pumping->running->source, pumping->batch);
    }
}

static void
end_flush (TerraceEngineStream *self, Flush *flush)
{
  self->flushing = FALSE;
  commit_batches (self, flush->batches);
  if (is_merge_due (self))
    terrace_engine_stream_merge (self);
  flush_soon (self);
  terrace_engine_stream_check_ends (self);
}

static void store (TerraceEngineStream *self, Flush *flush);

static gboolean
retry_cb (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  store (g_task_get_source_object (task), g_task_get_task_data (task));

  return G_SOURCE_REMOVE;
}

static void
store_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Flush *flush = user_data;
  g_autoptr (GError) error = NULL;
  TerraceEngineStream *self = ((Pumping *) g_ptr_array_index (flush->batches, 0))->running->stream;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      GTask *task;

      g_warning ("Events could not be stored yet: %s", error->message);
      if (self->closing != NULL)
        {
          /* Nothing was committed: whoever sent them sends them again. */
          self->flushing = FALSE;
          for (guint i = 0; i < flush->batches->len; i++)
            ((Pumping *) g_ptr_array_index (flush->batches, i))->running->uncommitted--;
          flush_free (flush);
          terrace_engine_stream_check_ends (self);
          return;
        }
      /* The sources wait meanwhile; nothing is lost. */
      task = g_task_new (self, NULL, NULL, NULL);
      g_task_set_task_data (task, flush, NULL);
      terrace_clock_add_timeout (self->engine->clock, RETRY_MS, retry_cb, task);
      return;
    }

  self->pending = flush->pending;
  terrace_engine_stream_touch (self, flush->cohort->accesses);
  terrace_engine_stream_ingest (self, flush->cohort->places);
  terrace_engine_stream_foresee (self, flush->cohort->accesses);
  end_flush (self, flush);
  if (self->pump != NULL && self->closing == NULL && flush->cohort->places->len > 0)
    terrace_engine_stream_run (self, pump_learn, NULL, flush, (GDestroyNotify) flush_free);
  else
    flush_free (flush);
}

static void
store (TerraceEngineStream *self, Flush *flush)
{
  TerraceCatalogChange changes =
      flush->cohort->deletions->len > 0 ? TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS : 0;

  flush->now_us = terrace_clock_get_now_us (self->engine->clock);
  terrace_catalog_write_async (self->engine->catalog, store_cohort, flush, changes, NULL, store_cb,
                               flush);
}

typedef struct
{
  TerraceStreamCohort *cohort;
} Taking;

static void
pump_take (TerraceStreamPump *pump, gpointer data)
{
  ((Taking *) data)->cohort = terrace_stream_pump_take (pump);
}

static void
pump_take_done (TerraceEngineStream *self, gpointer data)
{
  Taking *taking = data;
  Flush *flush = g_new0 (Flush, 1);

  /* Exactly the batches that were processed before: thread and answers keep their order. */
  flush->cohort = g_steal_pointer (&taking->cohort);
  flush->batches = self->pumped;
  g_ptr_array_set_free_func (flush->batches, (GDestroyNotify) pumping_free);
  self->pumped = g_ptr_array_new ();
  self->pumped_events = 0;
  self->pumped_urgent = FALSE;
  if (flush->cohort != NULL && flush->batches->len > 0)
    {
      store (self, flush);
      return;
    }
  end_flush (self, flush);
  flush_free (flush);
}

void
terrace_engine_stream_flush (TerraceEngineStream *self)
{
  if (self->flushing || self->pumped->len == 0)
    return;

  self->flushing = TRUE;
  if (self->flush_timeout != 0)
    terrace_clock_remove_timeout (self->engine->clock, self->flush_timeout);
  self->flush_timeout = 0;
  terrace_engine_stream_run (self, pump_take, pump_take_done, g_new0 (Taking, 1), g_free);
}

/* --- The end ------------------------------------------------------------------------------- */

gboolean
terrace_engine_stream_is_calm (TerraceEngineStream *self)
{
  if (!self->flushing && self->pumped->len > 0)
    terrace_engine_stream_flush (self);

  return self->load_ended && !self->flushing && !self->merging && self->pumped->len == 0;
}
