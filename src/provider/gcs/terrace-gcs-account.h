/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A service account: what its JSON file says, what it signs, and what it keeps from others' eyes.
 * Pure functions. Any thread. */

G_BEGIN_DECLS

/**
 * TerraceGcsAccount:
 * @email: who it is
 * @key_id: (nullable)
 * @private_key: PEM, overwritten before it is let go
 * @token_uri: https, or http on this machine
 */
typedef struct
{
  char *email;
  char *key_id;
  char *private_key;
  char *token_uri;
} TerraceGcsAccount;

/* (transfer full) (nullable): %TERRACE_ERROR_PERMISSION in words if @json is no such file; no word
 * of it is repeated. */
TerraceGcsAccount *terrace_gcs_account_parse (const char *json, GError **error);
void terrace_gcs_account_free (TerraceGcsAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceGcsAccount, terrace_gcs_account_free)

/**
 * terrace_gcs_account_sign:
 * @scope: what the token is asked for
 * @now_s: seconds since 1970 by the server's clock; it is good for an hour from then
 *
 * Returns: (transfer full) (nullable): a JSON Web Token signed by RS256 (RFC 7515, 7519)
 */
char *terrace_gcs_account_sign (const TerraceGcsAccount *self,
                                const char *scope,
                                gint64 now_s,
                                GError **error);

/* (transfer full) (nullable): @text signed by RS256 (RFC 7518) with the key in @pem, in base64 for
 * addresses; %NULL if that is no RSA key. */
char *terrace_gcs_sign_rs256 (const char *pem, const char *text);

/* (transfer full): @text so that only this account can read it. The address of an upload session
 * lets anybody write to it, so it is not left lying in a bucket that others may read. */
GBytes *terrace_gcs_account_seal (const TerraceGcsAccount *self, const char *text);
/* (transfer full) (nullable): %NULL if this account did not seal it. */
char *terrace_gcs_account_unseal (const TerraceGcsAccount *self, GBytes *sealed);

G_END_DECLS
