/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transfer/terrace-climber.h"
#include "transfer/terrace-move-job.h"
#include "transfer/terrace-queue-places.h"
#include "transfer/terrace-queue.h"
#include "transfer/terrace-rate.h"

/* The queue's state, for its two files: terrace-queue.c is the object and its ends,
 * terrace-queue-run.c what it does in between. */

G_BEGIN_DECLS

struct _TerraceQueue
{
  GObject parent_instance;

  /* inputs */
  TerraceCatalog *catalog;    /* owned */
  TerraceMoveContext context; /* its registry, clock, store, pacer and random are owned */
  char *owner;
  guint max_active;
  guint64 bandwidth_bytes_s;
  GArray *timetable; /* of TerraceTimetableEntry, owned, nullable */
  guint lease_ms;
  guint renew_ms;

  /* in progress */
  TerraceQueuePlaces *places; /* owned */
  TerraceClimber climber;     /* of moves at once */
  gboolean started;
  gboolean stopping;
  GPtrArray *entries; /* of QueueEntry */
  guint pending;      /* calls of the catalogue that will come back */
  gboolean claiming;
  gboolean claim_again;
  gboolean looking;
  gboolean look_again;
  gboolean exhausted; /* the last claim found less than it asked for */
  guint renew_timer;
  guint rate_timer;
  guint retry_timer;
  gint64 retry_us;
  GPtrArray *stop_tasks; /* of GTask */

  /* results */
  TerraceRate rate;
  gboolean idle;
};

typedef struct
{
  TerraceMoveJob *job; /* owned */
  TerraceRate rate;
  guint64 done_bytes;
} QueueEntry;

enum
{
  QUEUE_PROP_ACTIVE = 1,
  QUEUE_PROP_BYTES_PER_SECOND,
  QUEUE_PROP_IDLE,
  N_QUEUE_PROPERTIES,
};

void queue_notify (TerraceQueue *self, guint property);
void queue_emit_changed (TerraceQueue *self, TerraceMove *move);
void queue_emit_progress (TerraceQueue *self, gint64 move_id, guint64 done_bytes, double rate);
void queue_maybe_stopped (TerraceQueue *self);

/* Fills in what the jobs are told to call. */
void queue_init_context (TerraceQueue *self);
void queue_entry_free (QueueEntry *entry);
void queue_claim (TerraceQueue *self);
void queue_look (TerraceQueue *self);
void queue_renew (TerraceQueue *self);
void queue_update_idle (TerraceQueue *self);

G_END_DECLS
