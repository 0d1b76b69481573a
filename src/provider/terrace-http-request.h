/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A request as a plain value, before it is signed. Any thread. */

G_BEGIN_DECLS

/**
 * TerraceHttpPair:
 * A query parameter (not encoded), or a header (its name in lower case).
 */
typedef struct
{
  char *name;
  char *value;
} TerraceHttpPair;

TerraceHttpPair *terrace_http_pair_new (const char *name, const char *value);
void terrace_http_pair_free (TerraceHttpPair *self);

/* (transfer full) (element-type TerraceHttpPair) */
GPtrArray *terrace_http_pairs_new (void);
/* (nullable): the value of the first pair of this name. */
const char *terrace_http_pairs_find (GPtrArray *pairs, const char *name);

/**
 * TerraceHttpRequest:
 * @key: (nullable): the object, or %NULL for what holds objects
 * @query: (element-type TerraceHttpPair)
 * @headers: (element-type TerraceHttpPair): all are signed
 * @body: (nullable)
 * @limit_bytes: of the answer
 */
typedef struct
{
  char *method;
  char *key;
  GPtrArray *query;
  GPtrArray *headers;
  GBytes *body;
  gsize limit_bytes;
} TerraceHttpRequest;

/* (transfer full): without a body; the answer may have what an error needs. */
TerraceHttpRequest *terrace_http_request_new (const char *method, const char *key);
void terrace_http_request_free (TerraceHttpRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceHttpRequest, terrace_http_request_free)

void terrace_http_request_add_query (TerraceHttpRequest *self, const char *name, const char *value);
void
terrace_http_request_add_header (TerraceHttpRequest *self, const char *name, const char *value);

G_END_DECLS
