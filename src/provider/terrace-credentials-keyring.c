/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in the person's keyring: one item per location, whose text has the access key, the secret
 * key and, for temporary keys, the session token on a line each. Main thread; libsecret talks to
 * the keyring asynchronously. */

#include "config.h"

#include "provider/terrace-credentials.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>

#define TERRACE_TYPE_KEYRING_CREDENTIALS (terrace_keyring_credentials_get_type ())
G_DECLARE_FINAL_TYPE (TerraceKeyringCredentials,
                      terrace_keyring_credentials,
                      TERRACE,
                      KEYRING_CREDENTIALS,
                      GObject)

struct _TerraceKeyringCredentials
{
  GObject parent_instance;
};

static void terrace_keyring_credentials_iface_init (TerraceCredentialsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceKeyringCredentials,
                               terrace_keyring_credentials,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_CREDENTIALS,
                                                      terrace_keyring_credentials_iface_init))

static const SecretSchema schema = {
  TERRACE_APPLICATION_ID ".Location",
  SECRET_SCHEMA_NONE,
  { { "root", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

/* Says what was attempted; the keyring's own words follow. */
static void
return_keyring_error (GTask *task, GError *error)
{
  if (!terrace_error_is_cancelled (error))
    g_prefix_error (&error, "%s", _ ("The keyring could not be used: "));
  g_task_return_error (task, error);
}

static TerraceSecret *
parse (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);

  if (g_strv_length (lines) < 2 || lines[0][0] == '\0' || lines[1][0] == '\0')
    return NULL;

  return terrace_secret_new (lines[0], lines[1],
                             lines[2] != NULL && lines[2][0] != '\0' ? lines[2] : NULL);
}

static void
lookup_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *text = secret_password_lookup_finish (result, &error);
  TerraceSecret *secret = text != NULL ? parse (text) : NULL;

  if (error != NULL)
    return_keyring_error (task, error);
  else if (secret == NULL)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                             _ ("The keyring has no key for %s: give its access key again"),
                             (const char *) g_task_get_task_data (task));
  else
    g_task_return_pointer (task, secret, (GDestroyNotify) terrace_secret_free);
  secret_password_free (text);
}

static void
lookup_async (TerraceCredentials *self,
              const char *root,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, lookup_async);
  g_task_set_task_data (task, g_strdup (root), g_free);
  secret_password_lookup (&schema, cancellable, lookup_cb, g_steal_pointer (&task), "root", root,
                          NULL);
}

static TerraceSecret *
lookup_finish (TerraceCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
store_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_keyring_error (task, error);
}

static void
store_async (TerraceCredentials *self,
             const char *root,
             const char *label,
             const TerraceSecret *secret,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  char *text =
      g_strjoin ("\n", secret->access_key, secret->secret_key, secret->session_token, NULL);

  g_task_set_source_tag (task, store_async);
  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, text, cancellable, store_cb,
                         g_steal_pointer (&task), "root", root, NULL);
  secret_password_wipe (text);
  g_free (text);
}

static gboolean
boolean_finish (TerraceCredentials *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
clear_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  /* FALSE without an error: there was nothing to clear. */
  secret_password_clear_finish (result, &error);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    return_keyring_error (task, error);
}

static void
clear_async (TerraceCredentials *self,
             const char *root,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, clear_async);
  secret_password_clear (&schema, cancellable, clear_cb, g_steal_pointer (&task), "root", root,
                         NULL);
}

static void
terrace_keyring_credentials_iface_init (TerraceCredentialsInterface *iface)
{
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = boolean_finish;
  iface->clear_async = clear_async;
  iface->clear_finish = boolean_finish;
}

static void
terrace_keyring_credentials_class_init (TerraceKeyringCredentialsClass *klass)
{
}

static void
terrace_keyring_credentials_init (TerraceKeyringCredentials *self)
{
}

TerraceCredentials *
terrace_credentials_new_keyring (void)
{
  return g_object_new (TERRACE_TYPE_KEYRING_CREDENTIALS, NULL);
}
