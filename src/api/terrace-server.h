/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"

/* The API: REST and a WebSocket for programs of the same machine, off unless somebody asks for it.
 * Listens on loopback only, wants a bearer token, and refuses what a web page could send behind a
 * person's back (Host and Origin are checked). docs/api.md lists the paths. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_SERVER (terrace_server_get_type ())
G_DECLARE_FINAL_TYPE (TerraceServer, terrace_server, TERRACE, SERVER, GObject)

/**
 * terrace_server_new:
 * @token: what a caller has to know; at least TERRACE_SERVER_TOKEN_BYTES long
 *
 * Returns: (transfer full): not listening yet
 */
TerraceServer *terrace_server_new (TerraceEngine *engine, const char *token);

#define TERRACE_SERVER_TOKEN_BYTES 32

/* (transfer full): a new token from the system's random source, to be wiped after use. */
char *terrace_server_make_token (GError **error);

/**
 * terrace_server_start:
 * @port: 0 for any that is free
 *
 * BUSY if the port is taken.
 */
gboolean terrace_server_start (TerraceServer *self, guint16 port, GError **error);
/* 0 if it does not listen. */
guint16 terrace_server_get_port (TerraceServer *self);

/* Hangs up on everybody and cancels what is being worked on. */
void terrace_server_stop (TerraceServer *self);

G_END_DECLS
