/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knows which provider serves which kind of location. Main thread.
 *
 * All providers share one pool of worker threads, which starts with the first of them. */

#include "config.h"

#include "provider/terrace-provider-registry.h"

#include "base/terrace-clock.h"
#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "base/terrace-worker.h"
#include "provider/azure/terrace-azure-provider.h"
#include "provider/gcs/terrace-gcs-provider.h"
#include "provider/local/terrace-local-provider.h"
#include "provider/s3/terrace-s3-provider.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _TerraceProviderRegistry
{
  GObject parent_instance;

  GHashTable *providers;           /* (element-type gint64 TerraceProvider) */
  TerraceWorker *worker;           /* (nullable) */
  TerraceCredentials *credentials; /* (nullable): the keyring, until it is replaced */
  TerraceClock *clock;
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (TerraceProviderRegistry, terrace_provider_registry, G_TYPE_OBJECT)

static void
terrace_provider_registry_dispose (GObject *object)
{
  TerraceProviderRegistry *self = TERRACE_PROVIDER_REGISTRY (object);

  g_hash_table_remove_all (self->providers);
  g_clear_object (&self->worker);
  g_clear_object (&self->credentials);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (terrace_provider_registry_parent_class)->dispose (object);
}

static void
terrace_provider_registry_finalize (GObject *object)
{
  TerraceProviderRegistry *self = TERRACE_PROVIDER_REGISTRY (object);

  g_hash_table_unref (self->providers);

  G_OBJECT_CLASS (terrace_provider_registry_parent_class)->finalize (object);
}

static void
terrace_provider_registry_class_init (TerraceProviderRegistryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = terrace_provider_registry_dispose;
  object_class->finalize = terrace_provider_registry_finalize;
}

static void
terrace_provider_registry_init (TerraceProviderRegistry *self)
{
  self->providers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->clock = terrace_clock_new ();
}

TerraceProviderRegistry *
terrace_provider_registry_new (void)
{
  return g_object_new (TERRACE_TYPE_PROVIDER_REGISTRY, NULL);
}

void
terrace_provider_registry_set_credentials (TerraceProviderRegistry *self,
                                           TerraceCredentials *credentials)
{
  g_return_if_fail (TERRACE_IS_PROVIDER_REGISTRY (self));
  g_return_if_fail (TERRACE_IS_CREDENTIALS (credentials));

  g_set_object (&self->credentials, credentials);
}

TerraceCredentials *
terrace_provider_registry_get_credentials (TerraceProviderRegistry *self)
{
  g_return_val_if_fail (TERRACE_IS_PROVIDER_REGISTRY (self), NULL);

  if (self->credentials == NULL)
    self->credentials = terrace_credentials_new_keyring ();

  return self->credentials;
}

static TerraceWorker *
ensure_worker (TerraceProviderRegistry *self)
{
  if (self->worker == NULL)
    self->worker = terrace_worker_new ("terrace-files", TERRACE_LIMIT_IO_THREADS);

  return self->worker;
}

static TerraceProvider *
make_local (TerraceProviderRegistry *self, TerraceLocation *location, GError **error)
{
  if (location->root == NULL || !g_path_is_absolute (location->root))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The location “%s” needs the full path of a folder"), location->name);
      return NULL;
    }

  return TERRACE_PROVIDER (terrace_local_provider_new (location, ensure_worker (self)));
}

static TerraceProvider *
make_s3 (TerraceProviderRegistry *self, TerraceLocation *location, GError **error)
{
  TerraceS3Provider *provider =
      terrace_s3_provider_new (location, terrace_provider_registry_get_credentials (self),
                               ensure_worker (self), self->clock, error);

  return provider != NULL ? TERRACE_PROVIDER (provider) : NULL;
}

static TerraceProvider *
make_azure (TerraceProviderRegistry *self, TerraceLocation *location, GError **error)
{
  TerraceAzureProvider *provider =
      terrace_azure_provider_new (location, terrace_provider_registry_get_credentials (self),
                                  ensure_worker (self), self->clock, error);

  return provider != NULL ? TERRACE_PROVIDER (provider) : NULL;
}

/* An HMAC key signs like S3's, for Google's XML API, which is like S3's too. Which key a location
 * has is known to the keyring only, so its address tells: signatures have a region, tokens have
 * not. */
static gboolean
has_hmac_key (TerraceLocation *location)
{
  return location->root != NULL && strstr (location->root, "?region=") != NULL;
}

static TerraceProvider *
make_gcs (TerraceProviderRegistry *self, TerraceLocation *location, GError **error)
{
  TerraceGcsProvider *provider;

  if (has_hmac_key (location))
    {
      g_autoptr (TerraceLocation) bucket =
          terrace_location_new (TERRACE_LOCATION_S3, location->name, location->root,
                                (const char *const *) location->class_ids);

      return make_s3 (self, bucket, error);
    }

  provider = terrace_gcs_provider_new (location, terrace_provider_registry_get_credentials (self),
                                       self->clock, error);
  return provider != NULL ? TERRACE_PROVIDER (provider) : NULL;
}

static TerraceProvider *
make (TerraceProviderRegistry *self, TerraceLocation *location, GError **error)
{
  switch (location->kind)
    {
    case TERRACE_LOCATION_LOCAL:
    case TERRACE_LOCATION_SANDBOX:
      return make_local (self, location, error);

    case TERRACE_LOCATION_S3:
      return make_s3 (self, location, error);

    case TERRACE_LOCATION_AZURE:
      return make_azure (self, location, error);

    case TERRACE_LOCATION_GCS:
      return make_gcs (self, location, error);

    default:
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                   _ ("This version of Terrace cannot use the location “%s”: "
                      "it does not know its kind of storage"),
                   location->name);
      return NULL;
    }
}

/* Takes over @provider. */
static void
store (TerraceProviderRegistry *self, gint64 location_id, TerraceProvider *provider)
{
  g_hash_table_replace (self->providers, g_memdup2 (&location_id, sizeof location_id), provider);
}

TerraceProvider *
terrace_provider_registry_get (TerraceProviderRegistry *self,
                               TerraceLocation *location,
                               GError **error)
{
  TerraceProvider *provider;

  g_return_val_if_fail (TERRACE_IS_PROVIDER_REGISTRY (self), NULL);
  g_return_val_if_fail (TERRACE_IS_LOCATION (location), NULL);

  if (self->closed)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_BUSY, _ ("The program is ending"));
      return NULL;
    }

  provider = g_hash_table_lookup (self->providers, &location->id);
  if (provider != NULL)
    return g_object_ref (provider);

  /* A location without an id cannot be told from others that have none. */
  provider = make (self, location, error);
  if (provider != NULL && location->id != 0)
    store (self, location->id, g_object_ref (provider));

  return provider;
}

void
terrace_provider_registry_override (TerraceProviderRegistry *self,
                                    gint64 location_id,
                                    TerraceProvider *provider)
{
  g_return_if_fail (TERRACE_IS_PROVIDER_REGISTRY (self));
  g_return_if_fail (TERRACE_IS_PROVIDER (provider));

  store (self, location_id, g_object_ref (provider));
}

void
terrace_provider_registry_forget (TerraceProviderRegistry *self, gint64 location_id)
{
  g_return_if_fail (TERRACE_IS_PROVIDER_REGISTRY (self));

  g_hash_table_remove (self->providers, &location_id);
}

static void
shutdown_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (terrace_worker_shutdown_finish (TERRACE_WORKER (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
terrace_provider_registry_shutdown_async (TerraceProviderRegistry *self,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TERRACE_IS_PROVIDER_REGISTRY (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_provider_registry_shutdown_async);

  self->closed = TRUE;
  g_hash_table_remove_all (self->providers);
  if (self->worker == NULL)
    g_task_return_boolean (task, TRUE);
  else
    terrace_worker_shutdown_async (self->worker, cancellable, shutdown_cb, g_steal_pointer (&task));
}

gboolean
terrace_provider_registry_shutdown_finish (TerraceProviderRegistry *self,
                                           GAsyncResult *result,
                                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
