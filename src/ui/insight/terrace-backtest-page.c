/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs the back-test when asked to, and shows its policies, the cheapest first, as lines of money
 * spent so far and as a table. Main thread. */

#include "config.h"

#include "ui/insight/terrace-backtest-page.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "engine/terrace-engine-insight.h"
#include "insight/terrace-rules.h"
#include "ui/charts/terrace-chart.h"
#include "ui/insight/terrace-job-bar.h"
#include "ui/terrace-format.h"

#define CHART_HEIGHT 420
#define SECONDS_PER_DAY 86400.0
#define SECONDS_PER_HOUR 3600.0
#define TRAIN_SHARE 0.6
#define SEED 1

struct _TerraceBacktestPage
{
  AdwBin parent_instance;

  TerraceEngine *engine;

  TerraceJobBar *job_bar;
  TerraceChart *chart;
  GtkGrid *table;
  GtkLabel *note_label;
};

G_DEFINE_FINAL_TYPE (TerraceBacktestPage, terrace_backtest_page, ADW_TYPE_BIN)

/* --- Display ------------------------------------------------------------------------------- */

static const char *
get_label (const TerraceBacktestRow *row)
{
  return row->rule >= 0 ? terrace_rule_get_label ((TerraceRuleKind) row->rule) : _ ("Terrace");
}

/* Terrace has the first colour; eight are not enough for all rules. */
static TerraceColor
get_color (const TerraceBacktestRow *row)
{
  if (row->rule + 1 < TERRACE_N_SERIES_COLORS)
    return TERRACE_COLOR_SERIES (row->rule + 1);
  return TERRACE_COLOR_TERM (TERRACE_N_TERMS - 1);
}

static void
terrace_backtest_page_add_line (TerraceBacktestPage *self,
                                const TerraceHistoryVerdict *verdict,
                                const TerraceBacktestRow *row)
{
  const int n_days = terrace_backtest_get_days (verdict->backtest);
  const double first = verdict->history->first_unix_day + verdict->backtest->split;
  g_autoptr (TerraceSeries) series = terrace_series_new (get_label (row), 0);
  double sum = 0;

  for (int i = 0; i < n_days; i++)
    {
      sum += row->by_day[i];
      terrace_series_append (series, &TERRACE_POINT ((first + i + 1) * SECONDS_PER_DAY, sum));
    }
  terrace_chart_add (self->chart, series, TERRACE_MARK_LINE, get_color (row));
}

/* @text: (transfer full) */
static void
add_cell (GtkGrid *grid, int column, int row, char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, column == 0);
  if (column > 0)
    gtk_widget_add_css_class (label, "numeric");
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (grid, label, column, row, 1, 1);
  g_free (text);
}

/* (transfer full): "1.234", or a dash when there is nothing to compare with. */
static char *
format_ratio (double cost, double other)
{
  return other > 0 ? g_strdup_printf ("%.3f", cost / other) : g_strdup ("–");
}

static void
terrace_backtest_page_add_row (TerraceBacktestPage *self,
                               const TerraceBacktest *backtest,
                               const TerraceBacktestRow *row,
                               int line)
{
  const char *css_class = row->rule < 0 ? "heading" : NULL;
  const char *currency = terrace_engine_get_currency (self->engine);

  add_cell (self->table, 0, line, g_strdup (get_label (row)), css_class);
  add_cell (self->table, 1, line, terrace_format_money (row->result.cost, currency), css_class);
  add_cell (self->table, 2, line, format_ratio (row->result.cost, backtest->optimum), css_class);
  add_cell (self->table, 3, line, format_ratio (row->result.cost, backtest->auto_cost), css_class);
  add_cell (self->table, 4, line, terrace_ui_format_count (row->result.moves), css_class);
  add_cell (self->table, 5, line,
            g_strdup_printf (_ ("%.1f h"), row->result.wait_s / SECONDS_PER_HOUR), css_class);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const TerraceBacktestRow *first = *(const TerraceBacktestRow *const *) a;
  const TerraceBacktestRow *second = *(const TerraceBacktestRow *const *) b;

  if (first->result.cost < second->result.cost || first->result.cost > second->result.cost)
    return first->result.cost < second->result.cost ? -1 : 1;
  return first->rule - second->rule;
}

static void
terrace_backtest_page_clear (TerraceBacktestPage *self)
{
  static const char *const titles[] = {
    N_ ("Policy"),      N_ ("Cost"),  N_ ("÷ Least Possible"),
    N_ ("÷ Automatic"), N_ ("Moves"), N_ ("Waiting"),
  };
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))) != NULL)
    gtk_grid_remove (self->table, child);
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    add_cell (self->table, (int) i, 0, g_strdup (_ (titles[i])), "dim-label");
  terrace_chart_remove_all (self->chart);
}

static void
terrace_backtest_page_show (TerraceBacktestPage *self, const TerraceHistoryVerdict *verdict)
{
  const TerraceBacktest *backtest = verdict->backtest;
  const char *currency = terrace_engine_get_currency (self->engine);
  g_autofree char *optimum = terrace_format_money (backtest->optimum, currency);
  g_autofree char *note = NULL;
  const TerraceBacktestRow *rows[TERRACE_N_RULES + 1];
  int n_days = terrace_backtest_get_days (backtest);

  terrace_backtest_page_clear (self);
  terrace_scale_set_currency (terrace_chart_get_y_scale (self->chart), currency);
  for (guint i = 0; i < backtest->n_rows; i++)
    rows[i] = &backtest->rows[i];
  qsort (rows, backtest->n_rows, sizeof rows[0], compare_rows);
  for (guint i = 0; i < backtest->n_rows; i++)
    {
      terrace_backtest_page_add_line (self, verdict, rows[i]);
      terrace_backtest_page_add_row (self, backtest, rows[i], (int) i + 1);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->table), TRUE);
  /* Translators: a number of days, then an amount of money */
  note = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "Judged on the last %d day, which nothing was learnt from. "
                                       "The least possible, known only in hindsight: %s.",
                                       "Judged on the last %d days, which nothing was learnt from. "
                                       "The least possible, known only in hindsight: %s.",
                                       (gulong) n_days),
                          n_days, optimum);
  gtk_label_set_text (self->note_label, note);
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), TRUE);
}

/* --- Running ------------------------------------------------------------------------------- */

static void
tested_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceBacktestPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceHistoryVerdict) verdict = NULL;

  verdict = terrace_engine_backtest_finish (TERRACE_ENGINE (object), result, &error);
  if (self->engine == NULL)
    return;
  if (verdict != NULL)
    {
      terrace_job_bar_end (self->job_bar, NULL);
      terrace_backtest_page_show (self, verdict);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    terrace_job_bar_end (self->job_bar, _ ("Cancelled."));
  else
    terrace_job_bar_end (self->job_bar, error->message);
}

static void
started_cb (TerraceBacktestPage *self)
{
  const TerraceBacktestOptions options = { .train_share = TRAIN_SHARE, .seed = SEED };
  GCancellable *cancellable = terrace_job_bar_begin (self->job_bar);

  terrace_engine_backtest_async (self->engine, NULL, &options, terrace_job_bar_progress,
                                 self->job_bar, cancellable, tested_cb, g_object_ref (self));
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_backtest_page_dispose (GObject *object)
{
  g_clear_object (&TERRACE_BACKTEST_PAGE (object)->engine);
  G_OBJECT_CLASS (terrace_backtest_page_parent_class)->dispose (object);
}

static void
terrace_backtest_page_finalize (GObject *object)
{
  /* The engine tells its progress until it has noticed the cancelling. */
  g_clear_object (&TERRACE_BACKTEST_PAGE (object)->job_bar);
  G_OBJECT_CLASS (terrace_backtest_page_parent_class)->finalize (object);
}

static void
terrace_backtest_page_class_init (TerraceBacktestPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_backtest_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = terrace_backtest_page_finalize;
}

static GtkLabel *
add_text (GtkBox *box, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

static void
terrace_backtest_page_init (TerraceBacktestPage *self)
{
  GtkBox *box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  GtkWidget *chart = terrace_chart_new (_ ("Spent So Far"), TERRACE_UNIT_TIME, TERRACE_UNIT_MONEY);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  add_text (box, _ ("Your own history is lived through again, day by day, under the rules that "
                    "people place data by, and as Terrace would have placed it, knowing no more on "
                    "each day than it could have known."));
  self->job_bar = TERRACE_JOB_BAR (g_object_ref_sink (
      terrace_job_bar_new (_ ("_Run Back-Test"), _ ("Living through the past"))));
  g_signal_connect_object (self->job_bar, "started", G_CALLBACK (started_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (box, GTK_WIDGET (self->job_bar));

  self->note_label = add_text (box, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->note_label), FALSE);

  self->chart = TERRACE_CHART (chart);
  terrace_scale_set_time_zone (terrace_chart_get_x_scale (self->chart), utc);
  terrace_chart_set_placeholder (self->chart,
                                 _ ("Run the back-test to see what each policy would have cost."));
  gtk_widget_set_size_request (chart, -1, CHART_HEIGHT);
  gtk_box_append (box, chart);

  self->table = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_row_spacing (self->table, 6);
  gtk_grid_set_column_spacing (self->table, 18);
  gtk_widget_set_visible (GTK_WIDGET (self->table), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->table), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Policies"), -1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->table));
  gtk_box_append (box, scrolled);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (box));
}

GtkWidget *
terrace_backtest_page_new (TerraceEngine *engine)
{
  TerraceBacktestPage *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  self = g_object_new (TERRACE_TYPE_BACKTEST_PAGE, NULL);
  self->engine = g_object_ref (engine);
  return GTK_WIDGET (self);
}
