/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/terrace-cli-common.h"

/* Adding a bucket or a container. Runs on the main thread. */

G_BEGIN_DECLS

/**
 * TerraceCliCloud:
 * @kind: S3, AZURE or GCS
 * @address: "https://endpoint/bucket"
 * @classes: (nullable): ids joined by ","; the first is that of new objects
 * @access_key: (nullable): names the key whose secret half comes from standard input
 * @from: (nullable): where the whole key comes from instead: "aws-profile:NAME", "env", "file:PATH"
 */
typedef struct
{
  TerraceLocationKind kind;
  const char *name;
  const char *address;
  const char *classes;
  const char *access_key;
  gboolean accepts;
  const char *from;
} TerraceCliCloud;

/* Reads the secret, keeps it in the keyring and adds the location; returns the exit status. */
int terrace_cli_add_cloud (TerraceCli *cli, const TerraceCliCloud *cloud);

/* Reads the secret and tries the place with it. (transfer full) (nullable): %NULL after saying what
 * is wrong, with the exit status in @status. */
TerraceProbe *terrace_cli_test_cloud (TerraceCli *cli, const TerraceCliCloud *cloud, int *status);

G_END_DECLS
