/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The preferences. Switches act at once; entries when their tick or Enter says so. What the engine
 * refuses stays in its entry to be corrected, and the reason is told. Main thread. */

#include "config.h"

#include "ui/settings/terrace-preferences.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-units.h"
#include "engine/terrace-engine-transfer.h"
#include "ui/terrace-settings.h"

struct _TerracePreferences
{
  AdwPreferencesWindow parent_instance;

  TerraceEngine *engine;
  GCancellable *cancellable;
  gboolean showing; /* the entries are being filled */

  AdwComboRow *style_row;
  GtkSwitch *notify_switch;
  GtkSwitch *inhibit_switch;
  GtkSwitch *ask_switch;
  GtkSpinButton *active_spin;
  AdwEntryRow *rate_row;
  AdwEntryRow *timetable_row;
  AdwEntryRow *cap_row;
};

G_DEFINE_FINAL_TYPE (TerracePreferences, terrace_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the rows of style_row. */
static const char *const styles[] = { "default", "light", "dark" };

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* --- Limits -------------------------------------------------------------------------------- */

/* "1.5M" rather than "1572864": what terrace_parse_size() reads back. */
static char *
format_rate (guint64 bytes)
{
  static const char units[] = "KMGT";
  double value = (double) bytes;
  int unit = -1;

  if (bytes == 0)
    return g_strdup ("");
  while (value >= 1024 && unit + 1 < (int) sizeof units - 1)
    {
      value /= 1024;
      unit++;
    }
  if (unit < 0 || fabs (value * 100 - round (value * 100)) > 1e-6)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, bytes);
  return g_strdup_printf ("%g%c", value, units[unit]);
}

static void
terrace_preferences_show_limits (TerracePreferences *self)
{
  const TerraceTransferLimits *limits = terrace_engine_get_transfer_limits (self->engine);
  g_autofree char *rate = format_rate (limits->bytes_per_second);
  g_autofree char *cap = g_strdup ("");

  if (limits->spend_cap_nanos > 0)
    {
      g_free (cap);
      cap = g_strdup_printf ("%.2f", terrace_money_from_nanos (limits->spend_cap_nanos));
    }
  self->showing = TRUE;
  gtk_spin_button_set_value (self->active_spin, limits->max_active);
  gtk_editable_set_text (GTK_EDITABLE (self->rate_row), rate);
  gtk_editable_set_text (GTK_EDITABLE (self->timetable_row),
                         limits->timetable != NULL ? limits->timetable : "");
  gtk_editable_set_text (GTK_EDITABLE (self->cap_row), cap);
  self->showing = FALSE;
}

static void
terrace_preferences_tell (TerracePreferences *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), adw_toast_new (escaped));
}

static void
limits_set_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerracePreferences) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_set_transfer_limits_finish (TERRACE_ENGINE (object), result, &error) &&
      self->engine != NULL && !terrace_error_is_cancelled (error))
    terrace_preferences_tell (self, error->message);
}

/* %FALSE if @text is no amount. "" is none. */
static gboolean
parse_money (const char *text, gint64 *nanos)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  char *end = NULL;
  double amount;

  *nanos = 0;
  if (*stripped == '\0')
    return TRUE;
  /* A comma is what a decimal point is in half of the world. */
  g_strdelimit (stripped, ",", '.');
  amount = g_ascii_strtod (stripped, &end);
  if (*end != '\0' || !isfinite (amount) || amount < 0)
    return FALSE;
  *nanos = terrace_money_to_nanos (amount);
  return TRUE;
}

static void
mark (AdwEntryRow *row, gboolean good)
{
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
}

static void
limits_changed_cb (TerracePreferences *self)
{
  TerraceTransferLimits limits = { 0 };
  g_autofree char *rate = NULL;
  g_autofree char *timetable = NULL;
  gboolean rate_good, cap_good;

  if (self->showing || self->engine == NULL)
    return;
  rate = g_strstrip (g_strdup (get_text (self->rate_row)));
  timetable = g_strstrip (g_strdup (get_text (self->timetable_row)));
  rate_good = *rate == '\0' || terrace_parse_size (rate, &limits.bytes_per_second);
  cap_good = parse_money (get_text (self->cap_row), &limits.spend_cap_nanos);
  mark (self->rate_row, rate_good);
  mark (self->cap_row, cap_good);
  if (!rate_good)
    terrace_preferences_tell (self, _ ("A limit is a size like 500K or 10M"));
  else if (!cap_good)
    terrace_preferences_tell (self, _ ("An amount of money is a number like 25 or 7.50"));
  if (!rate_good || !cap_good)
    return;

  limits.max_active = (guint) gtk_spin_button_get_value_as_int (self->active_spin);
  limits.timetable = *timetable != '\0' ? timetable : NULL;
  terrace_engine_set_transfer_limits_async (self->engine, &limits, self->cancellable, limits_set_cb,
                                            g_object_ref (self));
}

/* --- Settings ------------------------------------------------------------------------------ */

static gboolean
style_to_row (GValue *value, GVariant *variant, gpointer user_data)
{
  const char *style = g_variant_get_string (variant, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_str_equal (style, styles[i]))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
row_to_style (const GValue *value, const GVariantType *type, gpointer user_data)
{
  guint selected = g_value_get_uint (value);

  return g_variant_new_string (styles[MIN (selected, G_N_ELEMENTS (styles) - 1)]);
}

static void
terrace_preferences_bind_settings (TerracePreferences *self)
{
  GSettings *settings = terrace_ui_get_settings ();

  if (settings == NULL)
    return;
  g_settings_bind_with_mapping (settings, "color-scheme", self->style_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, style_to_row, row_to_style, NULL, NULL);
  g_settings_bind (settings, "notify-moves", self->notify_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "stay-awake", self->inhibit_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "ask-before-closing", self->ask_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_preferences_dispose (GObject *object)
{
  TerracePreferences *self = TERRACE_PREFERENCES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->engine);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_PREFERENCES);
  G_OBJECT_CLASS (terrace_preferences_parent_class)->dispose (object);
}

static void
terrace_preferences_finalize (GObject *object)
{
  g_clear_object (&TERRACE_PREFERENCES (object)->cancellable);
  G_OBJECT_CLASS (terrace_preferences_parent_class)->finalize (object);
}

static void
terrace_preferences_class_init (TerracePreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_preferences_dispose;
  object_class->finalize = terrace_preferences_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, style_row);
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, notify_switch);
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, inhibit_switch);
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, ask_switch);
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, active_spin);
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, rate_row);
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, timetable_row);
  gtk_widget_class_bind_template_child (widget_class, TerracePreferences, cap_row);
  gtk_widget_class_bind_template_callback (widget_class, limits_changed_cb);
}

static void
terrace_preferences_init (TerracePreferences *self)
{
  self->cancellable = g_cancellable_new ();
  self->showing = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_range (self->active_spin, 1, TERRACE_LIMIT_ACTIVE_MOVES);
  gtk_spin_button_set_increments (self->active_spin, 1, 4);
  terrace_preferences_bind_settings (self);
}

GtkWindow *
terrace_preferences_new (GtkWindow *parent, TerraceEngine *engine)
{
  TerracePreferences *self;
  g_autofree char *title = NULL;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  self = g_object_new (TERRACE_TYPE_PREFERENCES, "transient-for", parent, NULL);
  self->engine = g_object_ref (engine);
  /* Translators: a currency follows, "USD" */
  title = g_strdup_printf (_ ("Pause at a Cost of (%s)"), terrace_engine_get_currency (engine));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->cap_row), title);
  terrace_preferences_show_limits (self);
  return GTK_WINDOW (self);
}
