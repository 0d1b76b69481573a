/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-worker.h"
#include "catalog/terrace-catalog-private.h"
#include "catalog/terrace-item-row-private.h"

/* What the catalogue's own two files share: its life in one, its work in the other. */

G_BEGIN_DECLS

struct _TerraceCatalog
{
  GObject parent_instance;

  /* inputs */
  char *path;
  TerraceClock *clock;   /* owned */
  GMainContext *context; /* owned: where "changed" is emitted */
  guint busy_ms;

  /* in progress */
  TerraceWorker *writer;         /* owned */
  TerraceWorker *readers;        /* owned */
  TerraceConnection *connection; /* owned by the writer thread */
  gint64 data_version;           /* writer thread */
  TerraceImportWatch import;     /* writer thread */
  gboolean importing;            /* an import was broken off; only while opening */
  GMutex mutex;
  GQueue idle_readers; /* (element-type TerraceConnection), under mutex */
  GQueue writes;       /* (element-type GTask): that wait, each owned by a ticket; under mutex */
  guint poll_id;
  gboolean polling;
  gint closing; /* atomic */
  gint pending; /* atomic: TerraceCatalogChange flags not emitted yet */
  gboolean closed;
};

/* Any thread. All changes until the main context runs become one signal. */
void terrace_catalog_note_changes (TerraceCatalog *self, TerraceCatalogChange changes);

G_END_DECLS
