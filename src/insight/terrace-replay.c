/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Replays objects one after the other, each day by day. Any thread. */

#include "insight/terrace-replay.h"

#include "base/terrace-units.h"

#define LONG_AGO (-1000000)
/* Objects between two looks at the cancellable. */
#define CANCEL_EVERY 64

typedef struct
{
  TerraceReplayState state;
  const TerraceReplayRule *rule;
  TerraceReplayResult *result;
  int from;
  int until;
  guint n_writes_seen;
} Replay;

/* Into the place a new object is created in; those of the first day are brought there. */
static void
settle_first (Replay *replay, gboolean is_new)
{
  const TerraceTariff *tariff = replay->state.tariff;
  double *terms = replay->result->terms;

  replay->state.place = replay->rule->first_place;
  replay->state.days_in_place = 0;
  if (is_new)
    terms[TERRACE_REPLAY_PUTS] += tariff->put[0];
  else if (replay->rule->first_place != 0)
    terms[TERRACE_REPLAY_TRANSITIONS] +=
        terrace_tariff_move (tariff, 0, replay->rule->first_place, replay->state.size_gb);
}

static void
leave (Replay *replay)
{
  const TerraceReplayState *state = &replay->state;

  replay->result->terms[TERRACE_REPLAY_EARLY_DELETION] +=
      terrace_tariff_leave (state->tariff, state->place, state->days_in_place, state->size_gb);
}

static void
replay_writes (Replay *replay, int begin)
{
  TerraceReplayState *state = &replay->state;
  const TerraceHistoryObject *object = state->object;

  if (replay->n_writes_seen == object->n_writes ||
      object->writes[replay->n_writes_seen].day != state->day)
    return;

  /* On the first day it is the object's own beginning: nothing is there to leave. */
  if (state->day > begin)
    {
      leave (replay);
      replay->result->terms[TERRACE_REPLAY_PUTS] += state->tariff->put[0];
      state->place = replay->rule->first_place;
    }
  state->days_in_place = 0;
  state->size_gb = object->writes[replay->n_writes_seen++].size_bytes / TERRACE_BYTES_PER_GB;
}

static void
replay_storage (Replay *replay)
{
  TerraceReplayState *state = &replay->state;
  double *terms = replay->result->terms;
  double monitoring;

  if (terrace_tariff_is_auto (state->tariff, state->place))
    {
      if (state->requests > 0.0)
        state->days_in_place = 0;
      terms[TERRACE_REPLAY_STORAGE] += terrace_tariff_auto_day (state->tariff, state->days_in_place,
                                                                state->size_gb, &monitoring);
      terms[TERRACE_REPLAY_MONITORING] += monitoring;
    }
  else
    {
      terms[TERRACE_REPLAY_STORAGE] +=
          terrace_tariff_store_day (state->tariff, state->place, state->size_gb);
    }
  state->days_in_place++;
}

static void
find_reads (TerraceReplayState *state)
{
  const TerraceHistoryObject *object = state->object;

  state->requests = 0.0;
  state->read_gb = 0.0;
  if (state->n_reads_seen == object->n_reads ||
      object->reads[state->n_reads_seen].day != state->day)
    return;
  state->requests = object->reads[state->n_reads_seen].requests;
  state->read_gb = object->reads[state->n_reads_seen].bytes / TERRACE_BYTES_PER_GB;
  state->last_read = state->day;
  state->n_reads_seen++;
}

static void
replay_reads (Replay *replay)
{
  const TerraceReplayState *state = &replay->state;
  const TerraceTariff *tariff = state->tariff;
  const int place = terrace_tariff_is_auto (tariff, state->place) ? 0 : state->place;

  if (state->requests == 0.0 && state->read_gb == 0.0)
    return;
  replay->result->terms[TERRACE_REPLAY_REQUESTS] += state->requests * tariff->get[place];
  replay->result->terms[TERRACE_REPLAY_RETRIEVAL] += state->read_gb * tariff->retrieval[place];
  replay->result->wait_s += state->requests * (double) tariff->first_byte_ms[place] / 1000.0;
}

static void
replay_decision (Replay *replay)
{
  TerraceReplayState *state = &replay->state;
  const TerraceReplayRule *rule = replay->rule;
  int wanted;

  /* What would begin behind the last day is nobody's gain. */
  if (rule->every == 0 || (state->day - replay->from) % rule->every != 0 ||
      state->day >= replay->until - 1)
    return;
  wanted = rule->decide (state, rule->data);
  if (wanted == state->place)
    return;

  g_assert (wanted >= 0 && wanted < state->tariff->n_places);
  leave (replay);
  replay->result->terms[TERRACE_REPLAY_TRANSITIONS] +=
      terrace_tariff_move (state->tariff, state->place, wanted, state->size_gb);
  replay->result->moves++;
  state->place = wanted;
  state->days_in_place = 0;
}

static double
sum_terms (const TerraceReplayResult *result)
{
  double sum = 0.0;

  for (int term = 0; term < TERRACE_REPLAY_N_TERMS; term++)
    sum += result->terms[term];
  return sum;
}

/* Books what was added since @seen on the day; returns the sum so far. */
static double
note_day (const Replay *replay, double seen)
{
  const double sum = sum_terms (replay->result);

  replay->result->by_day[replay->state.day - replay->from] += sum - seen;
  return sum;
}

/* @place: where it lies when @from begins, -1 for the rule's first place. */
static void
replay_life (const TerraceHistory *history,
             guint index,
             const TerraceTariff *tariff,
             const TerraceReplayRule *rule,
             int place,
             int days_in_place,
             int from,
             int until,
             TerraceReplayResult *result)
{
  const TerraceHistoryObject *object = &history->objects[index];
  const int begin = MAX (object->created, from);
  const gboolean dies = object->deleted >= 0 && object->deleted < until;
  const int end = dies ? object->deleted : until;
  Replay replay = {
    .state = { .tariff = tariff, .object = object, .index = index, .last_read = LONG_AGO },
    .rule = rule,
    .result = result,
    .from = from,
    .until = until,
  };
  TerraceReplayState *state = &replay.state;
  double seen = 0.0;

  if (object->created >= until || (object->deleted >= 0 && object->deleted < begin))
    return;

  state->size_gb = terrace_history_object_size_before (object, begin) / TERRACE_BYTES_PER_GB;
  state->n_reads_seen = terrace_history_object_find_read (object, begin);
  if (state->n_reads_seen > 0)
    state->last_read = object->reads[state->n_reads_seen - 1].day;
  while (replay.n_writes_seen < object->n_writes &&
         object->writes[replay.n_writes_seen].day < begin)
    replay.n_writes_seen++;
  if (rule->begin != NULL)
    rule->begin (object, rule->data);

  if (result->by_day != NULL)
    seen = sum_terms (result);
  if (place < 0)
    settle_first (&replay, object->created >= from);
  else
    {
      state->place = place;
      state->days_in_place = days_in_place;
    }
  for (state->day = begin; state->day < end; state->day++)
    {
      /* What was put somewhere on the day before leaves it when it is overwritten. */
      replay_writes (&replay, place < 0 ? begin : begin - 1);
      find_reads (state);
      replay_storage (&replay);
      replay_reads (&replay);
      replay_decision (&replay);
      if (result->by_day != NULL)
        seen = note_day (&replay, seen);
    }
  if (dies)
    {
      leave (&replay);
      if (result->by_day != NULL)
        note_day (&replay, seen);
    }
  result->object_days += (guint64) MAX (end - begin, 0);
}

void
terrace_replay_object (const TerraceHistory *history,
                       guint index,
                       const TerraceTariff *tariff,
                       const TerraceReplayRule *rule,
                       int from,
                       int until,
                       TerraceReplayResult *result)
{
  g_return_if_fail (history != NULL && index < history->n_objects && tariff != NULL);
  g_return_if_fail (rule != NULL && result != NULL);

  replay_life (history, index, tariff, rule, -1, 0, from, until, result);
}

void
terrace_replay_continue (const TerraceHistory *history,
                         guint index,
                         const TerraceTariff *tariff,
                         const TerraceReplayRule *rule,
                         int place,
                         int days_in_place,
                         int from,
                         int until,
                         TerraceReplayResult *result)
{
  g_return_if_fail (history != NULL && index < history->n_objects && tariff != NULL);
  g_return_if_fail (rule != NULL && result != NULL && place >= 0);

  replay_life (history, index, tariff, rule, place, days_in_place, from, until, result);
}

gboolean
terrace_replay_by_day (const TerraceHistory *history,
                       const TerraceTariff *tariff,
                       const TerraceReplayRule *rule,
                       int from,
                       int until,
                       double *by_day,
                       GCancellable *cancellable,
                       TerraceReplayResult *result)
{
  g_return_val_if_fail (history != NULL && tariff != NULL && rule != NULL, FALSE);
  g_return_val_if_fail (result != NULL && from <= until, FALSE);

  *result = (TerraceReplayResult){ .by_day = by_day };
  for (guint i = 0; i < history->n_objects; i++)
    {
      if (i % CANCEL_EVERY == 0 && g_cancellable_is_cancelled (cancellable))
        return FALSE;
      terrace_replay_object (history, i, tariff, rule, from, until, result);
    }
  result->cost = sum_terms (result);
  return TRUE;
}

gboolean
terrace_replay (const TerraceHistory *history,
                const TerraceTariff *tariff,
                const TerraceReplayRule *rule,
                int from,
                int until,
                GCancellable *cancellable,
                TerraceReplayResult *result)
{
  return terrace_replay_by_day (history, tariff, rule, from, until, NULL, cancellable, result);
}

const char *
terrace_replay_term_get_nick (TerraceReplayTerm term)
{
  static const char *const nicks[] = { "storage",     "requests",       "retrieval", "puts",
                                       "transitions", "early_deletion", "monitoring" };

  G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == TERRACE_REPLAY_N_TERMS);
  g_return_val_if_fail ((guint) term < TERRACE_REPLAY_N_TERMS, "");

  return nicks[term];
}
