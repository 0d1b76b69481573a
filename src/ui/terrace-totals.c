/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keeps the totals of the catalogue current for badges and charts. A burst of changes leads to one
 * question every REFRESH_MS, so that a fast queue does not keep the readers busy. Main thread. */

#include "config.h"

#include "ui/terrace-totals.h"

#define REFRESH_MS 300

struct _TerraceTotals
{
  GObject parent_instance;

  TerraceEngine *engine;
  GCancellable *cancellable;
  guint timeout_id;
  gboolean asking;
  gboolean stale;
  TerraceStats *stats;
};

G_DEFINE_FINAL_TYPE (TerraceTotals, terrace_totals, G_TYPE_OBJECT)

typedef enum
{
  PROP_LOADED = 1,
  PROP_ITEMS,
  PROP_SIZE_BYTES,
  PROP_MONTHLY_NANOS,
  PROP_PLANNED_ITEMS,
  PROP_PLANNED_SAVING_NANOS,
  PROP_OPEN_MOVES,
  PROP_FAILED_MOVES,
  PROP_CURRENCY,
} TerraceTotalsProperty;

static GParamSpec *properties[PROP_CURRENCY + 1];

enum
{
  UPDATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void terrace_totals_ask (TerraceTotals *self);

static guint64
count_open_moves (const TerraceStats *stats)
{
  guint64 open = 0;

  for (guint state = 0; state <= TERRACE_MOVE_CANCELLED; state++)
    if (!terrace_move_state_is_final ((TerraceMoveState) state))
      open += stats->moves[state];
  return open;
}

static void
terrace_totals_stats_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceTotals) self = user_data;
  g_autoptr (GError) error = NULL;
  TerraceStats *stats = terrace_engine_stats_finish (TERRACE_ENGINE (object), result, &error);

  self->asking = FALSE;
  if (stats == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not read the totals: %s", error->message);
      return;
    }

  g_clear_pointer (&self->stats, terrace_stats_free);
  self->stats = stats;
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_LOADED; i <= PROP_FAILED_MOVES; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit (self, signals[UPDATED], 0);

  if (self->stale)
    terrace_totals_ask (self);
}

static gboolean
terrace_totals_timeout_cb (gpointer user_data)
{
  TerraceTotals *self = user_data;

  self->timeout_id = 0;
  self->stale = FALSE;
  self->asking = TRUE;
  terrace_engine_stats_async (self->engine, self->cancellable, terrace_totals_stats_cb,
                              g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Asks now the first time, later once per REFRESH_MS at most. */
static void
terrace_totals_ask (TerraceTotals *self)
{
  if (self->asking)
    {
      self->stale = TRUE;
      return;
    }
  if (self->timeout_id == 0)
    self->timeout_id =
        g_timeout_add (self->stats != NULL ? REFRESH_MS : 0, terrace_totals_timeout_cb, self);
}

static void
terrace_totals_changed_cb (TerraceTotals *self, TerraceCatalogChange changes)
{
  if ((changes & (TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_MOVES | TERRACE_CATALOG_LOCATIONS)) != 0)
    terrace_totals_ask (self);
}

static void
terrace_totals_dispose (GObject *object)
{
  TerraceTotals *self = TERRACE_TOTALS (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (terrace_totals_parent_class)->dispose (object);
}

static void
terrace_totals_finalize (GObject *object)
{
  TerraceTotals *self = TERRACE_TOTALS (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->stats, terrace_stats_free);
  G_OBJECT_CLASS (terrace_totals_parent_class)->finalize (object);
}

static void
terrace_totals_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TerraceTotals *self = TERRACE_TOTALS (object);
  static const TerraceStats nothing;
  const TerraceStats *stats = self->stats != NULL ? self->stats : &nothing;

  switch ((TerraceTotalsProperty) id)
    {
    case PROP_LOADED:
      g_value_set_boolean (value, self->stats != NULL);
      break;
    case PROP_ITEMS:
      g_value_set_uint64 (value, stats->items);
      break;
    case PROP_SIZE_BYTES:
      g_value_set_uint64 (value, stats->size_bytes);
      break;
    case PROP_MONTHLY_NANOS:
      g_value_set_int64 (value, stats->monthly_nanos);
      break;
    case PROP_PLANNED_ITEMS:
      g_value_set_uint64 (value, stats->planned_items);
      break;
    case PROP_PLANNED_SAVING_NANOS:
      g_value_set_int64 (value, stats->planned_saving_nanos);
      break;
    case PROP_OPEN_MOVES:
      g_value_set_uint64 (value, count_open_moves (stats));
      break;
    case PROP_FAILED_MOVES:
      g_value_set_uint64 (value, stats->moves[TERRACE_MOVE_FAILED]);
      break;
    case PROP_CURRENCY:
      g_value_set_string (value, self->engine != NULL ? terrace_engine_get_currency (self->engine) :
                                                        "USD");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
install_count (GObjectClass *object_class, TerraceTotalsProperty id, const char *name)
{
  properties[id] = g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, id, properties[id]);
}

static void
install_money (GObjectClass *object_class, TerraceTotalsProperty id, const char *name)
{
  properties[id] = g_param_spec_int64 (name, NULL, NULL, G_MININT64, G_MAXINT64, 0,
                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, id, properties[id]);
}

static void
terrace_totals_class_init (TerraceTotalsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_totals_dispose;
  object_class->finalize = terrace_totals_finalize;
  object_class->get_property = terrace_totals_get_property;

  properties[PROP_LOADED] =
      g_param_spec_boolean ("loaded", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_LOADED, properties[PROP_LOADED]);
  install_count (object_class, PROP_ITEMS, "items");
  install_count (object_class, PROP_SIZE_BYTES, "size-bytes");
  install_money (object_class, PROP_MONTHLY_NANOS, "monthly-nanos");
  install_count (object_class, PROP_PLANNED_ITEMS, "planned-items");
  install_money (object_class, PROP_PLANNED_SAVING_NANOS, "planned-saving-nanos");
  install_count (object_class, PROP_OPEN_MOVES, "open-moves");
  install_count (object_class, PROP_FAILED_MOVES, "failed-moves");
  properties[PROP_CURRENCY] = g_param_spec_string ("currency", NULL, NULL, "USD",
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_CURRENCY, properties[PROP_CURRENCY]);

  signals[UPDATED] = g_signal_new ("updated", TERRACE_TYPE_TOTALS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
terrace_totals_init (TerraceTotals *self)
{
  self->cancellable = g_cancellable_new ();
}

TerraceTotals *
terrace_totals_new (TerraceEngine *engine)
{
  TerraceTotals *self;

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);

  self = g_object_new (TERRACE_TYPE_TOTALS, NULL);
  self->engine = g_object_ref (engine);
  g_signal_connect_object (terrace_engine_get_catalog (engine), "changed",
                           G_CALLBACK (terrace_totals_changed_cb), self, G_CONNECT_SWAPPED);
  terrace_totals_ask (self);
  return self;
}

const TerraceStats *
terrace_totals_get_stats (TerraceTotals *self)
{
  g_return_val_if_fail (TERRACE_IS_TOTALS (self), NULL);

  return self->stats;
}
