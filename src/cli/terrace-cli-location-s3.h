/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/terrace-cli-common.h"

/* Adding a bucket. Runs on the main thread. */

G_BEGIN_DECLS

/**
 * TerraceCliBucket:
 * @address: "https://endpoint/bucket"
 * @classes: (nullable): ids joined by ","; the first is that of new objects
 * @access_key: names the key whose secret half comes from standard input
 */
typedef struct
{
  const char *name;
  const char *address;
  const char *classes;
  const char *access_key;
  gboolean accepts;
} TerraceCliBucket;

/* Reads the secret key, keeps it in the keyring and adds the location; returns the exit status. */
int terrace_cli_add_bucket (TerraceCli *cli, const TerraceCliBucket *bucket);

G_END_DECLS
