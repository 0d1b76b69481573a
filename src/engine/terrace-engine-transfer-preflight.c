/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The bill of moves before anything is sent, by the same figures that planned them. Main thread but
 * for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "transfer/terrace-meter.h"

#include <glib/gi18n-lib.h>

/* The latest finished moves tell how fast moves are here. */
#define PREFLIGHT_PAST_MOVES 50

typedef struct
{
  gint64 location_id;
  TerraceCapabilities capabilities;
  gboolean is_local;
  gboolean is_sandbox;
} PreflightPlace;

typedef struct
{
  /* inputs */
  GArray *ids; /* nullable: all that are planned */
  gboolean by_hand;
  gint64 dest_location_id;
  char *dest_class_id;
  GArray *places; /* of PreflightPlace */
  TerraceAssessor *assessor;
  guint max_active;
  double bytes_per_second; /* of what runs now, 0 */

  /* in progress */
  guint next;
  TerraceItem *last;
  guint n_seen;

  /* results */
  TerracePreflight preflight;
} Preflighting;

static void
preflighting_free (Preflighting *preflighting)
{
  g_clear_pointer (&preflighting->ids, g_array_unref);
  g_array_unref (preflighting->places);
  g_clear_object (&preflighting->last);
  terrace_assessor_free (preflighting->assessor);
  g_free (preflighting->dest_class_id);
  g_free (preflighting);
}

static const PreflightPlace *
find_place (Preflighting *self, gint64 location_id)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      const PreflightPlace *place = &g_array_index (self->places, PreflightPlace, i);

      if (place->location_id == location_id)
        return place;
    }

  return NULL;
}

/* --- One object --------------------------------------------------------------------------------
 */

static guint64
count_requests (Preflighting *self, TerraceItem *item, gint64 dest_location_id)
{
  const PreflightPlace *from = find_place (self, item->location_id);
  const PreflightPlace *to = find_place (self, dest_location_id);
  gboolean server_side;

  if (from == NULL || to == NULL)
    return 0;
  /* A class change in place: looked at, changed, looked at. */
  if (item->location_id == dest_location_id)
    return to->is_local ? 0 : 3;

  server_side = (from->capabilities & to->capabilities & TERRACE_CAPABILITY_COPY_FROM) != 0 &&
                item->checksum.kind != TERRACE_CHECKSUM_NONE;

  return terrace_meter_expected_requests (item->size_bytes, !from->is_local, !to->is_local,
                                          server_side,
                                          !to->is_sandbox && (to->capabilities &
                                                              TERRACE_CAPABILITY_CHECKSUM) == 0);
}

/* Where it would go; %FALSE if it would not. */
static gboolean
find_destination (Preflighting *self, TerraceItem *item, gint64 *location_id, const char **class_id)
{
  *location_id = self->by_hand ? self->dest_location_id : item->wanted_location_id;
  *class_id = self->by_hand ? self->dest_class_id : item->wanted_class_id;

  return !item->moving && !item->missing && *location_id != 0 &&
         (*location_id != item->location_id || g_strcmp0 (*class_id, item->class_id) != 0);
}

static void
add_item (Preflighting *self, TerraceItem *item)
{
  TerracePreflight *preflight = &self->preflight;
  TerraceBill bill;
  TerraceStorageClass *from;
  const char *class_id;
  gint64 location_id;
  gint64 saving_nanos;
  gint64 retrieval_nanos = 0;
  gint64 read_out_nanos;

  if (!find_destination (self, item, &location_id, &class_id))
    {
      preflight->n_passed_over++;
      return;
    }

  preflight->n_moves++;
  preflight->size_bytes += item->size_bytes;
  preflight->requests += count_requests (self, item, location_id);
  if (!terrace_assessor_price (self->assessor, item, location_id, class_id, &saving_nanos, &bill))
    return;

  from = terrace_assessor_find_class (self->assessor, item->class_id);
  read_out_nanos = terrace_money_to_nanos (bill.terms[TERRACE_TERM_READ_OUT]);
  if (read_out_nanos > 0)
    retrieval_nanos = terrace_money_to_nanos ((double) item->size_bytes / TERRACE_BYTES_PER_GB *
                                              from->retrieval_gb);
  preflight->saving_nanos += saving_nanos;
  preflight->retrieval_nanos += retrieval_nanos;
  preflight->request_nanos +=
      read_out_nanos - retrieval_nanos + terrace_money_to_nanos (bill.terms[TERRACE_TERM_WRITE_IN]);
  preflight->egress_nanos += terrace_money_to_nanos (bill.terms[TERRACE_TERM_MOVE_EGRESS]);
  preflight->early_deletion_nanos +=
      terrace_money_to_nanos (bill.terms[TERRACE_TERM_EARLY_DELETION]);
}

/* --- All of them -------------------------------------------------------------------------------
 */

static GPtrArray *
fetch_items (TerraceConnection *connection, Preflighting *self, GError **error)
{
  TerraceItemFilter filter;

  if (self->ids != NULL)
    return terrace_item_table_get_many (connection,
                                        (gint64 *) (gpointer) self->ids->data + self->next,
                                        MIN (self->ids->len - self->next,
                                             TERRACE_LIMIT_BATCH_ITEMS),
                                        error);

  terrace_item_filter_init (&filter);
  filter.planned = TRUE;
  return terrace_item_table_page (connection, &filter, TERRACE_ITEM_SORT_ID, FALSE, self->last,
                                  TERRACE_LIMIT_BATCH_ITEMS, error);
}

static gboolean
read_batch (TerraceConnection *connection, gpointer data, GError **error)
{
  Preflighting *self = data;
  g_autoptr (GPtrArray) items = fetch_items (connection, self, error);

  if (items == NULL)
    return FALSE;

  self->n_seen = items->len;
  for (guint i = 0; i < items->len; i++)
    add_item (self, g_ptr_array_index (items, i));
  if (items->len > 0)
    g_set_object (&self->last, g_ptr_array_index (items, items->len - 1));

  return TRUE;
}

/* How long all of it takes at the pace of now or of the latest moves. */
static gboolean
read_pace (TerraceConnection *connection, gpointer data, GError **error)
{
  Preflighting *self = data;
  g_autoptr (GPtrArray) moves =
      terrace_move_table_page (connection, 1, 0, PREFLIGHT_PAST_MOVES, error);
  guint64 bytes = 0;
  gint64 spent_us = 0;

  if (moves == NULL)
    return FALSE;

  for (guint i = 0; i < moves->len; i++)
    {
      TerraceMove *move = g_ptr_array_index (moves, i);

      if (move->state != TERRACE_MOVE_DONE || move->finished_us <= move->started_us)
        continue;
      bytes += move->size_bytes;
      spent_us += move->finished_us - move->started_us;
    }
  if (self->bytes_per_second <= 0 && bytes > 0)
    self->bytes_per_second =
        (double) bytes * TERRACE_US_PER_SECOND / (double) spent_us * self->max_active;
  if (self->bytes_per_second > 0)
    self->preflight.seconds = (double) self->preflight.size_bytes / self->bytes_per_second;

  return TRUE;
}

static void
preflight_return (TerraceEngine *engine, GTask *task)
{
  Preflighting *self = g_task_get_task_data (task);
  TerracePreflight *preflight = &self->preflight;

  preflight->total_nanos = preflight->request_nanos + preflight->retrieval_nanos +
                           preflight->egress_nanos + preflight->early_deletion_nanos;
  g_task_return_pointer (task, g_memdup2 (preflight, sizeof *preflight), g_free);
  g_object_unref (task);
}

static void
preflight_batch_done (TerraceEngine *engine, GTask *task)
{
  Preflighting *self = g_task_get_task_data (task);
  gboolean done;

  self->next += TERRACE_LIMIT_BATCH_ITEMS;
  done =
      self->ids != NULL ? self->next >= self->ids->len : self->n_seen < TERRACE_LIMIT_BATCH_ITEMS;
  if (done)
    terrace_engine_read_step (engine, task, read_pace, preflight_return);
  else
    terrace_engine_read_step (engine, task, read_batch, preflight_batch_done);
}

static void
note_places (TerraceEngine *engine, Preflighting *self)
{
  TerraceLocation *location;

  self->places = g_array_new (FALSE, FALSE, sizeof (PreflightPlace));
  for (guint i = 0; (location = terrace_engine_peek_location (engine, i)) != NULL; i++)
    {
      g_autoptr (TerraceProvider) provider =
          terrace_provider_registry_get (engine->registry, location, NULL);
      PreflightPlace place = {
        .location_id = location->id,
        .capabilities = provider != NULL ? terrace_provider_get_capabilities (provider) :
                                           TERRACE_CAPABILITY_NONE,
        .is_local = location->kind == TERRACE_LOCATION_LOCAL,
        .is_sandbox = location->kind == TERRACE_LOCATION_SANDBOX,
      };

      g_array_append_val (self->places, place);
    }
}

void
terrace_engine_preflight_async (TerraceEngine *self,
                                const gint64 *item_ids,
                                guint n_items,
                                const TerraceMoveOptions *options,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Preflighting *preflighting;
  TerraceLocation *dest = NULL;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (item_ids != NULL || n_items == 0);

  task = terrace_engine_task_new (self, terrace_engine_preflight_async, cancellable, callback,
                                  user_data);
  if (options != NULL)
    dest = terrace_engine_get_location (self, options->dest_location_id);
  if (options != NULL && dest == NULL)
    {
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                               _ ("There is no such location"));
      g_object_unref (task);
      return;
    }

  preflighting = g_new0 (Preflighting, 1);
  preflighting->by_hand = options != NULL;
  if (options != NULL)
    {
      preflighting->dest_location_id = dest->id;
      preflighting->dest_class_id = g_strdup (
          options->class_id != NULL ? options->class_id : terrace_location_get_class_id (dest));
    }
  if (n_items > 0)
    {
      preflighting->ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_items);
      g_array_append_vals (preflighting->ids, item_ids, n_items);
    }
  preflighting->assessor = terrace_engine_new_assessor (self);
  preflighting->max_active = self->limits->max_active;
  preflighting->bytes_per_second = terrace_queue_get_bytes_per_second (self->queue);
  note_places (self, preflighting);
  g_task_set_task_data (task, preflighting, (GDestroyNotify) preflighting_free);
  terrace_engine_read_step (self, task, read_batch, preflight_batch_done);
}

TerracePreflight *
terrace_engine_preflight_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
