/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue as an object: made, started, stopped, asked. What it does while it runs is in
 * terrace-queue-run.c, what a move goes through in terrace-move-job*.c. Main thread. */

#include "config.h"

#include "transfer/terrace-queue.h"

#include "base/terrace-limits.h"
#include "transfer/terrace-hasher.h"
#include "transfer/terrace-queue-owner.h"
#include "transfer/terrace-queue-private.h"
#include "transfer/terrace-queue-state.h"

enum
{
  SIGNAL_PROGRESS,
  SIGNAL_MOVE_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_QUEUE_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TerraceQueue, terrace_queue, G_TYPE_OBJECT)

void
queue_notify (TerraceQueue *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
queue_emit_changed (TerraceQueue *self, TerraceMove *move)
{
  g_signal_emit (self, signals[SIGNAL_MOVE_CHANGED], 0, move);
}

void
queue_emit_progress (TerraceQueue *self, gint64 move_id, guint64 done_bytes, double rate)
{
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, move_id, done_bytes, rate);
}

static void
queue_changed_cb (TerraceCatalog *catalog, guint changes, TerraceQueue *self)
{
  if ((changes & TERRACE_CATALOG_MOVES) == 0)
    return;

  terrace_queue_poke (self);
}

/* What the clock says now; the pacer ignores what it has been told already. */
static void
queue_follow_timetable (TerraceQueue *self)
{
  gboolean has_timetable = self->timetable != NULL && self->timetable->len > 0;

  terrace_pacer_set_rate (self->context.pacer,
                          has_timetable ? terrace_timetable_get_rate (self->timetable,
                                                                      terrace_clock_get_now_us (
                                                                          self->context.clock)) :
                                          self->bandwidth_bytes_s);
}

static gboolean
queue_renew_cb (gpointer user_data)
{
  queue_follow_timetable (user_data);
  queue_renew (user_data);

  return G_SOURCE_CONTINUE;
}

/* --- Object ---------------------------------------------------------------------------------- */

static void
queue_remove_timers (TerraceQueue *self)
{
  guint *timers[] = { &self->renew_timer, &self->rate_timer, &self->retry_timer };

  for (guint i = 0; i < G_N_ELEMENTS (timers); i++)
    {
      if (*timers[i] != 0)
        terrace_clock_remove_timeout (self->context.clock, *timers[i]);
      *timers[i] = 0;
    }
}

static void
terrace_queue_dispose (GObject *object)
{
  TerraceQueue *self = TERRACE_QUEUE (object);

  /* A started queue must be stopped first; jobs and calls hold references. */
  g_assert (self->entries->len == 0);

  if (self->context.clock != NULL)
    queue_remove_timers (self);
  if (self->places != NULL)
    terrace_queue_places_stop (self->places);
  g_clear_object (&self->places);
  g_clear_object (&self->catalog);
  g_clear_object (&self->context.registry);
  g_clear_object (&self->context.clock);
  g_clear_object (&self->context.store);
  g_clear_object (&self->context.pacer);

  G_OBJECT_CLASS (terrace_queue_parent_class)->dispose (object);
}

static void
terrace_queue_finalize (GObject *object)
{
  TerraceQueue *self = TERRACE_QUEUE (object);

  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->stop_tasks);
  g_clear_pointer (&self->timetable, g_array_unref);
  g_rand_free (self->context.random);
  g_free (self->context.currency);
  g_free (self->owner);

  G_OBJECT_CLASS (terrace_queue_parent_class)->finalize (object);
}

static void
terrace_queue_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  TerraceQueue *self = TERRACE_QUEUE (object);

  switch (prop_id)
    {
    case QUEUE_PROP_ACTIVE:
      g_value_set_uint (value, terrace_queue_get_active (self));
      break;
    case QUEUE_PROP_BYTES_PER_SECOND:
      g_value_set_double (value, terrace_queue_get_bytes_per_second (self));
      break;
    case QUEUE_PROP_IDLE:
      g_value_set_boolean (value, terrace_queue_get_idle (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
terrace_queue_class_init (TerraceQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = terrace_queue_dispose;
  object_class->finalize = terrace_queue_finalize;
  object_class->get_property = terrace_queue_get_property;

  properties[QUEUE_PROP_ACTIVE] = g_param_spec_uint ("active", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[QUEUE_PROP_BYTES_PER_SECOND] =
      g_param_spec_double ("bytes-per-second", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[QUEUE_PROP_IDLE] = g_param_spec_boolean ("idle", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_QUEUE_PROPERTIES, properties);

  signals[SIGNAL_PROGRESS] =
      g_signal_new ("progress", TERRACE_TYPE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_INT64, G_TYPE_UINT64, G_TYPE_DOUBLE);
  signals[SIGNAL_MOVE_CHANGED] =
      g_signal_new ("move-changed", TERRACE_TYPE_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, TERRACE_TYPE_MOVE);
}

static void
terrace_queue_init (TerraceQueue *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) queue_entry_free);
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  self->max_active = TERRACE_DEFAULT_ACTIVE_MOVES;
  terrace_climber_init (&self->climber, TERRACE_DEFAULT_ACTIVE_MOVES, self->max_active);
  self->lease_ms = TERRACE_LIMIT_LEASE_MS;
  self->renew_ms = TERRACE_LIMIT_LEASE_RENEW_MS;
  self->owner = terrace_queue_owner_new ();
}

TerraceQueue *
terrace_queue_new (TerraceCatalog *catalog,
                   TerraceProviderRegistry *registry,
                   TerraceClock *clock,
                   TerraceLocationLookup locations,
                   TerraceTierLookup tiers,
                   gpointer user_data)
{
  TerraceQueue *self;

  g_return_val_if_fail (TERRACE_IS_CATALOG (catalog), NULL);
  g_return_val_if_fail (TERRACE_IS_PROVIDER_REGISTRY (registry), NULL);
  g_return_val_if_fail (TERRACE_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (locations != NULL && tiers != NULL, NULL);

  self = g_object_new (TERRACE_TYPE_QUEUE, NULL);
  self->catalog = g_object_ref (catalog);
  self->context = (TerraceMoveContext){
    .registry = g_object_ref (registry),
    .clock = g_object_ref (clock),
    .store = terrace_move_store_new (catalog, clock, self->owner),
    .pacer = terrace_pacer_new (clock, 0),
    .random = g_rand_new (),
    .locations = locations,
    .tiers = tiers,
    .lookup_data = user_data,
  };
  queue_init_context (self);

  return self;
}

void
terrace_queue_start (TerraceQueue *self)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));
  g_return_if_fail (!self->started && !self->stopping);

  self->started = TRUE;
  terrace_hasher_hold ();
  g_signal_connect_object (self->catalog, "changed", G_CALLBACK (queue_changed_cb), self, 0);
  self->renew_timer =
      terrace_clock_add_timeout (self->context.clock, self->renew_ms, queue_renew_cb, self);
  /* First the leases of the dead, then what they and others left. */
  queue_renew (self);
}

/* --- Stop ------------------------------------------------------------------------------------ */

static void
queue_hasher_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceQueue) self = user_data;
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->stop_tasks);

  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  terrace_hasher_release_finish (result, NULL);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
}

void
queue_maybe_stopped (TerraceQueue *self)
{
  if (!self->stopping || !self->started || self->pending > 0 || self->entries->len > 0)
    return;

  self->started = FALSE;
  terrace_hasher_release_async (queue_hasher_cb, g_object_ref (self));
}

void
terrace_queue_stop_async (TerraceQueue *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TERRACE_IS_QUEUE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_queue_stop_async);

  if (!self->started)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_ptr_array_add (self->stop_tasks, g_steal_pointer (&task));
  if (self->stopping)
    return;

  self->stopping = TRUE;
  queue_remove_timers (self);
  g_signal_handlers_disconnect_by_data (self->catalog, self);
  terrace_move_store_close (self->context.store);
  terrace_queue_places_stop (self->places);
  for (guint i = 0; i < self->entries->len; i++)
    terrace_move_job_stop (((QueueEntry *) g_ptr_array_index (self->entries, i))->job);
  queue_maybe_stopped (self);
}

gboolean
terrace_queue_stop_finish (TerraceQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The rest -------------------------------------------------------------------------------- */

void
terrace_queue_poke (TerraceQueue *self)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));

  /* There may be work; whether there is, is known after the claim. */
  self->exhausted = FALSE;
  queue_update_idle (self);
  queue_look (self);
  queue_claim (self);
}

void
terrace_queue_set_max_active (TerraceQueue *self, guint max_active)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));

  /* Told the same again, what was learnt about the places stays. */
  if (self->max_active == CLAMP (max_active, 1, TERRACE_LIMIT_ACTIVE_MOVES))
    return;

  /* Those beyond a lower limit are not interrupted; they end, and no new one begins. */
  self->max_active = CLAMP (max_active, 1, TERRACE_LIMIT_ACTIVE_MOVES);
  terrace_climber_set_most (&self->climber, TERRACE_DEFAULT_ACTIVE_MOVES, self->max_active);
  queue_claim (self);
}

void
terrace_queue_set_bandwidth (TerraceQueue *self, guint64 bytes_per_second)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));

  self->bandwidth_bytes_s = bytes_per_second;
  queue_follow_timetable (self);
}

void
terrace_queue_set_timetable (TerraceQueue *self, GArray *timetable)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));

  if (timetable != NULL)
    g_array_ref (timetable);
  g_clear_pointer (&self->timetable, g_array_unref);
  self->timetable = timetable;
  queue_follow_timetable (self);
}

void
terrace_queue_set_classes (TerraceQueue *self, TerraceClassLookup classes)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));

  self->context.classes = classes;
}

void
terrace_queue_set_spend_cap (TerraceQueue *self, gint64 nanos, const char *currency)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));

  self->context.spend_cap_nanos = nanos;
  g_free (self->context.currency);
  self->context.currency = g_strdup (currency);
}

guint
terrace_queue_get_active (TerraceQueue *self)
{
  g_return_val_if_fail (TERRACE_IS_QUEUE (self), 0);

  return self->entries->len;
}

gboolean
terrace_queue_get_idle (TerraceQueue *self)
{
  g_return_val_if_fail (TERRACE_IS_QUEUE (self), FALSE);

  return self->idle;
}

double
terrace_queue_get_bytes_per_second (TerraceQueue *self)
{
  g_return_val_if_fail (TERRACE_IS_QUEUE (self), 0);

  return terrace_rate_get (&self->rate, terrace_clock_get_now_us (self->context.clock));
}

void
terrace_queue_set_seed (TerraceQueue *self, guint32 seed)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));

  g_rand_set_seed (self->context.random, seed);
}

void
terrace_queue_set_lease (TerraceQueue *self, guint lease_ms, guint renew_ms)
{
  g_return_if_fail (TERRACE_IS_QUEUE (self));
  g_return_if_fail (!self->started);

  self->lease_ms = lease_ms;
  self->renew_ms = renew_ms;
}

const char *
terrace_queue_get_owner (TerraceQueue *self)
{
  g_return_val_if_fail (TERRACE_IS_QUEUE (self), NULL);

  return self->owner;
}
