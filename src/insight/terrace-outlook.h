/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The reads of one object to come, with an interval. Pure values. */

G_BEGIN_DECLS

#define TERRACE_N_HORIZONS 3

/* What foresees reads. */
typedef enum
{
  TERRACE_READS_NONE,      /* nothing is known */
  TERRACE_READS_SMOOTHING, /* exponential smoothing of the weekly reads */
  TERRACE_READS_CROSTON,   /* size and gaps of reads, smoothed apart: for use now and then */
  TERRACE_READS_BOOSTED,   /* trees fitted to quantiles and the mean */
} TerraceReadsMethod;

/**
 * TerraceReadsRange:
 * @expected: the mean
 * @low, @high: the reads lie between them in TERRACE_OUTLOOK_COVERAGE of the cases
 */
typedef struct
{
  double low;
  double expected;
  double high;
} TerraceReadsRange;

#define TERRACE_OUTLOOK_COVERAGE 0.8

/**
 * TerraceOutlook:
 * @ranges: of terrace_outlook_days each, from the shortest
 */
typedef struct
{
  TerraceReadsMethod methods[TERRACE_N_HORIZONS];
  TerraceReadsRange ranges[TERRACE_N_HORIZONS];
} TerraceOutlook;

/* 7, 30 and 90 days. */
extern const int terrace_outlook_days[TERRACE_N_HORIZONS];

/* Reads in 30 days that a range of horizon @index stands for. */
TerraceReadsRange terrace_outlook_per_month (const TerraceOutlook *self, int index);

/* (transfer none): "boosted", as in JSON; and translated, for people. */
const char *terrace_reads_method_get_nick (TerraceReadsMethod method);
const char *terrace_reads_method_get_label (TerraceReadsMethod method);

G_END_DECLS
