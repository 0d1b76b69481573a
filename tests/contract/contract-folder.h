/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "contract-suite.h"
#include "model/terrace-location.h"

/* What the contract tests of the local and the sandbox location share: a place is a folder. */

G_BEGIN_DECLS

gpointer contract_folder_set_up (void);
TerraceProvider *contract_folder_make_provider (gpointer place, TerraceLocation *location);
void contract_folder_overwrite (gpointer place, const char *key, GBytes *bytes);
guint contract_folder_count_traces (gpointer place);
void contract_folder_tear_down (gpointer place);

/* The path of the folder. */
const char *contract_folder_get_path (gpointer place);

G_END_DECLS
