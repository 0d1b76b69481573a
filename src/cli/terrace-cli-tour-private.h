/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-worker.h"
#include "cli/terrace-cli-common.h"
#include "cli/terrace-cli-tour-files.h"

/* The tour's state, and its steps in three files: terrace-cli-tour.c, what it moves
 * (-moves.c) and what it checks (-checks.c). */

G_BEGIN_DECLS

/**
 * TerraceTour:
 * @root: the temporary folder everything happens in
 * @tier_ids: the sandbox location of each tier
 * @files: (element-type TerraceTourFile)
 * @item_ids: (element-type gint64): their objects, in the same order
 * @paths: (element-type filename): where each file should be now, in the same order
 */
typedef struct
{
  TerraceCli *cli;
  TerraceWorker *worker;
  char *root;
  guint step;

  gint64 tier_ids[TERRACE_N_TIERS];
  GPtrArray *files;
  GArray *item_ids;
  GPtrArray *paths;
  guint n_rows;

  /* results */
  gint64 before_nanos;
  guint n_moved;
  guint64 moved_bytes;
} TerraceTour;

typedef gboolean (*TerraceTourFunc) (TerraceTour *tour, GError **error);

/* Runs @func, which blocks, on the worker while the main thread waits: it may use all of @tour. */
gboolean terrace_tour_run_on_worker (TerraceTour *tour, TerraceTourFunc func, GError **error);
/* A numbered line of the account. */
void terrace_tour_say (TerraceTour *tour, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* (transfer full) (nullable) (element-type TerraceItem): every object, in the order of the files.
 */
GPtrArray *terrace_tour_get_items (TerraceTour *tour, GError **error);

TerraceStats *terrace_tour_get_stats (TerraceTour *tour, GError **error);

gboolean terrace_tour_set_policy (TerraceTour *tour, GError **error);
/* Prints the plan with a reason of each kind; wrong if it moves nothing, or everything. */
gboolean terrace_tour_make_plan (TerraceTour *tour, TerracePlanSummary *summary, GError **error);
gboolean
terrace_tour_apply_plan (TerraceTour *tour, const TerracePlanSummary *summary, GError **error);
/* @move_id: (out): one of the moves, for taking back */
gboolean terrace_tour_archive_by_hand (TerraceTour *tour, gint64 *move_id, GError **error);
gboolean terrace_tour_take_back (TerraceTour *tour, gint64 move_id, GError **error);

/* Every file once, where the catalogue says, with all its bytes; nothing else anywhere. */
gboolean terrace_tour_check_files (TerraceTour *tour, GError **error);
/* The program's own verification finds nothing either. */
gboolean terrace_tour_check_verify (TerraceTour *tour, GError **error);
/* The CSV has one row per object and is what it says it is. */
gboolean terrace_tour_check_export (TerraceTour *tour, GError **error);
/* Hot, warm and cold are what the recorded accesses make them. */
gboolean terrace_tour_check_temperatures (TerraceTour *tour, GError **error);

G_END_DECLS
