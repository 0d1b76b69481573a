/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How soon the window is there, and how it bears many objects: start with an empty catalogue, then
 * first frame, sorting and scrolling over a full one. Usage: bench-window [ITEMS]; one million by
 * default, in a temporary folder. Needs a display; headless.sh gives one.
 *
 * The real application runs, in process, so that frames can be seen; nothing in it knows of the
 * bench. A frame counts when its clock has emitted "after-paint". */

#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <stdlib.h>

#include "base/terrace-limits.h"
#include "catalog/terrace-item-list.h"
#include "catalog/terrace-location-table.h"
#include "engine/terrace-engine.h"
#include "terrace-test-support.h"
#include "ui/terrace-application.h"
#include "ui/terrace-item-columns.h"
#include "ui/terrace-settings.h"

#define DEFAULT_ITEMS 1000000
#define SCROLL_FRAMES 120
#define SCROLL_STEP 400
#define MS(since_us) ((double) (g_get_monotonic_time () - (since_us)) / 1e3)

typedef struct
{
  GApplication *application;
  guint64 n_items;

  /* while filling */
  TerraceCatalog *catalog;
  guint64 n_done;
  guint64 random;
  gboolean complete;

  /* while looking */
  GtkWindow *window;
  GtkColumnView *column_view;
  guint n_painted;
  gboolean frame_wanted;
  guint n_scrolled;
  gint64 last_us;
  double worst_ms;
} Bench;

static guint64
resident_kib (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = g_strstr_len (status, -1, "VmRSS:");
  return line != NULL ? g_ascii_strtoull (line + 6, NULL, 10) : 0;
}

/* --- A full catalogue --------------------------------------------------------------------------
 */

static guint64
next_random (Bench *bench)
{
  /* xorshift64: the same rows in every run. */
  bench->random ^= bench->random << 13;
  bench->random ^= bench->random >> 7;
  bench->random ^= bench->random << 17;
  return bench->random;
}

static TerraceItem *
make_item (Bench *bench, guint64 i)
{
  static const char *const classes[] = { "aws/STANDARD", "aws/STANDARD_IA", "aws/GLACIER_IR",
                                         "aws/DEEP_ARCHIVE" };
  TerraceItem *item = terrace_item_new ();
  guint64 random = next_random (bench);

  item->name =
      g_strdup_printf ("sample_%06x_%02u.dat", (guint) (random & 0xffffff), (guint) (i % 40));
  item->key = g_strdup_printf ("run-%05" G_GUINT64_FORMAT "/%s", i / 40, item->name);
  item->content_type = g_strdup ("application/octet-stream");
  item->version = g_strdup ("1");
  item->tier = (TerraceTier) (random >> 32 & 3);
  item->class_id = g_strdup (classes[item->tier]);
  item->location_id = 1 + (gint64) item->tier;
  item->size_bytes = (guint64) exp (6.0 + 16.0 * (double) (random >> 40) / 16777216.0);
  item->modified_us = G_GINT64_CONSTANT (1700000000000000) + (gint64) (random >> 20);
  item->rates.last_us = item->modified_us;
  /* Known, so that nothing goes looking for files that are not there. */
  item->checksum.kind = TERRACE_CHECKSUM_SHA256;
  item->temperature = (TerraceTemperature) (1 + random % 3);
  item->monthly_nanos = (gint64) item->size_bytes / 40;
  item->wanted_location_id = random % 5 == 0 ? 4 : 0;
  item->saving_nanos = random % 5 == 0 ? item->monthly_nanos / 2 : 0;
  return item;
}

static gboolean
begin_import (TerraceConnection *connection, gpointer data, GError **error)
{
  static const char *const names[] = { "Hot", "Warm", "Cold", "Archive" };
  static const char *const class_ids[] = { "aws/STANDARD", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *root = g_build_filename (g_get_tmp_dir (), "nowhere", names[i], NULL);
      g_autoptr (TerraceLocation) location =
          terrace_location_new (TERRACE_LOCATION_SANDBOX, names[i], root, class_ids);

      if (!terrace_location_table_insert (connection, location, error))
        return FALSE;
    }
  return terrace_item_table_begin_import (connection, error);
}

static gboolean
insert_batch (TerraceConnection *connection, gpointer data, GError **error)
{
  Bench *bench = data;

  for (guint i = 0; i < 10 * TERRACE_LIMIT_BATCH_ITEMS && bench->n_done < bench->n_items; i++)
    {
      g_autoptr (TerraceItem) item = make_item (bench, bench->n_done++);

      if (!terrace_item_table_insert (connection, item, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
end_import (TerraceConnection *connection, gpointer data, GError **error)
{
  return terrace_item_table_end_import (connection, &((Bench *) data)->complete, error);
}

static void
write_job (Bench *bench, TerraceCatalogFunc func)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_catalog_write_async (bench->catalog, func, bench, TERRACE_CATALOG_ITEMS, NULL,
                               terrace_test_store_result, &result);
  terrace_test_await (&result);
  if (!terrace_catalog_write_finish (bench->catalog, result, &error))
    g_error ("%s", error->message);
}

static void
fill_catalog (Bench *bench, const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, "catalog.db", NULL);
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  terrace_catalog_open_async (path, clock, NULL, terrace_test_store_result, &opened);
  terrace_test_await (&opened);
  bench->catalog = terrace_catalog_open_finish (opened, &error);
  if (bench->catalog == NULL)
    g_error ("%s", error->message);

  bench->random = 88172645463325252;
  write_job (bench, begin_import);
  while (bench->n_done < bench->n_items)
    write_job (bench, insert_batch);
  while (!bench->complete)
    write_job (bench, end_import);

  terrace_catalog_close_async (bench->catalog, NULL, terrace_test_store_result, &closed);
  terrace_test_await (&closed);
  g_clear_object (&bench->catalog);
}

/* --- Looking -----------------------------------------------------------------------------------
 */

static void
after_paint_cb (GdkFrameClock *clock, gpointer user_data)
{
  ((Bench *) user_data)->n_painted++;
}

static gboolean
is_painted (gpointer data)
{
  return ((Bench *) data)->n_painted > 0;
}

static GtkColumnView *
find_column_view (GtkWidget *widget)
{
  GtkColumnView *found = NULL;

  if (GTK_IS_COLUMN_VIEW (widget) && gtk_widget_get_mapped (widget))
    return GTK_COLUMN_VIEW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_column_view (child);
  return found;
}

static TerraceItemList *
get_list (Bench *bench)
{
  GtkSelectionModel *selection = gtk_column_view_get_model (bench->column_view);

  return TERRACE_ITEM_LIST (gtk_multi_selection_get_model (GTK_MULTI_SELECTION (selection)));
}

/* Every row is in the list, and a frame was painted since it is. */
static gboolean
is_full_and_painted (gpointer data)
{
  Bench *bench = data;
  TerraceItemList *list;

  if (bench->column_view == NULL)
    bench->column_view = find_column_view (GTK_WIDGET (bench->window));
  if (bench->column_view == NULL || gtk_column_view_get_model (bench->column_view) == NULL)
    return FALSE;

  list = get_list (bench);
  if (terrace_item_list_get_loading (list) ||
      g_list_model_get_n_items (G_LIST_MODEL (list)) != bench->n_items)
    return FALSE;
  if (!bench->frame_wanted)
    {
      bench->frame_wanted = TRUE;
      bench->n_painted = 0;
      gtk_widget_queue_draw (GTK_WIDGET (bench->column_view));
    }
  return bench->n_painted > 0;
}

/* The first rows are on the screen, the rest may still be read. */
static gboolean
is_begun_and_painted (gpointer data)
{
  Bench *bench = data;

  if (bench->column_view == NULL)
    bench->column_view = find_column_view (GTK_WIDGET (bench->window));
  if (bench->column_view == NULL || gtk_column_view_get_model (bench->column_view) == NULL ||
      g_list_model_get_n_items (G_LIST_MODEL (get_list (bench))) == 0)
    return FALSE;
  if (!bench->frame_wanted)
    {
      bench->frame_wanted = TRUE;
      bench->n_painted = 0;
    }
  return bench->n_painted > 0;
}

static void
open_window (Bench *bench, const char *data_dir)
{
  g_setenv ("TERRACE_DATA_DIR", data_dir, TRUE);
  g_application_activate (bench->application);
  bench->window = gtk_application_get_active_window (GTK_APPLICATION (bench->application));
  bench->column_view = NULL;
  bench->n_painted = 0;
  bench->frame_wanted = FALSE;
  g_signal_connect_data (gtk_widget_get_frame_clock (GTK_WIDGET (bench->window)), "after-paint",
                         G_CALLBACK (after_paint_cb), bench, NULL, 0);
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *) data == NULL;
}

static gboolean
has_engine (gpointer data)
{
  g_autoptr (TerraceEngine) engine = NULL;

  g_object_get (((Bench *) data)->window, "engine", &engine, NULL);
  return engine != NULL;
}

static void
close_window (Bench *bench)
{
  TerraceEngine *engine = NULL;

  terrace_test_await_condition (has_engine, bench);
  g_object_get (bench->window, "engine", &engine, NULL);
  g_object_add_weak_pointer (G_OBJECT (engine), (gpointer *) &engine);
  g_object_unref (engine);
  gtk_window_destroy (bench->window);
  bench->window = NULL;
  terrace_test_await_condition (is_null, &engine);
}

static void
measure_sort (Bench *bench, TerraceItemSort sort, const char *name)
{
  gint64 since_us = g_get_monotonic_time ();
  double begun_ms;

  bench->frame_wanted = FALSE;
  terrace_item_columns_set_sort (bench->column_view, sort, TRUE);
  terrace_test_await_condition (is_begun_and_painted, bench);
  begun_ms = MS (since_us);
  bench->frame_wanted = FALSE;
  terrace_test_await_condition (is_full_and_painted, bench);
  g_print ("sort by %-12s first rows %7.0f ms   all rows %7.0f ms\n", name, begun_ms,
           MS (since_us));
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Bench *bench = user_data;
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (bench->column_view));
  gint64 now_us = g_get_monotonic_time ();

  if (bench->n_scrolled > 0)
    bench->worst_ms = MAX (bench->worst_ms, (double) (now_us - bench->last_us) / 1e3);
  bench->last_us = now_us;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + SCROLL_STEP);
  return ++bench->n_scrolled < SCROLL_FRAMES ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
has_scrolled (gpointer data)
{
  return ((Bench *) data)->n_scrolled >= SCROLL_FRAMES;
}

static void
measure_scroll (Bench *bench)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (bench->column_view));
  gint64 since_us = g_get_monotonic_time ();

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) / 2);
  gtk_widget_add_tick_callback (GTK_WIDGET (bench->column_view), scroll_cb, bench, NULL);
  terrace_test_await_condition (has_scrolled, bench);
  g_print ("scroll %d frames     %.1f ms a frame   worst %.1f ms\n", SCROLL_FRAMES,
           MS (since_us) / SCROLL_FRAMES, bench->worst_ms);
}

/* --- Main ---------------------------------------------------------------------------------- */

static void
measure_start (Bench *bench, const char *data_dir, gint64 since_us)
{
  double shown_ms;

  g_application_register (bench->application, NULL, NULL);
  g_application_hold (bench->application);
  open_window (bench, data_dir);
  terrace_test_await_condition (is_painted, bench);
  shown_ms = MS (since_us);
  terrace_test_await_condition (has_engine, bench);
  bench->n_painted = 0;
  gtk_widget_queue_draw (GTK_WIDGET (bench->window));
  terrace_test_await_condition (is_painted, bench);
  g_print ("start, empty         first frame %5.0f ms   catalogue open %5.0f ms   %.1f MiB\n",
           shown_ms, MS (since_us), (double) resident_kib () / 1024);
  close_window (bench);
}

static void
measure_full (Bench *bench, const char *data_dir)
{
  GSettings *settings = terrace_ui_get_settings ();
  gint64 since_us = g_get_monotonic_time ();
  double begun_ms;

  fill_catalog (bench, data_dir);
  g_print ("filled %" G_GUINT64_FORMAT " objects in %.1f s\n", bench->n_items, MS (since_us) / 1e3);
  if (settings != NULL)
    g_settings_set_string (settings, "selected-view", "objects");

  since_us = g_get_monotonic_time ();
  open_window (bench, data_dir);
  terrace_test_await_condition (has_engine, bench);
  gtk_widget_activate_action (GTK_WIDGET (bench->window), "win.show-view", "s", "objects");
  terrace_test_await_condition (is_begun_and_painted, bench);
  begun_ms = MS (since_us);
  bench->frame_wanted = FALSE;
  terrace_test_await_condition (is_full_and_painted, bench);
  g_print ("window, full         first rows %6.0f ms   all rows %7.0f ms   %.1f MiB\n", begun_ms,
           MS (since_us), (double) resident_kib () / 1024);

  measure_scroll (bench);
  measure_sort (bench, TERRACE_ITEM_SORT_SIZE, "size");
  measure_sort (bench, TERRACE_ITEM_SORT_COST, "cost");
  measure_sort (bench, TERRACE_ITEM_SORT_TEMPERATURE, "temperature");
  close_window (bench);
}

int
main (int argc, char **argv)
{
  gint64 since_us = g_get_monotonic_time ();
  g_autofree char *folder = terrace_test_make_dir ();
  g_autofree char *empty = g_build_filename (folder, "empty", NULL);
  g_autofree char *full = g_build_filename (folder, "full", NULL);
  g_autoptr (GApplication) application = terrace_application_new ();
  Bench bench = { .application = application, .n_items = DEFAULT_ITEMS };

  if (argc > 1)
    bench.n_items = g_ascii_strtoull (argv[1], NULL, 10);
  measure_start (&bench, empty, since_us);
  measure_full (&bench, full);
  g_application_release (application);
  terrace_test_settle ();
  terrace_test_remove_dir (folder);
  return EXIT_SUCCESS;
}
