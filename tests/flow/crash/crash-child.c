/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that is killed: a queue over the world's catalogue, until no move is open. */

#include "config.h"

#include "crash.h"

#include <signal.h>
#include <unistd.h>

#include "catalog/terrace-location-table.h"
#include "catalog/terrace-move-table.h"
#include "provider/terrace-provider-registry.h"
#include "terrace-test-support.h"
#include "transfer/terrace-queue-private.h"

#define LEASE_MS 2000
#define RENEW_MS 500

typedef struct
{
  const CrashPlan *plan;
  TerraceCatalog *catalog;
  GPtrArray *locations;
  TerraceQueue *queue;
  guint calls[N_FAULT_CALLS];
  guint states;
  guint64 counts[TERRACE_MOVE_CANCELLED + 1];
} Child;

static void
die (void)
{
  kill (getpid (), SIGKILL);
}

/* Counts over all places, so the provider's own number is of no use. */
static GError *
call_hook (FaultCall call, guint nth, gboolean after, gpointer data)
{
  Child *self = data;

  if (!after)
    self->calls[call]++;
  if (self->plan->call == (int) call && self->plan->after == after &&
      self->calls[call] == (guint) self->plan->nth)
    die ();

  return NULL;
}

static void
move_changed_cb (TerraceQueue *queue, TerraceMove *move, Child *self)
{
  const char *nick = terrace_enum_to_nick (TERRACE_TYPE_MOVE_STATE, (int) move->state);

  if (g_strcmp0 (nick, self->plan->state) == 0 && ++self->states == (guint) self->plan->nth)
    die ();
}

static TerraceLocation *
find_location (gint64 location_id, gpointer data)
{
  Child *self = data;

  for (guint i = 0; i < self->locations->len; i++)
    {
      TerraceLocation *location = g_ptr_array_index (self->locations, i);

      if (location->id == location_id)
        return location;
    }

  return NULL;
}

static TerraceTier
find_tier (const char *class_id, gpointer data)
{
  return TERRACE_TIER_WARM;
}

static gboolean
list_locations (TerraceConnection *connection, gpointer data, GError **error)
{
  Child *self = data;

  self->locations = terrace_location_table_list (connection, error);

  return self->locations != NULL;
}

static gboolean
count_moves (TerraceConnection *connection, gpointer data, GError **error)
{
  Child *self = data;

  return terrace_move_table_counts (connection, self->counts, error);
}

static void
read_catalog (Child *self, TerraceCatalogFunc func)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  terrace_catalog_read_async (self->catalog, func, self, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  terrace_catalog_read_finish (self->catalog, result, &error);
  g_assert_no_error (error);
}

static guint64
count_open (Child *self)
{
  read_catalog (self, count_moves);

  return self->counts[TERRACE_MOVE_QUEUED] + self->counts[TERRACE_MOVE_COPYING] +
         self->counts[TERRACE_MOVE_VERIFYING] + self->counts[TERRACE_MOVE_STAGED] +
         self->counts[TERRACE_MOVE_COMMITTING] + self->counts[TERRACE_MOVE_PAUSED];
}

static void
wrap_places (Child *self, TerraceProviderRegistry *registry, GPtrArray *faults)
{
  for (guint i = 0; i < self->locations->len; i++)
    {
      TerraceLocation *location = g_ptr_array_index (self->locations, i);
      GError *error = NULL;
      g_autoptr (TerraceProvider) provider =
          terrace_provider_registry_get (registry, location, &error);
      FaultProvider *fault = fault_provider_new (provider);

      g_assert_no_error (error);
      fault_provider_set_hook (fault, call_hook, self);
      if (self->plan->stream)
        fault_provider_mask (fault, TERRACE_CAPABILITY_COPY_FROM);
      terrace_provider_registry_override (registry, location->id, TERRACE_PROVIDER (fault));
      g_ptr_array_add (faults, fault);
    }
}

static void
run_queue (Child *self, TerraceProviderRegistry *registry, TerraceClock *clock)
{
  g_autoptr (GAsyncResult) result = NULL;
  GClosure *closure = g_cclosure_new (G_CALLBACK (move_changed_cb), self, NULL);

  self->queue = terrace_queue_new (self->catalog, registry, clock, find_location, find_tier, self);
  g_signal_connect_closure (self->queue, "move-changed", closure, FALSE);
  /* Where it cannot be seen that the owner of a lease is dead, the lease has to run out. */
  terrace_queue_set_lease (self->queue, LEASE_MS, RENEW_MS);
  terrace_queue_start (self->queue);
  while (!terrace_queue_get_idle (self->queue) || count_open (self) > 0)
    g_main_context_iteration (NULL, TRUE);

  terrace_queue_stop_async (self->queue, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_queue_stop_finish (self->queue, result, NULL));
  g_clear_object (&result);
  terrace_test_settle ();
  g_assert_finalize_object (self->queue);
}

int
crash_child_run (const char *folder, const CrashPlan *plan)
{
  Child self = { .plan = plan };
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GAsyncResult) result = NULL;

  self.catalog = crash_open_catalog (folder, clock);
  read_catalog (&self, list_locations);
  g_assert_cmpuint (self.locations->len, ==, CRASH_N_PLACES);
  wrap_places (&self, registry, faults);
  run_queue (&self, registry, clock);

  terrace_provider_registry_shutdown_async (registry, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_provider_registry_shutdown_finish (registry, result, NULL));
  crash_close_catalog (self.catalog);
  g_ptr_array_unref (self.locations);

  return 0;
}
