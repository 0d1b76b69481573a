/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "provider/local/terrace-local-list.h"
#include "provider/local/terrace-local-provider.h"
#include "provider/local/terrace-local-root.h"
#include "provider/local/terrace-local-shaper.h"
#include "provider/terrace-provider-private.h"

/* What the local provider's own files share: the object, and how a call becomes a job. */

G_BEGIN_DECLS

struct _TerraceLocalProvider
{
  GObject parent_instance;

  TerraceWorker *worker;
  TerraceLocalRoot *root;
  TerraceLocalShaper *shaper;
  gboolean limited; /* has a bandwidth limit */

  GMutex mutex;
  TerraceLocalCursor *cursor; /* (nullable): where the last listing stands; under mutex */
};

/**
 * TerraceLocalJob:
 * What one call was asked, for its worker thread. Each call sets the fields it needs.
 */
typedef struct
{
  TerraceLocalRoot *root;
  GTaskThreadFunc work;

  char *key;
  char *version;
  char *token;
  char *upload;
  char *prefix;
  char *continuation;
  guint64 offset;
  gsize length;
  guint number;
  GBytes *bytes; /* to be written, or read and on their way */
  GPtrArray *parts;
  TerraceWriteOptions *options;
  TerraceLocalRoot *source_root;
  char *source_key;
} TerraceLocalJob;

/* (transfer full): a job on @provider's root. */
TerraceLocalJob *
terrace_local_job_new (TerraceProvider *provider, const char *key, GTaskThreadFunc work);

/* Takes over @job, which begins after @delay_us. */
void terrace_local_job_run (TerraceProvider *provider,
                            TerraceLocalJob *job,
                            gpointer tag,
                            gint64 delay_us,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/* Answers with @result, or with @error where there is none; takes both over. */
void terrace_local_job_return_pointer (GTask *task,
                                       gpointer result,
                                       GDestroyNotify free_result,
                                       GError *error);
void terrace_local_job_return_boolean (GTask *task, gboolean result, GError *error);

/* Fills in the calls that write and remove. */
void terrace_local_provider_init_writing (TerraceProviderInterface *iface);

G_END_DECLS
