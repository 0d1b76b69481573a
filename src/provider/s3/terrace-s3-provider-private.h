/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/s3/terrace-s3-client.h"
#include "provider/s3/terrace-s3-object.h"
#include "provider/s3/terrace-s3-provider.h"
#include "provider/terrace-cloud-parts.h"
#include "provider/terrace-provider-private.h"

/* What the S3 provider's own files share: the object, and how a call is a row of requests. */

G_BEGIN_DECLS

/* What is known of something that a server may or may not know. */
typedef enum
{
  TERRACE_S3_UNKNOWN, /* it is asked for, and not relied on */
  TERRACE_S3_HONOURED,
  TERRACE_S3_IGNORED, /* or refused: it is not asked for */
} TerraceS3Trait;

struct _TerraceS3Provider
{
  GObject parent_instance;

  TerraceS3Client *client;
  char *class_prefix;
  guint64 copy_limit_bytes;

  /* Objects of one part that wait for their finish(), by token. */
  TerraceCloudStore *pending;

  /* What the server has taught us about itself. */
  gboolean examined;
  GPtrArray *waiting; /* (nullable) (element-type GTask): for the end of the examination */
  gboolean has_checksums;
  TerraceChecksumKind checksum; /* that it keeps, NONE if it keeps none */
  TerraceS3Trait conditional_put;
  TerraceS3Trait conditional_complete;
  TerraceS3Trait conditional_delete;
  char *lifecycle_minimum; /* (nullable) */
};

/**
 * TerraceS3Upload:
 * What an upload string says. @id is %NULL where the object is sent in one piece.
 * @checksum: that every part has to come with
 */
typedef struct
{
  char *token;
  TerraceChecksumKind checksum;
  char *id;
} TerraceS3Upload;

/**
 * TerraceS3Call:
 * What one call was asked, and how far it is. Each call sets the fields it needs.
 */
typedef struct
{
  /* inputs */
  char *key;
  char *version;
  char *class_id;
  TerraceWriteOptions *options;
  TerraceS3Upload *upload;
  GPtrArray *parts;
  GBytes *bytes;
  guint number;
  guint64 offset;
  gsize length;
  TerraceS3Provider *source;
  char *source_key;

  /* in progress */
  gint64 started_us;
  guint attempts;
  TerraceS3Object *object;
  char *tags;
  TerraceUploadListing *uploads;
  GError *failure;
} TerraceS3Call;

/* (transfer full) (nullable): the task of a call about @key (nullable); %NULL if the call has been
 * answered already: cancelled before it began, or a key that cannot be. */
GTask *terrace_s3_call_new (TerraceProvider *provider,
                            const char *key,
                            gpointer tag,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/* An empty call as @task's data. */
TerraceS3Call *terrace_s3_call_attach (GTask *task);

/* Sends @request (transfer full) for @task; @callback gets a reference to it. */
void terrace_s3_call_send (GTask *task, TerraceS3Request *request, GAsyncReadyCallback callback);

/* (transfer full) (nullable): the answer; without one, @task has got the error. */
TerraceS3Response *terrace_s3_call_receive (GObject *client, GAsyncResult *result, GTask *task);

/* (transfer full) (nullable): the answer if it is a good one; else @task has got the error. */
TerraceS3Response *terrace_s3_call_receive_ok (GObject *client, GAsyncResult *result, GTask *task);

/* Answers @task with what @response refuses. */
void terrace_s3_call_refuse (GTask *task, const TerraceS3Response *response);

/* What the server has now under @key. */
void terrace_s3_head_async (TerraceS3Provider *self,
                            const char *key,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
TerraceS3Object *
terrace_s3_head_finish (TerraceS3Provider *self, GAsyncResult *result, GError **error);

/* What stands for the token of an upload that is none of ours. */
#define TERRACE_S3_NO_TOKEN "?"

/* Finds out once what the server knows of checksums and conditions. Never fails: what cannot be
 * found out stays unknown. */
void terrace_s3_examine_async (TerraceS3Provider *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void terrace_s3_examine_finish (TerraceS3Provider *self, GAsyncResult *result);

/* The part of the server's checksums that is of use for uploads in parts; NONE if there is none. */
TerraceChecksumKind terrace_s3_part_checksum (const TerraceS3Provider *self);

/* (transfer full): all are copied; @id: (nullable). */
TerraceS3Upload *
terrace_s3_upload_new (const char *token, TerraceChecksumKind checksum, const char *id);
void terrace_s3_upload_free (TerraceS3Upload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceS3Upload, terrace_s3_upload_free)

/* (transfer full): "multi TOKEN ALGORITHM ID" or "single TOKEN". */
char *terrace_s3_upload_to_string (const TerraceS3Upload *self);
/* (transfer full) (nullable): %TERRACE_ERROR_INVALID if it is none of ours. */
TerraceS3Upload *terrace_s3_upload_from_string (const char *text, GError **error);

/* (transfer full): the key of the empty object that remembers an upload in parts. */
char *terrace_s3_upload_to_marker (const TerraceS3Upload *self);
/* (transfer full) (nullable) */
TerraceS3Upload *terrace_s3_upload_from_marker (const char *key);

/* (transfer full): asks for @max_keys objects from behind @continuation (nullable). */
TerraceS3Request *
terrace_s3_list_request (const char *prefix, const char *continuation, guint max_keys);

/* (transfer full): asks for the parts of upload @id after @marker (nullable). */
TerraceS3Request *
terrace_s3_list_parts_request (const char *key, const char *id, const char *marker);

/* Ends @task with what the key holds now, which has to be what @task's call has written. */
void terrace_s3_confirm (GTask *task);

/* Each fills in the calls of its file. */
void terrace_s3_provider_init_beginning (TerraceProviderInterface *iface);
void terrace_s3_provider_init_uploading (TerraceProviderInterface *iface);
void terrace_s3_provider_init_finishing (TerraceProviderInterface *iface);
void terrace_s3_provider_init_leftovers (TerraceProviderInterface *iface);
void terrace_s3_provider_init_copying (TerraceProviderInterface *iface);
void terrace_s3_provider_init_managing (TerraceProviderInterface *iface);

G_END_DECLS
