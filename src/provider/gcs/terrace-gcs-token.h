/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"
#include "provider/gcs/terrace-gcs-account.h"
#include "provider/terrace-credentials.h"
#include "provider/terrace-http.h"

/* The token that requests carry: asked for when the first one is sent, and again before it
 * expires; one question at a time, however many wait for the answer. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_GCS_TOKEN (terrace_gcs_token_get_type ())
G_DECLARE_FINAL_TYPE (TerraceGcsToken, terrace_gcs_token, TERRACE, GCS_TOKEN, GObject)

TerraceGcsToken *
terrace_gcs_token_new (const char *root, TerraceCredentials *credentials, TerraceClock *clock);

/* (nullable): known once there was a token. */
const TerraceGcsAccount *terrace_gcs_token_get_account (TerraceGcsToken *self);

/* Finishes with (transfer full) the token itself. */
void terrace_gcs_token_get_async (TerraceGcsToken *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
char *terrace_gcs_token_get_finish (TerraceGcsToken *self, GAsyncResult *result, GError **error);

/* The server does not take @token any more: the next one who asks gets another. */
void terrace_gcs_token_refuse (TerraceGcsToken *self, const char *token);

G_END_DECLS
