/* SPDX-License-Identifier: GPL-3.0-or-later */

/* terracectl tour: the whole main job on real files in a temporary folder, with no account, no
 * network and no display, and nothing of the person's own touched. Main thread, but for the
 * functions named _func, which run on the tour's worker. */

#include "config.h"

#include "cli/terrace-cli-output.h"
#include "cli/terrace-cli-tour-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/* The sandboxes' waiting times would make the tour long and teach nothing. */
#define LATENCY_MS 2
#define WARM_INTERVAL_DAYS 43
#define HOT_INTERVAL_DAYS 2
#define EXAMPLE_BYTES 1e13

typedef struct
{
  TerraceTour *tour;
  TerraceTourFunc func;
} Job;

static void
job_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (job->func (job->tour, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

gboolean
terrace_tour_run_on_worker (TerraceTour *tour, TerraceTourFunc func, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  Job job = { tour, func };
  GTask *task;

  /* Not cancellable once it runs: the job uses this frame. */
  task = g_task_new (NULL, NULL, terrace_cli_await_cb, &result);
  g_task_set_task_data (task, &job, NULL);
  terrace_worker_queue (tour->worker, G_PRIORITY_DEFAULT, job_work, task);
  terrace_cli_await (&result);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
terrace_tour_say (TerraceTour *tour, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *safe = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  safe = terrace_cli_safe (text);
  terrace_cli_print ("%2u. %s\n", ++tour->step, safe);
  fflush (stdout);
}

GPtrArray *
terrace_tour_get_items (TerraceTour *tour, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < tour->item_ids->len; i++)
    g_ptr_array_add (names, g_strdup_printf ("%" G_GINT64_FORMAT,
                                             g_array_index (tour->item_ids, gint64, i)));
  g_ptr_array_add (names, NULL);
  terrace_engine_find_items_async (tour->cli->engine, (const char *const *) names->pdata,
                                   tour->cli->cancellable, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_engine_find_items_finish (tour->cli->engine, result, error);
}

TerraceStats *
terrace_tour_get_stats (TerraceTour *tour, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_engine_stats_async (tour->cli->engine, tour->cli->cancellable, terrace_cli_await_cb,
                              &result);
  terrace_cli_await (&result);
  return terrace_engine_stats_finish (tour->cli->engine, result, error);
}

/* --- Places -------------------------------------------------------------------------------- */

static gboolean
quicken (TerraceTour *tour, TerraceLocation *location, GError **error)
{
  g_autoptr (TerraceLocation) quick = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  quick = terrace_location_new (location->kind, location->name, location->root,
                                (const char *const *) location->class_ids);
  quick->id = location->id;
  quick->accepts = location->accepts;
  quick->created_us = location->created_us;
  quick->latency_ms = LATENCY_MS;
  terrace_engine_update_location_async (tour->cli->engine, quick, tour->cli->cancellable,
                                        terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  return terrace_engine_update_location_finish (tour->cli->engine, result, error);
}

static gboolean
make_places (TerraceTour *tour, GError **error)
{
  TerraceEngine *engine = tour->cli->engine;
  GListModel *locations = terrace_engine_get_locations (engine);
  g_autoptr (GAsyncResult) result = NULL;
  guint n_locations;

  terrace_engine_add_sandboxes_async (engine, tour->root, tour->cli->cancellable,
                                      terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  if (!terrace_engine_add_sandboxes_finish (engine, result, error))
    return FALSE;

  n_locations = g_list_model_get_n_items (locations);
  for (guint i = 0; i < n_locations; i++)
    {
      g_autoptr (TerraceLocation) location = g_list_model_get_item (locations, i);
      TerraceStorageClass *storage_class;

      storage_class = terrace_engine_find_class (engine, terrace_location_get_class_id (location));
      if (storage_class != NULL)
        tour->tier_ids[storage_class->tier] = location->id;
      if (!quicken (tour, location, error))
        return FALSE;
    }
  for (guint tier = 0; tier < TERRACE_N_TIERS; tier++)
    if (tour->tier_ids[tier] == 0)
      {
        g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                             _ ("There is no sandbox for one of the four tiers"));
        return FALSE;
      }
  return TRUE;
}

/* --- Files and accesses -------------------------------------------------------------------- */

static gboolean
write_files_func (TerraceTour *tour, GError **error)
{
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (tour->cli->engine));
  TerraceLocation *hot;

  hot = terrace_engine_get_location (tour->cli->engine, tour->tier_ids[TERRACE_TIER_HOT]);
  for (guint i = 0; i < tour->files->len; i++)
    {
      TerraceTourFile *file = g_ptr_array_index (tour->files, i);

      if (!terrace_tour_file_write (file, hot->root, now_us, error))
        return FALSE;
      g_ptr_array_add (tour->paths, g_build_filename (hot->root, file->name, NULL));
    }
  return TRUE;
}

static gboolean
make_files (TerraceTour *tour, GError **error)
{
  g_autofree char *size = g_format_size (terrace_tour_files_get_bytes (tour->files));

  if (!terrace_tour_run_on_worker (tour, write_files_func, error))
    return FALSE;
  terrace_tour_say (tour, _ ("Made %u files, %s, and took their checksums"), tour->files->len,
                    size);
  return TRUE;
}

static gboolean
register_files (TerraceTour *tour, GError **error)
{
  TerraceEngine *engine = tour->cli->engine;
  TerraceLocation *hot = terrace_engine_get_location (engine, tour->tier_ids[TERRACE_TIER_HOT]);
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) found = NULL;
  g_autoptr (TerraceRegisterReport) report = NULL;

  g_ptr_array_add (folders, g_file_new_for_path (hot->root));
  terrace_engine_register_async (engine, folders, NULL, NULL, tour->cli->cancellable,
                                 terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  report = terrace_engine_register_finish (engine, result, error);
  if (report == NULL)
    return FALSE;
  if (report->added != tour->files->len || report->n_problems > 0)
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                   _ ("%lu of %u files were registered"), (gulong) report->added, tour->files->len);
      return FALSE;
    }

  g_ptr_array_extend (names, tour->paths, NULL, NULL);
  g_ptr_array_add (names, NULL);
  terrace_engine_find_items_async (engine, (const char *const *) names->pdata,
                                   tour->cli->cancellable, terrace_cli_await_cb, &found);
  terrace_cli_await (&found);
  items = terrace_engine_find_items_finish (engine, found, error);
  if (items == NULL)
    return FALSE;
  tour->item_ids = terrace_cli_item_ids (items);
  terrace_tour_say (tour, _ ("Registered them in the location %s (%s)"), hot->name,
                    terrace_cli_class_name (tour->cli, terrace_location_get_class_id (hot)));
  return TRUE;
}

static void
append_accesses (GArray *accesses,
                 gint64 item_id,
                 guint64 bytes,
                 gint64 now_us,
                 guint last_days,
                 guint interval_days,
                 guint n_reads)
{
  for (guint i = n_reads; i-- > 0;)
    {
      TerraceAccess access = {
        .item_id = item_id, .kind = TERRACE_ACCESS_READ, .bytes = bytes, .count = 1
      };

      access.time_us = now_us - (gint64) (last_days + i * interval_days) * TERRACE_US_PER_DAY;
      g_array_append_val (accesses, access);
    }
}

static gboolean
record_accesses (TerraceTour *tour, GError **error)
{
  TerraceEngine *engine = tour->cli->engine;
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (engine));
  g_autoptr (GArray) accesses = g_array_new (FALSE, TRUE, sizeof (TerraceAccess));
  g_autoptr (GAsyncResult) result = NULL;
  guint n_unknown = 0;

  for (guint i = 0; i < tour->files->len; i++)
    {
      TerraceTourFile *file = g_ptr_array_index (tour->files, i);
      gint64 id = g_array_index (tour->item_ids, gint64, i);

      if (file->use == TERRACE_TOUR_HOT)
        append_accesses (accesses, id, file->size_bytes, now_us, 1, HOT_INTERVAL_DAYS, 20);
      else if (file->use == TERRACE_TOUR_WARM)
        append_accesses (accesses, id, file->size_bytes, now_us, 20, WARM_INTERVAL_DAYS, 6);
    }
  terrace_engine_record_accesses_async (engine, (const TerraceAccess *) accesses->data,
                                        accesses->len, tour->cli->cancellable, terrace_cli_await_cb,
                                        &result);
  terrace_cli_await (&result);
  if (!terrace_engine_record_accesses_finish (engine, result, &n_unknown, error) ||
      !terrace_tour_check_temperatures (tour, error))
    return FALSE;

  terrace_tour_say (tour,
                    _ ("Recorded %u accesses of the last year: models are opened every other "
                       "day, photos now and then, the rest not for years"),
                    accesses->len);
  return TRUE;
}

/* --- The account --------------------------------------------------------------------------- */

static gboolean
check_everything (TerraceTour *tour, GError **error)
{
  if (!terrace_tour_check_verify (tour, error) || !terrace_tour_check_files (tour, error))
    return FALSE;

  terrace_tour_say (tour,
                    _ ("Read all %u files again: every byte, time and permission is as "
                       "before, each file is there once, and nothing was left behind"),
                    tour->files->len);
  return TRUE;
}

static gboolean
print_account (TerraceTour *tour, GError **error)
{
  g_autoptr (TerraceStats) stats = terrace_tour_get_stats (tour, error);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *saving = NULL;
  g_autofree char *example_size = NULL;
  g_autofree char *example_saving = NULL;
  gint64 saving_nanos;
  double share;

  if (stats == NULL)
    return FALSE;
  saving_nanos = tour->before_nanos - stats->monthly_nanos;
  if (saving_nanos <= 0)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_FAILED,
                           _ ("The moves have saved nothing"));
      return FALSE;
    }

  before = terrace_cli_format_money (tour->cli, tour->before_nanos);
  after = terrace_cli_format_money (tour->cli, stats->monthly_nanos);
  saving = terrace_cli_format_money (tour->cli, saving_nanos);
  share = (double) saving_nanos / (double) tour->before_nanos;
  example_size = g_format_size ((guint64) EXAMPLE_BYTES);
  example_saving = terrace_format_money (terrace_money_from_nanos (saving_nanos) * EXAMPLE_BYTES /
                                             (double) stats->size_bytes,
                                         terrace_engine_get_currency (tour->cli->engine));
  terrace_cli_print (_ ("\nSaved: %s a month. It was %s and is %s now, %.0f %% less; for %s used "
                        "like this it would be %s a month.\n"),
                     saving, before, after, share * 100, example_size, example_saving);
  return TRUE;
}

static gboolean
run_tour (TerraceTour *tour, GError **error)
{
  TerracePlanSummary summary = { 0 };
  gint64 move_id = 0;

  if (!make_places (tour, error) || !make_files (tour, error) || !register_files (tour, error) ||
      !terrace_tour_set_policy (tour, error) || !record_accesses (tour, error) ||
      !terrace_tour_make_plan (tour, &summary, error) ||
      !terrace_tour_apply_plan (tour, &summary, error) ||
      !terrace_tour_archive_by_hand (tour, &move_id, error) || !check_everything (tour, error) ||
      !terrace_tour_check_export (tour, error))
    return FALSE;
  terrace_tour_say (tour, _ ("Exported the objects as CSV and read it back: %u rows"),
                    tour->n_rows);

  return terrace_tour_take_back (tour, move_id, error) && terrace_tour_check_files (tour, error) &&
         print_account (tour, error);
}

static gboolean
remove_func (TerraceTour *tour, GError **error)
{
  return terrace_tour_remove (tour->root, error);
}

static void
shut_down_worker (TerraceTour *tour)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_worker_shutdown_async (tour->worker, NULL, terrace_cli_await_cb, &result);
  terrace_cli_await (&result);
  terrace_worker_shutdown_finish (tour->worker, result, NULL);
  g_clear_object (&tour->worker);
}

static int
run_in_folder (TerraceTour *tour, gboolean keep)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) remove_error = NULL;
  gint64 start_us = g_get_monotonic_time ();
  int status = TERRACE_CLI_FAILED;

  if (terrace_cli_open (tour->cli, TRUE))
    {
      if (run_tour (tour, &error))
        status = TERRACE_CLI_OK;
      else
        terrace_cli_fail (error);
      if (!terrace_cli_close (tour->cli))
        status = TERRACE_CLI_FAILED;
    }

  if (status == TERRACE_CLI_OK)
    terrace_cli_print (_ ("Everything was as it should be, in %.1f seconds.\n"),
                       (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC);
  else if (tour->cli->stop_signal == 0)
    terrace_cli_warn (_ ("the tour did not end as it should"));
  if (keep)
    terrace_cli_print (_ ("It was kept: %s\n"), tour->root);
  else if (!terrace_tour_run_on_worker (tour, remove_func, &remove_error))
    status = terrace_cli_fail (remove_error);

  return status;
}

int
terrace_cli_tour (TerraceCli *cli, int argc, char **argv)
{
  const TerraceCliHelp help = {
    "tour [OPTION…]",
    _ ("Does the whole job once, on about sixty real files in a temporary folder: registers them, "
       "records accesses, tells hot from cold, plans, moves between four sandbox tiers, verifies "
       "every byte, exports CSV, takes a move back, and tells what was saved. It needs no "
       "account, no network and no display, touches nothing of yours, and removes its folder. "
       "The exit status is 1 if anything was not as it should be."),
    "  terracectl tour\n"
    "  terracectl tour --keep\n",
    FALSE,
  };
  gboolean keep = FALSE;
  GOptionEntry entries[] = {
    { "keep", 'k', 0, G_OPTION_ARG_NONE, &keep, N_ ("Leave the folder for a look"), NULL },
    { NULL },
  };
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  TerraceTour tour = { .cli = cli };
  int status;

  if (!terrace_cli_parse (cli, &help, entries, argc, argv, &arguments, &status))
    return status;
  if (arguments[0] != NULL)
    return terrace_cli_misuse ("tour", _ ("'%s' is too much"), arguments[0]);
  tour.root = g_dir_make_tmp ("terrace-tour-XXXXXX", &error);
  if (tour.root == NULL)
    return terrace_cli_fail (error);

  g_free (cli->data_dir);
  cli->data_dir = g_build_filename (tour.root, "data", NULL);
  cli->ignores_own_prices = TRUE;
  tour.worker = terrace_worker_new ("terrace-tour", 1);
  tour.files = terrace_tour_files_new ();
  tour.paths = g_ptr_array_new_with_free_func (g_free);
  terrace_cli_print (_ ("This tour happens in %s and nowhere else.\n"), tour.root);

  status = run_in_folder (&tour, keep);

  shut_down_worker (&tour);
  g_ptr_array_unref (tour.files);
  g_ptr_array_unref (tour.paths);
  g_clear_pointer (&tour.item_ids, g_array_unref);
  g_free (tour.root);
  return status;
}
