/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-replay.h"

/* The plain rules that people place data by, to compare with. Each looks at one object at a time
 * and learns nothing. */

G_BEGIN_DECLS

typedef enum
{
  TERRACE_RULE_HOT,         /* everything stays in the first class */
  TERRACE_RULE_AUTO,        /* everything in the class that tiers by itself */
  TERRACE_RULE_AGE,         /* 30 days old to the second class, 90 to the third; never back */
  TERRACE_RULE_IDLE,        /* 31 days idle to the third class, back when read (FabricPool) */
  TERRACE_RULE_LAST_ACCESS, /* 30 days idle to the second, 90 to the third; back when read */
  TERRACE_RULE_BREAK_EVEN,  /* move when waiting has cost as much as moving (ski rental) */
  TERRACE_RULE_RATE_90,     /* the next 90 days will be as the last 90: the cheapest for that */
  TERRACE_RULE_RATE_180,    /* as the last 180 */
  TERRACE_N_RULES,
} TerraceRuleKind;

/* What rules remember of an object while it is replayed. */
typedef struct
{
  TerraceRuleKind kind;
  double paid;
  guint tail;
  guint head;
  double requests;
  double read_bytes;
} TerraceRuleMemory;

/* Fills in @rule, which then uses @memory. */
void terrace_rule_init (TerraceReplayRule *rule,
                        TerraceRuleMemory *memory,
                        TerraceRuleKind kind,
                        const TerraceTariff *tariff);

/* Whether @tariff has what the rule needs. */
gboolean terrace_rule_fits (TerraceRuleKind kind, const TerraceTariff *tariff);

/* (transfer none): "rate-90", as in JSON; and translated, for people. */
const char *terrace_rule_get_nick (TerraceRuleKind kind);
const char *terrace_rule_get_label (TerraceRuleKind kind);

/**
 * terrace_rule_choose:
 * @costs: (array length=n_places): what the time to come will cost in each place
 * @margin: money that a move has to save beyond its own cost
 *
 * Returns: the place with the least cost, the way there and leaving early included
 */
int terrace_rule_choose (const TerraceReplayState *state,
                         const double *costs,
                         int n_places,
                         double margin);

/* What @days with @requests that read @read_gb cost in @place of @tariff. */
double terrace_rule_hold (const TerraceTariff *tariff,
                          int place,
                          double size_gb,
                          double days,
                          double requests,
                          double read_gb);

G_END_DECLS
