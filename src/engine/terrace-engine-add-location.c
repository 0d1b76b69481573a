/* SPDX-License-Identifier: GPL-3.0-or-later */

/* New places: each is asked how it is before it is kept; and the offer of the first start, four
 * sandboxes. Main thread, but for prepare_root() on the engine's worker and insert_location() on
 * the catalogue's. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "base/terrace-units.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* The wait that a sandbox really makes people feel, however slow the class it plays. */
#define SANDBOX_LATENCY_MS 200

/* --- Adding ---------------------------------------------------------------------------------- */

typedef struct
{
  TerraceLocation *location;
  TerraceProvider *provider; /* nullable: the registry's */
  char *real_root;
  TerraceProbe probe;
  gint64 now_us;
} Adding;

static void
adding_free (Adding *adding)
{
  g_clear_object (&adding->location);
  g_clear_object (&adding->provider);
  g_free (adding->real_root);
  g_free (adding);
}

static gboolean
insert_location (TerraceConnection *connection, gpointer data, GError **error)
{
  Adding *adding = data;
  TerraceLocation *location = adding->location;
  g_autoptr (TerraceEvent) event = NULL;
  g_autofree char *message = NULL;

  if (!terrace_location_table_insert (connection, location, error))
    return FALSE;

  message = g_strdup_printf (_ ("Added the location “%s”"), location->name);
  event =
      terrace_event_new (TERRACE_EVENT_LOCATION, TERRACE_SEVERITY_INFO, adding->now_us, message);
  event->location_id = location->id;

  return terrace_event_table_append (connection, event, error);
}

static void
insert_done (TerraceEngine *self, GTask *task)
{
  Adding *adding = g_task_get_task_data (task);

  terrace_engine_observe_probe (adding->location, &adding->probe, adding->now_us);
  terrace_engine_put_location (self, adding->location);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
add_probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree TerraceProbe *probe = NULL;
  Adding *adding = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);
  GError *error = NULL;

  probe = terrace_provider_probe_finish (TERRACE_PROVIDER (object), result, &error);
  /* What was made for it while it had no id must not answer for the next new one. */
  terrace_provider_registry_forget (self->registry, adding->location->id);
  if (probe == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  adding->probe = *probe;
  adding->now_us = terrace_clock_get_now_us (self->clock);
  if (adding->location->created_us == 0)
    adding->location->created_us = adding->now_us;
  terrace_engine_write_step (self, g_steal_pointer (&task), insert_location,
                             TERRACE_CATALOG_LOCATIONS | TERRACE_CATALOG_EVENTS, insert_done);
}

/* Worker: a sandbox's folder is ours to make; every root is kept without symbolic links in it, so
 * that paths can be compared. */
static void
prepare_root (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Adding *adding = data;
  TerraceLocation *location = adding->location;
  g_autofree char *resolved = NULL;
  g_autofree char *display = terrace_display_name (location->root);
  GError *error = NULL;

  if ((location->kind == TERRACE_LOCATION_SANDBOX &&
       g_mkdir_with_parents (location->root, 0700) != 0) ||
      (resolved = realpath (location->root, NULL)) == NULL)
    {
      terrace_error_set_errno (&error, errno, _ ("The folder “%s” cannot be used"), display);
      g_task_return_error (task, error);
      return;
    }

  adding->real_root = g_strdup (resolved);
  g_task_return_boolean (task, TRUE);
}

static gboolean
check_root_free (TerraceEngine *self, TerraceLocation *location, GError **error)
{
  TerraceLocation *other;

  for (guint i = 0; (other = terrace_engine_peek_location (self, i)) != NULL; i++)
    {
      g_autofree char *display = NULL;

      if (!g_str_equal (other->root, location->root))
        continue;
      display = terrace_display_name (location->root);
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS,
                   _ ("“%s” is already the location “%s”"), display, other->name);
      return FALSE;
    }

  return TRUE;
}

/* @task: (transfer full) */
static void
add_probe (TerraceEngine *self, GTask *task)
{
  Adding *adding = g_task_get_task_data (task);
  g_autoptr (TerraceProvider) provider = NULL;
  GError *error = NULL;

  if (!check_root_free (self, adding->location, &error))
    provider = NULL;
  else if (adding->provider != NULL)
    provider = g_object_ref (adding->provider);
  else
    provider = terrace_provider_registry_get (self->registry, adding->location, &error);
  if (provider == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  else
    terrace_provider_probe_async (provider, g_task_get_cancellable (task), add_probe_cb, task);
}

static void
prepare_root_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  TerraceEngine *self = g_task_get_source_object (task);
  Adding *adding = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  g_free (adding->location->root);
  adding->location->root = g_steal_pointer (&adding->real_root);
  add_probe (self, g_steal_pointer (&task));
}

static gboolean
check_classes (TerraceEngine *self, TerraceLocation *location, GError **error)
{
  guint n_classes = location->class_ids != NULL ? g_strv_length (location->class_ids) : 0;

  if (n_classes == 0 || (n_classes > 1 && terrace_location_is_folder (location)))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The location “%s” needs one storage class"), location->name);
      return FALSE;
    }
  /* What lies on a disk of one's own can be registered even where no sheet prices it. */
  if (location->kind == TERRACE_LOCATION_LOCAL)
    return TRUE;
  for (guint i = 0; i < n_classes; i++)
    if (terrace_engine_find_class (self, location->class_ids[i]) == NULL)
      {
        g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                     _ ("No price sheet has the storage class “%s”"), location->class_ids[i]);
        return FALSE;
      }

  return TRUE;
}

static gboolean
check_name_and_root (TerraceLocation *location, GError **error)
{
  if (location->name == NULL || location->name[0] == '\0' ||
      !g_utf8_validate (location->name, -1, NULL))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("A location needs a name"));
      return FALSE;
    }
  if (terrace_location_is_folder (location) &&
      (location->root == NULL || !g_path_is_absolute (location->root)))
    {
      g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                   _ ("The location “%s” needs a folder"), location->name);
      return FALSE;
    }

  return TRUE;
}

gboolean
terrace_engine_check_location (TerraceEngine *self, TerraceLocation *location, GError **error)
{
  return check_name_and_root (location, error) && check_classes (self, location, error);
}

static void
add_checked (TerraceEngine *self, GTask *task)
{
  Adding *adding = g_task_get_task_data (task);
  GTask *job;

  if (!terrace_location_is_folder (adding->location))
    {
      add_probe (self, task);
      return;
    }
  job = g_task_new (NULL, g_task_get_cancellable (task), prepare_root_cb, task);
  g_task_set_task_data (job, adding, NULL);
  terrace_worker_queue (self->worker, G_PRIORITY_DEFAULT, prepare_root, job);
}

void
terrace_engine_add_probed_location_async (TerraceEngine *self,
                                          TerraceLocation *location,
                                          TerraceProvider *provider,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  GTask *task;
  Adding *adding;
  GError *error = NULL;

  g_return_if_fail (TERRACE_IS_ENGINE (self));
  g_return_if_fail (TERRACE_IS_LOCATION (location) && location->id == 0);

  task = terrace_engine_task_new (self, terrace_engine_add_location_async, cancellable, callback,
                                  user_data);
  adding = g_new0 (Adding, 1);
  adding->location = g_object_ref (location);
  g_set_object (&adding->provider, provider);
  g_task_set_task_data (task, adding, (GDestroyNotify) adding_free);

  if (terrace_engine_check_location (self, location, &error))
    add_checked (self, task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

void
terrace_engine_add_location_async (TerraceEngine *self,
                                   TerraceLocation *location,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  terrace_engine_add_probed_location_async (self, location, NULL, cancellable, callback, user_data);
}

gboolean
terrace_engine_add_location_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- The first start's offer -------------------------------------------------------------------
 */

static const struct
{
  const char *name;
  const char *folder;
  const char *class_id;
} sandboxes[] = {
  { N_ ("Hot"), "hot", "aws/STANDARD" },
  { N_ ("Warm"), "warm", "aws/STANDARD_IA" },
  { N_ ("Cold"), "cold", "aws/GLACIER_IR" },
  { N_ ("Archive"), "archive", "aws/DEEP_ARCHIVE" },
};

typedef struct
{
  char *parent;
  guint next;
} Offer;

static void
offer_free (Offer *offer)
{
  g_free (offer->parent);
  g_free (offer);
}

static void offer_next (TerraceEngine *self, GTask *task);

static void
offer_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!terrace_engine_add_location_finish (TERRACE_ENGINE (object), result, &error))
    {
      /* The folder is there under a name that a person gave it. */
      if (!g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS))
        {
          g_task_return_error (task, error);
          return;
        }
      g_error_free (error);
    }

  offer_next (TERRACE_ENGINE (object), g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
offer_next (TerraceEngine *self, GTask *task)
{
  Offer *offer = g_task_get_task_data (task);
  g_autoptr (TerraceLocation) location = NULL;
  g_autofree char *root = NULL;
  TerraceStorageClass *class;
  const char *class_ids[2] = { NULL, NULL };
  guint i;

  while (offer->next < G_N_ELEMENTS (sandboxes) &&
         terrace_engine_find_location (self, _ (sandboxes[offer->next].name)) != NULL)
    offer->next++;
  if (offer->next == G_N_ELEMENTS (sandboxes))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  i = offer->next++;
  root = g_build_filename (offer->parent, "sandbox", sandboxes[i].folder, NULL);
  class_ids[0] = sandboxes[i].class_id;
  class = terrace_engine_find_class (self, class_ids[0]);
  location =
      terrace_location_new (TERRACE_LOCATION_SANDBOX, _ (sandboxes[i].name), root, class_ids);
  location->accepts = TRUE;
  location->latency_ms = class != NULL ? MIN (class->first_byte_ms, SANDBOX_LATENCY_MS) : 0;
  terrace_engine_add_location_async (self, location, g_task_get_cancellable (task), offer_cb, task);
}

void
terrace_engine_add_sandboxes_async (TerraceEngine *self,
                                    const char *parent,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task;
  Offer *offer;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task = terrace_engine_task_new (self, terrace_engine_add_sandboxes_async, cancellable, callback,
                                  user_data);
  offer = g_new0 (Offer, 1);
  offer->parent = g_canonicalize_filename (parent != NULL ? parent : self->data_dir, NULL);
  g_task_set_task_data (task, offer, (GDestroyNotify) offer_free);
  offer_next (self, task);
}

gboolean
terrace_engine_add_sandboxes_finish (TerraceEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
