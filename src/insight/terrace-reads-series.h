/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-features.h"

/* Weekly reads foreseen by the plain methods that any model has to beat, for every row of a feature
 * table. Private to insight; any thread. */

G_BEGIN_DECLS

/**
 * TerraceReadsSeries:
 * @smoothed: (array length=n_rows): reads a week, by exponential smoothing
 * @croston: (array length=n_rows): the same by Croston's method as Teunter, Syntetos and Babai
 *   mended it: how probable a week with reads is, and how many they are then, smoothed apart
 */
typedef struct
{
  guint n_rows;
  float *smoothed;
  float *croston;
} TerraceReadsSeries;

TerraceReadsSeries *terrace_reads_series_new (const TerraceHistory *history,
                                              const TerraceFeatureTable *table);
void terrace_reads_series_free (TerraceReadsSeries *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceReadsSeries, terrace_reads_series_free)

/* Reads of the object in the @days after @day. */
double terrace_reads_count (const TerraceHistoryObject *object, int day, int days);

G_END_DECLS
