/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Asks the places how they are, all at once. Main thread. */

#include "config.h"

#include "base/terrace-limits.h"
#include "engine/terrace-engine-private.h"

#include <glib/gi18n-lib.h>

void
terrace_engine_observe_probe (TerraceLocation *location, const TerraceProbe *probe, gint64 now_us)
{
  terrace_location_observe (location,
                            probe->writable ? TERRACE_LOCATION_STATE_READY :
                                              TERRACE_LOCATION_STATE_READ_ONLY,
                            NULL, probe->free_bytes, probe->total_bytes, probe->latency_us, now_us);
}

typedef struct
{
  /* From one, so that it cannot reach nothing before all have been asked. */
  guint pending;
} Probing;

/* Shared by the answer and the timer: whichever comes first counts. */
typedef struct
{
  GTask *task; /* owned until one of them has come */
  TerraceLocation *location;
  guint timeout_id;
} ProbeOne;

static void
probe_return (GTask *task)
{
  Probing *probing = g_task_get_task_data (task);

  if (--probing->pending == 0)
    g_task_return_boolean (task, TRUE);
}

static void
probe_one_clear (ProbeOne *one)
{
  g_assert (one->timeout_id == 0);

  g_clear_object (&one->task);
  g_clear_object (&one->location);
}

static void
probe_one_unref (ProbeOne *one)
{
  g_rc_box_release_full (one, (GDestroyNotify) probe_one_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ProbeOne, probe_one_unref)

static void
observe_unreachable (TerraceEngine *self, TerraceLocation *location, const char *message)
{
  /* Told when it happens, and at a start, but not by each command that only reads. */
  gboolean is_news = location->state == TERRACE_LOCATION_STATE_UNKNOWN ?
                         self->run_moves :
                         location->state != TERRACE_LOCATION_STATE_UNREACHABLE;

  if (is_news && !self->closing)
    terrace_engine_log (self, TERRACE_EVENT_LOCATION, TERRACE_SEVERITY_WARNING, 0, location->id,
                        g_strdup_printf (_ ("“%s” cannot be used: %s"), location->name, message));
  terrace_location_observe (location, TERRACE_LOCATION_STATE_UNREACHABLE, message, 0, 0, 0,
                            terrace_clock_get_now_us (self->clock));
}

/* A disk that hangs (a network share whose server is gone) must not make everything wait for it:
 * a thread blocked in the kernel cannot be cancelled, but it can be left behind. */
static gboolean
probe_timeout_cb (gpointer user_data)
{
  ProbeOne *one = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&one->task);

  one->timeout_id = 0;
  observe_unreachable (g_task_get_source_object (task), one->location,
                       _ ("It does not answer. Is it connected?"));
  probe_return (task);
  probe_one_unref (one);

  return G_SOURCE_REMOVE;
}

static void
probe_one_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ProbeOne) one = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&one->task);
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GError) error = NULL;
  TerraceEngine *self;

  probe = terrace_provider_probe_finish (TERRACE_PROVIDER (object), result, &error);
  if (task == NULL)
    return;

  self = g_task_get_source_object (task);
  terrace_clock_remove_timeout (self->clock, one->timeout_id);
  one->timeout_id = 0;
  probe_one_unref (one);
  if (probe != NULL)
    terrace_engine_observe_probe (one->location, probe, terrace_clock_get_now_us (self->clock));
  else if (!terrace_error_is_cancelled (error))
    observe_unreachable (self, one->location, error->message);
  probe_return (task);
}

static void
probe_one (TerraceEngine *self, GTask *task, TerraceLocation *location)
{
  Probing *probing = g_task_get_task_data (task);
  g_autoptr (TerraceProvider) provider = NULL;
  g_autoptr (GError) error = NULL;
  ProbeOne *one;

  provider = terrace_provider_registry_get (self->registry, location, &error);
  if (provider == NULL)
    {
      observe_unreachable (self, location, error->message);
      return;
    }

  probing->pending++;
  one = g_rc_box_new0 (ProbeOne);
  one->task = g_object_ref (task);
  one->location = g_object_ref (location);
  one->timeout_id = terrace_clock_add_timeout (self->clock, TERRACE_LIMIT_PROBE_MS,
                                               probe_timeout_cb, g_rc_box_acquire (one));
  terrace_provider_probe_async (provider, g_task_get_cancellable (task), probe_one_cb, one);
}

void
terrace_engine_probe_async (TerraceEngine *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Probing *probing = g_new0 (Probing, 1);
  guint n_locations;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_probe_async, cancellable, callback, user_data);
  g_task_set_task_data (task, probing, g_free);
  probing->pending = 1;
  n_locations = g_list_model_get_n_items (G_LIST_MODEL (self->locations));
  for (guint i = 0; i < n_locations; i++)
    probe_one (self, task, terrace_engine_peek_location (self, i));
  probe_return (task);
}

gboolean
terrace_engine_probe_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
