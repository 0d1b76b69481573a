/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "transfer/terrace-copy.h"
#include "transfer/terrace-meter.h"
#include "transfer/terrace-move-job.h"

/* The parts of the state machine, for its files among themselves:
 *
 *     terrace-move-job.c          what next, transitions, requests
 *     terrace-move-job-copy.c     queued, copying, verifying
 *     terrace-move-job-commit.c   staged, committing, done
 *     terrace-move-job-close.c    errors: put off, start over, fail, cancel */

G_BEGIN_DECLS

typedef enum
{
  MOVE_CLOSE_NOT,
  MOVE_CLOSE_FAIL,
  MOVE_CLOSE_CANCEL,
  MOVE_CLOSE_RESTART,   /* from the start, after a wait */
  MOVE_CLOSE_OTHER_KEY, /* from the start, under another name */
} MoveClose;

typedef void (*MoveStep) (TerraceMoveJob *self);

struct _TerraceMoveJob
{
  GObject parent_instance;

  /* inputs */
  TerraceMoveContext *context;
  TerraceMove *move;                /* owned: as it is stored */
  TerraceLocation *source_location; /* owned, nullable */
  TerraceLocation *dest_location;   /* owned, nullable */
  TerraceProvider *source;          /* owned: a TerraceMeter */
  TerraceProvider *dest;            /* owned: a TerraceMeter */

  /* in progress */
  GTask *task;               /* owned while running */
  GCancellable *cancellable; /* owned: the act under way */
  GCancellable *halt;        /* owned: a copy between parts */
  MoveStep next;             /* after the transition that is being stored */
  gboolean stopping;
  gboolean lost;
  char *base_key; /* the destination key as it was given */
  char *candidate_key;
  guint key_number;
  TerraceDigest known;
  /* Of the copy's bytes, as long as this process remembers; the row has the move's checksum. */
  TerraceDigest expected[1 + TERRACE_COPY_OTHER_DIGESTS];
  gboolean noting;
  gint64 noted_us;
  TerraceTally tally;
  MoveClose closing;
  GError *close_error; /* nullable */
  gboolean close_at_source;
};

/* What next: looks at requests first, then at how far the move is. */
void move_job_advance (TerraceMoveJob *self);
/* How far the move is, whether or not it waits or is paused at that. */
TerraceMoveState move_job_get_phase (TerraceMoveJob *self);
/* New cancellables for the next act. */
void move_job_renew (TerraceMoveJob *self);
/* (transfer full): of the move as it is now, with what it has sent and cost. */
TerraceMoveCommit *move_job_new_commit (TerraceMoveJob *self);
/* Stores @commit (transfer full), tells of it, goes on with @next unless the lease was released. */
void move_job_transition (TerraceMoveJob *self, TerraceMoveCommit *commit, MoveStep next);
void move_job_return (TerraceMoveJob *self);
/* The place at that side answered. @error: (nullable) */
void move_job_met (TerraceMoveJob *self, gboolean at_source, const GError *error);
void move_job_report (TerraceMoveJob *self, guint64 done_bytes);

/* Begins at the source, or goes on copying what another life began. */
void move_job_start (TerraceMoveJob *self);
void move_job_resume_copy (TerraceMoveJob *self);
void move_job_choose_key (TerraceMoveJob *self);
void move_job_verify (TerraceMoveJob *self);

/* A change of class where the object lies: the key stays, and there is only ever one copy. */
gboolean move_job_is_in_place (TerraceMove *move);
void move_job_change_class (TerraceMoveJob *self);
void move_job_resume_change (TerraceMoveJob *self);

/* What move_job_check_cap() needs to know. */
void move_job_set_cap (TerraceMoveJob *self, TerraceMoveCommit *commit);
/* Catalogue function: a copy may begin if that keeps the spend cap; otherwise the move and all that
 * were accepted with it are paused. */
gboolean
move_job_check_cap (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error);

void move_job_stage (TerraceMoveJob *self);
void move_job_commit (TerraceMoveJob *self);
void move_job_trim (TerraceMoveJob *self);

/* @error: (transfer full) */
void move_job_error (TerraceMoveJob *self, GError *error, gboolean at_source);
/* @error: (transfer full) (nullable) */
void move_job_close (TerraceMoveJob *self, MoveClose how, GError *error, gboolean at_source);
void move_job_pause (TerraceMoveJob *self);
/* @remains: something unfinished could not be taken away. */
void move_job_cancelled (TerraceMoveJob *self, gboolean remains);
/* The row's error, in words. */
void move_job_word_error (TerraceMoveJob *self,
                          TerraceMove *move,
                          const GError *error,
                          gboolean at_source);

/* Catalogue functions: the other copy's row goes. */
gboolean
move_job_forget_dest (TerraceConnection *connection, TerraceMoveCommit *commit, GError **error);
gint64 move_job_find_replica (GPtrArray *replicas, gint64 location_id, const char *key);

G_END_DECLS
