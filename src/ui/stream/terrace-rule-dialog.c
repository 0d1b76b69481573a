/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The dialog of a rule: one row for each threshold that its kind has, from a table. Main thread. */

#include "config.h"

#include "ui/stream/terrace-rule-dialog.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "insight/terrace-alert-rules.h"
#include "ui/stream/terrace-stream-format.h"
#include "ui/terrace-format.h"

#define MAX_MESSAGES 8

#define KIND(kind) (1u << TERRACE_ALERT_##kind)
#define ALL_KINDS G_MAXUINT

typedef enum
{
  FIELD_RAISE,
  FIELD_CLEAR,
  FIELD_FOR,
  FIELD_AT_LEAST,
  FIELD_READS,
  FIELD_WITHIN,
  FIELD_AMOUNT,
  FIELD_SILENCE,
} FieldId;

/**
 * Field:
 * @member: (nullable): of the rule's JSON
 * @unit: what 1 of the row is in JSON: 0.01 for percent, 60 for minutes
 */
typedef struct
{
  FieldId id;
  guint kinds;
  const char *member;
  const char *title;
  double unit;
  double max;
  guint digits;
} Field;

static const Field fields[] = {
  { FIELD_READS, KIND (HEATING) | KIND (PREWARM), "reads", N_ ("Reads"), 1, 1e6, 0 },
  { FIELD_WITHIN, KIND (HEATING) | KIND (PREWARM), "within_s", N_ ("Within Minutes"), 60, 1440, 1 },
  { FIELD_RAISE, KIND (ERROR_RATE), "raise", N_ ("Speak Up From, in Percent"), 0.01, 100, 1 },
  { FIELD_CLEAR, KIND (ERROR_RATE), "clear", N_ ("Over Below, in Percent"), 0.01, 100, 1 },
  { FIELD_RAISE, KIND (LATENCY), "raise", N_ ("Speak Up From, in Milliseconds"), 1, 3.6e6, 0 },
  { FIELD_CLEAR, KIND (LATENCY), "clear", N_ ("Over Below, in Milliseconds"), 1, 3.6e6, 0 },
  { FIELD_FOR, KIND (ERROR_RATE) | KIND (LATENCY) | KIND (UNREACHABLE), "for_s",
    N_ ("If So for Seconds"), 1, 86400, 0 },
  { FIELD_AT_LEAST, KIND (ERROR_RATE) | KIND (LATENCY), "at_least",
    N_ ("With at Least So Many Events"), 1, 1e6, 0 },
  { FIELD_AMOUNT, KIND (BUDGET), "amount", N_ ("Amount a Month"), 1, 1e9, 2 },
  { FIELD_SILENCE, ALL_KINDS, NULL, N_ ("Then Silent for Minutes"), 60, 10080, 0 },
};

struct _TerraceRuleDialog
{
  AdwWindow parent_instance;

  TerraceEngineStream *stream;
  TerraceAlertRule *rule;
  GCancellable *cancellable;

  GtkSpinButton *spins[G_N_ELEMENTS (fields)]; /* NULL: this kind has none */
  GtkSwitch *act_switch;                       /* or NULL */
  GtkLabel *result_label;
};

G_DEFINE_FINAL_TYPE (TerraceRuleDialog, terrace_rule_dialog, ADW_TYPE_WINDOW)

TerraceAlertRule *
terrace_rule_dialog_copy_rule (TerraceAlertRule *rule)
{
  TerraceAlertRule *copy = terrace_alert_rule_new (rule->kind, rule->name, rule->settings);

  copy->id = rule->id;
  copy->enabled = rule->enabled;
  copy->severity = rule->severity;
  copy->location_id = rule->location_id;
  copy->silence_s = rule->silence_s;
  return copy;
}

/* --- From the rows and to them ------------------------------------------------------------- */

static double
get_field (TerraceAlertRule *rule, const TerraceRuleSettings *settings, FieldId id)
{
  switch (id)
    {
    case FIELD_RAISE:
      return settings->raise_at;
    case FIELD_CLEAR:
      return settings->clear_at;
    case FIELD_FOR:
      return settings->for_s;
    case FIELD_AT_LEAST:
      return (double) settings->at_least;
    case FIELD_READS:
      return (double) settings->reads;
    case FIELD_WITHIN:
      return settings->within_s;
    case FIELD_AMOUNT:
      return settings->amount;
    case FIELD_SILENCE:
    default:
      return (double) rule->silence_s;
    }
}

/* (transfer full): the rule as the rows have it. */
static TerraceAlertRule *
terrace_rule_dialog_read (TerraceRuleDialog *self)
{
  TerraceAlertRule *rule = terrace_rule_dialog_copy_rule (self->rule);
  GString *json = g_string_new ("{");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      double value;

      if (self->spins[i] == NULL)
        continue;
      value = gtk_spin_button_get_value (self->spins[i]) * fields[i].unit;
      if (fields[i].id == FIELD_SILENCE)
        rule->silence_s = (guint64) value;
      else
        g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", fields[i].member,
                                g_ascii_dtostr (number, sizeof number, value));
    }
  if (self->act_switch != NULL)
    g_string_append_printf (json, "%s\"act\":%s", json->len > 1 ? "," : "",
                            gtk_switch_get_active (self->act_switch) ? "true" : "false");
  g_string_append_c (json, '}');
  g_free (rule->settings);
  rule->settings = g_string_free (json, FALSE);
  return rule;
}

static void
terrace_rule_dialog_say (TerraceRuleDialog *self, const char *text)
{
  gtk_label_set_text (self->result_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result_label), TRUE);
}

/* --- Trying and saving --------------------------------------------------------------------- */

static char *
format_trial (TerraceAlertRule *rule, const TerraceRuleTrial *trial)
{
  g_autofree char *events = terrace_ui_format_count (trial->events);
  g_autofree char *fired = terrace_ui_format_count (trial->fired);
  GString *text = g_string_new (NULL);

  if (rule->kind == TERRACE_ALERT_HEATING)
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE,
                                         "In the last hour it would have stopped the migration of "
                                         "%s object, had it been on its way down.",
                                         "In the last hour it would have stopped the migrations of "
                                         "%s objects, had they been on their way down.",
                                         trial->fired),
                            fired);
  else
    g_string_append_printf (text,
                            g_dngettext (GETTEXT_PACKAGE,
                                         "In the last hour it would have spoken up %s time.",
                                         "In the last hour it would have spoken up %s times.",
                                         trial->fired),
                            fired);
  g_string_append_c (text, ' ');
  g_string_append_printf (text, _ ("Events looked at: %s."), events);
  for (guint i = 0; i < MIN (trial->messages->len, MAX_MESSAGES); i++)
    g_string_append_printf (text, "\n%s", (char *) g_ptr_array_index (trial->messages, i));
  return g_string_free (text, FALSE);
}

static void
tried_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceRuleDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceRuleTrial) trial =
      terrace_engine_stream_try_rule_finish (TERRACE_ENGINE_STREAM (object), result, &error);
  g_autofree char *text = NULL;

  if (self->stream == NULL || (trial == NULL && terrace_error_is_cancelled (error)))
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "rule.try", TRUE);
  text = trial != NULL ? format_trial (self->rule, trial) : g_strdup (error->message);
  terrace_rule_dialog_say (self, text);
}

static void
try_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceRuleDialog *self = TERRACE_RULE_DIALOG (widget);
  g_autoptr (TerraceAlertRule) rule = terrace_rule_dialog_read (self);

  gtk_widget_action_set_enabled (widget, "rule.try", FALSE);
  terrace_engine_stream_try_rule_async (self->stream, rule, self->cancellable, tried_cb,
                                        g_object_ref (self));
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceRuleDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok =
      terrace_engine_stream_put_rule_finish (TERRACE_ENGINE_STREAM (object), result, &error);

  if (self->stream == NULL)
    return;
  if (ok)
    gtk_window_destroy (GTK_WINDOW (self));
  else if (!terrace_error_is_cancelled (error))
    terrace_rule_dialog_say (self, error->message);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceRuleDialog *self = TERRACE_RULE_DIALOG (widget);
  g_autoptr (TerraceAlertRule) rule = terrace_rule_dialog_read (self);

  terrace_engine_stream_put_rule_async (self->stream, rule, NULL, saved_cb, g_object_ref (self));
}

/* --- Building ------------------------------------------------------------------------------ */

static void
add_row (AdwPreferencesGroup *group, const char *title, GtkWidget *widget)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  adw_preferences_group_add (group, row);
}

static void
terrace_rule_dialog_add_rows (TerraceRuleDialog *self,
                              AdwPreferencesGroup *group,
                              const char *currency)
{
  TerraceRuleSettings settings;

  if (!terrace_rule_settings_read (self->rule, &settings, NULL))
    {
      g_autoptr (TerraceAlertRule) fresh = terrace_alert_rule_new (self->rule->kind, "", NULL);

      terrace_rule_settings_read (fresh, &settings, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const Field *field = &fields[i];
      g_autofree char *title = NULL;
      GtkWidget *spin;

      if ((field->kinds & (1u << self->rule->kind)) == 0)
        continue;
      title = field->id == FIELD_AMOUNT ? g_strdup_printf ("%s (%s)", _ (field->title), currency) :
                                          g_strdup (_ (field->title));
      spin = gtk_spin_button_new_with_range (0, field->max, field->digits > 0 ? 0.5 : 1);
      gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), field->digits);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin),
                                 get_field (self->rule, &settings, field->id) / field->unit);
      self->spins[i] = GTK_SPIN_BUTTON (spin);
      add_row (group, title, spin);
    }
  if (self->rule->kind <= TERRACE_ALERT_INGEST)
    {
      self->act_switch = GTK_SWITCH (gtk_switch_new ());
      gtk_switch_set_active (self->act_switch, settings.act);
      add_row (group, _ ("Act, Not Only Tell"), GTK_WIDGET (self->act_switch));
    }
}

static GtkWidget *
create_header (void)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_label (_ ("Cancel"));
  GtkWidget *save = gtk_button_new_with_label (_ ("Save"));

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (save), "rule.save");
  gtk_widget_add_css_class (save, "suggested-action");
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), save);
  return header;
}

static void
terrace_rule_dialog_build (TerraceRuleDialog *self, const char *currency)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *try_button = gtk_button_new_with_label (_ ("Try on the Last Hour"));

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ (self->rule->name));
  terrace_rule_dialog_add_rows (self, ADW_PREFERENCES_GROUP (group), currency);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (try_button), "rule.try");
  gtk_widget_set_halign (try_button, GTK_ALIGN_START);
  self->result_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->result_label, TRUE);
  gtk_label_set_xalign (self->result_label, 0);
  gtk_label_set_selectable (self->result_label, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->result_label), FALSE);

  gtk_box_append (GTK_BOX (content), group);
  gtk_box_append (GTK_BOX (content), try_button);
  gtk_box_append (GTK_BOX (content), GTK_WIDGET (self->result_label));
  g_object_set (content, "margin-top", 12, "margin-bottom", 18, "margin-start", 18, "margin-end",
                18, NULL);
  gtk_box_append (GTK_BOX (box), create_header ());
  gtk_box_append (GTK_BOX (box), content);
  adw_window_set_content (ADW_WINDOW (self), box);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_rule_dialog_dispose (GObject *object)
{
  TerraceRuleDialog *self = TERRACE_RULE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->stream);
  g_clear_object (&self->rule);
  G_OBJECT_CLASS (terrace_rule_dialog_parent_class)->dispose (object);
}

static void
terrace_rule_dialog_finalize (GObject *object)
{
  g_clear_object (&TERRACE_RULE_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (terrace_rule_dialog_parent_class)->finalize (object);
}

static void
terrace_rule_dialog_class_init (TerraceRuleDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = terrace_rule_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = terrace_rule_dialog_finalize;
  gtk_widget_class_install_action (widget_class, "rule.try", NULL, try_action);
  gtk_widget_class_install_action (widget_class, "rule.save", NULL, save_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
terrace_rule_dialog_init (TerraceRuleDialog *self)
{
  self->cancellable = g_cancellable_new ();
}

GtkWindow *
terrace_rule_dialog_new (GtkWindow *parent,
                         TerraceEngineStream *stream,
                         TerraceAlertRule *rule,
                         const char *currency)
{
  TerraceRuleDialog *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE_STREAM (stream), NULL);
  g_return_val_if_fail (TERRACE_IS_ALERT_RULE (rule), NULL);

  self = g_object_new (TERRACE_TYPE_RULE_DIALOG, "transient-for", parent, "modal", TRUE, "title",
                       _ ("Rule"), "default-width", 480, NULL);
  self->stream = g_object_ref (stream);
  self->rule = g_object_ref (rule);
  terrace_rule_dialog_build (self, currency);
  return GTK_WINDOW (self);
}
