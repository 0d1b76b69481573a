/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A circuit breaker per place. After several failures in a row no move begins there any more; one
 * event says so, and probes, less and less often, find out when it is back. Moves that waited then
 * go on at once, with all their attempts. A change of the network is a reason to probe at once.
 * Main thread, except the functions that take a TerraceConnection. */

#include "config.h"

#include "transfer/terrace-queue-places.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "catalog/terrace-event-table.h"
#include "catalog/terrace-move-table.h"

/* Longer than what one bad moment of a busy place makes fail. */
#define PLACES_FAILURES 5
#define PLACES_PROBE_MS 1000
#define PLACES_HALVE_US (G_GINT64_CONSTANT (1000) * 1000)

typedef struct
{
  TerraceQueuePlaces *places; /* unowned */
  gint64 location_id;

  guint limit;
  guint successes; /* since the limit changed */
  gint64 halved_us;

  guint failures; /* in a row */
  gboolean down;
  gboolean gone; /* a probe failed too */
  gboolean told;
  guint n_probes; /* since it worked last */
  guint timer;
  gboolean probing;
} Place;

struct _TerraceQueuePlaces
{
  GObject parent_instance;

  TerraceCatalog *catalog; /* owned */
  const TerraceMoveContext *context;
  void (*changed) (gpointer data);
  gpointer data;

  GHashTable *by_id;        /* of Place by gint64 */
  GNetworkMonitor *network; /* owned, nullable until a cloud is down */
  gboolean stopped;
};

G_DEFINE_FINAL_TYPE (TerraceQueuePlaces, terrace_queue_places, G_TYPE_OBJECT)

static void places_await_probe (Place *place);

static Place *
places_get (TerraceQueuePlaces *self, gint64 location_id)
{
  Place *place = g_hash_table_lookup (self->by_id, &location_id);

  if (place == NULL)
    {
      place = g_new0 (Place, 1);
      place->places = self;
      place->location_id = location_id;
      place->limit = TERRACE_LIMIT_ACTIVE_MOVES_PER_LOCATION;
      g_hash_table_insert (self->by_id, &place->location_id, place);
    }

  return place;
}

static TerraceLocation *
places_get_location (TerraceQueuePlaces *self, gint64 location_id)
{
  return self->context->locations (location_id, self->context->lookup_data);
}

/* --- Rows --------------------------------------------------------------------------------------
 */

typedef struct
{
  TerraceEvent *event; /* owned */
  gint64 wake_location_id;
} PlacesWrite;

static void
places_write_free (PlacesWrite *write)
{
  g_clear_object (&write->event);
  g_free (write);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PlacesWrite, places_write_free)

static gboolean
places_write (TerraceConnection *connection, gpointer data, GError **error)
{
  PlacesWrite *write = data;

  return (write->wake_location_id == 0 ||
          terrace_move_table_wake (connection, write->wake_location_id, error)) &&
         (write->event == NULL || terrace_event_table_append (connection, write->event, error));
}

typedef struct
{
  TerraceQueuePlaces *places; /* owned */
  PlacesWrite *write;         /* owned */
} PlacesWriting;

static void
places_write_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree PlacesWriting *writing = user_data;
  g_autoptr (TerraceQueuePlaces) self = writing->places;
  g_autoptr (PlacesWrite) write = writing->write;
  g_autoptr (GError) error = NULL;

  if (!terrace_catalog_write_finish (TERRACE_CATALOG (object), result, &error))
    g_debug ("The state of a place could not be stored: %s", error->message);
  if (write->wake_location_id != 0 && !self->stopped)
    self->changed (self->data);
}

/* @message: (transfer full) (nullable) */
static void
places_store (TerraceQueuePlaces *self,
              gint64 location_id,
              TerraceSeverity severity,
              char *message,
              gboolean wake)
{
  PlacesWriting *writing = g_new0 (PlacesWriting, 1);
  g_autofree char *owned = message;

  writing->places = g_object_ref (self);
  writing->write = g_new0 (PlacesWrite, 1);
  writing->write->wake_location_id = wake ? location_id : 0;
  if (message != NULL)
    {
      writing->write->event =
          terrace_event_new (TERRACE_EVENT_LOCATION, severity,
                             terrace_clock_get_now_us (self->context->clock), message);
      writing->write->event->location_id = location_id;
    }
  terrace_catalog_write_async (self->catalog, places_write, writing->write,
                               (message != NULL ? TERRACE_CATALOG_EVENTS : 0) |
                                   (wake ? TERRACE_CATALOG_MOVES : 0),
                               NULL, places_write_cb, writing);
}

/* --- Down and back -----------------------------------------------------------------------------
 */

static void
places_tell_down (Place *place, const GError *error)
{
  TerraceLocation *location = places_get_location (place->places, place->location_id);

  if (place->told || location == NULL)
    return;

  place->told = TRUE;
  places_store (place->places, place->location_id, TERRACE_SEVERITY_WARNING,
                g_strdup_printf (_ ("“%s” fails again and again, so migrations there wait until "
                                    "it is back: %s"),
                                 location->name, error->message),
                FALSE);
}

static void
places_tell_back (Place *place, gboolean wake)
{
  TerraceLocation *location = places_get_location (place->places, place->location_id);
  gboolean told = place->told && location != NULL;

  place->told = FALSE;
  if (told || wake)
    places_store (place->places, place->location_id, TERRACE_SEVERITY_INFO,
                  told ?
                      g_strdup_printf (_ ("“%s” is back; its migrations go on"), location->name) :
                      NULL,
                  wake);
}

typedef struct
{
  TerraceQueuePlaces *places; /* owned */
  gint64 location_id;
} PlacesProbe;

static void
places_probe_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree PlacesProbe *asked = user_data;
  g_autoptr (TerraceQueuePlaces) self = asked->places;
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GError) error = NULL;
  Place *place = places_get (self, asked->location_id);
  gboolean was_gone = place->gone;

  probe = terrace_provider_probe_finish (TERRACE_PROVIDER (object), result, &error);
  place->probing = FALSE;
  if (self->stopped || !place->down)
    return;

  if (terrace_error_is_retryable (error) ||
      g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND))
    {
      place->gone = TRUE;
      places_await_probe (place);
      return;
    }

  /* It answers. The next failure takes it down again. */
  place->down = FALSE;
  place->gone = FALSE;
  place->failures = PLACES_FAILURES - 1;
  if (was_gone)
    places_tell_back (place, TRUE);
  else
    self->changed (self->data);
}

static void
places_probe (Place *place)
{
  TerraceQueuePlaces *self = place->places;
  TerraceLocation *location = places_get_location (self, place->location_id);
  g_autoptr (TerraceProvider) provider = NULL;
  PlacesProbe *asked;

  if (place->probing || location == NULL)
    return;
  provider = terrace_provider_registry_get (self->context->registry, location, NULL);
  if (provider == NULL)
    return;

  place->probing = TRUE;
  place->n_probes++;
  asked = g_new0 (PlacesProbe, 1);
  asked->places = g_object_ref (self);
  asked->location_id = place->location_id;
  terrace_provider_probe_async (provider, NULL, places_probe_cb, asked);
}

static gboolean
places_probe_timeout_cb (gpointer user_data)
{
  Place *place = user_data;

  place->timer = 0;
  places_probe (place);

  return G_SOURCE_REMOVE;
}

static void
places_await_probe (Place *place)
{
  guint64 wait_ms = (guint64) PLACES_PROBE_MS << MIN (place->n_probes, 16);

  if (place->timer != 0)
    return;
  place->timer = terrace_clock_add_timeout (place->places->context->clock,
                                            (guint) MIN (wait_ms, TERRACE_LIMIT_BACKOFF_MS),
                                            places_probe_timeout_cb, place);
}

static void
places_network_cb (TerraceQueuePlaces *self, gboolean available, GNetworkMonitor *network)
{
  GHashTableIter iter;
  gpointer value;

  if (self->stopped || !available)
    return;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Place *) value)->down)
      places_probe (value);
}

static void
places_watch_network (TerraceQueuePlaces *self, gint64 location_id)
{
  TerraceLocation *location = places_get_location (self, location_id);

  if (self->network != NULL || location == NULL || location->kind <= TERRACE_LOCATION_SANDBOX)
    return;

  self->network = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect_object (self->network, "network-changed", G_CALLBACK (places_network_cb), self,
                           G_CONNECT_SWAPPED);
}

/* --- What jobs tell ----------------------------------------------------------------------------
 */

static void
places_worked (Place *place)
{
  place->failures = 0;
  place->n_probes = 0;
  if (place->told && !place->down)
    places_tell_back (place, FALSE);
  if (place->limit < TERRACE_LIMIT_ACTIVE_MOVES_PER_LOCATION && ++place->successes >= place->limit)
    {
      place->limit++;
      place->successes = 0;
    }
}

static void
places_failed (Place *place, const GError *error)
{
  TerraceQueuePlaces *self = place->places;
  gint64 now_us = terrace_clock_get_now_us (self->context->clock);

  /* What fails together is one sign, not many. */
  if (place->halved_us == 0 || now_us < place->halved_us ||
      now_us - place->halved_us >= PLACES_HALVE_US)
    {
      place->limit = MAX (place->limit / 2, 1);
      place->successes = 0;
      place->halved_us = now_us;
    }
  if (++place->failures < PLACES_FAILURES || place->down)
    return;

  place->down = TRUE;
  places_tell_down (place, error);
  places_watch_network (self, place->location_id);
  places_await_probe (place);
}

void
terrace_queue_places_note (TerraceQueuePlaces *self, gint64 location_id, const GError *error)
{
  g_return_if_fail (TERRACE_IS_QUEUE_PLACES (self));

  if (self->stopped)
    return;
  if (error == NULL)
    places_worked (places_get (self, location_id));
  else if (terrace_error_is_retryable (error))
    places_failed (places_get (self, location_id), error);
}

guint
terrace_queue_places_get_limit (TerraceQueuePlaces *self, gint64 location_id)
{
  const Place *place;

  g_return_val_if_fail (TERRACE_IS_QUEUE_PLACES (self), 0);

  place = g_hash_table_lookup (self->by_id, &location_id);
  if (place == NULL)
    return TERRACE_LIMIT_ACTIVE_MOVES_PER_LOCATION;

  return place->down ? 0 : place->limit;
}

gboolean
terrace_queue_places_is_gone (TerraceQueuePlaces *self, gint64 location_id)
{
  const Place *place;

  g_return_val_if_fail (TERRACE_IS_QUEUE_PLACES (self), FALSE);

  place = g_hash_table_lookup (self->by_id, &location_id);

  return place != NULL && place->down && place->gone;
}

void
terrace_queue_places_add_ids (TerraceQueuePlaces *self, GArray *ids)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (TERRACE_IS_QUEUE_PLACES (self));

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_array_append_val (ids, ((Place *) value)->location_id);
}

/* --- Object ------------------------------------------------------------------------------------
 */

void
terrace_queue_places_stop (TerraceQueuePlaces *self)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (TERRACE_IS_QUEUE_PLACES (self));

  self->stopped = TRUE;
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Place *place = value;

      if (place->timer != 0)
        terrace_clock_remove_timeout (self->context->clock, place->timer);
      place->timer = 0;
    }
}

static void
terrace_queue_places_dispose (GObject *object)
{
  TerraceQueuePlaces *self = TERRACE_QUEUE_PLACES (object);

  g_clear_object (&self->catalog);
  g_clear_object (&self->network);
  g_clear_pointer (&self->by_id, g_hash_table_unref);

  G_OBJECT_CLASS (terrace_queue_places_parent_class)->dispose (object);
}

static void
terrace_queue_places_class_init (TerraceQueuePlacesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_queue_places_dispose;
}

static void
terrace_queue_places_init (TerraceQueuePlaces *self)
{
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
}

TerraceQueuePlaces *
terrace_queue_places_new (TerraceCatalog *catalog,
                          const TerraceMoveContext *context,
                          void (*changed) (gpointer data),
                          gpointer data)
{
  TerraceQueuePlaces *self = g_object_new (TERRACE_TYPE_QUEUE_PLACES, NULL);

  self->catalog = g_object_ref (catalog);
  self->context = context;
  self->changed = changed;
  self->data = data;

  return self;
}
