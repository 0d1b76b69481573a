/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The plan: the catalogue's objects with a recommendation, the largest saving first. Main thread.
 */

#include "config.h"

#include "ui/plan/terrace-plan-view.h"

#include <glib/gi18n-lib.h>

#include "ui/terrace-commands.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"
#include "ui/terrace-item-columns.h"
#include "ui/terrace-preflight.h"

/* The bill is asked for when the choice has settled. */
#define BILL_DELAY_MS 200

struct _TerracePlanView
{
  AdwBin parent_instance;

  /* inputs */
  TerraceEngine *engine;
  TerraceTotals *totals;

  /* what is shown */
  TerraceItemList *list;
  GtkMultiSelection *selection;
  gboolean planning;
  GCancellable *cancellable;
  GCancellable *billing;
  guint bill_id;

  GtkColumnView *column_view;
  GtkStack *stack;
  GtkActionBar *action_bar;
  GtkLabel *selection_label;
  GtkLabel *bill_label;
};

G_DEFINE_FINAL_TYPE (TerracePlanView, terrace_plan_view, ADW_TYPE_BIN)

typedef enum
{
  PROP_ENGINE = 1,
  PROP_TOTALS,
  PROP_PLANNING,
} TerracePlanViewProperty;

static GParamSpec *properties[PROP_PLANNING + 1];

static char *
format_from_to (TerraceItem *item, TerraceEngine *engine)
{
  /* Translators: from one location to another */
  return g_strdup_printf (_ ("%s → %s"), terrace_ui_location_name (engine, item->location_id),
                          terrace_ui_location_name (engine, item->wanted_location_id));
}

static const TerraceItemColumn columns[] = {
  { "name", N_ ("Name"), TERRACE_ITEM_SORT_NAME, 186, FALSE, terrace_item_format_name, NULL },
  { "size", N_ ("Size"), TERRACE_ITEM_SORT_SIZE, 86, TRUE, terrace_item_format_size, NULL },
  { "move", N_ ("From → To"), -1, 140, FALSE, format_from_to, NULL },
  { "saving", N_ ("Saves a Month"), TERRACE_ITEM_SORT_SAVING, 116, TRUE, terrace_item_format_saving,
    NULL },
  { "once", N_ ("Costs Once"), -1, 92, TRUE, terrace_item_format_once, NULL },
  { "payback", N_ ("Pays Back"), -1, 92, TRUE, terrace_item_format_payback, NULL },
  { "reason", N_ ("Reason"), -1, 0, FALSE, terrace_item_format_reason, NULL },
};

/* --- Display --------------------------------------------------------------------------------- */

static char *
format_summary (TerracePlanView *self, guint64 items, gint64 saving_nanos, const char *currency)
{
  g_autofree char *count = terrace_ui_format_count (items);
  g_autofree char *saving = NULL;

  if (items == 0 || currency == NULL)
    return g_strdup (_ ("No moves recommended"));
  saving = terrace_ui_format_nanos (saving_nanos, currency);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s move would save %s a month",
                                       "%s moves would save %s a month", items),
                          count, saving);
}

static guint64
terrace_plan_view_count_selected (TerracePlanView *self)
{
  g_autoptr (GtkBitset) selected = NULL;

  if (self->selection == NULL)
    return 0;
  selected = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  return gtk_bitset_get_size (selected);
}

/* (transfer full) (element-type gint64): the chosen objects, or all. */
static GArray *
terrace_plan_view_get_ids (TerracePlanView *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  gboolean all = terrace_plan_view_count_selected (self) == 0;

  for (guint i = 0; i < n_items; i++)
    if (all || gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), i))
      {
        gint64 id = terrace_item_list_get_id (self->list, i);

        g_array_append_val (ids, id);
      }
  return ids;
}

static void
billed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerracePlanView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree TerracePreflight *preflight = NULL;
  g_autofree char *text = NULL;
  g_autofree char *terms = NULL;

  preflight = terrace_engine_preflight_finish (TERRACE_ENGINE (object), result, &error);
  if (self->engine == NULL || preflight == NULL)
    return;
  text = terrace_ui_format_preflight (preflight, terrace_engine_get_currency (self->engine));
  terms = terrace_ui_format_preflight_terms (preflight, terrace_engine_get_currency (self->engine));
  gtk_label_set_text (self->bill_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->bill_label), preflight->n_moves > 0);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->bill_label), *terms != '\0' ? terms : NULL);
}

static gboolean
bill_cb (gpointer user_data)
{
  TerracePlanView *self = user_data;
  g_autoptr (GArray) ids = terrace_plan_view_get_ids (self);

  self->bill_id = 0;
  g_cancellable_cancel (self->billing);
  g_clear_object (&self->billing);
  if (ids->len == 0)
    return G_SOURCE_REMOVE;
  self->billing = g_cancellable_new ();
  terrace_engine_preflight_async (self->engine, (const gint64 *) (gpointer) ids->data, ids->len,
                                  NULL, self->billing, billed_cb, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
terrace_plan_view_update (TerracePlanView *self)
{
  guint n_items = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
  guint64 n_selected = terrace_plan_view_count_selected (self);
  g_autofree char *count = terrace_ui_format_count (n_selected);
  g_autofree char *text = NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plan.again",
                                 self->engine != NULL && !self->planning);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plan.accept-all", n_items > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plan.accept-selected", n_selected > 0);
  if (self->list == NULL || terrace_item_list_get_loading (self->list))
    return;

  gtk_stack_set_visible_child_name (self->stack, n_items > 0 ? "list" : "empty");
  gtk_action_bar_set_revealed (self->action_bar, n_items > 0);
  if (n_selected > 0)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s selected", "%s selected", n_selected),
                            count);
  gtk_label_set_text (self->selection_label,
                      text != NULL ? text : _ ("Nothing moves until you accept it"));
  if (self->bill_id == 0 && self->engine != NULL)
    self->bill_id = g_timeout_add (BILL_DELAY_MS, bill_cb, self);
}

static void
terrace_plan_view_sort_changed_cb (TerracePlanView *self)
{
  gboolean descending;
  int sort;

  if (self->list == NULL || self->column_view == NULL)
    return;
  sort = terrace_item_columns_get_sort (self->column_view, &descending);
  if (sort >= 0)
    terrace_item_list_set_sort (self->list, (TerraceItemSort) sort, descending);
}

static void
activate_cb (TerracePlanView *self, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
}

/* --- Actions ------------------------------------------------------------------------------- */

static void
terrace_plan_view_set_planning (TerracePlanView *self, gboolean planning)
{
  self->planning = planning;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLANNING]);
  terrace_plan_view_update (self);
}

static void
terrace_plan_view_planned_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerracePlanView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *assessed = NULL;
  g_autofree char *text = NULL;
  TerracePlanSummary summary;
  gboolean ok = terrace_engine_plan_finish (TERRACE_ENGINE (object), result, &summary, &error);

  if (self->engine != NULL)
    terrace_plan_view_set_planning (self, FALSE);
  if (!ok)
    {
      terrace_ui_report (GTK_WIDGET (self), _ ("Could not plan"), error);
      return;
    }
  assessed = terrace_ui_format_count (summary.assessed);
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s object looked at",
                                       "%s objects looked at", summary.assessed),
                          assessed);
  terrace_ui_toast (GTK_WIDGET (self), text);
}

static void
again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerracePlanView *self = TERRACE_PLAN_VIEW (widget);

  terrace_plan_view_set_planning (self, TRUE);
  terrace_engine_plan_async (self->engine, NULL, NULL, self->cancellable,
                             terrace_plan_view_planned_cb, g_object_ref (self));
}

static void
accept_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerracePlanView *self = TERRACE_PLAN_VIEW (widget);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  for (guint i = 0; i < n_items; i++)
    {
      gint64 id = terrace_item_list_get_id (self->list, i);

      g_array_append_val (ids, id);
    }
  terrace_ui_accept (widget, self->engine, ids);
}

static void
accept_selected_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerracePlanView *self = TERRACE_PLAN_VIEW (widget);
  g_autoptr (GArray) ids = NULL;

  if (terrace_plan_view_count_selected (self) == 0)
    return;
  ids = terrace_plan_view_get_ids (self);
  terrace_ui_accept (widget, self->engine, ids);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_plan_view_map (GtkWidget *widget)
{
  TerracePlanView *self = TERRACE_PLAN_VIEW (widget);
  TerraceItemFilter filter;

  GTK_WIDGET_CLASS (terrace_plan_view_parent_class)->map (widget);
  if (self->engine == NULL || self->list != NULL)
    return;

  self->list = terrace_item_list_new (terrace_engine_get_catalog (self->engine));
  terrace_item_filter_init (&filter);
  filter.planned = TRUE;
  terrace_item_list_set_filter (self->list, &filter);
  terrace_item_filter_clear (&filter);

  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  terrace_item_columns_append (self->column_view, columns, G_N_ELEMENTS (columns), self->engine);
  g_signal_connect_object (gtk_column_view_get_sorter (self->column_view), "changed",
                           G_CALLBACK (terrace_plan_view_sort_changed_cb), self, G_CONNECT_SWAPPED);
  terrace_item_columns_set_sort (self->column_view, TERRACE_ITEM_SORT_SAVING, TRUE);
  g_signal_connect_object (self->selection, "selection-changed",
                           G_CALLBACK (terrace_plan_view_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "notify::loading", G_CALLBACK (terrace_plan_view_update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "notify::n-items", G_CALLBACK (terrace_plan_view_update),
                           self, G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->column_view, GTK_SELECTION_MODEL (self->selection));
  terrace_plan_view_update (self);
}

static void
terrace_plan_view_dispose (GObject *object)
{
  TerracePlanView *self = TERRACE_PLAN_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->billing);
  g_clear_object (&self->billing);
  g_clear_handle_id (&self->bill_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_PLAN_VIEW);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->totals);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_plan_view_parent_class)->dispose (object);
}

static void
terrace_plan_view_finalize (GObject *object)
{
  g_clear_object (&TERRACE_PLAN_VIEW (object)->cancellable);
  G_OBJECT_CLASS (terrace_plan_view_parent_class)->finalize (object);
}

static void
terrace_plan_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerracePlanView *self = TERRACE_PLAN_VIEW (object);

  switch ((TerracePlanViewProperty) id)
    {
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    case PROP_TOTALS:
      g_value_set_object (value, self->totals);
      break;
    case PROP_PLANNING:
      g_value_set_boolean (value, self->planning);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_plan_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TerracePlanView *self = TERRACE_PLAN_VIEW (object);

  switch ((TerracePlanViewProperty) id)
    {
    case PROP_ENGINE:
      if (g_set_object (&self->engine, g_value_get_object (value)))
        {
          terrace_plan_view_update (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_TOTALS:
      if (g_set_object (&self->totals, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_PLANNING:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
terrace_plan_view_class_init (TerracePlanViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = terrace_plan_view_dispose;
  object_class->finalize = terrace_plan_view_finalize;
  object_class->get_property = terrace_plan_view_get_property;
  object_class->set_property = terrace_plan_view_set_property;
  widget_class->map = terrace_plan_view_map;

  properties[PROP_ENGINE] = g_param_spec_object ("engine", NULL, NULL, TERRACE_TYPE_ENGINE, flags);
  properties[PROP_TOTALS] = g_param_spec_object ("totals", NULL, NULL, TERRACE_TYPE_TOTALS, flags);
  properties[PROP_PLANNING] = g_param_spec_boolean ("planning", NULL, NULL, FALSE,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-plan-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TerracePlanView, column_view);
  gtk_widget_class_bind_template_child (widget_class, TerracePlanView, stack);
  gtk_widget_class_bind_template_child (widget_class, TerracePlanView, action_bar);
  gtk_widget_class_bind_template_child (widget_class, TerracePlanView, selection_label);
  gtk_widget_class_bind_template_child (widget_class, TerracePlanView, bill_label);
  gtk_widget_class_bind_template_callback (widget_class, format_summary);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_install_action (widget_class, "plan.again", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "plan.accept-all", NULL, accept_all_action);
  gtk_widget_class_install_action (widget_class, "plan.accept-selected", NULL,
                                   accept_selected_action);
}

static void
terrace_plan_view_init (TerracePlanView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  terrace_plan_view_update (self);
}

TerraceItemList *
terrace_plan_view_get_list (TerracePlanView *self)
{
  g_return_val_if_fail (TERRACE_IS_PLAN_VIEW (self), NULL);

  return self->list;
}
