/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Joins insight's pure functions with the catalogue's items: temperature, bill, plan, reason. Runs
 * on whichever thread its one owner is on, usually the catalogue's writer; does no I/O but reading
 * the totals. */

#include "config.h"

#include "engine/terrace-assessor.h"
#include "base/terrace-clock.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-move-table.h"
#include "insight/terrace-temperature.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  gint64 location_id;
  guint64 capacity_bytes;
} Place;

struct _TerraceAssessor
{
  /* inputs */
  GHashTable *classes;
  TerracePolicy policy;
  char *currency;
  gint64 now_us;

  /* in progress */
  GArray *places;
  gboolean room_loaded;
  /* The last slot is kept free for the place an item lies in. */
  TerraceCandidate candidates[TERRACE_LIMIT_CANDIDATES];
  int n_candidates;
};

static guint64
get_free_bytes (TerraceLocation *location)
{
  /* A place that does not know its size has no limit that we could plan with. */
  return location->total_bytes == 0 ? G_MAXUINT64 : location->free_bytes;
}

static void
add_location (TerraceAssessor *self, TerraceLocation *location)
{
  Place place = { location->id, location->capacity_bytes };

  if (!location->accepts || location->class_ids == NULL ||
      location->state == TERRACE_LOCATION_STATE_UNREACHABLE ||
      location->state == TERRACE_LOCATION_STATE_READ_ONLY)
    return;

  g_array_append_val (self->places, place);
  for (guint i = 0; location->class_ids[i] != NULL; i++)
    {
      TerraceStorageClass *class = g_hash_table_lookup (self->classes, location->class_ids[i]);

      if (class == NULL || self->n_candidates == TERRACE_LIMIT_CANDIDATES - 1)
        continue;
      self->candidates[self->n_candidates++] = (TerraceCandidate){
        .location_id = location->id,
        .storage_class = class,
        .free_bytes = get_free_bytes (location),
      };
    }
}

TerraceAssessor *
terrace_assessor_new (GHashTable *classes,
                      GListModel *locations,
                      const TerracePolicy *policy,
                      const char *currency,
                      gint64 now_us)
{
  TerraceAssessor *self = g_new0 (TerraceAssessor, 1);
  guint n_locations = g_list_model_get_n_items (locations);

  self->classes = g_hash_table_ref (classes);
  self->policy = *policy;
  self->currency = g_strdup (currency);
  self->now_us = now_us;
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));

  for (guint i = 0; i < n_locations; i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);

      add_location (self, location);
    }

  return self;
}

void
terrace_assessor_free (TerraceAssessor *self)
{
  g_hash_table_unref (self->classes);
  g_array_unref (self->places);
  g_free (self->currency);
  g_free (self);
}

TerraceStorageClass *
terrace_assessor_find_class (TerraceAssessor *self, const char *class_id)
{
  return class_id != NULL ? g_hash_table_lookup (self->classes, class_id) : NULL;
}

gint64
terrace_assessor_get_now_us (TerraceAssessor *self)
{
  return self->now_us;
}

const TerracePolicy *
terrace_assessor_get_policy (TerraceAssessor *self)
{
  return &self->policy;
}

/* --- Room ---------------------------------------------------------------------------------- */

static void
take_room (TerraceAssessor *self, gint64 location_id, guint64 bytes)
{
  for (int i = 0; i < self->n_candidates; i++)
    {
      TerraceCandidate *candidate = &self->candidates[i];

      if (candidate->location_id == location_id && candidate->free_bytes != G_MAXUINT64)
        candidate->free_bytes -= MIN (candidate->free_bytes, bytes);
    }
}

static void
limit_room (TerraceAssessor *self, gint64 location_id, guint64 bytes)
{
  for (int i = 0; i < self->n_candidates; i++)
    {
      TerraceCandidate *candidate = &self->candidates[i];

      if (candidate->location_id == location_id)
        candidate->free_bytes = MIN (candidate->free_bytes, bytes);
    }
}

static guint64
sum_stored (GArray *totals, gint64 location_id)
{
  guint64 stored = 0;

  for (guint i = 0; i < totals->len; i++)
    {
      TerraceItemTotals *cell = &g_array_index (totals, TerraceItemTotals, i);

      if (cell->location_id == location_id)
        stored += cell->size_bytes;
    }

  return stored;
}

static gboolean
take_open_moves (TerraceAssessor *self, TerraceConnection *connection, GError **error)
{
  gint64 before_id = 0;

  while (TRUE)
    {
      g_autoptr (GPtrArray) moves = NULL;

      moves = terrace_move_table_page (connection, 0, before_id, TERRACE_LIMIT_BATCH_ITEMS, error);
      if (moves == NULL)
        return FALSE;
      if (moves->len == 0)
        return TRUE;
      for (guint i = 0; i < moves->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (moves, i);

          take_room (self, move->dest_location_id, move->size_bytes);
          before_id = move->id;
        }
    }
}

gboolean
terrace_assessor_load_room (TerraceAssessor *self, TerraceConnection *connection, GError **error)
{
  g_autoptr (GArray) totals = NULL;

  if (self->room_loaded)
    return TRUE;

  totals = terrace_item_table_totals (connection, error);
  if (totals == NULL)
    return FALSE;

  for (guint i = 0; i < self->places->len; i++)
    {
      Place *place = &g_array_index (self->places, Place, i);
      guint64 stored = sum_stored (totals, place->location_id);

      if (place->capacity_bytes > 0)
        limit_room (self, place->location_id,
                    place->capacity_bytes - MIN (place->capacity_bytes, stored));
    }
  if (!take_open_moves (self, connection, error))
    return FALSE;

  self->room_loaded = TRUE;
  return TRUE;
}

/* --- Items --------------------------------------------------------------------------------- */

static void
fill_use (TerraceAssessor *self, TerraceItem *item, TerraceUse *use)
{
  gint64 in_class_us = MAX (0, self->now_us - item->class_since_us);

  use->size_bytes = item->size_bytes;
  use->reads_per_month = item->reads_per_month;
  use->days_in_class = in_class_us / (double) TERRACE_US_PER_DAY;
  use->egress_counts = self->policy.egress_counts;
}

static void
classify (TerraceAssessor *self, TerraceItem *item)
{
  item->temperature = terrace_temperature_assess (&item->rates, &self->policy, item->temperature,
                                                  self->now_us, &item->reads_per_month);
  item->assessed_us = self->now_us;
}

/* The index of where @item lies; that place is a candidate even when it takes nothing new. */
static int
find_current (TerraceAssessor *self, TerraceItem *item, TerraceStorageClass *class)
{
  for (int i = 0; i < self->n_candidates; i++)
    if (self->candidates[i].location_id == item->location_id &&
        self->candidates[i].storage_class == class)
      return i;

  self->candidates[self->n_candidates] = (TerraceCandidate){
    .location_id = item->location_id,
    .storage_class = class,
    .free_bytes = G_MAXUINT64,
  };
  return self->n_candidates;
}

static void
clear_plan (TerraceItem *item)
{
  item->wanted_location_id = 0;
  item->saving_nanos = 0;
  item->once_nanos = 0;
  g_clear_pointer (&item->wanted_class_id, g_free);
  g_clear_pointer (&item->reason, g_free);
}

static void
refuse_unknown_class (TerraceItem *item)
{
  clear_plan (item);
  item->monthly_nanos = 0;
  item->reason =
      g_strdup_printf (_ ("The storage class “%s” is in no price sheet, so nothing can be planned"),
                       item->class_id);
}

static void
store_decision (TerraceAssessor *self, TerraceItem *item, const TerraceAssessment *assessment)
{
  const TerraceDecision *decision = &assessment->decision;
  const TerraceCandidate *chosen = &self->candidates[decision->chosen];

  clear_plan (item);
  item->monthly_nanos = terrace_money_to_nanos (decision->current_bill.monthly);
  item->reason =
      terrace_planner_explain (decision, &assessment->use, self->candidates, self->currency);
  if (decision->chosen == assessment->current)
    return;

  item->wanted_location_id = chosen->location_id;
  item->wanted_class_id = g_strdup (chosen->storage_class->id);
  item->saving_nanos = terrace_money_to_nanos (decision->saving_month);
  item->once_nanos = terrace_money_to_nanos (decision->once);
  take_room (self, chosen->location_id, item->size_bytes);
}

gboolean
terrace_assessor_assess (TerraceAssessor *self, TerraceItem *item, TerraceAssessment *assessment)
{
  TerraceStorageClass *class = terrace_assessor_find_class (self, item->class_id);
  TerraceAssessment own = { 0 };

  classify (self, item);
  if (class == NULL)
    {
      refuse_unknown_class (item);
      return FALSE;
    }

  item->tier = class->tier;
  fill_use (self, item, &own.use);
  own.current = find_current (self, item, class);
  own.candidates = self->candidates;
  own.n_candidates = MAX (self->n_candidates, own.current + 1);
  terrace_planner_decide (&own.use, item->temperature, &self->policy, own.candidates,
                          own.n_candidates, own.current, &own.decision);
  store_decision (self, item, &own);
  if (assessment != NULL)
    *assessment = own;

  return TRUE;
}

gboolean
terrace_assessor_price (TerraceAssessor *self,
                        TerraceItem *item,
                        gint64 dest_location_id,
                        const char *to_class_id,
                        gint64 *saving_nanos,
                        TerraceBill *bill)
{
  TerraceStorageClass *from = terrace_assessor_find_class (self, item->class_id);
  TerraceStorageClass *to = terrace_assessor_find_class (self, to_class_id);
  TerraceUse use;
  TerraceBill stay;

  if (from == NULL || to == NULL)
    return FALSE;

  fill_use (self, item, &use);
  terrace_cost_stay (&use, from, &stay);
  terrace_cost_move (&use, from, to, item->location_id == dest_location_id,
                     TERRACE_LIMIT_PART_BYTES, bill);
  *saving_nanos = terrace_money_to_nanos (stay.monthly - bill->monthly);

  return TRUE;
}

void
terrace_assessor_compare (TerraceAssessor *self,
                          TerraceItem *item,
                          gint64 dest_location_id,
                          const char *to_class_id,
                          gint64 *saving_nanos,
                          gint64 *once_nanos,
                          gint64 *leave_nanos)
{
  TerraceBill bill;

  *saving_nanos = 0;
  *once_nanos = 0;
  *leave_nanos = 0;
  if (!terrace_assessor_price (self, item, dest_location_id, to_class_id, saving_nanos, &bill))
    return;

  *once_nanos = terrace_money_to_nanos (bill.once);
  *leave_nanos = terrace_money_to_nanos (bill.terms[TERRACE_TERM_EARLY_DELETION]);
}
