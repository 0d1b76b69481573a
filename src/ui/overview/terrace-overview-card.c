/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the parts of the overview have in common: when they ask. Main thread. */

#include "config.h"

#include "ui/overview/terrace-overview-card.h"

#define CHART_MIN_WIDTH 280
/* What a line would like to have; it takes what it gets. */
#define LINE_CHARS 40

typedef struct
{
  TerraceEngine *engine;
  GCancellable *cancellable; /* of the question under way */
  guint ask_id;
  gboolean fresh;
} TerraceOverviewCardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TerraceOverviewCard, terrace_overview_card, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
} TerraceOverviewCardProperty;

static GParamSpec *properties[PROP_ENGINE + 1];

static TerraceOverviewCardPrivate *
get_private (TerraceOverviewCard *self)
{
  return terrace_overview_card_get_instance_private (self);
}

void
terrace_overview_card_ask (TerraceOverviewCard *self)
{
  TerraceOverviewCardPrivate *private;
  TerraceOverviewCardClass *klass;

  g_return_if_fail (TERRACE_IS_OVERVIEW_CARD (self));

  private = get_private (self);
  klass = TERRACE_OVERVIEW_CARD_GET_CLASS (self);
  private->fresh = FALSE;
  if (private->engine == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  g_clear_handle_id (&private->ask_id, g_source_remove);
  g_cancellable_cancel (private->cancellable);
  g_clear_object (&private->cancellable);
  private->cancellable = g_cancellable_new ();
  private->fresh = klass->changes != 0;
  klass->ask (self, private->engine, private->cancellable);
}

static gboolean
ask_cb (gpointer user_data)
{
  TerraceOverviewCard *self = user_data;

  get_private (self)->ask_id = 0;
  terrace_overview_card_ask (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TerraceOverviewCard *self, TerraceCatalogChange changes)
{
  TerraceOverviewCardPrivate *private = get_private (self);
  TerraceOverviewCardClass *klass = TERRACE_OVERVIEW_CARD_GET_CLASS (self);

  if ((changes & klass->changes) == 0)
    return;
  private->fresh = FALSE;
  if (private->ask_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
  private->ask_id = g_timeout_add (klass->pause_ms, ask_cb, self);
}

static void
terrace_overview_card_map (GtkWidget *widget)
{
  TerraceOverviewCard *self = TERRACE_OVERVIEW_CARD (widget);

  GTK_WIDGET_CLASS (terrace_overview_card_parent_class)->map (widget);
  if (!get_private (self)->fresh)
    terrace_overview_card_ask (self);
}

static void
terrace_overview_card_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&get_private (TERRACE_OVERVIEW_CARD (widget))->ask_id, g_source_remove);
  GTK_WIDGET_CLASS (terrace_overview_card_parent_class)->unmap (widget);
}

static void
terrace_overview_card_dispose (GObject *object)
{
  TerraceOverviewCardPrivate *private = get_private (TERRACE_OVERVIEW_CARD (object));

  g_clear_handle_id (&private->ask_id, g_source_remove);
  g_cancellable_cancel (private->cancellable);
  g_clear_object (&private->cancellable);
  g_clear_object (&private->engine);
  G_OBJECT_CLASS (terrace_overview_card_parent_class)->dispose (object);
}

static void
terrace_overview_card_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((TerraceOverviewCardProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, get_private (TERRACE_OVERVIEW_CARD (object))->engine);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_overview_card_set_property (GObject *object,
                                    guint id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  TerraceOverviewCard *self = TERRACE_OVERVIEW_CARD (object);
  TerraceOverviewCardPrivate *private = get_private (self);

  switch ((TerraceOverviewCardProperty) id)
    {
    case PROP_ENGINE:
      if (!g_set_object (&private->engine, g_value_get_object (value)))
        break;
      if (private->engine != NULL)
        g_signal_connect_object (terrace_engine_get_catalog (private->engine), "changed",
                                 G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
      terrace_overview_card_ask (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_overview_card_class_init (TerraceOverviewCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_overview_card_dispose;
  object_class->get_property = terrace_overview_card_get_property;
  object_class->set_property = terrace_overview_card_set_property;
  widget_class->map = terrace_overview_card_map;
  widget_class->unmap = terrace_overview_card_unmap;

  properties[PROP_ENGINE] =
      g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
terrace_overview_card_init (TerraceOverviewCard *self)
{
}

TerraceEngine *
terrace_overview_card_get_engine (TerraceOverviewCard *self)
{
  g_return_val_if_fail (TERRACE_IS_OVERVIEW_CARD (self), NULL);

  return get_private (self)->engine;
}

GtkBox *
terrace_overview_box_new (const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "tile");
  gtk_widget_set_size_request (box, CHART_MIN_WIDTH, -1);
  if (title != NULL)
    gtk_box_append (GTK_BOX (box), terrace_overview_label_new (title, "heading"));
  return GTK_BOX (box);
}

GtkBox *
terrace_overview_card_build (TerraceOverviewCard *self, const char *title)
{
  GtkBox *box;

  g_return_val_if_fail (TERRACE_IS_OVERVIEW_CARD (self), NULL);

  box = terrace_overview_box_new (title);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (box));
  return box;
}

GtkWidget *
terrace_overview_label_new (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), LINE_CHARS);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}
