/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A provider that counts. An object of one part is kept by the clouds' providers until finish() and
 * sent as one request, so its begin() and its part are none. What is free everywhere (removing,
 * giving up) is counted and costs nothing. Main thread. */

#include "transfer/terrace-meter.h"

#include "base/terrace-units.h"
#include "transfer/terrace-pipeline.h"

/* The clouds copy that much by one request. */
#define METER_COPY_PART_BYTES (G_GUINT64_CONSTANT (1024) * 1024 * 1024)

struct _TerraceMeter
{
  GObject parent_instance;

  TerraceProvider *inner; /* owned */
  TerraceMeterTerms terms;
  TerraceTally *tally;
  gboolean single; /* the upload has one part */
};

static void terrace_meter_init_interface (TerraceProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TerraceMeter,
                               terrace_meter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER,
                                                      terrace_meter_init_interface))

/* --- Counting ----------------------------------------------------------------------------------
 */

static void
meter_free_request (TerraceMeter *self)
{
  if (self->terms.counts)
    self->tally->requests++;
}

static void
meter_get (TerraceMeter *self, guint64 bytes)
{
  const TerraceStorageClass *class = self->terms.storage_class;
  double gb = (double) bytes / TERRACE_BYTES_PER_GB;

  meter_free_request (self);
  if (!self->terms.counts || class == NULL)
    return;

  self->tally->cost += class->get_request;
  if (bytes > 0)
    self->tally->cost += gb * class->retrieval_gb;
  if (self->terms.reads_leave)
    self->tally->cost += gb * class->egress_gb;
}

static void
meter_put (TerraceMeter *self, guint64 bytes)
{
  const TerraceStorageClass *class = self->terms.storage_class;

  meter_free_request (self);
  if (self->terms.counts && class != NULL)
    self->tally->cost +=
        class->put_request + (double) bytes / TERRACE_BYTES_PER_GB * class->write_gb;
}

static guint64
meter_copy_parts (guint64 size_bytes)
{
  return size_bytes / METER_COPY_PART_BYTES + 1;
}

static gboolean
meter_is_single (guint64 size_bytes, guint64 part_bytes)
{
  return part_bytes == 0 || size_bytes <= part_bytes;
}

/* --- Calls -------------------------------------------------------------------------------------
 */

static TerraceCapabilities
meter_get_capabilities (TerraceProvider *provider)
{
  return terrace_provider_get_capabilities (TERRACE_METER (provider)->inner);
}

static void
meter_stat_async (TerraceProvider *provider,
                  const char *key,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  meter_get (self, 0);
  terrace_provider_stat_async (self->inner, key, cancellable, callback, user_data);
}

static void
meter_read_range_async (TerraceProvider *provider,
                        const char *key,
                        const char *version,
                        guint64 offset,
                        gsize length,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  if (!self->terms.plays)
    meter_get (self, length);
  terrace_provider_read_range_async (self->inner, key, version, offset, length, cancellable,
                                     callback, user_data);
}

static void
meter_begin_async (TerraceProvider *provider,
                   const char *key,
                   const TerraceWriteOptions *options,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  self->single = meter_is_single (options->size_bytes, options->part_bytes);
  if (!self->single)
    meter_put (self, 0);
  terrace_provider_begin_async (self->inner, key, options, cancellable, callback, user_data);
}

static void
meter_resume_async (TerraceProvider *provider,
                    const char *key,
                    const char *upload,
                    const TerraceWriteOptions *options,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  self->single = meter_is_single (options->size_bytes, options->part_bytes);
  meter_put (self, 0);
  terrace_provider_resume_async (self->inner, key, upload, options, cancellable, callback,
                                 user_data);
}

static void
meter_write_part_async (TerraceProvider *provider,
                        const char *key,
                        const char *upload,
                        guint number,
                        guint64 offset,
                        GBytes *bytes,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  if (!self->single)
    meter_put (self, g_bytes_get_size (bytes));
  terrace_provider_write_part_async (self->inner, key, upload, number, offset, bytes, cancellable,
                                     callback, user_data);
}

static void
meter_finish_async (TerraceProvider *provider,
                    const char *key,
                    const char *upload,
                    GPtrArray *parts,
                    const TerraceWriteOptions *options,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  meter_put (self, self->single ? options->size_bytes : 0);
  terrace_provider_finish_async (self->inner, key, upload, parts, options, cancellable, callback,
                                 user_data);
}

static void
meter_abort_async (TerraceProvider *provider,
                   const char *key,
                   const char *upload,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  meter_free_request (self);
  terrace_provider_abort_async (self->inner, key, upload, cancellable, callback, user_data);
}

static void
meter_copy_from_async (TerraceProvider *provider,
                       const char *key,
                       const TerraceWriteOptions *options,
                       TerraceProvider *source,
                       const char *source_key,
                       const char *source_version,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);
  TerraceMeter *source_meter = TERRACE_IS_METER (source) ? TERRACE_METER (source) : NULL;
  guint64 n_parts = meter_copy_parts (options->size_bytes);

  for (guint64 i = 0; i < n_parts; i++)
    meter_put (self, i == 0 ? options->size_bytes : 0);
  if (n_parts > 1)
    {
      meter_put (self, 0);
      meter_put (self, 0);
    }
  if (source_meter != NULL && source_meter->terms.counts &&
      source_meter->terms.storage_class != NULL)
    source_meter->tally->cost += (double) options->size_bytes / TERRACE_BYTES_PER_GB *
                                 source_meter->terms.storage_class->retrieval_gb;
  terrace_provider_copy_from_async (self->inner, key, options,
                                    source_meter != NULL ? source_meter->inner : source, source_key,
                                    source_version, cancellable, callback, user_data);
}

static void
meter_set_class_async (TerraceProvider *provider,
                       const char *key,
                       const char *version,
                       const char *class_id,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);
  const TerraceStorageClass *class = self->terms.storage_class;

  meter_free_request (self);
  if (self->terms.counts && class != NULL)
    self->tally->cost +=
        class->transition_request >= 0 ? class->transition_request : class->put_request;
  terrace_provider_set_class_async (self->inner, key, version, class_id, cancellable, callback,
                                    user_data);
}

static void
meter_remove_async (TerraceProvider *provider,
                    const char *key,
                    const char *version,
                    const char *token,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  TerraceMeter *self = TERRACE_METER (provider);

  meter_free_request (self);
  terrace_provider_remove_async (self->inner, key, version, token, cancellable, callback,
                                 user_data);
}

/* Every answer comes from the inner provider, which is the source of the callback; but an answer
 * that terrace_provider_*() gave instead of calling the meter is its own. So none is needed here.
 */
static void
terrace_meter_init_interface (TerraceProviderInterface *iface)
{
  iface->get_capabilities = meter_get_capabilities;
  iface->stat_async = meter_stat_async;
  iface->read_range_async = meter_read_range_async;
  iface->begin_async = meter_begin_async;
  iface->resume_async = meter_resume_async;
  iface->write_part_async = meter_write_part_async;
  iface->finish_async = meter_finish_async;
  iface->abort_async = meter_abort_async;
  iface->copy_from_async = meter_copy_from_async;
  iface->set_class_async = meter_set_class_async;
  iface->remove_async = meter_remove_async;
}

/* --- Object ------------------------------------------------------------------------------------
 */

static void
terrace_meter_dispose (GObject *object)
{
  TerraceMeter *self = TERRACE_METER (object);

  g_clear_object (&self->inner);
  g_clear_pointer (&self->terms.storage_class, terrace_storage_class_unref);

  G_OBJECT_CLASS (terrace_meter_parent_class)->dispose (object);
}

static void
terrace_meter_class_init (TerraceMeterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = terrace_meter_dispose;
}

static void
terrace_meter_init (TerraceMeter *self)
{
}

TerraceMeter *
terrace_meter_new (TerraceProvider *inner, const TerraceMeterTerms *terms, TerraceTally *tally)
{
  TerraceMeter *self;

  g_return_val_if_fail (TERRACE_IS_PROVIDER (inner), NULL);
  g_return_val_if_fail (terms != NULL && tally != NULL, NULL);

  self = g_object_new (TERRACE_TYPE_METER, NULL);
  self->inner = g_object_ref (inner);
  self->terms = *terms;
  if (self->terms.storage_class != NULL)
    terrace_storage_class_ref (self->terms.storage_class);
  self->tally = tally;

  return self;
}

guint64
terrace_meter_expected_requests (guint64 size_bytes,
                                 gboolean from_counts,
                                 gboolean to_counts,
                                 gboolean server_side,
                                 gboolean reads_back)
{
  guint64 part_bytes = terrace_pipeline_part_bytes (size_bytes);
  guint64 n_parts = terrace_pipeline_n_parts (size_bytes, part_bytes);
  guint64 n_copies = meter_copy_parts (size_bytes);
  guint64 requests = 0;

  /* Looked at when it begins, before the copy, after it, before the verdict; then removed. */
  if (from_counts)
    requests += server_side ? 4 : 5 + n_parts;
  /* Is the name free; the copy; verified; looked at once more before the source goes. */
  if (to_counts)
    requests += 3 + (reads_back ? n_parts : 0);
  if (to_counts && server_side)
    requests += n_copies > 1 ? n_copies + 2 : 1;
  else if (to_counts)
    requests += meter_is_single (size_bytes, part_bytes) ? 1 : n_parts + 2;

  return requests;
}
