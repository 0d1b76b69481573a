/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is made of events. Runs on the stream's thread, a batch at a time; knows no clock, no
 * catalogue and no other thread, so that it can be tested with nothing but numbers.
 *
 * An event is one that was seen before if its partition's mark has passed its offset, or if its id
 * is remembered. Objects are found by location and key in a bounded memory; what is not in it waits
 * in the cohort to be looked up in the transaction that stores the cohort. */

#include "config.h"

#include "engine/terrace-stream-pump.h"

#include "engine/terrace-stream-minutes.h"

#include "base/terrace-clock.h"
#include "base/terrace-limits.h"
#include "stream/terrace-recent-map.h"

#include <string.h>

#define HOUR_US (3600 * TERRACE_US_PER_SECOND)
/* How long a place's object is taken for the same, and a place for one nobody registered. */
#define PLACE_SECONDS 120
#define NO_PLACE_SECONDS 5

/* The next event of a partition that is new has at least this offset and part. */
typedef struct
{
  gint64 offset;
  guint32 part;
  gboolean moved;
} Mark;

typedef struct
{
  gint64 id;
  char *name;
  GHashTable *marks; /* (element-type utf8 Mark) */
  TerraceRecentMap *seen;
  GArray *new_ids;
  gboolean dirty;

  TerraceStreamMinutes minutes;
} PumpSource;

typedef struct
{
  gint64 move_id;
  gint64 within_us;
  gint64 since_us;
  guint64 reads;
} Watch;

struct _TerraceStreamPump
{
  TerraceWindows *windows;
  GHashTable *sources;   /* (element-type gint64 PumpSource) */
  GHashTable *locations; /* (element-type utf8 gint64) */
  GHashTable *watches;   /* (element-type gint64 Watch) */
  TerraceRecentMap *places;

  /* gathering */
  GHashTable *access_index; /* item id -> index + 1 of its latest element in accesses */
  TerraceStreamCohort *cohort;
  GHashTable *place_index; /* hash -> index + 1 in cohort->places */
};

/* --- Life ---------------------------------------------------------------------------------- */

static void
pump_source_free (PumpSource *source)
{
  g_free (source->name);
  g_hash_table_unref (source->marks);
  terrace_recent_map_free (source->seen);
  g_array_unref (source->new_ids);
  terrace_stream_minutes_clear (&source->minutes);
  g_free (source);
}

TerraceStreamPump *
terrace_stream_pump_new (gint64 now_us)
{
  TerraceStreamPump *self = g_new0 (TerraceStreamPump, 1);

  self->windows = terrace_windows_new (now_us);
  self->sources =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) pump_source_free);
  self->locations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->watches = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->places = terrace_recent_map_new (TERRACE_LIMIT_STREAM_PLACES);
  self->access_index = g_hash_table_new (NULL, NULL);
  self->place_index = g_hash_table_new (NULL, NULL);
  self->cohort = terrace_stream_cohort_new ();

  return self;
}

void
terrace_stream_pump_free (TerraceStreamPump *self)
{
  terrace_windows_free (self->windows);
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->locations);
  g_hash_table_unref (self->watches);
  terrace_recent_map_free (self->places);
  g_hash_table_unref (self->access_index);
  g_hash_table_unref (self->place_index);
  terrace_stream_cohort_free (self->cohort);
  g_free (self);
}

/* --- What it is told ----------------------------------------------------------------------- */

void
terrace_stream_pump_add_source (TerraceStreamPump *self,
                                gint64 source_id,
                                const char *name,
                                GArray *event_ids,
                                const TerraceStreamMinute *minute)
{
  PumpSource *source = g_new0 (PumpSource, 1);

  source->id = source_id;
  source->name = g_strdup (name);
  source->marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  source->seen = terrace_recent_map_new (TERRACE_LIMIT_STREAM_EVENT_IDS);
  source->new_ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  terrace_stream_minutes_init (&source->minutes, source_id, minute);
  for (guint i = 0; event_ids != NULL && i < event_ids->len; i++)
    terrace_recent_map_put (source->seen, g_array_index (event_ids, guint64, i), 1, 0);
  g_hash_table_replace (self->sources, &source->id, source);
}

void
terrace_stream_pump_remove_source (TerraceStreamPump *self, gint64 source_id)
{
  g_hash_table_remove (self->sources, &source_id);
}

void
terrace_stream_pump_set_mark (TerraceStreamPump *self,
                              gint64 source_id,
                              const char *partition,
                              gint64 offset)
{
  PumpSource *source = g_hash_table_lookup (self->sources, &source_id);
  Mark *mark = g_new0 (Mark, 1);

  mark->offset = MAX (offset, 0);
  if (source != NULL)
    g_hash_table_replace (source->marks, g_strdup (partition), mark);
  else
    g_free (mark);
}

void
terrace_stream_pump_set_locations (TerraceStreamPump *self, GHashTable *names)
{
  g_hash_table_unref (self->locations);
  self->locations = names;
}

void
terrace_stream_pump_set_watches (TerraceStreamPump *self, GArray *watches)
{
  g_autoptr (GHashTable) before = self->watches;

  self->watches = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  for (guint i = 0; i < watches->len; i++)
    {
      TerraceWatch *told = &g_array_index (watches, TerraceWatch, i);
      Watch *known = g_hash_table_lookup (before, &told->item_id);
      Watch *watch = g_new0 (Watch, 1);

      if (known != NULL && known->move_id == told->move_id)
        *watch = *known;
      watch->move_id = told->move_id;
      watch->within_us = told->within_us;
      g_hash_table_replace (self->watches, g_memdup2 (&told->item_id, sizeof told->item_id), watch);
      /* So that it need not be looked up when every moment counts. */
      terrace_recent_map_put (self->places,
                              terrace_hash_text (told->key, strlen (told->key),
                                                 (guint64) told->location_id),
                              told->item_id, G_MAXUINT32);
    }
  g_array_unref (watches);
}

TerraceWindows *
terrace_stream_pump_get_windows (TerraceStreamPump *self)
{
  return self->windows;
}

/* --- Seen before --------------------------------------------------------------------------- */

static gboolean
has_passed (PumpSource *source, TerraceSourceBatch *batch, const TerraceStreamEvent *event)
{
  const char *name = "";
  Mark *mark;

  if (event->offset < 0)
    return FALSE;
  if (batch->partitions != NULL)
    name = g_ptr_array_index (batch->partitions, event->partition);
  mark = g_hash_table_lookup (source->marks, name);
  if (mark == NULL)
    {
      mark = g_new0 (Mark, 1);
      g_hash_table_insert (source->marks, g_strdup (name), mark);
    }
  if (event->offset < mark->offset || (event->offset == mark->offset && event->part < mark->part))
    return TRUE;

  mark->offset = event->offset;
  mark->part = event->part + 1;
  mark->moved = TRUE;
  return FALSE;
}

static gboolean
was_seen (PumpSource *source, const TerraceStreamEvent *event)
{
  guint64 hash;
  guint32 part;

  if (event->id == NULL)
    return FALSE;
  /* Two alike in one message that nobody named, but the reader by their bytes, are two. */
  part = event->id[0] == '#' ? event->part : 0;
  hash = terrace_hash_text (event->id, strlen (event->id), part);
  if (terrace_recent_map_get (source->seen, hash, NULL, NULL))
    return TRUE;

  terrace_recent_map_put (source->seen, hash, 1, 0);
  g_array_append_val (source->new_ids, hash);
  return FALSE;
}

/* --- Whose it is --------------------------------------------------------------------------- */

/* The object, 0 if nobody registered it, -1 if it has to be looked up. */
static gint64
find_item (TerraceStreamPump *self,
           const TerraceStreamEvent *event,
           gint64 now_us,
           gint64 *location_id,
           guint64 *hash)
{
  const gint64 *known;
  gint64 item_id;
  guint32 until_second, now_second = (guint32) (now_us / TERRACE_US_PER_SECOND);

  if (event->item_id != 0 || event->location == NULL || event->key == NULL)
    return event->item_id;
  known = g_hash_table_lookup (self->locations, event->location);
  if (known == NULL)
    return 0;

  *location_id = *known;
  *hash = terrace_hash_text (event->key, strlen (event->key), (guint64) *known);
  if (terrace_recent_map_get (self->places, *hash, &item_id, &until_second) &&
      now_second < until_second)
    return item_id;

  return -1;
}

/* --- What remains of it -------------------------------------------------------------------- */

static void
count_access (TerraceStreamAccess *access, const TerraceStreamEvent *event)
{
  access->last_us = MAX (access->last_us, event->time_us);
  if (event->kind == TERRACE_STREAM_READ)
    {
      access->reads += event->count;
      access->read_bytes += event->bytes;
    }
  else
    {
      access->writes += event->count;
      access->write_bytes += event->bytes;
    }
}

static gboolean
is_access (const TerraceStreamEvent *event)
{
  return event->kind == TERRACE_STREAM_READ || event->kind == TERRACE_STREAM_WRITE ||
         event->kind == TERRACE_STREAM_CREATE;
}

static void
gather_access (TerraceStreamPump *self, gint64 item_id, const TerraceStreamEvent *event)
{
  gpointer key = GSIZE_TO_POINTER ((gsize) item_id);
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->access_index, key));
  TerraceStreamAccess access = { .item_id = item_id };
  TerraceStreamAccess *known;

  if (index > 0)
    {
      known = &g_array_index (self->cohort->accesses, TerraceStreamAccess, index - 1);
      if (known->last_us / HOUR_US == event->time_us / HOUR_US)
        {
          count_access (known, event);
          return;
        }
    }
  count_access (&access, event);
  g_array_append_val (self->cohort->accesses, access);
  g_hash_table_insert (self->access_index, key, GUINT_TO_POINTER (self->cohort->accesses->len));
}

static void
gather_place (TerraceStreamPump *self,
              gint64 location_id,
              guint64 hash,
              const TerraceStreamEvent *event)
{
  gpointer key = GSIZE_TO_POINTER ((gsize) hash);
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->place_index, key));
  TerracePlaceEvents *place;

  if (index == 0)
    {
      TerracePlaceEvents fresh = { .location_id = location_id, .hash = hash };

      fresh.key = g_strdup (event->key);
      g_array_append_val (self->cohort->places, fresh);
      index = self->cohort->places->len;
      g_hash_table_insert (self->place_index, key, GUINT_TO_POINTER (index));
    }
  place = &g_array_index (self->cohort->places, TerracePlaceEvents, index - 1);
  place->created |= event->kind == TERRACE_STREAM_CREATE;
  count_access (&place->access, event);
}

/* Rare: each is looked up. */
static void
gather_deletion (TerraceStreamPump *self, const TerraceStreamEvent *event)
{
  TerraceDeletion deletion = { .item_id = event->item_id, .time_us = event->time_us };
  const gint64 *location_id = NULL;

  if (event->location != NULL && event->key != NULL)
    location_id = g_hash_table_lookup (self->locations, event->location);
  if (location_id == NULL && deletion.item_id == 0)
    return;
  if (location_id != NULL)
    {
      deletion.location_id = *location_id;
      deletion.key = g_strdup (event->key);
    }
  g_array_append_val (self->cohort->deletions, deletion);
}

static void
feel_heat (TerraceStreamPump *self,
           gint64 item_id,
           const TerraceStreamEvent *event,
           TerracePumped *pumped)
{
  Watch *watch = g_hash_table_lookup (self->watches, &item_id);
  TerraceHeat heat = { .item_id = item_id, .event_us = event->time_us };

  if (watch == NULL)
    return;
  if (watch->reads == 0 || event->time_us - watch->since_us > watch->within_us)
    {
      watch->reads = 0;
      watch->since_us = event->time_us;
    }
  watch->reads += event->count;
  heat.move_id = watch->move_id;
  heat.reads = watch->reads;
  /* One sign per object and batch, the latest. */
  if (pumped->heats->len > 0)
    {
      TerraceHeat *last = &g_array_index (pumped->heats, TerraceHeat, pumped->heats->len - 1);

      if (last->item_id == item_id)
        {
          *last = heat;
          return;
        }
    }
  g_array_append_val (pumped->heats, heat);
}

static gint64
process_event (TerraceStreamPump *self,
               PumpSource *source,
               const TerraceStreamEvent *event,
               gint64 now_us,
               TerracePumped *pumped)
{
  gint64 location_id = 0, item_id;
  guint64 hash = 0;

  terrace_stream_minutes_count (&source->minutes, event);
  if (!terrace_windows_add (self->windows, event))
    {
      pumped->late++;
      source->minutes.now.late++;
    }
  self->cohort->last_us = MAX (self->cohort->last_us, event->time_us);
  if (self->cohort->first_us == 0 || event->time_us < self->cohort->first_us)
    self->cohort->first_us = event->time_us;
  if (event->kind == TERRACE_STREAM_DELETE)
    gather_deletion (self, event);
  if (!is_access (event))
    return event->item_id;

  item_id = find_item (self, event, now_us, &location_id, &hash);
  if (item_id > 0)
    {
      gather_access (self, item_id, event);
      if (g_hash_table_size (self->watches) > 0)
        feel_heat (self, item_id, event, pumped);
    }
  else if (item_id < 0)
    gather_place (self, location_id, hash, event);
  else
    pumped->unknown++;

  return MAX (item_id, 0);
}

/* --- Batches ------------------------------------------------------------------------------- */

static void
gather_bad_messages (TerraceStreamPump *self, PumpSource *source, TerraceSourceBatch *batch)
{
  for (guint i = 0; i < batch->bad_messages->len; i++)
    {
      TerraceBadMessage *bad = g_ptr_array_index (batch->bad_messages, i);
      TerraceDeadLetter *letter = terrace_dead_letter_new ();

      letter->source_id = source->id;
      letter->time_us = bad->time_us;
      letter->reason = g_strdup_printf ("%s: %s", bad->origin, bad->reason);
      letter->size_bytes = bad->size_bytes;
      letter->sample = g_bytes_new (bad->text, strlen (bad->text));
      g_ptr_array_add (self->cohort->messages, letter);
    }
}

TerracePumped *
terrace_stream_pump_process (TerraceStreamPump *self,
                             gint64 source_id,
                             TerraceSourceBatch *batch,
                             gint64 now_us,
                             guint max_rows)
{
  PumpSource *source = g_hash_table_lookup (self->sources, &source_id);
  TerracePumped *pumped = g_new0 (TerracePumped, 1);
  guint stride = max_rows > 0 ? (batch->events->len + max_rows - 1) / max_rows : 0;

  pumped->heats = g_array_new (FALSE, FALSE, sizeof (TerraceHeat));
  pumped->rows = g_ptr_array_new_with_free_func (g_object_unref);
  if (source == NULL)
    return pumped;

  terrace_windows_advance (self->windows, now_us);
  terrace_stream_minutes_begin (&source->minutes, now_us, source->dirty);
  source->dirty = TRUE;
  for (guint i = 0; i < batch->events->len; i++)
    {
      const TerraceStreamEvent *event = &g_array_index (batch->events, TerraceStreamEvent, i);
      gint64 item_id;

      if (has_passed (source, batch, event) || was_seen (source, event))
        {
          pumped->duplicates++;
          continue;
        }
      item_id = process_event (self, source, event, now_us, pumped);
      /* The last ones of each stride, so that with one row it is the latest. */
      if (stride > 0 && (batch->events->len - 1 - i) % stride == 0)
        {
          TerraceStreamRow *row = terrace_stream_row_new (source->name, event);

          row->item_id = item_id;
          g_ptr_array_add (pumped->rows, row);
        }
      else
        pumped->left_out++;
    }
  source->minutes.now.duplicates += pumped->duplicates;
  source->minutes.now.dropped += batch->n_dropped;
  gather_bad_messages (self, source, batch);

  return pumped;
}

static TerraceCohortSource *
take_source (PumpSource *source)
{
  TerraceCohortSource *taken = g_new0 (TerraceCohortSource, 1);
  GHashTableIter iter;
  gpointer name, value;

  taken->source_id = source->id;
  taken->partitions = g_ptr_array_new_with_free_func (g_free);
  taken->offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_hash_table_iter_init (&iter, source->marks);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      Mark *mark = value;
      gint64 next = mark->offset + 1;

      if (!mark->moved)
        continue;
      mark->moved = FALSE;
      g_ptr_array_add (taken->partitions, g_strdup (name));
      g_array_append_val (taken->offsets, next);
    }
  taken->event_ids = source->new_ids;
  source->new_ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  taken->minutes = terrace_stream_minutes_take (&source->minutes);
  source->dirty = FALSE;

  return taken;
}

TerraceStreamCohort *
terrace_stream_pump_take (TerraceStreamPump *self)
{
  TerraceStreamCohort *cohort = self->cohort;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((PumpSource *) value)->dirty)
      g_ptr_array_add (cohort->sources, take_source (value));
  if (cohort->sources->len == 0)
    return NULL;

  self->cohort = terrace_stream_cohort_new ();
  g_hash_table_remove_all (self->access_index);
  g_hash_table_remove_all (self->place_index);
  return cohort;
}

void
terrace_stream_pump_learn (TerraceStreamPump *self, TerraceStreamCohort *cohort, gint64 now_us)
{
  gint64 now_second = now_us / TERRACE_US_PER_SECOND;

  for (guint i = 0; i < cohort->places->len; i++)
    {
      TerracePlaceEvents *place = &g_array_index (cohort->places, TerracePlaceEvents, i);
      gint64 for_seconds = place->item_id > 0 ? PLACE_SECONDS : NO_PLACE_SECONDS;

      terrace_recent_map_put (self->places, place->hash, place->item_id,
                              (guint32) (now_second + for_seconds));
    }
}
