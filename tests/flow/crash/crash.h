/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-checksum.h"
#include "catalog/terrace-catalog.h"
#include "fault-provider.h"

/* The crash test: a world of files and moves, a child that carries the moves out and kills itself
 * (or is killed), and a check that nothing was lost. */

G_BEGIN_DECLS

#define CRASH_N_PLACES 5

/**
 * CrashWorld:
 * @digests: of each object, by item id - 1, as it was at the beginning
 */
typedef struct
{
  char *folder;
  char *roots[CRASH_N_PLACES];
  guint n_items;
  TerraceDigest *digests;
  GRand *random;
} CrashWorld;

CrashWorld *crash_world_new (guint32 seed, guint n_small, guint n_large);
void crash_world_free (CrashWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashWorld, crash_world_free)

/* Queues a move of every object to another place. */
void crash_world_queue_moves (CrashWorld *self);
/* Asks some of the open moves to stop for good. */
void crash_world_cancel_some (CrashWorld *self);
guint crash_world_count_open (CrashWorld *self);
/* Every object is where the catalogue says, once, with its bytes; nothing else is left. Returns the
 * number of faults, and tells each. */
guint crash_world_check (CrashWorld *self);

/* (transfer full): opened, with waiting. */
TerraceCatalog *crash_open_catalog (const char *folder, TerraceClock *clock);
void crash_close_catalog (TerraceCatalog *catalog);
char *crash_get_root (const char *folder, guint place);

/**
 * CrashPlan:
 * When a child kills itself; nothing set: never.
 * @state: nick of a move's state, the @nth time it is entered
 * @call: a FaultCall or -1, before or after the @nth call of that kind
 * @stream: copies may not go past the process
 */
typedef struct
{
  char *state;
  int call;
  gboolean after;
  int nth;
  gboolean stream;
} CrashPlan;

/* Carries out what is in the catalogue of @folder. The exit status of the process. */
int crash_child_run (const char *folder, const CrashPlan *plan);

G_END_DECLS
