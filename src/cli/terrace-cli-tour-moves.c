/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The tour's plan, and the moves that the plan and a person make. Main thread. */

#include "config.h"

#include "cli/terrace-cli-output.h"
#include "cli/terrace-cli-tour-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

/* The tour's objects are small, and so are their savings: a millionth a month. */
#define MIN_SAVING_NANOS 1000
#define PATIENCE_MS 1000

gboolean
terrace_tour_set_policy (TerraceTour *tour, GError **error)
{
  TerracePolicy policy = *terrace_engine_get_policy (tour->cli->engine);
  g_autoptr (GAsyncResult) result = NULL;

  policy.min_saving_nanos = MIN_SAVING_NANOS;
  policy.max_first_byte_ms = PATIENCE_MS;
  terrace_engine_set_policy_async (tour->cli->engine, &policy, tour->cli->cancellable,
                                   terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_engine_set_policy_finish (tour->cli->engine, result, error);
}

/* The reason the plan gives for one file of each kind. */
static gboolean
print_reasons (TerraceTour *tour, GError **error)
{
  static const char *const examples[] = { "films/take 1.mov", "photos/2026/IMG_4163.raw",
                                          "projects/model-12.blend", "notes/note 3.txt" };
  g_autoptr (GPtrArray) items = terrace_tour_get_items (tour, error);

  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      TerraceItem *item = g_ptr_array_index (items, i);
      TerraceTourFile *file = g_ptr_array_index (tour->files, i);

      for (guint j = 0; j < G_N_ELEMENTS (examples); j++)
        if (g_str_equal (file->name, examples[j]))
          terrace_cli_print ("      %s: %s\n", item->name,
                             item->reason != NULL ? item->reason : "");
    }
  return TRUE;
}

gboolean
terrace_tour_make_plan (TerraceTour *tour, TerracePlanSummary *summary, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *monthly = NULL;
  g_autofree char *saving = NULL;
  g_autofree char *once = NULL;

  terrace_engine_plan_async (tour->cli->engine, NULL, NULL, tour->cli->cancellable,
                             terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_engine_plan_finish (tour->cli->engine, result, summary, error))
    return FALSE;
  if (summary->assessed != tour->files->len || summary->recommended == 0 ||
      summary->recommended == summary->assessed || summary->saving_nanos <= 0)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                           _ ("The plan is not the one that these files ask for"));
      return FALSE;
    }

  tour->before_nanos = summary->monthly_nanos;
  monthly = terrace_cli_format_money (tour->cli, summary->monthly_nanos);
  saving = terrace_cli_format_money (tour->cli, summary->saving_nanos);
  once = terrace_cli_format_money (tour->cli, summary->once_nanos);
  terrace_tour_say (tour,
                    _ ("Planned, with everything to open within a second: %lu moves save %s of %s "
                       "a month, and cost %s once. Why, for one of each kind:"),
                    (gulong) summary->recommended, saving, monthly, once);
  return print_reasons (tour, error);
}

static gboolean
wait_for_moves (TerraceTour *tour, const gint64 *move_ids, guint n_moves, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_wait_async (tour->cli->engine, move_ids, n_moves, tour->cli->cancellable,
                             terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_engine_wait_finish (tour->cli->engine, result, error);
}

/* Nothing failed, and as many moves as there should be are done. */
static gboolean
check_moves_done (TerraceTour *tour, guint64 n_done, GError **error)
{
  g_autoptr (TerraceStats) stats = terrace_tour_get_stats (tour, error);

  if (stats == NULL)
    return FALSE;
  if (stats->moves[TERRACE_MOVE_DONE] == n_done && stats->moves[TERRACE_MOVE_FAILED] == 0)
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED, _ ("%lu of %lu moves are done"),
               (gulong) stats->moves[TERRACE_MOVE_DONE], (gulong) n_done);
  return FALSE;
}

gboolean
terrace_tour_apply_plan (TerraceTour *tour, const TerracePlanSummary *summary, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint64 n_queued = 0;

  terrace_engine_accept_async (tour->cli->engine, NULL, 0, tour->cli->cancellable,
                               terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_engine_accept_finish (tour->cli->engine, result, &n_queued, error) ||
      !wait_for_moves (tour, NULL, 0, error) ||
      !check_moves_done (tour, summary->recommended, error))
    return FALSE;

  tour->n_moved = (guint) n_queued;
  terrace_tour_say (tour, _ ("Moved them: each copy was verified before its source was deleted"));
  return TRUE;
}

/* What a person knows and no plan can: this film may take half a day to come back. */
gboolean
terrace_tour_archive_by_hand (TerraceTour *tour, gint64 *move_id, GError **error)
{
  TerraceEngine *engine = tour->cli->engine;
  TerraceMoveOptions options = { .dest_location_id = tour->tier_ids[TERRACE_TIER_ARCHIVE] };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) moves = NULL;
  gint64 item_ids[2];
  guint n_items = 0;

  for (guint i = 0; i < tour->files->len && n_items < G_N_ELEMENTS (item_ids); i++)
    if (g_str_has_prefix (((TerraceTourFile *) g_ptr_array_index (tour->files, i))->name, "films/"))
      item_ids[n_items++] = g_array_index (tour->item_ids, gint64, i);
  terrace_engine_move_async (engine, item_ids, n_items, &options, tour->cli->cancellable,
                             terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  moves = terrace_engine_move_finish (engine, result, error);
  if (moves == NULL || !wait_for_moves (tour, (const gint64 *) moves->data, moves->len, error) ||
      !check_moves_done (tour, tour->n_moved + n_items, error))
    return FALSE;

  tour->n_moved += n_items;
  *move_id = g_array_index (moves, gint64, 0);
  terrace_tour_say (tour, _ ("Moved two films to %s by hand"),
                    terrace_cli_location_name (tour->cli, options.dest_location_id));
  return TRUE;
}

gboolean
terrace_tour_take_back (TerraceTour *tour, gint64 move_id, GError **error)
{
  TerraceEngine *engine = tour->cli->engine;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TerraceMove) move = NULL;
  g_autoptr (TerraceMove) back = NULL;
  gint64 back_id = 0;

  terrace_engine_undo_async (engine, move_id, tour->cli->cancellable, terrace_cli_await_cb,
                             &result);
  terrace_cli_await (&result);
  if (!terrace_engine_undo_finish (engine, result, &back_id, error) ||
      !wait_for_moves (tour, &back_id, 1, error) ||
      !check_moves_done (tour, tour->n_moved + 1, error))
    return FALSE;

  move = terrace_cli_read_move (tour->cli, move_id, error);
  back = move != NULL ? terrace_cli_read_move (tour->cli, back_id, error) : NULL;
  if (back == NULL)
    return FALSE;
  if (back->dest_location_id != move->source_location_id ||
      !g_str_equal (back->dest_key, move->source_key))
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                           _ ("The undone move did not bring its object back"));
      return FALSE;
    }
  terrace_tour_say (tour, _ ("Took one of these back: it lies where it came from"));
  return TRUE;
}
