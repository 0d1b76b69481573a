/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"

/* The server that "serve" starts. The API is another face, a stranger of this one: the program's
 * main, which knows both, hands it over. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceCliService:
 * @make_token: (transfer full): a new token
 * @start: begins to listen; returns what @stop takes. @port: (inout): 0 for any that is free
 */
typedef struct
{
  char *(*make_token) (GError **error);
  gpointer (*start) (TerraceEngine *engine, const char *token, guint16 *port, GError **error);
  void (*stop) (gpointer server);
} TerraceCliService;

/* To be called before terrace_cli_main(). @service: (transfer none) */
void terrace_cli_set_service (const TerraceCliService *service);

G_END_DECLS
