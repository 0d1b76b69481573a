/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/terrace-http-request.h"

/* Azure's SharedKey and shared access signatures: text in, text out. */

G_BEGIN_DECLS

/* Fixes what the service does; known to Azurite and to Azure Stack. */
#define TERRACE_AZURE_VERSION "2021-12-02"

/**
 * terrace_azure_string_to_sign:
 * @path: encoded, as it is sent
 * @query: (element-type TerraceHttpPair): not encoded
 * @headers: (element-type TerraceHttpPair): all that are to be signed
 * @body_bytes: length of the body
 *
 * Returns: (transfer full): the text that SharedKey signs
 */
char *terrace_azure_string_to_sign (const char *method,
                                    const char *account,
                                    const char *path,
                                    GPtrArray *query,
                                    GPtrArray *headers,
                                    gsize body_bytes);

/* (transfer full) (nullable): the HMAC of @text in base64; %NULL if @account_key is no base64. */
char *terrace_azure_sign (const char *text, const char *account_key);

/**
 * terrace_azure_make_signature:
 * @name: of the blob, not encoded
 * @until: "2025-01-02T00:00:00Z"
 * @protocols: "https", or "https,http"
 *
 * Returns: (transfer full) (nullable): the query that lets whoever has it read one blob; %NULL if
 *   @account_key is no base64
 */
char *terrace_azure_make_signature (const char *account,
                                    const char *container,
                                    const char *name,
                                    const char *until,
                                    const char *protocols,
                                    const char *account_key);

/* Whether the secret is a signature, alone or in a whole address; else it is an account's key. */
gboolean terrace_azure_is_signature (const char *secret);

/* The part of @secret that goes into a query. */
const char *terrace_azure_signature_query (const char *secret);

/* (transfer full) (nullable): the value of a parameter of a signature's query, decoded. */
char *terrace_azure_signature_get (const char *query, const char *name);

/* (transfer full): "Wed, 01 Jan 2025 00:00:00 GMT" */
char *terrace_azure_date (gint64 now_us);

/* (transfer full): "2025-01-02T00:00:00Z" */
char *terrace_azure_timestamp (gint64 now_us);

G_END_DECLS
