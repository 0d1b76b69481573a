/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interface to the places that keep keys, and the place that keeps them in memory only.
 * Main thread. */

#include "config.h"

#include "provider/terrace-credentials.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_INTERFACE (TerraceCredentials, terrace_credentials, G_TYPE_OBJECT)

#define TERRACE_TYPE_MEMORY_CREDENTIALS (terrace_memory_credentials_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMemoryCredentials,
                      terrace_memory_credentials,
                      TERRACE,
                      MEMORY_CREDENTIALS,
                      GObject)

struct _TerraceMemoryCredentials
{
  GObject parent_instance;

  GHashTable *secrets; /* (element-type utf8 TerraceSecret) */
};

static void terrace_memory_credentials_iface_init (TerraceCredentialsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceMemoryCredentials,
                               terrace_memory_credentials,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_CREDENTIALS,
                                                      terrace_memory_credentials_iface_init))

TerraceSecret *
terrace_secret_new (const char *access_key, const char *secret_key, const char *session_token)
{
  TerraceSecret *self = g_new0 (TerraceSecret, 1);

  self->access_key = g_strdup (access_key);
  self->secret_key = g_strdup (secret_key);
  self->session_token = g_strdup (session_token);

  return self;
}

TerraceSecret *
terrace_secret_copy (const TerraceSecret *self)
{
  return terrace_secret_new (self->access_key, self->secret_key, self->session_token);
}

static void
wipe (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

void
terrace_secret_free (TerraceSecret *self)
{
  g_free (self->access_key);
  wipe (self->secret_key);
  wipe (self->session_token);
  g_free (self);
}

static void
terrace_credentials_default_init (TerraceCredentialsInterface *iface)
{
}

static void
memory_lookup_async (TerraceCredentials *credentials,
                     const char *root,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  TerraceMemoryCredentials *self = TERRACE_MEMORY_CREDENTIALS (credentials);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const TerraceSecret *secret = g_hash_table_lookup (self->secrets, root);

  g_task_set_source_tag (task, memory_lookup_async);
  if (secret != NULL)
    g_task_return_pointer (task, terrace_secret_copy (secret),
                           (GDestroyNotify) terrace_secret_free);
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                             _ ("No key is stored for %s: give its access key again"), root);
}

static TerraceSecret *
memory_lookup_finish (TerraceCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
memory_store_async (TerraceCredentials *credentials,
                    const char *root,
                    const char *label,
                    const TerraceSecret *secret,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  TerraceMemoryCredentials *self = TERRACE_MEMORY_CREDENTIALS (credentials);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, memory_store_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  g_hash_table_replace (self->secrets, g_strdup (root), terrace_secret_copy (secret));
  g_task_return_boolean (task, TRUE);
}

static gboolean
memory_boolean_finish (TerraceCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
memory_clear_async (TerraceCredentials *credentials,
                    const char *root,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  TerraceMemoryCredentials *self = TERRACE_MEMORY_CREDENTIALS (credentials);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, memory_clear_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  g_hash_table_remove (self->secrets, root);
  g_task_return_boolean (task, TRUE);
}

static void
terrace_memory_credentials_iface_init (TerraceCredentialsInterface *iface)
{
  iface->lookup_async = memory_lookup_async;
  iface->lookup_finish = memory_lookup_finish;
  iface->store_async = memory_store_async;
  iface->store_finish = memory_boolean_finish;
  iface->clear_async = memory_clear_async;
  iface->clear_finish = memory_boolean_finish;
}

static void
terrace_memory_credentials_finalize (GObject *object)
{
  g_hash_table_unref (TERRACE_MEMORY_CREDENTIALS (object)->secrets);

  G_OBJECT_CLASS (terrace_memory_credentials_parent_class)->finalize (object);
}

static void
terrace_memory_credentials_class_init (TerraceMemoryCredentialsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = terrace_memory_credentials_finalize;
}

static void
terrace_memory_credentials_init (TerraceMemoryCredentials *self)
{
  self->secrets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) terrace_secret_free);
}

TerraceCredentials *
terrace_credentials_new_memory (void)
{
  return g_object_new (TERRACE_TYPE_MEMORY_CREDENTIALS, NULL);
}

void
terrace_credentials_lookup_async (TerraceCredentials *self,
                                  const char *root,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_return_if_fail (TERRACE_IS_CREDENTIALS (self));
  g_return_if_fail (root != NULL);

  TERRACE_CREDENTIALS_GET_IFACE (self)->lookup_async (self, root, cancellable, callback, user_data);
}

TerraceSecret *
terrace_credentials_lookup_finish (TerraceCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TERRACE_IS_CREDENTIALS (self), NULL);

  return TERRACE_CREDENTIALS_GET_IFACE (self)->lookup_finish (self, result, error);
}

void
terrace_credentials_store_async (TerraceCredentials *self,
                                 const char *root,
                                 const char *label,
                                 const TerraceSecret *secret,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (TERRACE_IS_CREDENTIALS (self));
  g_return_if_fail (root != NULL && label != NULL);
  g_return_if_fail (secret != NULL && secret->access_key != NULL && secret->secret_key != NULL);

  TERRACE_CREDENTIALS_GET_IFACE (self)->store_async (self, root, label, secret, cancellable,
                                                     callback, user_data);
}

gboolean
terrace_credentials_store_finish (TerraceCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TERRACE_IS_CREDENTIALS (self), FALSE);

  return TERRACE_CREDENTIALS_GET_IFACE (self)->store_finish (self, result, error);
}

void
terrace_credentials_clear_async (TerraceCredentials *self,
                                 const char *root,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_return_if_fail (TERRACE_IS_CREDENTIALS (self));
  g_return_if_fail (root != NULL);

  TERRACE_CREDENTIALS_GET_IFACE (self)->clear_async (self, root, cancellable, callback, user_data);
}

gboolean
terrace_credentials_clear_finish (TerraceCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TERRACE_IS_CREDENTIALS (self), FALSE);

  return TERRACE_CREDENTIALS_GET_IFACE (self)->clear_finish (self, result, error);
}
