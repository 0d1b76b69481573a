/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public calls of the provider interface: each checks its arguments, says in words when a
 * place cannot do what is asked, and otherwise calls through. Runs on the caller's thread; what
 * a call answers by itself comes in a later iteration of the caller's main context. */

#include "config.h"

#include "provider/terrace-provider-private.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>

G_DEFINE_INTERFACE (TerraceProvider, terrace_provider, G_TYPE_OBJECT)

static void
terrace_provider_default_init (TerraceProviderInterface *iface)
{
}

/* Whether the call may go on; if not, it has been answered. The answer carries the tag of the
 * public function, by which its finish knows that no provider was asked. */
static gboolean
admit (TerraceProvider *self,
       const char *key,
       gboolean supported,
       const char *unsupported,
       gpointer tag,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  if (supported && (key == NULL || terrace_provider_check_key (key, &error)))
    return TRUE;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tag);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED, "%s", unsupported);

  return FALSE;
}

/* A result with the public function's tag was answered by admit(); others are the provider's. */
#define DEFINE_FINISH_BY(name, Type, failed, propagate)                               \
  Type terrace_provider_##name##_finish (TerraceProvider *self, GAsyncResult *result, \
                                         GError **error)                              \
  {                                                                                   \
    g_return_val_if_fail (TERRACE_IS_PROVIDER (self), failed);                        \
                                                                                      \
    if (g_async_result_is_tagged (result, terrace_provider_##name##_async))           \
      return propagate (G_TASK (result), error);                                      \
                                                                                      \
    return TERRACE_PROVIDER_GET_IFACE (self)->name##_finish (self, result, error);    \
  }
#define DEFINE_FINISH(name, Type) DEFINE_FINISH_BY (name, Type, NULL, g_task_propagate_pointer)
#define DEFINE_BOOLEAN_FINISH(name) \
  DEFINE_FINISH_BY (name, gboolean, FALSE, g_task_propagate_boolean)

static gboolean
options_are_complete (const TerraceWriteOptions *options)
{
  return options != NULL && options->token != NULL && options->token[0] != '\0';
}

TerraceCapabilities
terrace_provider_get_capabilities (TerraceProvider *self)
{
  TerraceProviderInterface *iface;

  g_return_val_if_fail (TERRACE_IS_PROVIDER (self), TERRACE_CAPABILITY_NONE);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  return iface->get_capabilities != NULL ? iface->get_capabilities (self) : TERRACE_CAPABILITY_NONE;
}

void
terrace_provider_probe_async (TerraceProvider *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, NULL, iface->probe_async != NULL, _ ("This location cannot tell how it is"),
             terrace_provider_probe_async, cancellable, callback, user_data))
    iface->probe_async (self, cancellable, callback, user_data);
}

DEFINE_FINISH (probe, TerraceProbe *)

void
terrace_provider_list_async (TerraceProvider *self,
                             const char *prefix,
                             const char *continuation,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (prefix != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, NULL, iface->list_async != NULL, _ ("This location cannot list what it holds"),
             terrace_provider_list_async, cancellable, callback, user_data))
    iface->list_async (self, prefix, continuation, cancellable, callback, user_data);
}

DEFINE_FINISH (list, TerraceListing *)

void
terrace_provider_stat_async (TerraceProvider *self,
                             const char *key,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->stat_async != NULL, _ ("This location cannot describe an object"),
             terrace_provider_stat_async, cancellable, callback, user_data))
    iface->stat_async (self, key, cancellable, callback, user_data);
}

DEFINE_FINISH (stat, TerraceObjectInfo *)

void
terrace_provider_read_range_async (TerraceProvider *self,
                                   const char *key,
                                   const char *version,
                                   guint64 offset,
                                   gsize length,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->read_range_async != NULL, _ ("This location cannot be read"),
             terrace_provider_read_range_async, cancellable, callback, user_data))
    iface->read_range_async (self, key, version, offset, length, cancellable, callback, user_data);
}

DEFINE_FINISH (read_range, GBytes *)

void
terrace_provider_begin_async (TerraceProvider *self,
                              const char *key,
                              const TerraceWriteOptions *options,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (options_are_complete (options));

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->begin_async != NULL, _ ("This location cannot be written to"),
             terrace_provider_begin_async, cancellable, callback, user_data))
    iface->begin_async (self, key, options, cancellable, callback, user_data);
}

DEFINE_FINISH (begin, char *)

void
terrace_provider_resume_async (TerraceProvider *self,
                               const char *key,
                               const char *upload,
                               const TerraceWriteOptions *options,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (upload != NULL);
  g_return_if_fail (options_are_complete (options));

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->resume_async != NULL, _ ("This location cannot continue an upload"),
             terrace_provider_resume_async, cancellable, callback, user_data))
    iface->resume_async (self, key, upload, options, cancellable, callback, user_data);
}

DEFINE_FINISH (resume, GPtrArray *)

void
terrace_provider_write_part_async (TerraceProvider *self,
                                   const char *key,
                                   const char *upload,
                                   guint number,
                                   guint64 offset,
                                   GBytes *bytes,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (upload != NULL);
  g_return_if_fail (bytes != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->write_part_async != NULL, _ ("This location cannot be written to"),
             terrace_provider_write_part_async, cancellable, callback, user_data))
    iface->write_part_async (self, key, upload, number, offset, bytes, cancellable, callback,
                             user_data);
}

DEFINE_FINISH (write_part, char *)

void
terrace_provider_finish_async (TerraceProvider *self,
                               const char *key,
                               const char *upload,
                               GPtrArray *parts,
                               const TerraceWriteOptions *options,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (upload != NULL);
  g_return_if_fail (parts != NULL);
  g_return_if_fail (options_are_complete (options));

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->finish_async != NULL, _ ("This location cannot be written to"),
             terrace_provider_finish_async, cancellable, callback, user_data))
    iface->finish_async (self, key, upload, parts, options, cancellable, callback, user_data);
}

DEFINE_FINISH (finish, TerraceObjectInfo *)

void
terrace_provider_abort_async (TerraceProvider *self,
                              const char *key,
                              const char *upload,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (upload != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->abort_async != NULL, _ ("This location cannot abandon an upload"),
             terrace_provider_abort_async, cancellable, callback, user_data))
    iface->abort_async (self, key, upload, cancellable, callback, user_data);
}

DEFINE_BOOLEAN_FINISH (abort)

void
terrace_provider_list_uploads_async (TerraceProvider *self,
                                     const char *continuation,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, NULL, iface->list_uploads_async != NULL,
             _ ("This location cannot tell its unfinished uploads"),
             terrace_provider_list_uploads_async, cancellable, callback, user_data))
    iface->list_uploads_async (self, continuation, cancellable, callback, user_data);
}

DEFINE_FINISH (list_uploads, TerraceUploadListing *)

void
terrace_provider_copy_from_async (TerraceProvider *self,
                                  const char *key,
                                  const TerraceWriteOptions *options,
                                  TerraceProvider *source,
                                  const char *source_key,
                                  const char *source_version,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (options_are_complete (options));
  g_return_if_fail (TERRACE_IS_PROVIDER (source));
  g_return_if_fail (source_key != NULL);
  g_return_if_fail (source_version != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->copy_from_async != NULL, _ ("This location cannot copy by itself"),
             terrace_provider_copy_from_async, cancellable, callback, user_data))
    iface->copy_from_async (self, key, options, source, source_key, source_version, cancellable,
                            callback, user_data);
}

DEFINE_FINISH (copy_from, TerraceObjectInfo *)

void
terrace_provider_set_class_async (TerraceProvider *self,
                                  const char *key,
                                  const char *version,
                                  const char *class_id,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (version != NULL);
  g_return_if_fail (class_id != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->set_class_async != NULL,
             _ ("This location cannot change the storage class of an object"),
             terrace_provider_set_class_async, cancellable, callback, user_data))
    iface->set_class_async (self, key, version, class_id, cancellable, callback, user_data);
}

DEFINE_FINISH (set_class, TerraceObjectInfo *)

void
terrace_provider_restore_async (TerraceProvider *self,
                                const char *key,
                                guint days,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (days > 0);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->restore_async != NULL,
             _ ("This location cannot restore objects; they can be read at once"),
             terrace_provider_restore_async, cancellable, callback, user_data))
    iface->restore_async (self, key, days, cancellable, callback, user_data);
}

DEFINE_BOOLEAN_FINISH (restore)

void
terrace_provider_remove_async (TerraceProvider *self,
                               const char *key,
                               const char *version,
                               const char *token,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (key != NULL);
  g_return_if_fail (version != NULL);
  g_return_if_fail (token != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, key, iface->remove_async != NULL, _ ("This location cannot remove objects"),
             terrace_provider_remove_async, cancellable, callback, user_data))
    iface->remove_async (self, key, version, token, cancellable, callback, user_data);
}

DEFINE_BOOLEAN_FINISH (remove)

void
terrace_provider_get_lifecycle_async (TerraceProvider *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, NULL, iface->get_lifecycle_async != NULL,
             _ ("This location cannot have lifecycle rules"), terrace_provider_get_lifecycle_async,
             cancellable, callback, user_data))
    iface->get_lifecycle_async (self, cancellable, callback, user_data);
}

DEFINE_FINISH (get_lifecycle, GBytes *)

void
terrace_provider_set_lifecycle_async (TerraceProvider *self,
                                      GBytes *lifecycle,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  TerraceProviderInterface *iface;

  g_return_if_fail (TERRACE_IS_PROVIDER (self));
  g_return_if_fail (lifecycle != NULL);

  iface = TERRACE_PROVIDER_GET_IFACE (self);
  if (admit (self, NULL, iface->set_lifecycle_async != NULL,
             _ ("This location cannot have lifecycle rules"), terrace_provider_set_lifecycle_async,
             cancellable, callback, user_data))
    iface->set_lifecycle_async (self, lifecycle, cancellable, callback, user_data);
}

DEFINE_BOOLEAN_FINISH (set_lifecycle)
