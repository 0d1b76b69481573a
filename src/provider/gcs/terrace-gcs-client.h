/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-clock.h"
#include "provider/gcs/terrace-gcs-account.h"
#include "provider/gcs/terrace-gcs-address.h"
#include "provider/gcs/terrace-gcs-json.h"
#include "provider/terrace-credentials.h"
#include "provider/terrace-http.h"

/* One bucket's connection: sends requests with a token that it keeps fresh, and puts refusals into
 * words. Main thread. */

G_BEGIN_DECLS

#define TERRACE_TYPE_GCS_CLIENT (terrace_gcs_client_get_type ())
G_DECLARE_FINAL_TYPE (TerraceGcsClient, terrace_gcs_client, TERRACE, GCS_CLIENT, GObject)

/**
 * TerraceGcsRequest:
 * @path: encoded
 * @query: encoded, without "?"
 * @headers: (element-type utf8): names and values in turn
 * @body: (element-type GBytes): sent one after the other
 * @limit_bytes: of the answer
 * @is_session: the address itself is what authorizes it
 */
typedef struct
{
  char *method;
  char *path;
  GString *query;
  GPtrArray *headers;
  GPtrArray *body;
  gsize limit_bytes;
  gboolean is_session;
} TerraceGcsRequest;

TerraceGcsRequest *terrace_gcs_request_new (const char *method, const char *path);
void terrace_gcs_request_free (TerraceGcsRequest *self);
/* @value is encoded. */
void terrace_gcs_request_add_query (TerraceGcsRequest *self, const char *name, const char *value);
void terrace_gcs_request_add_header (TerraceGcsRequest *self, const char *name, const char *value);
void terrace_gcs_request_set_json (TerraceGcsRequest *self, JsonObject *object);
/* Puts @resource before what the body is so far, as the upload in one request wants it. */
void terrace_gcs_request_make_multipart (TerraceGcsRequest *self, JsonObject *resource);

/**
 * TerraceGcsResponse:
 * @reason: (nullable): Google's name of the error
 * @message: (nullable): the server's own words
 */
typedef struct
{
  guint status;
  SoupMessageHeaders *headers;
  GBytes *body;
  char *reason;
  char *message;
  guint retry_after_s;
} TerraceGcsResponse;

/* The reason of ours where the server found the bytes damaged. */
#define TERRACE_GCS_BAD_DIGEST "badDigest"

void terrace_gcs_response_free (TerraceGcsResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceGcsResponse, terrace_gcs_response_free)

/* A refusal of what concerns the bucket itself: what is not found is that. */
void terrace_gcs_response_blame_bucket (TerraceGcsResponse *self);
gboolean terrace_gcs_response_is_ok (const TerraceGcsResponse *self);
const char *terrace_gcs_response_get_header (const TerraceGcsResponse *self, const char *name);

/* (transfer full): takes over @address. */
TerraceGcsClient *terrace_gcs_client_new (TerraceGcsAddress *address,
                                          const char *root,
                                          TerraceCredentials *credentials,
                                          TerraceClock *clock);

const TerraceGcsAddress *terrace_gcs_client_get_address (TerraceGcsClient *self);

/* (nullable): known once a request has been sent. */
const TerraceGcsAccount *terrace_gcs_client_get_account (TerraceGcsClient *self);

/* Whether both speak to one service as one account, so that one can read what the other names. */
gboolean terrace_gcs_client_is_peer (TerraceGcsClient *self, TerraceGcsClient *other);

/**
 * terrace_gcs_client_send_async:
 * @request: (transfer full)
 *
 * Every answer is a success, also one that refuses; terrace_gcs_client_to_error() words it.
 */
void terrace_gcs_client_send_async (TerraceGcsClient *self,
                                    TerraceGcsRequest *request,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
TerraceGcsResponse *
terrace_gcs_client_send_finish (TerraceGcsClient *self, GAsyncResult *result, GError **error);

/* (transfer full): @response, which is not ok, as an error. */
GError *terrace_gcs_client_to_error (TerraceGcsClient *self, const TerraceGcsResponse *response);

G_END_DECLS
