/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-connection-private.h"

G_BEGIN_DECLS

/* The schema this program writes: the number of the last file in migrations/. */
#define TERRACE_CATALOG_VERSION 3

gboolean
terrace_migrations_get_version (TerraceConnection *connection, gint64 *version, GError **error);

/* Brings the file to TERRACE_CATALOG_VERSION step by step, each step in a transaction of its own;
 * copies a file that holds something to "<path>.v<N>.bak" first. */
gboolean terrace_migrations_run (TerraceConnection *connection, const char *path, GError **error);

/* Sets TOO_NEW; returns %FALSE. */
gboolean terrace_migrations_fail_too_new (GError **error);

/* Reads every page of the file; CORRUPT if anything is wrong with it. */
gboolean terrace_migrations_check_whole (TerraceConnection *connection, GError **error);

G_END_DECLS
