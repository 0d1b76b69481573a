/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-assessor.h"
#include "engine/terrace-engine.h"
#include "provider/terrace-provider.h"

/* Up to a page of objects that were seen somewhere, to become rows in one transaction. */

G_BEGIN_DECLS

/**
 * TerraceFound:
 * @key: in @location_id; may differ from @info's when a location lies inside another
 * @class_id: of the location
 */
typedef struct
{
  gint64 location_id;
  char *key;
  char *class_id;
  TerraceObjectInfo *info;
} TerraceFound;

/* @info: (transfer full) */
TerraceFound *
terrace_found_new (TerraceLocation *location, const char *key, TerraceObjectInfo *info);
void terrace_found_free (TerraceFound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceFound, terrace_found_free)

/**
 * TerraceRegisterBatch:
 * @found: (element-type TerraceFound)
 * @n_added: by the batches before: many of them make it an import
 * @report: what this batch added, to be counted once it is committed
 */
typedef struct
{
  GPtrArray *found;
  TerraceAssessor *assessor;
  guint64 n_added;
  TerraceRegisterReport report;
} TerraceRegisterBatch;

/* @info: (transfer full). (transfer full) (nullable): %NULL if it is not an object but part of what
 * Terrace itself needs there. */
TerraceFound *
terrace_engine_new_found (TerraceEngine *self, TerraceLocation *location, TerraceObjectInfo *info);

TerraceRegisterReport *terrace_register_report_new (void);
/* @message: (transfer full) */
void terrace_register_report_add_problem (TerraceRegisterReport *self, char *message);
/* Adds what a batch stored. */
void terrace_register_report_count (TerraceRegisterReport *self,
                                    const TerraceRegisterReport *stored);

/* Catalogue's writer thread: inserts what is new, updates what changed, classifies and plans both.
 * @data: a TerraceRegisterBatch */
gboolean
terrace_register_batch_store (TerraceConnection *connection, gpointer data, GError **error);

G_END_DECLS
