/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A row of the locations. What a probe observes arrives by lookups; the rest does not change while
 * the row lives. Main thread. */

#include "config.h"

#include "ui/locations/terrace-location-row.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-units.h"
#include "ui/locations/terrace-browse-dialog.h"
#include "ui/locations/terrace-orphans-dialog.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"

struct _TerraceLocationRow
{
  GtkListBoxRow parent_instance;

  TerraceEngine *engine;
  TerraceLocation *location;

  GtkLabel *tier_label;
  GtkLabel *class_label;
  GtkLabel *root_label;
  GtkSwitch *accepts_switch;
};

G_DEFINE_FINAL_TYPE (TerraceLocationRow, terrace_location_row, GTK_TYPE_LIST_BOX_ROW)

typedef enum
{
  PROP_ENGINE = 1,
  PROP_LOCATION,
} TerraceLocationRowProperty;

static GParamSpec *properties[PROP_LOCATION + 1];

/* --- Display --------------------------------------------------------------------------------- */

static char *
kind_icon (TerraceLocationRow *self, TerraceLocationKind kind)
{
  switch (kind)
    {
    case TERRACE_LOCATION_LOCAL:
      return g_strdup ("drive-harddisk-symbolic");
    case TERRACE_LOCATION_SANDBOX:
      return g_strdup ("folder-symbolic");
    case TERRACE_LOCATION_S3:
    case TERRACE_LOCATION_AZURE:
    case TERRACE_LOCATION_GCS:
    default:
      return g_strdup ("network-server-symbolic");
    }
}

/* "Ready, answers in 3 ms, 120 GB free of 500 GB" */
static char *
format_state (TerraceLocationRow *self,
              TerraceLocationState state,
              const char *message,
              guint64 latency_us,
              guint64 free_bytes,
              guint64 total_bytes)
{
  g_autoptr (GString) text = g_string_new (terrace_ui_location_state_label (state));

  if (message != NULL && *message != '\0')
    g_string_append_printf (text, ": %s", message);
  if (state == TERRACE_LOCATION_STATE_READY && latency_us > 0)
    {
      g_autofree char *latency = terrace_format_latency ((latency_us + 500) / 1000);

      g_string_append (text, ", ");
      g_string_append_printf (text, _ ("answers in %s"),
                              latency_us < 1000 ? _ ("under 1 ms") : latency);
    }
  if (total_bytes > 0)
    {
      g_autofree char *free_text = terrace_ui_format_size (free_bytes);
      g_autofree char *total = terrace_ui_format_size (total_bytes);

      g_string_append (text, ", ");
      g_string_append_printf (text, _ ("%s free of %s"), free_text, total);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
knows_space (TerraceLocationRow *self, guint64 total_bytes)
{
  return total_bytes > 0;
}

static double
used_fraction (TerraceLocationRow *self, guint64 free_bytes, guint64 total_bytes)
{
  if (total_bytes == 0 || free_bytes > total_bytes)
    return 0;
  return 1.0 - (double) free_bytes / (double) total_bytes;
}

static void
terrace_location_row_show (TerraceLocationRow *self)
{
  const char *class_id = terrace_location_get_class_id (self->location);
  TerraceStorageClass *storage_class =
      class_id != NULL ? terrace_engine_find_class (self->engine, class_id) : NULL;
  const char *kind = terrace_ui_location_kind_label (self->location->kind);
  g_autofree char *root = terrace_display_name (self->location->root);
  g_autofree char *text = NULL;

  if (storage_class != NULL)
    {
      g_autofree char *price = terrace_ui_format_price (storage_class->gb_month,
                                                        terrace_engine_get_currency (self->engine));

      /* Translators: kind of location, storage class, price */
      text = g_strdup_printf (_ ("%s, %s, %s"), kind, storage_class->name, price);
      gtk_label_set_text (self->tier_label, terrace_ui_tier_label (storage_class->tier));
      gtk_widget_add_css_class (GTK_WIDGET (self->tier_label), "chip");
      gtk_widget_add_css_class (GTK_WIDGET (self->tier_label),
                                terrace_ui_tier_css_class (storage_class->tier));
    }
  else
    text = g_strdup_printf (_ ("%s, price not known"), kind);
  gtk_label_set_text (self->class_label, text);
  gtk_label_set_text (self->root_label, root);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->root_label), root);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->location->name, -1);
  gtk_switch_set_active (self->accepts_switch, self->location->accepts);
}

/* --- Changes ------------------------------------------------------------------------------- */

static void
updated_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceLocationRow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_engine_update_location_finish (TERRACE_ENGINE (object), result, &error))
    return;
  terrace_ui_report (GTK_WIDGET (self), _ ("Could not change the location"), error);
  if (self->accepts_switch != NULL)
    gtk_switch_set_active (self->accepts_switch, self->location->accepts);
}

/* A location is not changed in place: the engine is given what it should be. */
static gboolean
accepts_set_cb (GtkSwitch *accepts_switch, gboolean accepts, TerraceLocationRow *self)
{
  g_autoptr (TerraceLocation) wanted = NULL;
  TerraceLocation *now = self->location;

  if (now == NULL || now->accepts == accepts)
    return FALSE;
  wanted =
      terrace_location_new (now->kind, now->name, now->root, (const char *const *) now->class_ids);
  wanted->id = now->id;
  wanted->latency_ms = now->latency_ms;
  wanted->bandwidth_bytes_s = now->bandwidth_bytes_s;
  wanted->capacity_bytes = now->capacity_bytes;
  wanted->created_us = now->created_us;
  wanted->accepts = accepts;
  terrace_engine_update_location_async (self->engine, wanted, NULL, updated_cb,
                                        g_object_ref (self));
  return FALSE;
}

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) view = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_engine_remove_location_finish (TERRACE_ENGINE (object), result, &error))
    terrace_ui_toast (view, _ ("Location removed, its folder is untouched"));
  else
    terrace_ui_report (view, _ ("Could not remove the location"), error);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceLocationRow *self = TERRACE_LOCATION_ROW (widget);

  /* The row goes with the location; the list stays to tell about it. */
  terrace_engine_remove_location_async (self->engine, self->location->id, NULL, removed_cb,
                                        g_object_ref (gtk_widget_get_parent (widget)));
}

static void
browse_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceLocationRow *self = TERRACE_LOCATION_ROW (widget);
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (widget));

  gtk_window_present (terrace_browse_dialog_new (parent, self->engine, self->location));
}

static void
orphans_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceLocationRow *self = TERRACE_LOCATION_ROW (widget);
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_root (widget));

  gtk_window_present (terrace_orphans_dialog_new (parent, self->engine, self->location));
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_location_row_dispose (GObject *object)
{
  TerraceLocationRow *self = TERRACE_LOCATION_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_LOCATION_ROW);
  g_clear_object (&self->location);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_location_row_parent_class)->dispose (object);
}

static void
terrace_location_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceLocationRow *self = TERRACE_LOCATION_ROW (object);

  switch ((TerraceLocationRowProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    case PROP_LOCATION:
      g_value_set_object (value, self->location);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_location_row_set_property (GObject *object,
                                   guint id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  TerraceLocationRow *self = TERRACE_LOCATION_ROW (object);

  switch ((TerraceLocationRowProperty) id)
    {
    case PROP_ENGINE:
      g_set_object (&self->engine, g_value_get_object (value));
      break;
    case PROP_LOCATION:
      if (g_set_object (&self->location, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_location_row_class_init (TerraceLocationRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = terrace_location_row_dispose;
  object_class->get_property = terrace_location_row_get_property;
  object_class->set_property = terrace_location_row_set_property;

  properties[PROP_ENGINE] = g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE, flags);
  properties[PROP_LOCATION] =
      g_param_spec_object ("location", NULL, NULL, TERRACE_TYPE_LOCATION, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-location-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationRow, tier_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationRow, class_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationRow, root_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationRow, accepts_switch);
  gtk_widget_class_bind_template_callback (widget_class, kind_icon);
  gtk_widget_class_bind_template_callback (widget_class, format_state);
  gtk_widget_class_bind_template_callback (widget_class, knows_space);
  gtk_widget_class_bind_template_callback (widget_class, used_fraction);
  gtk_widget_class_bind_template_callback (widget_class, accepts_set_cb);
  gtk_widget_class_install_action (widget_class, "location.browse", NULL, browse_action);
  gtk_widget_class_install_action (widget_class, "location.orphans", NULL, orphans_action);
  gtk_widget_class_install_action (widget_class, "location.remove", NULL, remove_action);
}

static void
terrace_location_row_init (TerraceLocationRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
terrace_location_row_new (TerraceEngine *engine, TerraceLocation *location)
{
  TerraceLocationRow *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);
  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);

  self = g_object_new (TERRACE_TYPE_LOCATION_ROW, "engine", engine, "location", location, NULL);
  terrace_location_row_show (self);
  return GTK_WIDGET (self);
}
