/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/azure/terrace-azure-block.h"
#include "provider/azure/terrace-azure-client.h"
#include "provider/azure/terrace-azure-object.h"
#include "provider/azure/terrace-azure-provider.h"
#include "provider/terrace-cloud-parts.h"
#include "provider/terrace-provider-private.h"

/* What the Azure provider's own files share: the object, and how a call is a row of requests. */

G_BEGIN_DECLS

struct _TerraceAzureProvider
{
  GObject parent_instance;

  TerraceAzureClient *client;
  char *class_prefix;
  char *restore_tier;
  guint64 copy_limit_bytes;
  guint copy_interval_ms;

  /* Objects of one part that wait for their finish(), by the id of their upload. */
  TerraceCloudStore *pending;
  /* Uploads that are known to have begun, so that not every part has to ask; a set of ids. */
  GHashTable *begun;
};

/**
 * TerraceAzureCall:
 * What one call was asked, and how far it is. Each call sets the fields it needs.
 */
typedef struct
{
  /* inputs */
  char *key;
  char *name; /* of the blob */
  char *version;
  char *class_id;
  char *prefix;
  TerraceWriteOptions *options;
  TerraceAzureUpload *upload;
  GPtrArray *parts;
  GBytes *bytes;
  guint number;
  guint64 offset;
  gsize length;
  TerraceAzureProvider *source;
  char *source_key;
  char *source_name;

  /* in progress */
  gint64 started_us;
  guint attempts;
  gboolean was_refused;
  TerraceAzureObject *object;
  char *copy_id;
  GPtrArray *names; /* (element-type utf8) */
  TerraceUploadListing *uploads;
  char *progress;
  gint64 progressed_us;
  GError *failure;
} TerraceAzureCall;

/* (transfer full) (nullable): the task of a call about @key (nullable); %NULL if the call has been
 * answered already: cancelled before it began, or a key that cannot be. */
GTask *terrace_azure_call_new (TerraceProvider *provider,
                               const char *key,
                               gpointer tag,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);

/* Sends @request (transfer full) for @task; @callback gets a reference to it. */
void
terrace_azure_call_send (GTask *task, TerraceHttpRequest *request, GAsyncReadyCallback callback);

/* (transfer full) (nullable): the answer; without one, @task has got the error. */
TerraceAzureResponse *
terrace_azure_call_receive (GObject *client, GAsyncResult *result, GTask *task);

/* Answers @task with what @response refuses. */
void terrace_azure_call_refuse (GTask *task, const TerraceAzureResponse *response);

/* Answers @task with EXISTS, CHANGED. */
void terrace_azure_call_return_exists (GTask *task);
void terrace_azure_call_return_changed (GTask *task);
/* Answers @task with NOT_FOUND: the upload is not there any more. */
void terrace_azure_call_return_upload_gone (GTask *task);
/* Answers @task with the information of @object, which loses it. */
void terrace_azure_call_return_info (GTask *task, TerraceAzureObject *object);

/* What the server has now under @key; a placeholder is removed and not told. */
void terrace_azure_head_async (TerraceAzureProvider *self,
                               const char *key,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
TerraceAzureObject *
terrace_azure_head_finish (TerraceAzureProvider *self, GAsyncResult *result, GError **error);

/* (transfer full): asks for the blocks of @name that belong to no blob yet. */
TerraceHttpRequest *terrace_azure_blocks_request (const char *name);

/* Whether @object was written by the upload @id. */
gboolean terrace_azure_object_is_of (const TerraceAzureObject *object, const char *id);

/* Ends @task with what the key holds now, which has to be what @task's call has written. */
void terrace_azure_confirm (GTask *task);

/* Each fills in the calls of its file. */
void terrace_azure_provider_init_reading (TerraceProviderInterface *iface);
void terrace_azure_provider_init_uploading (TerraceProviderInterface *iface);
void terrace_azure_provider_init_finishing (TerraceProviderInterface *iface);
void terrace_azure_provider_init_aborting (TerraceProviderInterface *iface);
void terrace_azure_provider_init_copying (TerraceProviderInterface *iface);
void terrace_azure_provider_init_managing (TerraceProviderInterface *iface);

/* For calls that return a pointer, a gboolean. */
gpointer terrace_azure_pointer_finish (TerraceProvider *self, GAsyncResult *result, GError **error);
gboolean terrace_azure_boolean_finish (TerraceProvider *self, GAsyncResult *result, GError **error);

G_END_DECLS
