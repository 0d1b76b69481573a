/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Joins insight's pure functions with the catalogue's items: temperature, bill, plan, reason. Runs
 * on whichever thread its one owner is on, usually the catalogue's writer; does no I/O but reading
 * the totals. */

#include "config.h"

#include "engine/terrace-assessor.h"
#include "base/terrace-clock.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "catalog/terrace-forecast-table.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-move-table.h"
#include "insight/terrace-move-budget.h"
#include "insight/terrace-temperature.h"

#include <glib/gi18n-lib.h>

/* Later a forecast is no longer believed. */
#define FORECAST_DAYS 14
/* The horizon that plans are made with: 90 days. */
#define HORIZON 2
#define HORIZON_DAYS 90.0

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
  gint64 budget_nanos;        /* left for moves this month */
  TerraceMoveBudget *ranking; /* %NULL: who comes first gets it */
  GArray *room_before;        /* of each candidate, only while moves are ranked */
  GHashTable *forecasts;      /* of TerraceForecastRow, by the item's id in it */
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
  self->budget_nanos = policy->move_budget_nanos > 0 ? policy->move_budget_nanos : G_MAXINT64;
  self->forecasts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);

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
  g_hash_table_unref (self->forecasts);
  g_array_unref (self->places);
  g_clear_pointer (&self->ranking, terrace_move_budget_free);
  g_clear_pointer (&self->room_before, g_array_unref);
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

static void
take_budget (TerraceAssessor *self, gint64 nanos)
{
  if (self->budget_nanos != G_MAXINT64)
    self->budget_nanos -= MIN (self->budget_nanos, nanos);
}

/* The first moment of the calendar month, as people have it. */
static gint64
find_month (gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) month =
      g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now), 1, 0, 0, 0.0);

  return g_date_time_to_unix (month) * G_USEC_PER_SEC;
}

/* What the month's finished moves have cost. Only where there is a budget: it reads them all. */
static gboolean
take_finished_moves (TerraceAssessor *self, TerraceConnection *connection, GError **error)
{
  const gint64 month_us = find_month (self->now_us);
  gint64 before_id = 0;

  while (TRUE)
    {
      g_autoptr (GPtrArray) moves =
          terrace_move_table_page (connection, 1, before_id, TERRACE_LIMIT_BATCH_ITEMS, error);

      if (moves == NULL)
        return FALSE;
      for (guint i = 0; i < moves->len; i++)
        {
          TerraceMove *move = g_ptr_array_index (moves, i);

          before_id = move->id;
          if (move->created_us < month_us)
            return TRUE;
          if (move->state == TERRACE_MOVE_DONE)
            take_budget (self, move->once_nanos);
        }
      if (moves->len < TERRACE_LIMIT_BATCH_ITEMS)
        return TRUE;
    }
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
          take_budget (self, move->once_nanos);
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
  if (!take_open_moves (self, connection, error) ||
      (self->policy.move_budget_nanos > 0 && !take_finished_moves (self, connection, error)))
    return FALSE;

  self->room_loaded = TRUE;
  return TRUE;
}

void
terrace_assessor_begin_ranking (TerraceAssessor *self)
{
  g_return_if_fail (self->room_loaded && self->ranking == NULL);

  self->ranking = terrace_move_budget_new ();
  self->room_before = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (int i = 0; i < self->n_candidates; i++)
    g_array_append_val (self->room_before, self->candidates[i].free_bytes);
}

void
terrace_assessor_end_ranking (TerraceAssessor *self)
{
  g_return_if_fail (self->room_before != NULL);

  terrace_move_budget_settle (self->ranking, self->budget_nanos);
  for (int i = 0; i < self->n_candidates; i++)
    self->candidates[i].free_bytes = g_array_index (self->room_before, guint64, i);
  g_clear_pointer (&self->room_before, g_array_unref);
}

/* --- Items --------------------------------------------------------------------------------- */

gboolean
terrace_assessor_foresee (TerraceAssessor *self,
                          TerraceConnection *connection,
                          GPtrArray *items,
                          GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) rows = NULL;

  for (guint i = 0; i < items->len; i++)
    g_array_append_val (ids, ((TerraceItem *) g_ptr_array_index (items, i))->id);
  rows = terrace_forecast_table_get_many (connection, (gint64 *) ids->data, ids->len, error);
  if (rows == NULL)
    return FALSE;
  g_hash_table_remove_all (self->forecasts);
  for (guint i = 0; i < rows->len; i++)
    {
      const TerraceForecastRow *row = &g_array_index (rows, TerraceForecastRow, i);
      TerraceForecastRow *own;

      if (self->now_us - row->made_us > FORECAST_DAYS * (gint64) TERRACE_US_PER_DAY)
        continue;
      own = g_memdup2 (row, sizeof *row);
      g_hash_table_insert (self->forecasts, &own->item_id, own);
    }
  return TRUE;
}

/* What is foreseen of the item instead of its plain rate; %FALSE if nothing is. */
static gboolean
foresee_use (TerraceAssessor *self, TerraceItem *item, TerraceUse *use)
{
  const TerraceForecastRow *row = g_hash_table_lookup (self->forecasts, &item->id);
  const double factor = TERRACE_DAYS_PER_MONTH / HORIZON_DAYS;

  if (row == NULL)
    return FALSE;
  use->is_foreseen = TRUE;
  use->reads_low = row->low[HORIZON] * factor;
  use->reads_per_month = row->reads[HORIZON] * factor;
  use->reads_high = row->high[HORIZON] * factor;
  return TRUE;
}

static void
fill_use (TerraceAssessor *self, TerraceItem *item, TerraceUse *use)
{
  gint64 in_class_us = MAX (0, self->now_us - item->class_since_us);

  use->size_bytes = item->size_bytes;
  use->reads_per_month = item->reads_per_month;
  use->days_in_class = in_class_us / (double) TERRACE_US_PER_DAY;
  use->egress_counts = self->policy.egress_counts;
  use->is_foreseen = FALSE;
  use->reads_low = 0.0;
  use->reads_high = 0.0;
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
find_current (TerraceAssessor *self, gint64 location_id, TerraceStorageClass *class)
{
  for (int i = 0; i < self->n_candidates; i++)
    if (self->candidates[i].location_id == location_id &&
        self->candidates[i].storage_class == class)
      return i;

  self->candidates[self->n_candidates] = (TerraceCandidate){
    .location_id = location_id,
    .storage_class = class,
    .free_bytes = G_MAXUINT64,
  };
  return self->n_candidates;
}

int
terrace_assessor_find_place (TerraceAssessor *self,
                             gint64 location_id,
                             const char *class_id,
                             const TerraceCandidate **candidates,
                             int *n_candidates)
{
  TerraceStorageClass *class = terrace_assessor_find_class (self, class_id);
  int current;

  if (class == NULL)
    return -1;
  current = find_current (self, location_id, class);
  *candidates = self->candidates;
  *n_candidates = MAX (self->n_candidates, current + 1);
  return current;
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

/* @sentence: (transfer full): named as what it is, if the plain rate alone would not move the
 * object: before the reads come, or once their reason has gone. */
static char *
name_preemptive (TerraceAssessor *self,
                 TerraceItem *item,
                 const TerraceAssessment *assessment,
                 char *sentence)
{
  g_autofree char *own = sentence;
  TerraceDecision plain;
  TerraceUse use;

  if (!assessment->use.is_foreseen)
    return g_steal_pointer (&own);
  fill_use (self, item, &use);
  terrace_planner_decide (&use, item->temperature, &self->policy, assessment->candidates,
                          assessment->n_candidates, assessment->current, &plain);
  if (plain.chosen != assessment->current)
    return g_steal_pointer (&own);
  return use.reads_per_month < assessment->use.reads_per_month ?
             /* Translators: %s is a sentence about a move, without a full stop */
             g_strdup_printf (_ ("Ahead of the reads that are foreseen: %s"), own) :
             /* Translators: %s is a sentence about a move, without a full stop */
             g_strdup_printf (_ ("Its use is foreseen to end: %s"), own);
}

static void
store_decision (TerraceAssessor *self, TerraceItem *item, const TerraceAssessment *assessment)
{
  const TerraceDecision *decision = &assessment->decision;
  const TerraceCandidate *chosen = &self->candidates[decision->chosen];
  const gint64 once_nanos = terrace_money_to_nanos (decision->once);
  const gint64 saving_nanos = terrace_money_to_nanos (decision->saving_month);
  g_autofree char *sentence = NULL;

  if (self->room_before != NULL)
    {
      if (decision->chosen != assessment->current)
        {
          terrace_move_budget_note (self->ranking, saving_nanos, once_nanos);
          take_room (self, chosen->location_id, item->size_bytes);
        }
      return;
    }

  clear_plan (item);
  item->monthly_nanos = terrace_money_to_nanos (decision->current_bill.monthly);
  sentence = terrace_planner_explain (decision, &assessment->use, self->candidates, self->currency);
  if (decision->chosen == assessment->current)
    {
      item->reason = g_steal_pointer (&sentence);
      return;
    }
  if (once_nanos > self->budget_nanos ||
      (self->ranking != NULL &&
       !terrace_move_budget_take (self->ranking, saving_nanos, once_nanos)))
    {
      /* Translators: %s is a sentence about a move, without a full stop */
      item->reason =
          g_strdup_printf (_ ("Stay: the month's budget for moves is used up. Then: %s"), sentence);
      return;
    }
  item->reason = name_preemptive (self, item, assessment, g_steal_pointer (&sentence));
  take_budget (self, once_nanos);

  item->wanted_location_id = chosen->location_id;
  item->wanted_class_id = g_strdup (chosen->storage_class->id);
  item->saving_nanos = saving_nanos;
  item->once_nanos = once_nanos;
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
  foresee_use (self, item, &own.use);
  own.current = find_current (self, item->location_id, class);
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
