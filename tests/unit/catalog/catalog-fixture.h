/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-table.h"
#include "catalog/terrace-location-table.h"
#include "catalog/terrace-move-table.h"

/* A catalogue in a temporary folder, and waiting for its asynchronous calls. */

G_BEGIN_DECLS

typedef struct
{
  char *folder;
  char *path;
  TerraceClock *clock;
  TerraceCatalog *catalog; /* %NULL until catalog_fixture_open() */
} CatalogFixture;

/* An empty folder. */
void catalog_fixture_init (CatalogFixture *self);
/* Closes what is open, removes the folder. */
void catalog_fixture_clear (CatalogFixture *self);
/* A catalogue in that folder, which must open. */
void catalog_fixture_open (CatalogFixture *self);
void catalog_fixture_close (CatalogFixture *self);

TerraceCatalog *catalog_open (const char *path, TerraceClock *clock, guint busy_ms, GError **error);
void catalog_close (TerraceCatalog *catalog);
gboolean
catalog_write (TerraceCatalog *catalog, TerraceCatalogFunc func, gpointer data, GError **error);
gboolean
catalog_read (TerraceCatalog *catalog, TerraceCatalogFunc func, gpointer data, GError **error);

/* A connection without a catalogue around it, in one transaction that is never committed: what most
 * tests of tables need. */
typedef struct
{
  char *folder;
  TerraceConnection *connection;
} TableFixture;

void table_fixture_set_up (TableFixture *self, gconstpointer data);
void table_fixture_tear_down (TableFixture *self, gconstpointer data);

/* (transfer full) */
TerraceLocation *catalog_new_location (const char *name);
TerraceItem *catalog_new_item (gint64 location_id, const char *key);
/* A move of the item from location 1 to location 2. */
TerraceMove *catalog_new_move (gint64 item_id);
/* (transfer full): stored as well. */
TerraceItem *catalog_add_item (TerraceConnection *connection, gint64 location_id, const char *key);
TerraceMove *catalog_add_move (TerraceConnection *connection, gint64 item_id);

G_END_DECLS
