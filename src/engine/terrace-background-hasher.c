/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The background's checksums: pages of objects without one are read from the catalogue, hashed one
 * by one and stored page by page. An object that cannot be read is left for a later round. Main
 * thread; bytes are read and hashed on the provider's threads. */

#include "config.h"

#include "engine/terrace-background-hasher.h"
#include "base/terrace-error.h"
#include "catalog/terrace-item-table.h"
#include "transfer/terrace-verify.h"

/* Objects between two transactions: what is hashed again after a crash. */
#define HASHER_PAGE 64

typedef struct
{
  gint64 item_id;
  char *version;
  TerraceDigest digest;
  gint64 time_us;
} Hashed;

struct _TerraceBackgroundHasher
{
  GObject parent_instance;

  /* inputs */
  TerraceCatalog *catalog;
  TerraceProviderRegistry *registry;
  TerraceQueue *queue;
  TerraceClock *clock;
  TerraceLocationLookup locations;
  gpointer user_data;

  /* in progress */
  gboolean running;
  gboolean again;
  gboolean waiting;
  gboolean stopped;
  gint64 after_id;
  guint index;
  GPtrArray *page;
  GArray *hashed;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (TerraceBackgroundHasher, terrace_background_hasher, G_TYPE_OBJECT)

static void fetch_page (TerraceBackgroundHasher *self);
static void hash_next (TerraceBackgroundHasher *self);

/* One catalogue transaction of the hasher; owned by its callback. */
typedef struct
{
  TerraceBackgroundHasher *hasher;
  gint64 after_id;
  GPtrArray *page;
  GArray *hashed;
} Batch;

static void
batch_free (Batch *batch)
{
  g_object_unref (batch->hasher);
  g_clear_pointer (&batch->page, g_ptr_array_unref);
  g_clear_pointer (&batch->hashed, g_array_unref);
  g_free (batch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

static Batch *
batch_new (TerraceBackgroundHasher *self)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->hasher = g_object_ref (self);
  batch->after_id = self->after_id;

  return batch;
}

static void
hashed_clear (gpointer data)
{
  Hashed *hashed = data;

  g_free (hashed->version);
}

static GArray *
hashed_array_new (void)
{
  GArray *array = g_array_new (FALSE, TRUE, sizeof (Hashed));

  g_array_set_clear_func (array, hashed_clear);

  return array;
}

static void
end_round (TerraceBackgroundHasher *self)
{
  self->running = FALSE;
  g_clear_pointer (&self->page, g_ptr_array_unref);
  if (self->again)
    terrace_background_hasher_poke (self);
}

/* --- Storing ------------------------------------------------------------------------------- */

static gboolean
store_hashed (TerraceConnection *connection, gpointer data, GError **error)
{
  Batch *batch = data;

  for (guint i = 0; i < batch->hashed->len; i++)
    {
      Hashed *hashed = &g_array_index (batch->hashed, Hashed, i);
      g_autoptr (GError) local_error = NULL;

      if (terrace_item_table_set_checksum (connection, hashed->item_id, hashed->version,
                                           &hashed->digest, hashed->time_us, &local_error))
        continue;
      /* It was forgotten or changed while we read it. */
      if (g_error_matches (local_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND) ||
          g_error_matches (local_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED))
        continue;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

static void
store_hashed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Batch) batch = user_data;
  g_autoptr (GError) error = NULL;
  TerraceBackgroundHasher *self = batch->hasher;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    {
      if (!terrace_error_is_cancelled (error))
        g_warning ("Checksums could not be stored: %s", error->message);
      end_round (self);
    }
  else if (!self->stopped)
    fetch_page (self);
}

static void
store_page (TerraceBackgroundHasher *self)
{
  Batch *batch = batch_new (self);

  batch->hashed = g_steal_pointer (&self->hashed);
  self->hashed = hashed_array_new ();
  terrace_catalog_write_async (self->catalog, store_hashed, batch, TERRACE_CATALOG_ITEMS,
                               self->cancellable, store_hashed_cb, batch);
}

/* --- Hashing ------------------------------------------------------------------------------- */

static void
hash_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceBackgroundHasher) self = user_data;
  g_autoptr (GError) error = NULL;
  TerraceDigest digest = { 0 };
  TerraceItem *item;

  if (!terrace_verify_finish (result, &digest, &error) && self->stopped)
    return;
  if (terrace_error_is_cancelled (error))
    {
      /* A move wants the disk; this object starts over afterwards. */
      hash_next (self);
      return;
    }

  item = g_ptr_array_index (self->page, self->index);
  if (error == NULL)
    {
      Hashed hashed = { item->id, g_strdup (item->version), digest,
                        terrace_clock_get_now_us (self->clock) };

      g_array_append_val (self->hashed, hashed);
    }
  else
    g_debug ("No checksum of object %" G_GINT64_FORMAT ": %s", item->id, error->message);

  self->index++;
  hash_next (self);
}

static void
hash_item (TerraceBackgroundHasher *self, TerraceItem *item)
{
  g_autoptr (TerraceProvider) provider = NULL;
  TerraceLocation *location = self->locations (item->location_id, self->user_data);

  if (location != NULL && !item->moving && !item->missing)
    provider = terrace_provider_registry_get (self->registry, location, NULL);
  if (provider == NULL)
    {
      self->index++;
      hash_next (self);
      return;
    }

  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  terrace_verify_async (provider, item->key, item->version, item->size_bytes, NULL, NULL, NULL,
                        NULL, self->cancellable, hash_cb, g_object_ref (self));
}

static void
hash_next (TerraceBackgroundHasher *self)
{
  if (self->stopped)
    return;
  if (terrace_queue_get_active (self->queue) > 0)
    self->waiting = TRUE;
  else if (self->index < self->page->len)
    hash_item (self, g_ptr_array_index (self->page, self->index));
  else
    {
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
      store_page (self);
    }
}

static void
active_changed_cb (TerraceBackgroundHasher *self)
{
  if (!self->running || self->stopped)
    return;
  if (terrace_queue_get_active (self->queue) == 0)
    {
      if (self->waiting)
        {
          self->waiting = FALSE;
          hash_next (self);
        }
    }
  else if (self->page != NULL && self->index < self->page->len && self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/* --- Pages --------------------------------------------------------------------------------- */

static gboolean
read_unhashed (TerraceConnection *connection, gpointer data, GError **error)
{
  Batch *batch = data;

  batch->page = terrace_item_table_unhashed (connection, batch->after_id, HASHER_PAGE, error);

  return batch->page != NULL;
}

static void
read_unhashed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Batch) batch = user_data;
  g_autoptr (GError) error = NULL;
  TerraceBackgroundHasher *self = batch->hasher;

  if (!terrace_catalog_read_finish (TERRACE_CATALOG (object), result, &error))
    {
      if (!terrace_error_is_cancelled (error))
        g_warning ("Objects without a checksum could not be read: %s", error->message);
      end_round (self);
      return;
    }
  if (self->stopped)
    return;

  g_clear_pointer (&self->page, g_ptr_array_unref);
  if (batch->page->len == 0)
    {
      end_round (self);
      return;
    }
  self->page = g_steal_pointer (&batch->page);
  self->after_id = ((TerraceItem *) g_ptr_array_index (self->page, self->page->len - 1))->id;
  self->index = 0;
  hash_next (self);
}

static void
fetch_page (TerraceBackgroundHasher *self)
{
  Batch *batch = batch_new (self);

  terrace_catalog_read_async (self->catalog, read_unhashed, batch, NULL, read_unhashed_cb, batch);
}

/* --- Object -------------------------------------------------------------------------------- */

void
terrace_background_hasher_poke (TerraceBackgroundHasher *self)
{
  g_return_if_fail (TERRACE_IS_BACKGROUND_HASHER (self));

  if (self->stopped)
    return;
  if (self->running)
    {
      self->again = TRUE;
      return;
    }

  self->running = TRUE;
  self->again = FALSE;
  self->waiting = FALSE;
  self->after_id = 0;
  fetch_page (self);
}

void
terrace_background_hasher_stop (TerraceBackgroundHasher *self)
{
  g_return_if_fail (TERRACE_IS_BACKGROUND_HASHER (self));

  self->stopped = TRUE;
  self->again = FALSE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static void
terrace_background_hasher_dispose (GObject *object)
{
  TerraceBackgroundHasher *self = TERRACE_BACKGROUND_HASHER (object);

  g_clear_object (&self->catalog);
  g_clear_object (&self->registry);
  g_clear_object (&self->queue);
  g_clear_object (&self->clock);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->page, g_ptr_array_unref);
  g_clear_pointer (&self->hashed, g_array_unref);

  G_OBJECT_CLASS (terrace_background_hasher_parent_class)->dispose (object);
}

static void
terrace_background_hasher_class_init (TerraceBackgroundHasherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_background_hasher_dispose;
}

static void
terrace_background_hasher_init (TerraceBackgroundHasher *self)
{
  self->hashed = hashed_array_new ();
}

TerraceBackgroundHasher *
terrace_background_hasher_new (TerraceCatalog *catalog,
                               TerraceProviderRegistry *registry,
                               TerraceQueue *queue,
                               TerraceClock *clock,
                               TerraceLocationLookup locations,
                               gpointer user_data)
{
  TerraceBackgroundHasher *self = g_object_new (TERRACE_TYPE_BACKGROUND_HASHER, NULL);

  self->catalog = g_object_ref (catalog);
  self->registry = g_object_ref (registry);
  self->queue = g_object_ref (queue);
  self->clock = g_object_ref (clock);
  self->locations = locations;
  self->user_data = user_data;
  g_signal_connect_object (queue, "notify::active", G_CALLBACK (active_changed_cb), self,
                           G_CONNECT_SWAPPED);

  return self;
}
