/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-item-table.h"
#include "catalog/terrace-location-table.h"
#include "catalog/terrace-move-table.h"
#include "model/terrace-event.h"
#include "fault-provider.h"
#include "provider/terrace-provider-registry.h"
#include "terrace-fake-clock.h"
#include "transfer/terrace-queue.h"

/* A catalogue and two places with real files in a temporary folder, each behind a fault provider.
 */

G_BEGIN_DECLS

#define N_PLACES 3

typedef struct
{
  char *folder;
  char *roots[N_PLACES];
  TerraceClock *clock; /* a TerraceFakeClock */
  TerraceCatalog *catalog;
  TerraceProviderRegistry *registry;
  TerraceLocation *places[N_PLACES]; /* "Home", "Vault", "Shed": ids 1, 2, 3 */
  FaultProvider *faults[N_PLACES];
  TerraceQueue *queue; /* nullable */
  GString *story;      /* states as "move-changed" told them: "1:copying 1:verifying " */
  guint most_active;

  /* Called when a move has entered a state. */
  TerraceMoveState hook_state;
  void (*hook) (gpointer fixture, TerraceMove *move);
} TransferFixture;

void transfer_fixture_set_up (TransferFixture *self, gconstpointer data);
void transfer_fixture_tear_down (TransferFixture *self, gconstpointer data);

/* A queue with a seed, not started. */
TerraceQueue *transfer_fixture_new_queue (TransferFixture *self);
/* Makes the fixture's queue and starts it. */
void transfer_fixture_start (TransferFixture *self);
void transfer_fixture_stop (TransferFixture *self);
void transfer_fixture_stop_queue (TransferFixture *self, TerraceQueue *queue);
/* As stop, with what the place's faults hold released after the stop was asked for. */
void transfer_fixture_stop_released (TransferFixture *self, guint place);
/* A second connection to the same catalogue, as another process would have. */
TerraceCatalog *transfer_fixture_open_catalog (TransferFixture *self);
void transfer_fixture_close_catalog (TerraceCatalog *catalog);
/* The lease of @owner's moves goes to somebody else, for a minute. */
void transfer_fixture_steal_lease (TransferFixture *self, gint64 move_id, const char *owner);
/* All open moves are leased to @owner, for a minute. */
void transfer_fixture_give_lease (TransferFixture *self, const char *owner);
/* Stores the right checksum of the item's file, as if it had been computed in the background. */
void transfer_fixture_learn_checksum (TransferFixture *self, gint64 item_id);
/* Iterates until the queue has nothing to do, moving the clock on to timers when @advance. */
void transfer_fixture_run (TransferFixture *self);
/* The same, through the waits between retries too: until no move is open. */
void transfer_fixture_run_all (TransferFixture *self);

/* A file in place 0, known to the catalogue. */
gint64
transfer_fixture_add_item (TransferFixture *self, const char *key, guint64 size_bytes, guint seed);
/* A move from place 0 to place @dest with the same key; not yet stored. */
TerraceMove *transfer_fixture_new_move (TransferFixture *self, gint64 item_id, guint dest);
/* Stores it (transfer full). */
gint64 transfer_fixture_queue_move (TransferFixture *self, TerraceMove *move);
/* The three above for the usual move to place 1. */
gint64
transfer_fixture_add_move (TransferFixture *self, const char *key, guint64 size_bytes, guint seed);

TerraceMove *transfer_fixture_get_move (TransferFixture *self, gint64 move_id);
TerraceItem *transfer_fixture_get_item (TransferFixture *self, gint64 item_id);
GPtrArray *transfer_fixture_get_replicas (TransferFixture *self, gint64 item_id);
/* Writes the request without waiting: it is in before whatever the queue stores next. */
void
transfer_fixture_send_request (TransferFixture *self, gint64 move_id, TerraceMoveRequest request);
void transfer_fixture_request (TransferFixture *self, gint64 move_id, TerraceMoveRequest request);
/* (transfer full) (element-type TerraceEvent): of one item, newest first. */
GPtrArray *transfer_fixture_get_events (TransferFixture *self, gint64 item_id);
/* Unregisters the item and removes its file in place 0. */
void transfer_fixture_forget_item (TransferFixture *self, gint64 item_id, const char *key);
void transfer_fixture_requeue (TransferFixture *self, gint64 move_id);
void transfer_fixture_write (TransferFixture *self, TerraceCatalogFunc func, gpointer data);

/* (transfer full): the path of a key in a place. */
char *transfer_fixture_path (TransferFixture *self, guint place, const char *key);
/* Every file of a place, hidden ones too, as "a b/c " sorted; "" if there is none. */
char *transfer_fixture_list (TransferFixture *self, guint place);

G_END_DECLS
