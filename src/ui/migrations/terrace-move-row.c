/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A row of the migrations. What it shows hangs on the move's properties by lookups; which buttons
 * it offers is the engine's answer, asked again when state or request change. Main thread. */

#include "config.h"

#include "ui/migrations/terrace-move-row.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "ui/terrace-commands.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"

struct _TerraceMoveRow
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  TerraceMove *move;
  GSignalGroup *move_signals;

  GtkWidget *commit_button;
  GtkWidget *retry_button;
  GtkWidget *pause_button;
  GtkWidget *resume_button;
  GtkWidget *undo_button;
  GtkWidget *cancel_button;
};

G_DEFINE_FINAL_TYPE (TerraceMoveRow, terrace_move_row, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
  PROP_MOVE,
} TerraceMoveRowProperty;

static GParamSpec *properties[PROP_MOVE + 1];

/* --- Display --------------------------------------------------------------------------------- */

static char *
state_icon (TerraceMoveRow *self, TerraceMoveState state)
{
  switch (state)
    {
    case TERRACE_MOVE_DONE:
      return g_strdup ("emblem-ok-symbolic");
    case TERRACE_MOVE_FAILED:
      return g_strdup ("dialog-warning-symbolic");
    case TERRACE_MOVE_CANCELLED:
      return g_strdup ("process-stop-symbolic");
    case TERRACE_MOVE_PAUSED:
      return g_strdup ("media-playback-pause-symbolic");
    case TERRACE_MOVE_QUEUED:
      return g_strdup ("content-loading-symbolic");
    case TERRACE_MOVE_COPYING:
    case TERRACE_MOVE_VERIFYING:
    case TERRACE_MOVE_STAGED:
    case TERRACE_MOVE_COMMITTING:
    default:
      return g_strdup ("emblem-synchronizing-symbolic");
    }
}

static char *
format_route (TerraceMoveRow *self, TerraceMove *move)
{
  g_autofree char *saving = NULL;
  g_autofree char *route = NULL;

  if (move == NULL || self->engine == NULL)
    return NULL;
  route = g_strdup_printf (_ ("%s → %s"),
                           terrace_ui_location_name (self->engine, move->source_location_id),
                           terrace_ui_location_name (self->engine, move->dest_location_id));
  if (move->undo_of != 0)
    /* Translators: the route of a move that takes another one back */
    return g_strdup_printf (_ ("%s, taking a migration back"), route);
  if (move->saving_nanos <= 0)
    return g_steal_pointer (&route);
  saving = terrace_ui_format_nanos (move->saving_nanos, terrace_engine_get_currency (self->engine));
  return g_strdup_printf (_ ("%s, saves %s a month"), route, saving);
}

static gboolean
shows_progress (TerraceMoveRow *self, TerraceMoveState state)
{
  return state != TERRACE_MOVE_QUEUED && !terrace_move_state_is_final (state);
}

/* Copying fills the first half of the bar, verifying the second. */
static double
progress_fraction (TerraceMoveRow *self,
                   TerraceMoveState state,
                   guint64 done_bytes,
                   guint64 size_bytes)
{
  double done = size_bytes > 0 ? MIN ((double) done_bytes / (double) size_bytes, 1.0) : 0;

  switch (state)
    {
    case TERRACE_MOVE_COPYING:
    case TERRACE_MOVE_PAUSED:
      return done / 2;
    case TERRACE_MOVE_VERIFYING:
      return 0.5 + done / 2;
    case TERRACE_MOVE_STAGED:
    case TERRACE_MOVE_COMMITTING:
    case TERRACE_MOVE_DONE:
      return 1;
    case TERRACE_MOVE_QUEUED:
    case TERRACE_MOVE_FAILED:
    case TERRACE_MOVE_CANCELLED:
    default:
      return 0;
    }
}

static char *
format_status (TerraceMoveRow *self,
               TerraceMoveState state,
               TerraceMoveRequest request,
               guint64 done_bytes,
               guint64 size_bytes,
               double bytes_per_second,
               gint64 undone_by)
{
  g_autofree char *words = terrace_ui_format_move_state (state, request);
  g_autofree char *flow =
      terrace_ui_format_move_flow (state, done_bytes, size_bytes, bytes_per_second);

  if (undone_by != 0)
    /* Translators: a finished migration that was taken back afterwards */
    return g_strdup_printf (_ ("%s, taken back since · %s"), words, flow);
  return g_strdup_printf ("%s · %s", words, flow);
}

/* "38 requests, $0.0002 of $0.0005 spent"; "" where moving costs nothing. */
static char *
format_spent (TerraceMoveRow *self, guint64 requests, gint64 spent_nanos, gint64 once_nanos)
{
  const char *currency;
  g_autofree char *count = terrace_ui_format_count (requests);
  g_autofree char *spent = NULL;
  g_autofree char *once = NULL;
  g_autofree char *words = NULL;

  if (self->engine == NULL || (requests == 0 && spent_nanos == 0 && once_nanos == 0))
    return g_strdup ("");
  currency = terrace_engine_get_currency (self->engine);
  spent = terrace_ui_format_amount (spent_nanos, currency);
  once = terrace_ui_format_amount (once_nanos, currency);
  words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s request", "%s requests",
                                        (gulong) requests),
                           count);
  if (once_nanos > 0)
    /* Translators: "38 requests", then two amounts of money */
    return g_strdup_printf (_ ("%s, %s spent of about %s"), words, spent, once);
  /* Translators: "38 requests", then an amount of money */
  return g_strdup_printf (_ ("%s, %s spent"), words, spent);
}

static gboolean
shows_spent (TerraceMoveRow *self, guint64 requests, gint64 spent_nanos, gint64 once_nanos)
{
  return requests > 0 || spent_nanos > 0 || once_nanos > 0;
}

static gboolean
shows_error (TerraceMoveRow *self, const char *error, TerraceMoveState state)
{
  return error != NULL && *error != '\0' && state != TERRACE_MOVE_DONE &&
         state != TERRACE_MOVE_CANCELLED;
}

/* NULL where the reason is advice enough. */
static const char *
advise (TerraceErrorCode code)
{
  switch (code)
    {
    case TERRACE_ERROR_NO_SPACE:
      return _ ("Make room at the destination, then choose Retry.");
    case TERRACE_ERROR_PERMISSION:
    case TERRACE_ERROR_READ_ONLY:
      return _ ("Allow Terrace to read the original and to write at the destination, "
                "then choose Retry.");
    case TERRACE_ERROR_UNREACHABLE:
    case TERRACE_ERROR_BUSY:
      return _ ("Connect the location, then choose Retry.");
    case TERRACE_ERROR_CHANGED:
      return NULL; /* the reason says it */
    case TERRACE_ERROR_NOT_FOUND:
      return _ ("Put it back and choose Retry, or add it again if it was moved or renamed.");
    case TERRACE_ERROR_IO:
    case TERRACE_ERROR_CORRUPT:
      return _ ("The disk did not give back what was written. Check it before you choose Retry.");
    case TERRACE_ERROR_FAILED:
    case TERRACE_ERROR_INVALID:
    case TERRACE_ERROR_EXISTS:
    case TERRACE_ERROR_UNSUPPORTED:
    case TERRACE_ERROR_TOO_NEW:
    case TERRACE_ERROR_LIMIT:
    default:
      return _ ("Choose Retry, or leave it where it is.");
    }
}

static char *
format_error (TerraceMoveRow *self, const char *error, int error_code, TerraceMoveState state)
{
  const char *advice;

  if (error == NULL)
    return NULL;
  if (state != TERRACE_MOVE_FAILED)
    /* Translators: why the last attempt of a migration did not work */
    return g_strdup_printf (_ ("%s. Terrace tries again by itself."), error);
  advice = advise ((TerraceErrorCode) error_code);
  if (advice == NULL)
    return g_strdup (error);
  /* Translators: what went wrong, then what to do */
  return g_strdup_printf (_ ("%s. %s"), error, advice);
}

static void
terrace_move_row_update_actions (TerraceMoveRow *self)
{
  TerraceMove *move = self->move;
  const struct
  {
    const char *action;
    GtkWidget *button;
    gboolean possible;
  } rows[] = {
    { "move.commit", self->commit_button,
      move != NULL && terrace_move_allows (move, TERRACE_MOVE_ACTION_COMMIT) },
    { "move.retry", self->retry_button,
      move != NULL && terrace_move_allows (move, TERRACE_MOVE_ACTION_RETRY) },
    { "move.pause", self->pause_button,
      move != NULL && terrace_move_allows (move, TERRACE_MOVE_ACTION_PAUSE) },
    { "move.resume", self->resume_button,
      move != NULL && terrace_move_allows (move, TERRACE_MOVE_ACTION_RESUME) },
    { "move.cancel", self->cancel_button,
      move != NULL && terrace_move_allows (move, TERRACE_MOVE_ACTION_CANCEL) },
    /* Of an unfinished move that is what Cancel does. */
    { "move.undo", self->undo_button,
      move != NULL && terrace_move_state_is_final (move->state) && terrace_move_can_undo (move) },
  };

  for (guint i = 0; self->cancel_button != NULL && i < G_N_ELEMENTS (rows); i++)
    {
      gtk_widget_action_set_enabled (GTK_WIDGET (self), rows[i].action, rows[i].possible);
      gtk_widget_set_visible (rows[i].button, rows[i].possible);
    }
}

/* --- Actions ------------------------------------------------------------------------------- */

static void
control_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceMoveRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_control_move_finish (TERRACE_ENGINE (object), result, &error))
    terrace_ui_report (GTK_WIDGET (self), _ ("The migration does not follow"), error);
}

static void
control_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const struct
  {
    const char *name;
    TerraceMoveAction action;
  } actions[] = {
    { "move.commit", TERRACE_MOVE_ACTION_COMMIT }, { "move.retry", TERRACE_MOVE_ACTION_RETRY },
    { "move.pause", TERRACE_MOVE_ACTION_PAUSE },   { "move.resume", TERRACE_MOVE_ACTION_RESUME },
    { "move.cancel", TERRACE_MOVE_ACTION_CANCEL },
  };
  TerraceMoveRow *self = TERRACE_MOVE_ROW (widget);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].name, name))
      terrace_engine_control_move_async (self->engine, self->move->id, actions[i].action, NULL,
                                         control_cb, g_object_ref (self));
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceMoveRow *self = TERRACE_MOVE_ROW (widget);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (ids, self->move->id);
  terrace_ui_undo (widget, self->engine, ids);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_move_row_dispose (GObject *object)
{
  TerraceMoveRow *self = TERRACE_MOVE_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_MOVE_ROW);
  g_clear_object (&self->move_signals);
  g_clear_object (&self->move);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_move_row_parent_class)->dispose (object);
}

static void
terrace_move_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceMoveRow *self = TERRACE_MOVE_ROW (object);

  switch ((TerraceMoveRowProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    case PROP_MOVE:
      g_value_set_object (value, self->move);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_move_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TerraceMoveRow *self = TERRACE_MOVE_ROW (object);

  switch ((TerraceMoveRowProperty) id)
    {
    case PROP_ENGINE:
      g_set_object (&self->engine, g_value_get_object (value));
      break;
    case PROP_MOVE:
      terrace_move_row_set_move (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_move_row_bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-move-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceMoveRow, commit_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceMoveRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceMoveRow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceMoveRow, resume_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceMoveRow, undo_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceMoveRow, cancel_button);
  gtk_widget_class_bind_template_callback (widget_class, state_icon);
  gtk_widget_class_bind_template_callback (widget_class, format_route);
  gtk_widget_class_bind_template_callback (widget_class, shows_progress);
  gtk_widget_class_bind_template_callback (widget_class, progress_fraction);
  gtk_widget_class_bind_template_callback (widget_class, format_status);
  gtk_widget_class_bind_template_callback (widget_class, format_spent);
  gtk_widget_class_bind_template_callback (widget_class, shows_spent);
  gtk_widget_class_bind_template_callback (widget_class, shows_error);
  gtk_widget_class_bind_template_callback (widget_class, format_error);
}

static void
terrace_move_row_class_init (TerraceMoveRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_move_row_dispose;
  object_class->get_property = terrace_move_row_get_property;
  object_class->set_property = terrace_move_row_set_property;

  properties[PROP_ENGINE] =
      g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_MOVE] =
      g_param_spec_object ("move", NULL, NULL, TERRACE_TYPE_MOVE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  terrace_move_row_bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "move.commit", NULL, control_action);
  gtk_widget_class_install_action (widget_class, "move.retry", NULL, control_action);
  gtk_widget_class_install_action (widget_class, "move.pause", NULL, control_action);
  gtk_widget_class_install_action (widget_class, "move.resume", NULL, control_action);
  gtk_widget_class_install_action (widget_class, "move.cancel", NULL, control_action);
  gtk_widget_class_install_action (widget_class, "move.undo", NULL, undo_action);
}

static void
terrace_move_row_init (TerraceMoveRow *self)
{
  self->move_signals = g_signal_group_new (TERRACE_TYPE_MOVE);
  g_signal_group_connect_object (self->move_signals, "notify::state",
                                 G_CALLBACK (terrace_move_row_update_actions), self,
                                 G_CONNECT_SWAPPED);
  g_signal_group_connect_object (self->move_signals, "notify::request",
                                 G_CALLBACK (terrace_move_row_update_actions), self,
                                 G_CONNECT_SWAPPED);
  g_signal_group_connect_object (self->move_signals, "notify::undone-by",
                                 G_CALLBACK (terrace_move_row_update_actions), self,
                                 G_CONNECT_SWAPPED);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
terrace_move_row_new (TerraceEngine *engine)
{
  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  return g_object_new (TERRACE_TYPE_MOVE_ROW, "engine", engine, NULL);
}

void
terrace_move_row_set_move (TerraceMoveRow *self, TerraceMove *move)
{
  g_return_if_fail (TERRACE_IS_MOVE_ROW (self));
  g_return_if_fail (move == NULL || TERRACE_IS_MOVE (move));

  if (!g_set_object (&self->move, move))
    return;
  g_signal_group_set_target (self->move_signals, move);
  terrace_move_row_update_actions (self);
  if (move != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    move->name, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MOVE]);
}
