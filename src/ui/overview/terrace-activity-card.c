/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens and what wants a person: a few lines, each a button to the view with the rest. The
 * buttons stay and change their words, so that the focus does not jump. Main thread. */

#include "config.h"

#include "ui/overview/terrace-activity-card.h"

#include <glib/gi18n-lib.h>

#include "catalog/terrace-move-list.h"
#include "engine/terrace-engine-stream.h"
#include "ui/terrace-format.h"

#define N_LINES 3
#define TICK_MS 1000
/* Of so many waiting ones the running ones are looked for. */
#define LOOKED_AT_MAX 500

/* A line that leads somewhere. */
typedef struct
{
  GtkWidget *button;
  GtkImage *icon;
  GtkLabel *label;
} Line;

struct _TerraceActivityCard
{
  TerraceOverviewCard parent_instance;

  TerraceMoveList *moves;
  TerraceEngineStream *stream;
  guint tick_id;

  GtkLabel *alerts_label;
  Line alerts[N_LINES];
  GtkLabel *moves_label;
  Line lines[N_LINES];
};

G_DEFINE_FINAL_TYPE (TerraceActivityCard, terrace_activity_card, TERRACE_TYPE_OVERVIEW_CARD)

/* --- Lines --------------------------------------------------------------------------------- */

static void
line_init (Line *line, GtkBox *box)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  line->icon =
      g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  line->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (line->label, 0);
  gtk_label_set_ellipsize (line->label, PANGO_ELLIPSIZE_END);
  gtk_label_set_lines (line->label, 2);
  gtk_label_set_wrap (line->label, TRUE);
  gtk_label_set_wrap_mode (line->label, PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (GTK_WIDGET (line->label), TRUE);
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (line->icon));
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (line->label));
  line->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (line->button), content);
  gtk_widget_add_css_class (line->button, "flat");
  gtk_widget_add_css_class (line->button, "line");
  /* The action takes a view's name; it must never be without one. */
  gtk_actionable_set_action_target (GTK_ACTIONABLE (line->button), "s", "overview");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (line->button), "s", "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (line->button), "win.show-view");
  gtk_widget_set_visible (line->button, FALSE);
  gtk_box_append (box, line->button);
}

/* @text: (nullable): %NULL hides it. */
static void
line_set (Line *line, const char *icon, const char *text, const char *view)
{
  if (text != NULL && g_strcmp0 (text, gtk_label_get_text (line->label)) != 0)
    {
      gtk_label_set_text (line->label, text);
      gtk_widget_set_tooltip_text (line->button, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (line->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      text, -1);
    }
  if (text != NULL)
    {
      gtk_image_set_from_icon_name (line->icon, icon);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (line->button), "s", view);
    }
  gtk_widget_set_visible (line->button, text != NULL);
}

/* --- Alerts -------------------------------------------------------------------------------- */

static const char *
get_alert_view (const TerraceAlert *alert)
{
  if (alert->move_id != 0)
    return "migrations";
  if (alert->location_id != 0)
    return "locations";
  return alert->item_id != 0 ? "objects" : "stream";
}

static const char *
get_alert_icon (const TerraceAlert *alert)
{
  switch (alert->severity)
    {
    case TERRACE_SEVERITY_ERROR:
      return "dialog-error-symbolic";
    case TERRACE_SEVERITY_WARNING:
      return "dialog-warning-symbolic";
    case TERRACE_SEVERITY_INFO:
    default:
      return "dialog-information-symbolic";
    }
}

static void
terrace_activity_card_update_alerts (TerraceActivityCard *self)
{
  GListModel *alerts = terrace_engine_stream_get_alerts (self->stream);
  TerraceEngine *engine = terrace_overview_card_get_engine (TERRACE_OVERVIEW_CARD (self));
  gint64 now_us = terrace_clock_get_now_us (terrace_engine_get_clock (engine));
  g_autofree char *text = NULL;
  guint n_open = 0;

  for (guint i = 0; i < g_list_model_get_n_items (alerts); i++)
    {
      g_autoptr (TerraceAlert) alert = g_list_model_get_item (alerts, i);

      if (!terrace_alert_wants_attention (alert, now_us))
        continue;
      if (n_open < N_LINES)
        line_set (&self->alerts[n_open], get_alert_icon (alert), alert->message,
                  get_alert_view (alert));
      n_open++;
    }
  for (guint i = n_open; i < N_LINES; i++)
    line_set (&self->alerts[i], NULL, NULL, NULL);
  if (n_open > 0)
    text =
        g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u open alert", "%u open alerts", n_open),
                         n_open);
  gtk_label_set_text (self->alerts_label, text != NULL ? text : _ ("No alert is open"));
}

/* --- Migrations ---------------------------------------------------------------------------- */

/* (transfer full): "rushes.mov: 12 MB of 80 MB at 3 MB/s, 20 seconds left" */
static char *
describe_move (TerraceMove *move)
{
  g_autofree char *state = terrace_ui_format_move_state (move->state, move->request);
  g_autofree char *flow = terrace_ui_format_move_flow (move->state, move->done_bytes,
                                                       move->size_bytes, move->bytes_per_second);

  /* Translators: name of an object, and what its migration does */
  return g_strdup_printf (_ ("%s: %s"), move->name, *flow != '\0' ? flow : state);
}

static gboolean
is_running (const TerraceMove *move)
{
  return move->state == TERRACE_MOVE_COPYING || move->state == TERRACE_MOVE_VERIFYING ||
         move->state == TERRACE_MOVE_COMMITTING;
}

static void
terrace_activity_card_update_moves (TerraceActivityCard *self)
{
  guint n_open = g_list_model_get_n_items (G_LIST_MODEL (self->moves));
  g_autofree char *text = NULL;
  guint n_running = 0;

  for (guint i = 0; i < MIN (n_open, LOOKED_AT_MAX) && n_running < N_LINES; i++)
    {
      g_autoptr (TerraceMove) move =
          g_list_model_get_item (G_LIST_MODEL (self->moves), n_open - 1 - i);

      if (is_running (move))
        {
          g_autofree char *line = describe_move (move);

          line_set (&self->lines[n_running++], "emblem-synchronizing-symbolic", line, "migrations");
        }
    }
  for (guint i = n_running; i < N_LINES; i++)
    line_set (&self->lines[i], NULL, NULL, NULL);
  if (n_open > 0)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration under way",
                                         "%u migrations under way", n_open),
                            n_open);
  gtk_label_set_text (self->moves_label, text != NULL ? text : _ ("No migration is under way"));
}

static void
progress_cb (TerraceActivityCard *self, gint64 move_id, guint64 done_bytes, double bytes_per_second)
{
  TerraceMove *move = self->moves != NULL ? terrace_move_list_find (self->moves, move_id) : NULL;

  if (move != NULL)
    terrace_move_set_progress (move, done_bytes, bytes_per_second);
}

/* --- Object -------------------------------------------------------------------------------- */

static gboolean
tick_cb (gpointer user_data)
{
  TerraceActivityCard *self = user_data;

  terrace_activity_card_update_alerts (self);
  terrace_activity_card_update_moves (self);
  return G_SOURCE_CONTINUE;
}

static void
terrace_activity_card_ask (TerraceOverviewCard *card,
                           TerraceEngine *engine,
                           GCancellable *cancellable)
{
  TerraceActivityCard *self = TERRACE_ACTIVITY_CARD (card);

  if (self->moves == NULL)
    {
      self->moves = terrace_move_list_new (terrace_engine_get_catalog (engine), 0);
      self->stream = g_object_ref (terrace_engine_get_stream (engine));
      g_signal_connect_object (terrace_engine_get_queue (engine), "progress",
                               G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
    }
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
  tick_cb (self);
}

static void
terrace_activity_card_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&TERRACE_ACTIVITY_CARD (widget)->tick_id, g_source_remove);
  GTK_WIDGET_CLASS (terrace_activity_card_parent_class)->unmap (widget);
}

static void
terrace_activity_card_dispose (GObject *object)
{
  TerraceActivityCard *self = TERRACE_ACTIVITY_CARD (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->moves);
  g_clear_object (&self->stream);
  G_OBJECT_CLASS (terrace_activity_card_parent_class)->dispose (object);
}

static void
terrace_activity_card_class_init (TerraceActivityCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_activity_card_dispose;
  GTK_WIDGET_CLASS (klass)->unmap = terrace_activity_card_unmap;
  TERRACE_OVERVIEW_CARD_CLASS (klass)->ask = terrace_activity_card_ask;
}

static void
terrace_activity_card_init (TerraceActivityCard *self)
{
  GtkBox *box = terrace_overview_card_build (TERRACE_OVERVIEW_CARD (self), _ ("Now"));

  self->alerts_label = GTK_LABEL (terrace_overview_label_new (NULL, "dim-label"));
  gtk_box_append (box, GTK_WIDGET (self->alerts_label));
  for (guint i = 0; i < N_LINES; i++)
    line_init (&self->alerts[i], box);
  self->moves_label = GTK_LABEL (terrace_overview_label_new (NULL, "dim-label"));
  gtk_box_append (box, GTK_WIDGET (self->moves_label));
  for (guint i = 0; i < N_LINES; i++)
    line_init (&self->lines[i], box);
}
