/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Verifying one object on demand: its bytes against its checksum, which is learnt if nobody knew
 * it. Main thread but for the catalogue's functions. */

#include "config.h"

#include "engine/terrace-engine-private.h"
#include "transfer/terrace-verify.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  OUTCOME_SOUND,
  OUTCOME_DAMAGED,
  OUTCOME_MISSING,
} Outcome;

typedef struct
{
  /* inputs */
  gint64 item_id;
  TerraceItem *item;

  /* results */
  Outcome outcome;
  TerraceDigest digest;
  gint64 now_us;
  GError *error;
} Verifying;

static void
verifying_free (Verifying *verifying)
{
  g_clear_object (&verifying->item);
  g_clear_error (&verifying->error);
  g_free (verifying);
}

static gboolean
read_item (TerraceConnection *connection, gpointer data, GError **error)
{
  Verifying *verifying = data;

  verifying->item = terrace_item_table_get (connection, verifying->item_id, error);

  return verifying->item != NULL;
}

static TerraceEvent *
make_event (Verifying *verifying)
{
  static const struct
  {
    TerraceEventKind kind;
    TerraceSeverity severity;
    const char *format;
  } words[] = {
    [OUTCOME_SOUND] = { TERRACE_EVENT_VERIFIED, TERRACE_SEVERITY_INFO,
                        N_ ("“%s” is as it should be") },
    [OUTCOME_DAMAGED] = { TERRACE_EVENT_DAMAGED, TERRACE_SEVERITY_ERROR,
                          N_ ("“%s” is damaged: its bytes are not those that its checksum is of") },
    [OUTCOME_MISSING] = { TERRACE_EVENT_MISSING, TERRACE_SEVERITY_WARNING,
                          N_ ("“%s” is no longer where it was") },
  };
  g_autoptr (GString) message = g_string_new (_ (words[verifying->outcome].format));
  TerraceEvent *event;

  g_string_replace (message, "%s", verifying->item->name, 1);
  event = terrace_event_new (words[verifying->outcome].kind, words[verifying->outcome].severity,
                             verifying->now_us, message->str);
  event->item_id = verifying->item->id;
  event->location_id = verifying->item->location_id;

  return event;
}

static gboolean
mark_missing (TerraceConnection *connection, Verifying *verifying, GError **error)
{
  g_autoptr (TerraceItem) item = terrace_item_table_get (connection, verifying->item_id, error);

  if (item == NULL)
    return FALSE;
  /* It has been moved or registered anew since we looked. */
  if (item->location_id != verifying->item->location_id ||
      g_strcmp0 (item->key, verifying->item->key) != 0)
    return TRUE;
  item->missing = TRUE;

  return terrace_item_table_update (connection, item, error);
}

/* A damaged copy keeps the checksum it should have, but no longer counts as verified. */
static gboolean
store_outcome (TerraceConnection *connection, gpointer data, GError **error)
{
  Verifying *verifying = data;
  TerraceItem *item = verifying->item;
  g_autoptr (TerraceEvent) event = make_event (verifying);
  gboolean success;

  if (verifying->outcome == OUTCOME_SOUND)
    success = terrace_item_table_set_checksum (connection, item->id, item->version,
                                               &verifying->digest, verifying->now_us, error);
  else if (verifying->outcome == OUTCOME_DAMAGED)
    success = terrace_item_table_set_checksum (connection, item->id, item->version, &item->checksum,
                                               0, error);
  else
    success = mark_missing (connection, verifying, error);

  return success && terrace_event_table_append (connection, event, error);
}

static void
store_outcome_done (TerraceEngine *self, GTask *task)
{
  Verifying *verifying = g_task_get_task_data (task);

  if (verifying->outcome == OUTCOME_MISSING)
    g_task_return_error (task, g_steal_pointer (&verifying->error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
verify_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Verifying *verifying = g_task_get_task_data (task);
  TerraceEngine *self = g_task_get_source_object (task);

  if (terrace_verify_finish (result, &verifying->digest, &verifying->error))
    verifying->outcome = OUTCOME_SOUND;
  else if (g_error_matches (verifying->error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT))
    verifying->outcome = OUTCOME_DAMAGED;
  else if (g_error_matches (verifying->error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    verifying->outcome = OUTCOME_MISSING;
  else
    {
      g_task_return_error (task, g_steal_pointer (&verifying->error));
      return;
    }

  verifying->now_us = terrace_clock_get_now_us (self->clock);
  terrace_engine_write_step (self, g_steal_pointer (&task), store_outcome,
                             TERRACE_CATALOG_ITEMS | TERRACE_CATALOG_EVENTS, store_outcome_done);
}

static void
read_item_done (TerraceEngine *self, GTask *task)
{
  Verifying *verifying = g_task_get_task_data (task);
  TerraceItem *item = verifying->item;
  TerraceLocation *location = terrace_engine_get_location (self, item->location_id);
  g_autoptr (TerraceProvider) provider = NULL;
  gboolean known = item->checksum.kind != TERRACE_CHECKSUM_NONE;
  GError *error = NULL;

  if (location == NULL)
    g_set_error (&error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND,
                 _ ("The location of “%s” is no longer known"), item->name);
  else
    provider = terrace_provider_registry_get (self->registry, location, &error);
  if (provider == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  terrace_verify_async (provider, item->key, item->version, item->size_bytes,
                        known ? &item->checksum : NULL, NULL, NULL, NULL,
                        g_task_get_cancellable (task), verify_cb, task);
}

void
terrace_engine_verify_async (TerraceEngine *self,
                             gint64 item_id,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Verifying *verifying;
  GTask *task;

  g_return_if_fail (TERRACE_IS_ENGINE (self));

  task =
      terrace_engine_task_new (self, terrace_engine_verify_async, cancellable, callback, user_data);
  verifying = g_new0 (Verifying, 1);
  verifying->item_id = item_id;
  g_task_set_task_data (task, verifying, (GDestroyNotify) verifying_free);
  terrace_engine_read_step (self, task, read_item, read_item_done);
}

gboolean
terrace_engine_verify_finish (TerraceEngine *self,
                              GAsyncResult *result,
                              gboolean *matches,
                              GError **error)
{
  Verifying *verifying;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  verifying = g_task_get_task_data (G_TASK (result));
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (matches != NULL)
    *matches = verifying->outcome == OUTCOME_SOUND;

  return TRUE;
}
