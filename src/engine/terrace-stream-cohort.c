/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What passes between the stream's thread, the main thread and the catalogue's: plain values that
 * belong to one of them at a time. */

#include "config.h"

#include "engine/terrace-stream-pump.h"

void
terrace_watch_clear (TerraceWatch *watch)
{
  g_clear_pointer (&watch->key, g_free);
}

void
terrace_place_events_clear (TerracePlaceEvents *place)
{
  g_clear_pointer (&place->key, g_free);
}

void
terrace_deletion_clear (TerraceDeletion *deletion)
{
  g_clear_pointer (&deletion->key, g_free);
}

void
terrace_pumped_free (TerracePumped *self)
{
  g_array_unref (self->heats);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

static void
cohort_source_free (TerraceCohortSource *self)
{
  g_ptr_array_unref (self->partitions);
  g_array_unref (self->offsets);
  g_array_unref (self->event_ids);
  g_array_unref (self->minutes);
  g_free (self);
}

TerraceStreamCohort *
terrace_stream_cohort_new (void)
{
  TerraceStreamCohort *self = g_new0 (TerraceStreamCohort, 1);

  self->accesses = g_array_new (FALSE, FALSE, sizeof (TerraceStreamAccess));
  self->places = g_array_new (FALSE, FALSE, sizeof (TerracePlaceEvents));
  g_array_set_clear_func (self->places, (GDestroyNotify) terrace_place_events_clear);
  self->deletions = g_array_new (FALSE, FALSE, sizeof (TerraceDeletion));
  g_array_set_clear_func (self->deletions, (GDestroyNotify) terrace_deletion_clear);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) cohort_source_free);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_dead_letter_free);

  return self;
}

void
terrace_stream_cohort_free (TerraceStreamCohort *self)
{
  g_array_unref (self->accesses);
  g_array_unref (self->places);
  g_array_unref (self->deletions);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->messages);
  g_free (self);
}
