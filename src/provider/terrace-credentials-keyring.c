/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in the person's keyring: one item per location, whose text has the access key, the secret
 * key and, for temporary keys, the session token on a line each. Main thread; libsecret talks to
 * the keyring asynchronously.
 *
 * A cancellation is not handed on to libsecret, whose version 0.20 then sets an error twice: the
 * call is answered at once, and what the keyring says later is dropped. The keyring is asked one
 * thing at a time: a locked one then asks a person once, and libsecret's keyring in a file, which
 * two first calls at once would open twice, is not read from a copy that is out of date. */

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

  GQueue waiting; /* (element-type GTask): each holds this object */
  gboolean busy;
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

/* Of what is locked, some keyrings tell no name of a schema. */
static const SecretSchema locked_schema = {
  TERRACE_APPLICATION_ID ".Location",
  SECRET_SCHEMA_DONT_MATCH_NAME,
  { { "root", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

typedef struct
{
  char *root;
  char *label;                 /* (nullable) */
  char *text;                  /* (nullable): to be stored */
  void (*begin) (GTask *task); /* takes the task over */
  GSource *cancelled;          /* (nullable): holds the task until it is answered */
  gboolean answered;
} Asking;

static void
asking_free (Asking *self)
{
  g_free (self->root);
  g_free (self->label);
  secret_password_wipe (self->text);
  g_free (self->text);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_free (self);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  Asking *asking = g_task_get_task_data (task);

  asking->answered = TRUE;
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* The next question that is still waited for. */
static void
begin_next (TerraceKeyringCredentials *self)
{
  while (!self->busy && !g_queue_is_empty (&self->waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);
      Asking *asking = g_task_get_task_data (task);

      if (asking->answered)
        continue;
      self->busy = TRUE;
      asking->begin (g_steal_pointer (&task));
    }
}

/* Takes over @task. */
static void
enqueue (GTask *task)
{
  TerraceKeyringCredentials *self = g_task_get_source_object (task);

  g_queue_push_tail (&self->waiting, task);
  begin_next (self);
}

/* (transfer full) (nullable): %NULL if it was cancelled before it began, which is answered. */
static GTask *
ask (TerraceCredentials *self,
     const char *root,
     void (*begin) (GTask *task),
     gpointer tag,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  asking->root = g_strdup (root);
  asking->begin = begin;
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, asking, (GDestroyNotify) asking_free);
  if (g_task_return_error_if_cancelled (task))
    return NULL;

  g_task_set_check_cancellable (task, FALSE);
  if (cancellable != NULL)
    {
      asking->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (asking->cancelled, G_SOURCE_FUNC (cancelled_cb), g_object_ref (task),
                             g_object_unref);
      g_source_attach (asking->cancelled, g_task_get_context (task));
    }

  return g_steal_pointer (&task);
}

/* The keyring has answered. Whether that is still waited for; from now on it cannot be cancelled.
 */
static gboolean
is_waiting (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  TerraceKeyringCredentials *self = g_task_get_source_object (task);

  self->busy = FALSE;
  begin_next (self);
  if (asking->cancelled != NULL)
    g_source_destroy (asking->cancelled);

  return !asking->answered;
}

/* Whether nobody answers for a keyring here: no service, or no session bus to ask on. */
static gboolean
is_absent (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* Says what was attempted; the keyring's own words follow. */
static void
return_keyring_error (GTask *task, GError *error)
{
  if (is_absent (error))
    {
      g_clear_error (&error);
      g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED,
                               _ ("There is no keyring here that could keep a key: install and "
                                  "start one, such as GNOME Keyring or KWallet"));
      return;
    }

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

/* The keyring gave nothing and no reason: either there is nothing, or it stayed locked. */
static void
search_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autolist (GObject) items = secret_password_search_finish (result, &error);

  if (!is_waiting (task))
    return;
  if (error != NULL)
    return_keyring_error (task, g_steal_pointer (&error));
  else if (items != NULL)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                             _ ("The keyring is locked: unlock it and try again"));
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_PERMISSION,
                             _ ("The keyring has no key for %s: give its access key again"),
                             asking->root);
}

static void
lookup_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *text = secret_password_lookup_finish (result, &error);
  g_autoptr (TerraceSecret) secret = text != NULL ? parse (text) : NULL;

  secret_password_free (text);
  if (secret == NULL && error == NULL && !asking->answered)
    {
      secret_password_search (&locked_schema, SECRET_SEARCH_ALL, NULL, search_cb,
                              g_steal_pointer (&task), "root", asking->root, NULL);
      return;
    }

  if (!is_waiting (task))
    return;
  if (error != NULL)
    return_keyring_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&secret), (GDestroyNotify) terrace_secret_free);
}

static void
lookup_begin (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);

  secret_password_lookup (&schema, NULL, lookup_cb, task, "root", asking->root, NULL);
}

static void
lookup_async (TerraceCredentials *self,
              const char *root,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task =
      ask (self, root, lookup_begin, lookup_async, cancellable, callback, user_data);

  if (task != NULL)
    enqueue (g_steal_pointer (&task));
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
  g_autoptr (GError) error = NULL;
  gboolean stored = secret_password_store_finish (result, &error);

  if (!is_waiting (task))
    return;
  if (stored)
    g_task_return_boolean (task, TRUE);
  else
    return_keyring_error (task, g_steal_pointer (&error));
}

static void
store_begin (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, asking->label, asking->text, NULL,
                         store_cb, task, "root", asking->root, NULL);
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
  g_autoptr (GTask) task =
      ask (self, root, store_begin, store_async, cancellable, callback, user_data);
  Asking *asking;

  if (task == NULL)
    return;

  asking = g_task_get_task_data (task);
  asking->label = g_strdup (label);
  asking->text =
      g_strjoin ("\n", secret->access_key, secret->secret_key, secret->session_token, NULL);
  enqueue (g_steal_pointer (&task));
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
  g_autoptr (GError) error = NULL;

  /* FALSE without an error: there was nothing to clear. */
  secret_password_clear_finish (result, &error);
  if (!is_waiting (task))
    return;
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    return_keyring_error (task, g_steal_pointer (&error));
}

static void
clear_begin (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);

  secret_password_clear (&schema, NULL, clear_cb, task, "root", asking->root, NULL);
}

static void
clear_async (TerraceCredentials *self,
             const char *root,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task =
      ask (self, root, clear_begin, clear_async, cancellable, callback, user_data);

  if (task != NULL)
    enqueue (g_steal_pointer (&task));
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
  g_queue_init (&self->waiting);
}

TerraceCredentials *
terrace_credentials_new_keyring (void)
{
  return g_object_new (TERRACE_TYPE_KEYRING_CREDENTIALS, NULL);
}
