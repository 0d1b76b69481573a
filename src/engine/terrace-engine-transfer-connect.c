/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Adding a place with its key in one go: the place is tried with the key held in memory, and only
 * what works is kept, the place in the catalogue and the key in the keyring. Main thread. */

#include "config.h"

#include "engine/terrace-engine-private.h"

#include <glib/gi18n-lib.h>
typedef struct
{
  /* inputs */
  TerraceLocation *location; /* owned */
  TerraceSecret *secret;     /* owned, nullable */
  gboolean test_only;

  /* in progress */
  TerraceCredentials *memory; /* owned: has the key */
  TerraceProvider *provider;  /* owned: takes it from there */

  /* results */
  TerraceProbe probe;
  char *unkept;
} Connecting;

static void
connecting_free (Connecting *connecting)
{
  g_clear_object (&connecting->location);
  g_clear_pointer (&connecting->secret, terrace_secret_free);
  g_clear_object (&connecting->memory);
  g_clear_object (&connecting->provider);
  g_free (connecting->unkept);
  g_free (connecting);
}

static void
connect_return (GTask *task)
{
  Connecting *connecting = g_task_get_task_data (task);

  g_task_return_pointer (task, g_memdup2 (&connecting->probe, sizeof connecting->probe), g_free);
}

/* --- Step 4: the keyring -----------------------------------------------------------------------
 */

static void
connect_keep_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connecting *connecting = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!terrace_credentials_store_finish (TERRACE_CREDENTIALS (object), result, &error))
    {
      /* For as long as this program runs, the provider that has the key serves the place. */
      connecting->unkept = g_strdup (error->message);
      terrace_provider_registry_override (self->registry, connecting->location->id,
                                          connecting->provider);
    }
  connect_return (task);
}

/* --- Step 3: the catalogue ---------------------------------------------------------------------
 */

static void
connect_add_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Connecting *connecting = g_task_get_task_data (task);
  TerraceEngine *self = TERRACE_ENGINE (object);
  g_autofree char *label = NULL;
  GError *error = NULL;

  if (!terrace_engine_add_location_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  connecting->probe = (TerraceProbe){
    .writable = connecting->location->state == TERRACE_LOCATION_STATE_READY,
    .free_bytes = connecting->location->free_bytes,
    .total_bytes = connecting->location->total_bytes,
    .latency_us = connecting->location->measured_latency_us,
  };
  if (connecting->secret == NULL)
    {
      connect_return (task);
      return;
    }

  /* Translators: how the keyring's own window names the key of a location */
  label = g_strdup_printf (_ ("Terrace: %s"), connecting->location->name);
  terrace_credentials_store_async (terrace_provider_registry_get_credentials (self->registry),
                                   connecting->location->root, label, connecting->secret,
                                   g_task_get_cancellable (task), connect_keep_cb,
                                   g_object_ref (task));
}

/* --- Step 2: trying ----------------------------------------------------------------------------
 */

static void
connect_probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree TerraceProbe *probe = NULL;
  Connecting *connecting = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  probe = terrace_provider_probe_finish (TERRACE_PROVIDER (object), result, &error);
  if (probe == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  connecting->probe = *probe;
  if (connecting->test_only)
    connect_return (task);
  else
    terrace_engine_add_probed_location_async (self, connecting->location, connecting->provider,
                                              g_task_get_cancellable (task), connect_add_cb,
                                              g_object_ref (task));
}

/* A provider that finds its key in @credentials, whatever the others use. */
static TerraceProvider *
make_provider (TerraceEngine *self,
               TerraceLocation *location,
               TerraceCredentials *credentials,
               GError **error)
{
  g_autoptr (TerraceCredentials) usual =
      g_object_ref (terrace_provider_registry_get_credentials (self->registry));
  TerraceProvider *provider;

  terrace_provider_registry_set_credentials (self->registry, credentials);
  provider = terrace_provider_registry_get (self->registry, location, error);
  terrace_provider_registry_set_credentials (self->registry, usual);

  return provider;
}

/* @task: (transfer full) */
static void
connect_try (TerraceEngine *self, GTask *task)
{
  Connecting *connecting = g_task_get_task_data (task);
  GError *error = NULL;

  connecting->provider = make_provider (self, connecting->location, connecting->memory, &error);
  if (connecting->provider != NULL)
    terrace_provider_probe_async (connecting->provider, g_task_get_cancellable (task),
                                  connect_probe_cb, task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

/* --- Step 1: the key ---------------------------------------------------------------------------
 */

static void
connect_remember_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (terrace_credentials_store_finish (TERRACE_CREDENTIALS (object), result, &error))
    connect_try (self, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

void
terrace_engine_connect_location_async (TerraceEngine *self,
                                       TerraceLocation *location,
                                       const TerraceSecret *secret,
                                       gboolean test_only,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
  Connecting *connecting;
  GTask *task;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (TERRACE_IS_LOCATION (location) && location->id == 0);

  task = terrace_engine_task_new (self, terrace_engine_connect_location_async, cancellable,
                                  callback, user_data);
  connecting = g_new0 (Connecting, 1);
  connecting->location = g_object_ref (location);
  connecting->secret = secret != NULL ? terrace_secret_copy (secret) : NULL;
  connecting->test_only = test_only;
  connecting->memory = terrace_credentials_new_memory ();
  g_task_set_task_data (task, connecting, (GDestroyNotify) connecting_free);

  if (!test_only && !terrace_engine_check_location (self, location, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  else if (!test_only && terrace_location_is_folder (location))
    /* Its folder may have to be made before it can be asked. */
    terrace_engine_add_location_async (self, location, cancellable, connect_add_cb, task);
  else if (secret != NULL)
    terrace_credentials_store_async (connecting->memory, location->root, location->name,
                                     connecting->secret, cancellable, connect_remember_cb, task);
  else
    connect_try (self, task);
}

TerraceProbe *
terrace_engine_connect_location_finish (TerraceEngine *self,
                                        GAsyncResult *result,
                                        char **unkept,
                                        GError **error)
{
  Connecting *connecting;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  connecting = g_task_get_task_data (G_TASK (result));
  if (unkept != NULL)
    *unkept = g_strdup (connecting->unkept);

  return g_task_propagate_pointer (G_TASK (result), error);
}
