/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-provider-registry.h"
#include "transfer/terrace-move-store.h"
#include "transfer/terrace-pacer.h"
#include "transfer/terrace-queue.h"

/* One claimed move, carried from the state it was found in as far as it goes: to its end, or until
 * it is paused, held, put off, stopped or lost to another process. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceMoveContext:
 * What the jobs of a queue share. Lives longer than any of them.
 * @changed: a transition has been committed
 * @progress: bytes copied or read back so far
 * @met: a place answered; @error: (nullable): that it is busy or out of reach
 * @place_gone: what fails there now is not the move's fault
 * @memory_bytes: of parts in flight of all jobs together
 * @key_taken: whether another job of this process writes to that place
 */
typedef struct
{
  TerraceProviderRegistry *registry;
  TerraceClock *clock;
  TerraceMoveStore *store;
  TerracePacer *pacer;
  GRand *random;
  TerraceLocationLookup locations;
  TerraceTierLookup tiers;
  TerraceClassLookup classes; /* nullable: then nothing has a price */
  gpointer lookup_data;
  gint64 spend_cap_nanos; /* 0: none */
  char *currency;         /* nullable */
  guint64 memory_bytes;

  void (*changed) (TerraceMove *move, gpointer data);
  void (*progress) (TerraceMove *move, guint64 done_bytes, gpointer data);
  void (*met) (gint64 location_id, const GError *error, gpointer data);
  gboolean (*place_gone) (gint64 location_id, gpointer data);
  gboolean (*key_taken) (TerraceMove *move, const char *dest_key, gpointer data);
  gpointer data;
} TerraceMoveContext;

#define TERRACE_TYPE_MOVE_JOB (terrace_move_job_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMoveJob, terrace_move_job, TERRACE, MOVE_JOB, GObject)

/* @move: leased to the owner of @context's store. */
TerraceMoveJob *terrace_move_job_new (TerraceMoveContext *context, TerraceMove *move);

/* (transfer none): as it was stored last. */
TerraceMove *terrace_move_job_get_move (TerraceMoveJob *self);

/* (nullable): the key this job writes to, or is about to; %NULL before it has looked for one. */
const char *terrace_move_job_get_dest_key (TerraceMoveJob *self);

/* Completes when this process has nothing more to do with the move for now. Once per job. */
void
terrace_move_job_run_async (TerraceMoveJob *self, GAsyncReadyCallback callback, gpointer user_data);
void terrace_move_job_run_finish (TerraceMoveJob *self, GAsyncResult *result);

/* Somebody asked for a pause or a cancel. */
void terrace_move_job_request (TerraceMoveJob *self, TerraceMoveRequest request);
/* Halts where it stands and lets go of the lease. */
void terrace_move_job_stop (TerraceMoveJob *self);
/* The lease is lost: touches nothing any more. */
void terrace_move_job_drop (TerraceMoveJob *self);

/* (transfer full): "name (2).ext" for "folder/name.ext" and 2: the folder stays. */
char *terrace_move_job_other_key (const char *key, guint number);

G_END_DECLS
