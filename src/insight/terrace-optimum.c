/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The offline optimum of one object. A state is a place and the days spent there, up to its minimum
 * duration (in the automatic class: the days since the last read, up to its last step). Moves are
 * made at the end of a day, after its reads. Any thread. */

#include "insight/terrace-optimum.h"

#include "base/terrace-units.h"

#include <math.h>
#include <string.h>

#define STAY G_MAXUINT8

struct _TerraceOptimum
{
  const TerraceTariff *tariff;
  int n_places;
  int offsets[TERRACE_TARIFF_PLACES + 1]; /* of a place's first state */
  int n_states;

  double *value;   /* of each state at the start of the day behind */
  double *earlier; /* of the day at hand */
  double *leave;   /* of one place's states */
  guint8 *actions; /* by day and state: the place to go to, or STAY */
  gsize actions_size;
};

/* The day at hand. */
typedef struct
{
  double size_gb;
  double requests;
  double read_gb;
  gboolean overwritten;
  double size_before_gb;
} Day;

TerraceOptimum *
terrace_optimum_new (const TerraceTariff *tariff, gboolean use_auto)
{
  TerraceOptimum *self;
  int offset = 0;

  g_return_val_if_fail (tariff != NULL, NULL);

  self = g_new0 (TerraceOptimum, 1);
  self->tariff = tariff;
  self->n_places = use_auto ? tariff->n_places : tariff->n_classes;
  for (int place = 0; place < self->n_places; place++)
    {
      self->offsets[place] = offset;
      offset += 1 + (terrace_tariff_is_auto (tariff, place) ? TERRACE_TARIFF_AUTO_COLD_DAYS :
                                                              tariff->min_days[place]);
    }
  self->offsets[self->n_places] = offset;
  self->n_states = offset;
  self->value = g_new (double, self->n_states);
  self->earlier = g_new (double, self->n_states);
  self->leave = g_new (double, self->n_states);
  return self;
}

void
terrace_optimum_free (TerraceOptimum *self)
{
  g_free (self->value);
  g_free (self->earlier);
  g_free (self->leave);
  g_free (self->actions);
  g_free (self);
}

static inline int
count_days (const TerraceOptimum *self, int place)
{
  return self->offsets[place + 1] - self->offsets[place] - 1;
}

/* The best other place to be in tomorrow, without what leaving early costs. */
static double
find_best_move (const TerraceOptimum *self, int from, const Day *day, int *to)
{
  double best = INFINITY;

  *to = from;
  for (int place = 0; place < self->n_places; place++)
    {
      double cost;

      if (place == from)
        continue;
      cost = terrace_tariff_move (self->tariff, from, place, day->size_gb) +
             self->value[self->offsets[place]];
      if (cost < best)
        {
          best = cost;
          *to = place;
        }
    }
  return best;
}

/* Notes which states leave; only asked for when the way itself is wanted. */
static void
note_actions (const TerraceOptimum *self, int place, int to, const double *leave, guint8 *actions)
{
  const int n_days = count_days (self, place);
  const double *value = self->value + self->offsets[place];

  for (int k = 0; k <= n_days; k++)
    {
      const int next = MIN (k + 1, n_days);

      actions[self->offsets[place] + k] = leave[next] < value[next] ? (guint8) to : STAY;
    }
}

static void
step_class (TerraceOptimum *self, int place, const Day *day, guint8 *actions)
{
  const TerraceTariff *tariff = self->tariff;
  const int n_days = count_days (self, place);
  const double *value = self->value + self->offsets[place];
  double *earlier = self->earlier + self->offsets[place];
  double *leave = self->leave;
  const double store = terrace_tariff_store_day (tariff, place, day->size_gb);
  const double cost = store + terrace_tariff_read (tariff, place, day->requests, day->read_gb);
  int to;
  const double move = find_best_move (self, place, day, &to);

  /* Plain loops without branches: this is where all the time goes. */
  for (int k = 0; k <= n_days; k++)
    leave[k] = move + (n_days - k) * store;
  for (int k = 0; k < n_days; k++)
    earlier[k] = cost + MIN (value[k + 1], leave[k + 1]);
  earlier[n_days] = cost + MIN (value[n_days], leave[n_days]);
  if (actions != NULL)
    note_actions (self, place, to, leave, actions);
}

static void
step_auto (TerraceOptimum *self, int place, const Day *day, guint8 *actions)
{
  const double *value = self->value + self->offsets[place];
  double *earlier = self->earlier + self->offsets[place];
  const double reads = terrace_tariff_read (self->tariff, place, day->requests, day->read_gb);
  const gboolean is_read = day->requests > 0.0;
  double cost = 0.0;
  int to;
  const double leave = find_best_move (self, place, day, &to);

  for (int k = 0; k <= TERRACE_TARIFF_AUTO_COLD_DAYS; k++)
    {
      const int idle = is_read ? 0 : k;
      const double stay = value[MIN (idle + 1, TERRACE_TARIFF_AUTO_COLD_DAYS)];
      double monitoring;

      if (idle == 0 || idle == TERRACE_TARIFF_AUTO_WARM_DAYS ||
          idle == TERRACE_TARIFF_AUTO_COLD_DAYS)
        {
          cost = terrace_tariff_auto_day (self->tariff, idle, day->size_gb, &monitoring) + reads;
          cost += monitoring;
        }
      earlier[k] = cost + MIN (stay, leave);
      if (actions != NULL)
        actions[self->offsets[place] + k] = leave < stay ? (guint8) to : STAY;
    }
}

/* An overwrite begins its day with a new object in the first place; the old one leaves its own. */
static void
step_overwrite (TerraceOptimum *self, const Day *day)
{
  const double fresh = self->earlier[0] + self->tariff->put[0];

  for (int place = 0; place < self->n_places; place++)
    for (int k = 0; k <= count_days (self, place); k++)
      self->earlier[self->offsets[place] + k] =
          fresh + terrace_tariff_leave (self->tariff, place, k, day->size_before_gb);
}

static void
step_day (TerraceOptimum *self, const Day *day, guint8 *actions)
{
  double *swap = self->value;

  for (int place = 0; place < self->n_places; place++)
    {
      if (terrace_tariff_is_auto (self->tariff, place))
        step_auto (self, place, day, actions);
      else
        step_class (self, place, day, actions);
    }
  if (day->overwritten)
    step_overwrite (self, day);
  self->value = self->earlier;
  self->earlier = swap;
}

static void
begin_at_end (TerraceOptimum *self, const TerraceHistoryObject *object, int end)
{
  const gboolean dies = object->deleted == end;
  const double size_gb = terrace_history_object_size_before (object, end) / TERRACE_BYTES_PER_GB;

  for (int place = 0; place < self->n_places; place++)
    for (int k = 0; k <= count_days (self, place); k++)
      self->value[self->offsets[place] + k] =
          dies ? terrace_tariff_leave (self->tariff, place, k, size_gb) : 0.0;
}

/* Reads and writes are walked backwards beside the days. */
static void
walk_back (TerraceOptimum *self,
           const TerraceHistoryObject *object,
           int begin,
           int end,
           gboolean keep_actions)
{
  guint read = terrace_history_object_find_read (object, end);
  guint write = object->n_writes;
  double size_gb;

  while (write > 0 && object->writes[write - 1].day >= end)
    write--;
  size_gb = (write > 0 ? object->writes[write - 1].size_bytes : object->size_bytes) /
            TERRACE_BYTES_PER_GB;

  for (int today = end - 1; today >= begin; today--)
    {
      Day day = { .size_gb = size_gb };

      if (read > 0 && object->reads[read - 1].day == today)
        {
          read--;
          day.requests = object->reads[read].requests;
          day.read_gb = object->reads[read].bytes / TERRACE_BYTES_PER_GB;
        }
      if (write > 0 && object->writes[write - 1].day == today)
        {
          write--;
          size_gb = (write > 0 ? object->writes[write - 1].size_bytes : object->size_bytes) /
                    TERRACE_BYTES_PER_GB;
          day.size_before_gb = size_gb;
          /* On the first day there is nothing to leave yet. */
          day.overwritten = today > begin;
        }
      step_day (self, &day,
                keep_actions ? self->actions + (gsize) (today - begin) * (gsize) self->n_states :
                               NULL);
    }
}

static int
find_place (const TerraceOptimum *self, int state)
{
  int place = 0;

  while (state >= self->offsets[place + 1])
    place++;
  return place;
}

/* Follows the best actions from the first state. */
static void
walk_forward (TerraceOptimum *self,
              const TerraceHistoryObject *object,
              int begin,
              int end,
              gint8 *places)
{
  guint read = terrace_history_object_find_read (object, begin);
  guint write = 0;
  int state = 0;

  for (int today = begin; today < end; today++)
    {
      const guint8 *actions = self->actions + (gsize) (today - begin) * (gsize) self->n_states;
      gboolean is_read = FALSE;
      int place;

      if (read < object->n_reads && object->reads[read].day == today)
        is_read = object->reads[read++].requests > 0.0;
      while (write < object->n_writes && object->writes[write].day < today)
        write++;
      if (write < object->n_writes && object->writes[write].day == today && today > begin)
        state = 0;

      place = find_place (self, state);
      places[today - begin] = (gint8) place;
      if (actions[state] != STAY)
        state = self->offsets[actions[state]];
      else if (terrace_tariff_is_auto (self->tariff, place) && is_read)
        state = self->offsets[place] + 1;
      else
        state = MIN (state + 1, self->offsets[place + 1] - 1);
    }
}

double
terrace_optimum_solve (TerraceOptimum *self,
                       const TerraceHistoryObject *object,
                       int from,
                       int until,
                       gint8 *places)
{
  const int begin = MAX (object->created, from);
  const int end = object->deleted >= 0 && object->deleted < until ? object->deleted : until;
  const double created =
      object->created >= from && object->created < until ? self->tariff->put[0] : 0.0;

  g_return_val_if_fail (self != NULL && object != NULL && from < until, 0.0);

  if (places != NULL)
    memset (places, -1, (gsize) (until - from));
  if (end <= begin)
    return created;

  if (places != NULL)
    {
      const gsize size = (gsize) (end - begin) * (gsize) self->n_states;

      if (size > self->actions_size)
        {
          g_free (self->actions);
          self->actions = g_malloc (size);
          self->actions_size = size;
        }
    }
  begin_at_end (self, object, end);
  walk_back (self, object, begin, end, places != NULL);
  if (places != NULL)
    walk_forward (self, object, begin, end, places + (begin - from));
  return self->value[0] + created;
}
