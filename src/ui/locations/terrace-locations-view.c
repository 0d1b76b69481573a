/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The list of locations, and what adds to it. Locations are few: a list box will do. Main thread.
 */

#include "config.h"

#include "ui/locations/terrace-locations-view.h"

#include <glib/gi18n-lib.h>

#include "ui/locations/terrace-location-row.h"
#include "ui/terrace-feedback.h"

struct _TerraceLocationsView
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  GCancellable *cancellable;

  GtkStack *stack;
  GtkListBox *list_box;
};

G_DEFINE_FINAL_TYPE (TerraceLocationsView, terrace_locations_view, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
} TerraceLocationsViewProperty;

static GParamSpec *properties[PROP_ENGINE + 1];

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  TerraceLocationsView *self = user_data;

  return terrace_location_row_new (self->engine, TERRACE_LOCATION (item));
}

static void
terrace_locations_view_update (TerraceLocationsView *self)
{
  guint n_locations = g_list_model_get_n_items (terrace_engine_get_locations (self->engine));

  if (self->stack != NULL)
    gtk_stack_set_visible_child_name (self->stack, n_locations > 0 ? "list" : "empty");
}

static void
probed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceLocationsView) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!terrace_engine_probe_finish (TERRACE_ENGINE (object), result, &error))
    terrace_ui_report (GTK_WIDGET (self), _ ("Could not check the locations"), error);
}

static void
terrace_locations_view_probe (TerraceLocationsView *self)
{
  terrace_engine_probe_async (self->engine, self->cancellable, probed_cb, g_object_ref (self));
}

static void
probe_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_locations_view_probe (TERRACE_LOCATIONS_VIEW (widget));
}

/* Free space and state are looked up when somebody looks. */
static void
terrace_locations_view_map (GtkWidget *widget)
{
  TerraceLocationsView *self = TERRACE_LOCATIONS_VIEW (widget);

  GTK_WIDGET_CLASS (terrace_locations_view_parent_class)->map (widget);
  if (self->engine != NULL)
    terrace_locations_view_probe (self);
}

static void
terrace_locations_view_set_engine (TerraceLocationsView *self, TerraceEngine *engine)
{
  GListModel *locations;

  if (!g_set_object (&self->engine, engine))
    return;
  if (engine != NULL)
    {
      locations = terrace_engine_get_locations (engine);
      gtk_list_box_bind_model (self->list_box, locations, create_row, self, NULL);
      g_signal_connect_object (locations, "items-changed",
                               G_CALLBACK (terrace_locations_view_update), self, G_CONNECT_SWAPPED);
      terrace_locations_view_update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENGINE]);
}

static void
terrace_locations_view_dispose (GObject *object)
{
  TerraceLocationsView *self = TERRACE_LOCATIONS_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->list_box != NULL)
    gtk_list_box_bind_model (self->list_box, NULL, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_LOCATIONS_VIEW);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_locations_view_parent_class)->dispose (object);
}

static void
terrace_locations_view_finalize (GObject *object)
{
  g_clear_object (&TERRACE_LOCATIONS_VIEW (object)->cancellable);
  G_OBJECT_CLASS (terrace_locations_view_parent_class)->finalize (object);
}

static void
terrace_locations_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceLocationsView *self = TERRACE_LOCATIONS_VIEW (object);

  switch ((TerraceLocationsViewProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_locations_view_set_property (GObject *object,
                                     guint id,
                                     const GValue *value,
                                     GParamSpec *pspec)
{
  TerraceLocationsView *self = TERRACE_LOCATIONS_VIEW (object);

  switch ((TerraceLocationsViewProperty) id)
    {
    case PROP_ENGINE:
      terrace_locations_view_set_engine (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_locations_view_class_init (TerraceLocationsViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_locations_view_dispose;
  object_class->finalize = terrace_locations_view_finalize;
  object_class->get_property = terrace_locations_view_get_property;
  object_class->set_property = terrace_locations_view_set_property;
  widget_class->map = terrace_locations_view_map;

  properties[PROP_ENGINE] =
      g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-locations-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationsView, stack);
  gtk_widget_class_bind_template_child (widget_class, TerraceLocationsView, list_box);
  gtk_widget_class_install_action (widget_class, "locations.probe", NULL, probe_action);
}

static void
terrace_locations_view_init (TerraceLocationsView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
