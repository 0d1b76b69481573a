/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The writing half of registering: from what a provider tells of an object to its row. Runs on the
 * catalogue's writer thread, one transaction a batch. */

#include "config.h"

#include "engine/terrace-register-batch.h"
#include "base/terrace-units.h"
#include "engine/terrace-engine-private.h"

#include <glib/gi18n-lib.h>

/* Up to this many objects of a batch are named one by one in the log. */
#define EVENTS_SINGLY 10

TerraceFound *
terrace_found_new (TerraceLocation *location, const char *key, TerraceObjectInfo *info)
{
  TerraceFound *self = g_new0 (TerraceFound, 1);

  self->location_id = location->id;
  self->key = g_strdup (key);
  self->class_id = g_strdup (terrace_location_get_class_id (location));
  self->info = info;

  return self;
}

void
terrace_found_free (TerraceFound *self)
{
  g_free (self->key);
  g_free (self->class_id);
  g_clear_pointer (&self->info, terrace_object_info_free);
  g_free (self);
}

static void
fill_name (TerraceItem *item, const char *key)
{
  g_autofree char *base = g_path_get_basename (key);

  g_free (item->name);
  g_free (item->content_type);
  item->name = terrace_display_name (base);
  item->content_type = g_content_type_guess (item->name, NULL, 0, NULL);
}

/* What the object itself says, as against what we make of it. */
static void
fill_seen (TerraceItem *item, const TerraceObjectInfo *info)
{
  g_free (item->version);
  item->version = g_strdup (info->version);
  item->size_bytes = info->size_bytes;
  item->modified_us = info->modified_us;
  item->created_us = info->created_us != 0 ? info->created_us : info->modified_us;
  item->checksum = info->checksum;
  item->verified_us = 0;
  item->missing = FALSE;
}

static TerraceItem *
make_item (TerraceRegisterBatch *batch, const TerraceFound *found)
{
  TerraceItem *item = terrace_item_new ();
  gint64 now_us = terrace_assessor_get_now_us (batch->assessor);

  item->location_id = found->location_id;
  item->key = g_strdup (found->key);
  fill_name (item, found->key);
  fill_seen (item, found->info);
  g_free (item->class_id);
  item->class_id =
      g_strdup (found->info->class_id != NULL ? found->info->class_id : found->class_id);
  item->class_since_us = item->created_us;
  item->registered_us = now_us;
  terrace_access_rates_init (&item->rates, MIN (item->created_us, now_us),
                             MIN (MAX (found->info->accessed_us, found->info->modified_us), now_us),
                             now_us);

  return item;
}

static gboolean
append_registered (TerraceRegisterBatch *batch,
                   TerraceConnection *connection,
                   TerraceItem *item,
                   GError **error)
{
  g_autofree char *message = NULL;

  if (batch->found->len > EVENTS_SINGLY)
    return TRUE;
  message = g_strdup_printf (_ ("Registered “%s”"), item->name);

  return terrace_engine_append_event (connection, TERRACE_EVENT_REGISTERED,
                                      terrace_assessor_get_now_us (batch->assessor), item->id, 0,
                                      message, error);
}

static gboolean
insert_found (TerraceRegisterBatch *batch,
              TerraceConnection *connection,
              const TerraceFound *found,
              GError **error)
{
  g_autoptr (TerraceItem) item = make_item (batch, found);
  g_autoptr (GError) local_error = NULL;

  terrace_assessor_assess (batch->assessor, item, NULL);
  if (!terrace_item_table_insert (connection, item, &local_error))
    {
      /* It is a further copy of an object that is known. */
      if (g_error_matches (local_error, TERRACE_ERROR, TERRACE_ERROR_EXISTS))
        {
          batch->report.unchanged++;
          return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  batch->report.added++;
  return append_registered (batch, connection, item, error);
}

static gboolean
update_found (TerraceRegisterBatch *batch,
              TerraceConnection *connection,
              const TerraceFound *found,
              TerraceItem *item,
              GError **error)
{
  /* While it moves, the move itself notices what changed. */
  if (item->moving || (!item->missing && g_strcmp0 (item->version, found->info->version) == 0))
    {
      batch->report.unchanged++;
      return TRUE;
    }

  fill_seen (item, found->info);
  terrace_assessor_assess (batch->assessor, item, NULL);
  batch->report.updated++;

  return terrace_item_table_update (connection, item, error);
}

static gboolean
store_found (TerraceRegisterBatch *batch,
             TerraceConnection *connection,
             const TerraceFound *found,
             GError **error)
{
  g_autoptr (TerraceItem) item = NULL;
  g_autoptr (GError) local_error = NULL;

  batch->report.bytes += found->info->size_bytes;
  item = terrace_item_table_find (connection, found->location_id, found->key, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return item == NULL ? insert_found (batch, connection, found, error) :
                        update_found (batch, connection, found, item, error);
}

static gboolean
append_summary (TerraceRegisterBatch *batch, TerraceConnection *connection, GError **error)
{
  g_autofree char *message = NULL;
  gulong added = (gulong) batch->report.added;

  if (batch->found->len <= EVENTS_SINGLY || added == 0)
    return TRUE;
  message = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Registered %lu object",
                                          "Registered %lu objects", added),
                             added);

  return terrace_engine_append_event (connection, TERRACE_EVENT_REGISTERED,
                                      terrace_assessor_get_now_us (batch->assessor), 0, 0, message,
                                      error);
}

gboolean
terrace_register_batch_store (TerraceConnection *connection, gpointer data, GError **error)
{
  TerraceRegisterBatch *batch = data;

  batch->report = (TerraceRegisterReport){ 0 };
  if (!terrace_item_table_consider_import (connection, batch->n_added, error) ||
      !terrace_assessor_load_room (batch->assessor, connection, error))
    return FALSE;
  for (guint i = 0; i < batch->found->len; i++)
    if (!store_found (batch, connection, g_ptr_array_index (batch->found, i), error))
      return FALSE;

  batch->n_added += batch->report.added;

  return append_summary (batch, connection, error);
}
