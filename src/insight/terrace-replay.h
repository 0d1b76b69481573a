/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-history.h"
#include "insight/terrace-tariff.h"

/* Replays a history day by day under a rule that places each object by what it has seen so far, and
 * adds up what that would have cost. Within a day: deletion, writes, storage, reads; then the rule,
 * which has seen the day, says where the object lies tomorrow. Pure; any thread. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_REPLAY_STORAGE,
  TERRACE_REPLAY_REQUESTS,
  TERRACE_REPLAY_RETRIEVAL,
  TERRACE_REPLAY_PUTS,
  TERRACE_REPLAY_TRANSITIONS, /* copies back up included */
  TERRACE_REPLAY_EARLY_DELETION,
  TERRACE_REPLAY_MONITORING,
  TERRACE_REPLAY_N_TERMS,
} TerraceReplayTerm;

/**
 * TerraceReplayResult:
 * @terms: money, by TerraceReplayTerm
 * @moves: between classes, begun by the rule
 * @object_days: days that objects existed, summed
 * @wait_s: what readers waited for first bytes
 * @by_day: (nullable) (array): money of each day from the first one replayed on, added to; the
 *   caller's
 */
typedef struct
{
  double terms[TERRACE_REPLAY_N_TERMS];
  double cost;
  guint64 moves;
  guint64 object_days;
  double wait_s;
  double *by_day;
} TerraceReplayResult;

/**
 * TerraceReplayState:
 * What a rule may know of an object at the end of @day.
 * @index: of the object in its history
 * @place: where it lies
 * @days_in_place: today included; in the automatic class since the last read
 * @last_read: day of the last read, or long ago
 * @n_reads_seen: so many of the object's reads are past, today's included
 * @requests, @read_gb: of today
 */
typedef struct
{
  const TerraceTariff *tariff;
  const TerraceHistoryObject *object;
  guint index;
  int day;
  int place;
  int days_in_place;
  double size_gb;
  int last_read;
  guint n_reads_seen;
  double requests;
  double read_gb;
} TerraceReplayState;

/**
 * TerraceReplayRule:
 * @begin: (nullable): an object's replay begins; @data is the rule's own
 * @decide: where it should lie tomorrow
 * @every: days between decisions, counted from the first day replayed; 0 for none at all
 * @first_place: where objects that exist on the first day, and new ones, are put
 */
typedef struct
{
  void (*begin) (const TerraceHistoryObject *object, gpointer data);
  int (*decide) (const TerraceReplayState *state, gpointer data);
  gpointer data;
  int every;
  int first_place;
} TerraceReplayRule;

/**
 * terrace_replay_object:
 * @index: of the object in @history
 * @from: first day that counts: older objects lie in the first place when it begins
 * @until: the day after the last one
 * @result: (inout): added to
 */
void terrace_replay_object (const TerraceHistory *history,
                            guint index,
                            const TerraceTariff *tariff,
                            const TerraceReplayRule *rule,
                            int from,
                            int until,
                            TerraceReplayResult *result);

/**
 * terrace_replay_continue:
 * @place: where the object has been put; getting there is not counted
 * @days_in_place: how long it has been there
 *
 * As terrace_replay_object(), for an object that exists on @from: what follows from being there.
 */
void terrace_replay_continue (const TerraceHistory *history,
                              guint index,
                              const TerraceTariff *tariff,
                              const TerraceReplayRule *rule,
                              int place,
                              int days_in_place,
                              int from,
                              int until,
                              TerraceReplayResult *result);

/**
 * terrace_replay_by_day:
 * @by_day: (nullable) (array): @until - @from zeros that take the money of each day
 * @result: (out caller-allocates)
 *
 * All objects of @history; %FALSE if cancelled.
 */
gboolean terrace_replay_by_day (const TerraceHistory *history,
                                const TerraceTariff *tariff,
                                const TerraceReplayRule *rule,
                                int from,
                                int until,
                                double *by_day,
                                GCancellable *cancellable,
                                TerraceReplayResult *result);

/* The same without days. */
gboolean terrace_replay (const TerraceHistory *history,
                         const TerraceTariff *tariff,
                         const TerraceReplayRule *rule,
                         int from,
                         int until,
                         GCancellable *cancellable,
                         TerraceReplayResult *result);

/* (transfer none): "storage", "requests", as in JSON. */
const char *terrace_replay_term_get_nick (TerraceReplayTerm term);

G_END_DECLS
