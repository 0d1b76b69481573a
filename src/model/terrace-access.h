/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What is known of an object's use, in numbers that can be kept up to date in O(1) per access. */

G_BEGIN_DECLS

/**
 * TerraceAccessRates:
 * @updated_us: the moment the decayed counts are valid for
 * @first_us: start of the observation: the earliest of creation and first access
 * @last_us: latest access, 0 if none was seen
 * @reads_7d: reads, each halved every 7 days
 * @reads_30d: the same with a half-life of 30 days
 * @reads_90d: the same with a half-life of 90 days
 * @total_reads: all reads ever counted
 */
typedef struct
{
  gint64 updated_us;
  gint64 first_us;
  gint64 last_us;
  double reads_7d;
  double reads_30d;
  double reads_90d;
  guint64 total_reads;
} TerraceAccessRates;

typedef enum
{
  TERRACE_ACCESS_READ,
  TERRACE_ACCESS_WRITE,
} TerraceAccessKind;

/**
 * TerraceAccess:
 * One observed use of an object (or several of one kind at the same moment: @count).
 */
typedef struct
{
  gint64 item_id;
  gint64 time_us;
  TerraceAccessKind kind;
  guint64 bytes;
  guint count;
} TerraceAccess;

/* Starts the rates of an object first seen at @now_us whose file times say it was created at
 * @created_us and last used at @used_us (0: unknown): one read at @used_us. */
void terrace_access_rates_init (TerraceAccessRates *rates,
                                gint64 created_us,
                                gint64 used_us,
                                gint64 now_us);

/* Moves the decay on to @now_us; a @now_us before updated_us (a clock jump) changes nothing. */
void terrace_access_rates_decay (TerraceAccessRates *rates, gint64 now_us);

/* Counts @reads at @time_us; a late one (before updated_us) is counted already decayed. */
void terrace_access_rates_add (TerraceAccessRates *rates, gint64 time_us, double reads);

/* The expected reads per 30 days that a decayed count stands for: count * ln 2 / half-life * 30,
 * corrected for an observation shorter than the half-life. */
double terrace_access_rates_get_reads_per_month (const TerraceAccessRates *rates, gint64 now_us);

G_END_DECLS
