/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/terrace-cli-common.h"
#include "engine/terrace-engine-stream.h"

#include <json-glib/json-glib.h>

/* What the files of terracectl stream share. */

G_BEGIN_DECLS

/* (transfer full) */
JsonNode *terrace_cli_stream_status_to_json (TerraceStreamStatus *status);
/* All sources; says why not. */
gboolean terrace_cli_stream_stop (TerraceEngineStream *stream);
/* (transfer full) (nullable): the latest dead letters; its answer comes after the sources were
 * read. */
GPtrArray *terrace_cli_stream_read_letters (TerraceCli *cli, TerraceEngineStream *stream);
/* The verbs; each returns the exit status. */
int terrace_cli_stream_send (TerraceCli *cli, TerraceEngineStream *stream, char **paths);
int terrace_cli_stream_status (TerraceCli *cli, TerraceEngineStream *stream);

G_END_DECLS
