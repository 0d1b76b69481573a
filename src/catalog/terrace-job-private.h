/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"

/* What callers hand to the catalogue, run inside transactions. Catalogue threads. */

G_BEGIN_DECLS

/* @data: the caller's */
typedef struct
{
  TerraceCatalogFunc func;
  gpointer data;
  TerraceCatalogChange changes;
} TerraceJob;

/* In a transaction of its own; interrupted by @cancellable. */
gboolean terrace_job_run (const TerraceJob *job,
                          TerraceConnection *connection,
                          GCancellable *cancellable,
                          GError **error);

/* After a commit, before anybody else hears of it. @changes: of all jobs in it. */
typedef void (*TerraceJobsCommitted) (TerraceCatalogChange changes, gpointer data);

/**
 * terrace_jobs_run_together:
 * @tasks: (element-type GTask): each with a TerraceJob as its data, in the order in which they came
 *
 * Runs the jobs in one transaction and returns each task once that is committed, so that several
 * writers wait for the disk once. Each job stands in a savepoint: one that fails takes nothing with
 * it. What SQLite takes back as a whole (a full disk, say) fails all of them. A job is not
 * interrupted once it runs, since that would take back the others' work.
 */
void terrace_jobs_run_together (GPtrArray *tasks,
                                TerraceConnection *connection,
                                TerraceJobsCommitted committed,
                                gpointer data);

G_END_DECLS
