/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Reads a file of keys without blocking and hands its text to the provider's parsers. Main thread.
 */

#include "config.h"

#include "ui/locations/terrace-cloud-import.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/terrace-credentials-import.h"

typedef struct
{
  char *from;
  TerraceLocationKind kind;
  char *text;
  gsize length;
} Import;

static void
import_free (Import *import)
{
  if (import->text != NULL)
    explicit_bzero (import->text, import->length);
  g_free (import->text);
  g_free (import->from);
  g_free (import);
}

/* @task: (transfer full) */
static void
import_parse (GTask *owned)
{
  g_autoptr (GTask) task = owned;
  Import *import = g_task_get_task_data (task);
  g_auto (GStrv) environment = g_get_environ ();
  g_autoptr (GError) error = NULL;
  TerraceSecret *secret;

  secret =
      terrace_credentials_import (import->from, import->kind, environment, import->text, &error);
  if (secret == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, secret, (GDestroyNotify) terrace_secret_free);
}

static void
import_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Import *import = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_file_load_contents_finish (G_FILE (object), result, &import->text, &import->length, NULL,
                                    &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (import->length > TERRACE_LIMIT_KEY_FILE_BYTES)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                             _ ("The file is far too large to be one with a key"));
  else
    import_parse (g_steal_pointer (&task));
}

void
terrace_cloud_import_async (const char *from,
                            TerraceLocationKind kind,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Import *import = g_new0 (Import, 1);
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, terrace_cloud_import_async);
  import->from = g_strdup (from);
  import->kind = kind;
  g_task_set_task_data (task, import, (GDestroyNotify) import_free);
  if (!terrace_credentials_import_get_path (from, kind, environment, &path, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (path == NULL)
    {
      import_parse (g_steal_pointer (&task));
      return;
    }
  file = g_file_new_for_path (path);
  g_file_load_contents_async (file, cancellable, import_read_cb, g_steal_pointer (&task));
}

TerraceSecret *
terrace_cloud_import_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
