/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The plain rules, one function each. Any thread; a rule's memory belongs to one replay. */

#include "config.h"

#include "insight/terrace-rules.h"

#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>

#define AGE_WARM_DAYS 30
#define AGE_COLD_DAYS 90
#define IDLE_DAYS 31
/* The rate rules look so far ahead, in days, and leave what is younger than this alone. */
#define RATE_HORIZON_DAYS 90.0
#define RATE_YOUNG_DAYS 14
#define WEEK 7

static int
idle_days (const TerraceReplayState *state)
{
  return state->day - MAX (state->last_read, state->object->created);
}

/* The second and third class, or the last there is. */
static int
warm_place (const TerraceTariff *tariff)
{
  return MIN (1, tariff->n_classes - 1);
}

static int
cold_place (const TerraceTariff *tariff)
{
  return MIN (2, tariff->n_classes - 1);
}

static int
decide_stay (const TerraceReplayState *state, gpointer data)
{
  return state->place;
}

static int
decide_age (const TerraceReplayState *state, gpointer data)
{
  const int age = state->day - state->object->created + 1;
  int wanted = 0;

  if (age > AGE_WARM_DAYS)
    wanted = warm_place (state->tariff);
  if (age > AGE_COLD_DAYS)
    wanted = cold_place (state->tariff);
  return MAX (wanted, state->place);
}

static int
decide_idle (const TerraceReplayState *state, gpointer data)
{
  const int idle = idle_days (state);

  if (idle >= IDLE_DAYS)
    return cold_place (state->tariff);
  return idle == 0 ? 0 : state->place;
}

static int
decide_last_access (const TerraceReplayState *state, gpointer data)
{
  const int idle = idle_days (state);

  if (idle >= AGE_COLD_DAYS)
    return cold_place (state->tariff);
  if (idle >= AGE_WARM_DAYS)
    return warm_place (state->tariff);
  return idle == 0 ? 0 : state->place;
}

/* Down when the storage paid too much since the last read would have paid the way down and one read
 * there; up when the fees of reading there would have paid the way up. */
static int
decide_break_even (const TerraceReplayState *state, gpointer data)
{
  TerraceRuleMemory *memory = data;
  const TerraceTariff *tariff = state->tariff;
  const int warm = warm_place (tariff);
  const int cold = cold_place (tariff);
  const double size_gb = state->size_gb;
  const int place = state->place;
  const double store_warm = terrace_tariff_store_day (tariff, warm, size_gb);
  const double rent_warm = idle_days (state) * (tariff->store[0] * size_gb - store_warm);
  const double buy_warm =
      tariff->transition[warm] + tariff->retrieval[warm] * size_gb + tariff->get[warm];
  const double rent_cold =
      idle_days (state) * (store_warm - terrace_tariff_store_day (tariff, cold, size_gb));
  const double buy_cold = tariff->transition[cold] +
                          (tariff->retrieval[cold] - tariff->retrieval[warm]) * size_gb +
                          tariff->get[cold];
  const int days_left = MAX (tariff->min_days[place] - state->days_in_place, 0);
  int wanted = place;

  memory->paid += state->read_gb * tariff->retrieval[place] +
                  state->requests * (tariff->get[place] - tariff->get[0]);
  if (place == 0 && rent_warm >= buy_warm)
    wanted = warm;
  if (wanted >= warm && place <= warm && rent_cold >= buy_cold && rent_warm >= buy_warm)
    wanted = cold;
  if (place > 0 && memory->paid >= tariff->put[0] + tariff->retrieval[place] * size_gb +
                                       days_left * tariff->store[place] * size_gb)
    wanted = 0;
  if (wanted != place)
    memory->paid = 0.0;
  return wanted;
}

double
terrace_rule_hold (const TerraceTariff *tariff,
                   int place,
                   double size_gb,
                   double days,
                   double requests,
                   double read_gb)
{
  return days * terrace_tariff_store_day (tariff, place, size_gb) +
         terrace_tariff_read (tariff, place, requests, read_gb);
}

int
terrace_rule_choose (const TerraceReplayState *state,
                     const double *costs,
                     int n_places,
                     double margin)
{
  const double leave =
      terrace_tariff_leave (state->tariff, state->place, state->days_in_place, state->size_gb);
  double best = 0.0;
  int chosen = -1;

  for (int place = 0; place < n_places; place++)
    {
      double cost = costs[place];

      if (place != state->place)
        cost += leave + margin +
                terrace_tariff_move (state->tariff, state->place, place, state->size_gb);
      if (chosen < 0 || cost < best)
        {
          best = cost;
          chosen = place;
        }
    }
  return chosen;
}

/* Slides the window of @days that ends today over the object's reads. */
static void
slide_window (TerraceRuleMemory *memory, const TerraceReplayState *state, int days)
{
  const TerraceHistoryRead *reads = state->object->reads;

  for (; memory->head < state->n_reads_seen; memory->head++)
    {
      memory->requests += reads[memory->head].requests;
      memory->read_bytes += reads[memory->head].bytes;
    }
  for (; memory->tail < memory->head && reads[memory->tail].day <= state->day - days;
       memory->tail++)
    {
      memory->requests -= reads[memory->tail].requests;
      memory->read_bytes -= reads[memory->tail].bytes;
    }
}

static int
decide_rate (const TerraceReplayState *state, gpointer data)
{
  TerraceRuleMemory *memory = data;
  const TerraceTariff *tariff = state->tariff;
  const int window = memory->kind == TERRACE_RULE_RATE_90 ? 90 : 180;
  const int age = state->day - state->object->created + 1;
  const double factor = RATE_HORIZON_DAYS / MIN (age, window);
  double costs[TERRACE_TARIFF_CLASSES];
  double requests;
  double read_gb;

  slide_window (memory, state, window);
  if (age < RATE_YOUNG_DAYS)
    return state->place;
  requests = MAX (memory->requests, 0.0) * factor;
  read_gb = MAX (memory->read_bytes, 0.0) / TERRACE_BYTES_PER_GB * factor;

  for (int place = 0; place < tariff->n_classes; place++)
    {
      const double days = place == state->place ? RATE_HORIZON_DAYS :
                                                  MAX (RATE_HORIZON_DAYS, tariff->min_days[place]);

      costs[place] = terrace_rule_hold (tariff, place, state->size_gb, days, requests, read_gb);
    }
  return terrace_rule_choose (state, costs, tariff->n_classes, 0.0);
}

static void
begin_memory (const TerraceHistoryObject *object, gpointer data)
{
  TerraceRuleMemory *memory = data;

  *memory = (TerraceRuleMemory){ .kind = memory->kind };
}

void
terrace_rule_init (TerraceReplayRule *rule,
                   TerraceRuleMemory *memory,
                   TerraceRuleKind kind,
                   const TerraceTariff *tariff)
{
  static const struct
  {
    int (*decide) (const TerraceReplayState *state, gpointer data);
    int every;
  } rules[] = {
    [TERRACE_RULE_HOT] = { decide_stay, 0 },
    [TERRACE_RULE_AUTO] = { decide_stay, 0 },
    [TERRACE_RULE_AGE] = { decide_age, 1 },
    [TERRACE_RULE_IDLE] = { decide_idle, 1 },
    [TERRACE_RULE_LAST_ACCESS] = { decide_last_access, 1 },
    [TERRACE_RULE_BREAK_EVEN] = { decide_break_even, 1 },
    [TERRACE_RULE_RATE_90] = { decide_rate, WEEK },
    [TERRACE_RULE_RATE_180] = { decide_rate, WEEK },
  };

  g_return_if_fail (rule != NULL && memory != NULL && (guint) kind < TERRACE_N_RULES);
  g_return_if_fail (terrace_rule_fits (kind, tariff));

  *memory = (TerraceRuleMemory){ .kind = kind };
  *rule = (TerraceReplayRule){
    .begin = begin_memory,
    .decide = rules[kind].decide,
    .data = memory,
    .every = rules[kind].every,
    .first_place = kind == TERRACE_RULE_AUTO ? tariff->n_classes : 0,
  };
}

gboolean
terrace_rule_fits (TerraceRuleKind kind, const TerraceTariff *tariff)
{
  g_return_val_if_fail (tariff != NULL, FALSE);

  return kind != TERRACE_RULE_AUTO || tariff->n_places > tariff->n_classes;
}

const char *
terrace_rule_get_nick (TerraceRuleKind kind)
{
  static const char *const nicks[] = { "all-hot",     "auto-tiering", "age-30-90", "idle-31",
                                       "last-access", "break-even",   "rate-90",   "rate-180" };

  G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == TERRACE_N_RULES);
  g_return_val_if_fail ((guint) kind < TERRACE_N_RULES, "");

  return nicks[kind];
}

const char *
terrace_rule_get_label (TerraceRuleKind kind)
{
  switch (kind)
    {
    case TERRACE_RULE_HOT:
      return _ ("Keep all hot");
    case TERRACE_RULE_AUTO:
      return _ ("Tiering by the provider");
    case TERRACE_RULE_AGE:
      return _ ("By age, 30 and 90 days");
    case TERRACE_RULE_IDLE:
      return _ ("31 days idle, back on read");
    case TERRACE_RULE_LAST_ACCESS:
      return _ ("Last access 30 and 90 days");
    case TERRACE_RULE_BREAK_EVEN:
      return _ ("Break-even");
    case TERRACE_RULE_RATE_90:
      return _ ("Rate of the last 90 days");
    case TERRACE_RULE_RATE_180:
      return _ ("Rate of the last 180 days");
    case TERRACE_N_RULES:
      break;
    }
  g_return_val_if_reached ("");
}
