/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/gcs/terrace-gcs-client.h"
#include "provider/gcs/terrace-gcs-object.h"
#include "provider/gcs/terrace-gcs-provider.h"
#include "provider/gcs/terrace-gcs-upload.h"
#include "provider/terrace-provider-private.h"

/* What the GCS provider's own files share: the object, and how a call is a row of requests. */

G_BEGIN_DECLS

struct _TerraceGcsProvider
{
  GObject parent_instance;

  TerraceGcsClient *client;
  char *class_prefix;

  GHashTable *uploads; /* (element-type utf8 TerraceGcsUpload): by token */
  GQueue upload_order; /* (element-type TerraceGcsUpload): the one used last at the end */
  gsize ahead_bytes;   /* of parts that came before their turn, in all uploads */

  char *lifecycle_version; /* (nullable): metageneration of the rules that were read last */
};

/**
 * TerraceGcsCall:
 * What one call was asked, and how far it is. Each call sets the fields it needs.
 */
typedef struct
{
  /* inputs */
  char *key;
  char *version;
  char *class_id;
  TerraceWriteOptions *options;
  TerraceGcsUpload *upload;
  guint64 offset;
  gsize length;
  TerraceGcsProvider *source;
  char *source_key;

  /* in progress */
  gint64 started_us;
  TerraceGcsObject *object;
  JsonObject *resource;
  char *rewrite_token;
  guint idle_steps;
} TerraceGcsCall;

/* (transfer full) (nullable): the task of a call about @key (nullable); %NULL if the call has been
 * answered already: cancelled before it began, or a key that cannot be. */
GTask *terrace_gcs_call_new (TerraceProvider *provider,
                             const char *key,
                             gpointer tag,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/* (transfer full): about @key, or the bucket itself if it is %NULL. */
TerraceGcsRequest *
terrace_gcs_call_request (TerraceGcsProvider *self, const char *method, const char *key);

/* (transfer full): one page of what begins with @prefix. */
TerraceGcsRequest *terrace_gcs_call_list_request (TerraceGcsProvider *self,
                                                  const char *prefix,
                                                  const char *continuation);

/* Sends @request (transfer full) for @task; @callback gets a reference to it. */
void terrace_gcs_call_send (GTask *task, TerraceGcsRequest *request, GAsyncReadyCallback callback);

/* (transfer full) (nullable): the answer; without one, @task has got the error. */
TerraceGcsResponse *terrace_gcs_call_receive (GObject *client, GAsyncResult *result, GTask *task);

/* Answers @task with what @response refuses. */
void terrace_gcs_call_refuse (GTask *task, const TerraceGcsResponse *response);

/* (transfer full) (nullable): the object that the body of @response tells. */
TerraceGcsObject *terrace_gcs_call_parse_object (TerraceGcsProvider *self,
                                                 const TerraceGcsResponse *response,
                                                 GError **error);

/* Answers @task with "changed", or with "not there" if that is what @key is. */
void terrace_gcs_call_explain_condition (GTask *task, const char *key);

/* What the server has now under @key. */
void terrace_gcs_stat_async (TerraceGcsProvider *self,
                             const char *key,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
TerraceGcsObject *
terrace_gcs_stat_finish (TerraceGcsProvider *self, GAsyncResult *result, GError **error);

/* Each fills in the calls of its file. */
void terrace_gcs_provider_init_reading (TerraceProviderInterface *iface);
void terrace_gcs_provider_init_uploading (TerraceProviderInterface *iface);
void terrace_gcs_provider_init_finishing (TerraceProviderInterface *iface);
void terrace_gcs_provider_init_beginning (TerraceProviderInterface *iface);
void terrace_gcs_provider_init_copying (TerraceProviderInterface *iface);
void terrace_gcs_provider_init_managing (TerraceProviderInterface *iface);

G_END_DECLS
