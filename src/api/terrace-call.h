/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include "engine/terrace-engine.h"

/* One request that is being answered. A route reads what it needs, asks the engine with the call as
 * user data, and answers exactly once, which frees the call. Main thread. */

G_BEGIN_DECLS

/**
 * TerraceCall:
 * @query: (nullable) (element-type utf8 utf8)
 * @body: (nullable): parsed JSON
 * @id: from the path, 0 if the path has none
 * @word: (nullable): from the path
 * @cancellable: cancelled when the caller hangs up or the server stops
 * @data: (nullable): of the route
 */
typedef struct
{
  TerraceEngine *engine;
  SoupServerMessage *message;
  GHashTable *query;
  JsonNode *body;
  gint64 id;
  char *word;
  GCancellable *cancellable;
  gpointer data;
  GDestroyNotify destroy_data;

  GHashTable *calls;
} TerraceCall;

/* @calls: the server's set of calls that are being answered; outlives them. */
TerraceCall *terrace_call_new (TerraceEngine *engine,
                               SoupServerMessage *message,
                               GHashTable *query,
                               GHashTable *calls);
void terrace_call_free (TerraceCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceCall, terrace_call_free)

void terrace_call_take_data (TerraceCall *self, gpointer data, GDestroyNotify destroy);

/* Both answer and free @self. @node: (transfer full). */
void terrace_call_answer (TerraceCall *self, guint status, JsonNode *node);
void terrace_call_fail (TerraceCall *self, const GError *error);

/* Puts {"error": {"code", "message"}} on @message. */
void
terrace_call_refuse (SoupServerMessage *message, guint status, const char *code, const char *text);

/* A text of the query, or %NULL. */
const char *terrace_call_get_text (TerraceCall *self, const char *name);
/* A number of the query between @least and @most; @otherwise if it is not there. INVALID. */
gboolean terrace_call_get_number (TerraceCall *self,
                                  const char *name,
                                  gint64 least,
                                  gint64 most,
                                  gint64 otherwise,
                                  gint64 *number,
                                  GError **error);

/* The body as an object; INVALID if there is none. (transfer none) */
JsonObject *terrace_call_get_object (TerraceCall *self, GError **error);
/* Members of @object: %FALSE with INVALID if they are of another type; unchanged if absent. */
gboolean
terrace_call_read_text (JsonObject *object, const char *name, const char **text, GError **error);
gboolean terrace_call_read_number (JsonObject *object,
                                   const char *name,
                                   gint64 least,
                                   gint64 most,
                                   gint64 *number,
                                   GError **error);
gboolean
terrace_call_read_flag (JsonObject *object, const char *name, gboolean *flag, GError **error);
/* (transfer full) (element-type gint64) (nullable): "ids" of the body, at least one. */
GArray *terrace_call_read_ids (TerraceCall *self, GError **error);

G_END_DECLS
