/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A provider around another one, for faults. */

#include "config.h"

#include "fault-provider.h"

#include "base/terrace-error.h"
#include "provider/terrace-provider-private.h"

typedef struct
{
  guint first;
  guint last;
  int code;
} Fault;

struct _FaultProvider
{
  GObject parent_instance;

  TerraceProvider *inner;
  FaultHook hook;
  gpointer hook_data;
  Fault faults[N_FAULT_CALLS];
  guint corrupt[N_FAULT_CALLS];
  guint hold[N_FAULT_CALLS];
  guint calls[N_FAULT_CALLS];
  TerraceCapabilities without;
  guint64 bytes_written;
  guint at_once;
  guint most_at_once;
  GQueue held;    /* of GTask */
  char *class_id; /* nullable */
  TerraceDigest digest;
};

/* One call, with copies of what it was given, since it may be made later. */
typedef struct
{
  FaultCall call;
  guint nth;
  char *key;
  char *text; /* version or upload */
  char *source_key;
  char *token;
  TerraceProvider *source;
  TerraceWriteOptions *options;
  guint number;
  guint64 offset;
  gsize length;
  GBytes *bytes;
  GPtrArray *parts;
} FaultOp;

static void fault_provider_init_interface (TerraceProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FaultProvider,
                               fault_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER,
                                                      fault_provider_init_interface))

static void
fault_op_free (FaultOp *op)
{
  g_free (op->key);
  g_free (op->text);
  g_free (op->source_key);
  g_free (op->token);
  g_clear_object (&op->source);
  g_clear_pointer (&op->options, terrace_write_options_free);
  g_clear_pointer (&op->bytes, g_bytes_unref);
  g_clear_pointer (&op->parts, g_ptr_array_unref);
  g_free (op);
}

static GBytes *
fault_flip (GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes);
  guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), length);

  if (length > 0)
    copy[length / 2] ^= 0x10;

  return g_bytes_new_take (copy, length);
}

/* @info: (transfer full) (nullable), and so is what it returns. */
static TerraceObjectInfo *
fault_play_class (FaultProvider *self, TerraceObjectInfo *info)
{
  if (info != NULL && self->class_id != NULL)
    {
      g_free (info->class_id);
      info->class_id = g_strdup (self->class_id);
    }
  if (info != NULL && self->digest.kind != TERRACE_CHECKSUM_NONE)
    info->checksum = self->digest;

  return info;
}

/* The result as a pointer that is not NULL, or an error. */
static gpointer
fault_take_result (FaultProvider *self,
                   FaultOp *op,
                   GAsyncResult *result,
                   GDestroyNotify *destroy,
                   GError **error)
{
  gpointer value = NULL;

  *destroy = (GDestroyNotify) terrace_object_info_free;
  switch (op->call)
    {
    case FAULT_CALL_STAT:
      return fault_play_class (self, terrace_provider_stat_finish (self->inner, result, error));
    case FAULT_CALL_SET_CLASS:
      value = terrace_provider_stat_finish (self->inner, result, error);
      if (value != NULL && g_strcmp0 (((TerraceObjectInfo *) value)->version, op->token) != 0)
        {
          g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED, "Another version");
          g_clear_pointer (&value, terrace_object_info_free);
        }
      if (value != NULL)
        fault_provider_play_class (self, op->text);
      return fault_play_class (self, value);
    case FAULT_CALL_PROBE:
      *destroy = g_free;
      return terrace_provider_probe_finish (self->inner, result, error);
    case FAULT_CALL_FINISH:
      return terrace_provider_finish_finish (self->inner, result, error);
    case FAULT_CALL_COPY_FROM:
      return terrace_provider_copy_from_finish (self->inner, result, error);
    case FAULT_CALL_READ:
      *destroy = (GDestroyNotify) g_bytes_unref;
      value = terrace_provider_read_range_finish (self->inner, result, error);
      if (value != NULL && self->corrupt[op->call] == op->nth)
        {
          GBytes *flipped = fault_flip (value);

          g_bytes_unref (value);
          value = flipped;
        }
      return value;
    case FAULT_CALL_BEGIN:
      *destroy = g_free;
      return terrace_provider_begin_finish (self->inner, result, error);
    case FAULT_CALL_WRITE:
      *destroy = g_free;
      return terrace_provider_write_part_finish (self->inner, result, error);
    case FAULT_CALL_RESUME:
      *destroy = (GDestroyNotify) g_ptr_array_unref;
      return terrace_provider_resume_finish (self->inner, result, error);
    case FAULT_CALL_ABORT:
      *destroy = g_free;
      return terrace_provider_abort_finish (self->inner, result, error) ? g_strdup ("") : NULL;
    case FAULT_CALL_REMOVE:
      *destroy = g_free;
      return terrace_provider_remove_finish (self->inner, result, error) ? g_strdup ("") : NULL;
    case N_FAULT_CALLS:
    default:
      g_assert_not_reached ();
    }
}

static void
fault_op_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FaultProvider *self = g_task_get_source_object (task);
  FaultOp *op = g_task_get_task_data (task);
  GDestroyNotify destroy = NULL;
  GError *error = NULL;
  gpointer value = fault_take_result (self, op, result, &destroy, &error);

  self->at_once--;
  if (value != NULL && self->hook != NULL)
    error = self->hook (op->call, op->nth, TRUE, self->hook_data);
  if (error != NULL)
    {
      if (value != NULL)
        destroy (value);
      g_task_return_error (task, error);
    }
  else
    g_task_return_pointer (task, value, destroy);
}

static void
fault_run_upload (FaultProvider *self, FaultOp *op, GCancellable *cancellable, GTask *task)
{
  g_autoptr (GBytes) bytes = NULL;

  switch (op->call)
    {
    case FAULT_CALL_BEGIN:
      terrace_provider_begin_async (self->inner, op->key, op->options, cancellable, fault_op_cb,
                                    task);
      break;
    case FAULT_CALL_RESUME:
      terrace_provider_resume_async (self->inner, op->key, op->text, op->options, cancellable,
                                     fault_op_cb, task);
      break;
    case FAULT_CALL_WRITE:
      bytes = self->corrupt[op->call] == op->nth ? fault_flip (op->bytes) : g_bytes_ref (op->bytes);
      self->bytes_written += g_bytes_get_size (bytes);
      terrace_provider_write_part_async (self->inner, op->key, op->text, op->number, op->offset,
                                         bytes, cancellable, fault_op_cb, task);
      break;
    case FAULT_CALL_FINISH:
      terrace_provider_finish_async (self->inner, op->key, op->text, op->parts, op->options,
                                     cancellable, fault_op_cb, task);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
fault_run (GTask *task)
{
  FaultProvider *self = g_task_get_source_object (task);
  FaultOp *op = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->at_once++;
  self->most_at_once = MAX (self->most_at_once, self->at_once);
  switch (op->call)
    {
    case FAULT_CALL_STAT:
    case FAULT_CALL_SET_CLASS:
      terrace_provider_stat_async (self->inner, op->key, cancellable, fault_op_cb, task);
      break;
    case FAULT_CALL_PROBE:
      terrace_provider_probe_async (self->inner, cancellable, fault_op_cb, task);
      break;
    case FAULT_CALL_READ:
      terrace_provider_read_range_async (self->inner, op->key, op->text, op->offset, op->length,
                                         cancellable, fault_op_cb, task);
      break;
    case FAULT_CALL_ABORT:
      terrace_provider_abort_async (self->inner, op->key, op->text, cancellable, fault_op_cb, task);
      break;
    case FAULT_CALL_COPY_FROM:
      terrace_provider_copy_from_async (self->inner, op->key, op->options,
                                        FAULT_IS_PROVIDER (op->source) ?
                                            FAULT_PROVIDER (op->source)->inner :
                                            op->source,
                                        op->source_key, op->text, cancellable, fault_op_cb, task);
      break;
    case FAULT_CALL_REMOVE:
      terrace_provider_remove_async (self->inner, op->key, op->text, op->token, cancellable,
                                     fault_op_cb, task);
      break;
    case FAULT_CALL_BEGIN:
    case FAULT_CALL_RESUME:
    case FAULT_CALL_WRITE:
    case FAULT_CALL_FINISH:
      fault_run_upload (self, op, cancellable, task);
      break;
    case N_FAULT_CALLS:
    default:
      g_assert_not_reached ();
    }
}

static FaultOp *
fault_op_new (FaultCall call, const char *key, const char *text)
{
  FaultOp *op = g_new0 (FaultOp, 1);

  op->call = call;
  op->key = g_strdup (key);
  op->text = g_strdup (text);

  return op;
}

static void
fault_start (TerraceProvider *provider,
             FaultOp *op,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  FaultProvider *self = FAULT_PROVIDER (provider);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Fault *fault = &self->faults[op->call];
  GError *error = NULL;

  /* As a real provider has it: what was done is told even if cancelled meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, op, (GDestroyNotify) fault_op_free);
  op->nth = ++self->calls[op->call];
  if (op->nth >= fault->first && op->nth <= fault->last)
    error = g_error_new (TERRACE_ERROR, fault->code, "A planned fault");
  else if (self->hook != NULL)
    error = self->hook (op->call, op->nth, FALSE, self->hook_data);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
  else if (self->hold[op->call] > 0 && op->nth >= self->hold[op->call])
    g_queue_push_tail (&self->held, task);
  else
    fault_run (task);
}

static TerraceCapabilities
fault_get_capabilities (TerraceProvider *provider)
{
  FaultProvider *self = FAULT_PROVIDER (provider);

  return (terrace_provider_get_capabilities (self->inner) & ~self->without) |
         (self->digest.kind != TERRACE_CHECKSUM_NONE ? TERRACE_CAPABILITY_CHECKSUM : 0);
}

static void
fault_stat_async (TerraceProvider *provider,
                  const char *key,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  fault_start (provider, fault_op_new (FAULT_CALL_STAT, key, NULL), cancellable, callback,
               user_data);
}

static void
fault_read_range_async (TerraceProvider *provider,
                        const char *key,
                        const char *version,
                        guint64 offset,
                        gsize length,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_READ, key, version);

  op->offset = offset;
  op->length = length;
  fault_start (provider, op, cancellable, callback, user_data);
}

static void
fault_begin_async (TerraceProvider *provider,
                   const char *key,
                   const TerraceWriteOptions *options,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_BEGIN, key, NULL);

  op->options = terrace_write_options_copy (options);
  fault_start (provider, op, cancellable, callback, user_data);
}

static void
fault_resume_async (TerraceProvider *provider,
                    const char *key,
                    const char *upload,
                    const TerraceWriteOptions *options,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_RESUME, key, upload);

  op->options = terrace_write_options_copy (options);
  fault_start (provider, op, cancellable, callback, user_data);
}

static void
fault_write_part_async (TerraceProvider *provider,
                        const char *key,
                        const char *upload,
                        guint number,
                        guint64 offset,
                        GBytes *bytes,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_WRITE, key, upload);

  op->number = number;
  op->offset = offset;
  op->bytes = g_bytes_ref (bytes);
  fault_start (provider, op, cancellable, callback, user_data);
}

static void
fault_finish_async (TerraceProvider *provider,
                    const char *key,
                    const char *upload,
                    GPtrArray *parts,
                    const TerraceWriteOptions *options,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_FINISH, key, upload);

  op->parts = g_ptr_array_ref (parts);
  op->options = terrace_write_options_copy (options);
  fault_start (provider, op, cancellable, callback, user_data);
}

static void
fault_abort_async (TerraceProvider *provider,
                   const char *key,
                   const char *upload,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  fault_start (provider, fault_op_new (FAULT_CALL_ABORT, key, upload), cancellable, callback,
               user_data);
}

static void
fault_copy_from_async (TerraceProvider *provider,
                       const char *key,
                       const TerraceWriteOptions *options,
                       TerraceProvider *source,
                       const char *source_key,
                       const char *source_version,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_COPY_FROM, key, source_version);

  op->options = terrace_write_options_copy (options);
  op->source = g_object_ref (source);
  op->source_key = g_strdup (source_key);
  fault_start (provider, op, cancellable, callback, user_data);
}

static void
fault_set_class_async (TerraceProvider *provider,
                       const char *key,
                       const char *version,
                       const char *class_id,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_SET_CLASS, key, class_id);

  op->token = g_strdup (version);
  fault_start (provider, op, cancellable, callback, user_data);
}

static void
fault_probe_async (TerraceProvider *provider,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  fault_start (provider, fault_op_new (FAULT_CALL_PROBE, NULL, NULL), cancellable, callback,
               user_data);
}

static void
fault_remove_async (TerraceProvider *provider,
                    const char *key,
                    const char *version,
                    const char *token,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  FaultOp *op = fault_op_new (FAULT_CALL_REMOVE, key, version);

  op->token = g_strdup (token);
  fault_start (provider, op, cancellable, callback, user_data);
}

static gpointer
fault_finish_pointer (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static TerraceObjectInfo *
fault_info_finish (TerraceProvider *provider, GAsyncResult *result, GError **error)
{
  return fault_finish_pointer (result, error);
}

static TerraceProbe *
fault_probe_finish (TerraceProvider *provider, GAsyncResult *result, GError **error)
{
  return fault_finish_pointer (result, error);
}

static GBytes *
fault_bytes_finish (TerraceProvider *provider, GAsyncResult *result, GError **error)
{
  return fault_finish_pointer (result, error);
}

static char *
fault_text_finish (TerraceProvider *provider, GAsyncResult *result, GError **error)
{
  return fault_finish_pointer (result, error);
}

static GPtrArray *
fault_parts_finish (TerraceProvider *provider, GAsyncResult *result, GError **error)
{
  return fault_finish_pointer (result, error);
}

static gboolean
fault_boolean_finish (TerraceProvider *provider, GAsyncResult *result, GError **error)
{
  g_autofree char *value = fault_finish_pointer (result, error);

  return value != NULL;
}

static void
fault_provider_init_interface (TerraceProviderInterface *iface)
{
  iface->get_capabilities = fault_get_capabilities;
  iface->stat_async = fault_stat_async;
  iface->stat_finish = fault_info_finish;
  iface->read_range_async = fault_read_range_async;
  iface->read_range_finish = fault_bytes_finish;
  iface->begin_async = fault_begin_async;
  iface->begin_finish = fault_text_finish;
  iface->resume_async = fault_resume_async;
  iface->resume_finish = fault_parts_finish;
  iface->write_part_async = fault_write_part_async;
  iface->write_part_finish = fault_text_finish;
  iface->finish_async = fault_finish_async;
  iface->finish_finish = fault_info_finish;
  iface->abort_async = fault_abort_async;
  iface->abort_finish = fault_boolean_finish;
  iface->copy_from_async = fault_copy_from_async;
  iface->copy_from_finish = fault_info_finish;
  iface->set_class_async = fault_set_class_async;
  iface->set_class_finish = fault_info_finish;
  iface->probe_async = fault_probe_async;
  iface->probe_finish = fault_probe_finish;
  iface->remove_async = fault_remove_async;
  iface->remove_finish = fault_boolean_finish;
}

static void
fault_provider_dispose (GObject *object)
{
  FaultProvider *self = FAULT_PROVIDER (object);

  g_assert_cmpuint (self->at_once, ==, 0);
  g_assert_true (g_queue_is_empty (&self->held));
  g_clear_object (&self->inner);
  g_clear_pointer (&self->class_id, g_free);

  G_OBJECT_CLASS (fault_provider_parent_class)->dispose (object);
}

static void
fault_provider_class_init (FaultProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fault_provider_dispose;
}

static void
fault_provider_init (FaultProvider *self)
{
  g_queue_init (&self->held);
}

FaultProvider *
fault_provider_new (TerraceProvider *inner)
{
  FaultProvider *self = g_object_new (FAULT_TYPE_PROVIDER, NULL);

  self->inner = g_object_ref (inner);

  return self;
}

void
fault_provider_set_hook (FaultProvider *self, FaultHook hook, gpointer data)
{
  self->hook = hook;
  self->hook_data = data;
}

void
fault_provider_fail (FaultProvider *self, FaultCall call, guint first, guint last, int code)
{
  self->faults[call] = (Fault){ first, last, code };
}

void
fault_provider_corrupt (FaultProvider *self, FaultCall call, guint nth)
{
  self->corrupt[call] = nth;
}

void
fault_provider_hold (FaultProvider *self, FaultCall call, guint nth)
{
  self->hold[call] = nth;
}

void
fault_provider_release (FaultProvider *self)
{
  memset (self->hold, 0, sizeof self->hold);
  while (!g_queue_is_empty (&self->held))
    fault_run (g_queue_pop_head (&self->held));
}

guint
fault_provider_get_n_held (FaultProvider *self)
{
  return g_queue_get_length (&self->held);
}

void
fault_provider_mask (FaultProvider *self, TerraceCapabilities without)
{
  self->without = without;
}

void
fault_provider_play_class (FaultProvider *self, const char *class_id)
{
  g_free (self->class_id);
  self->class_id = g_strdup (class_id);
}

void
fault_provider_play_digest (FaultProvider *self, const TerraceDigest *digest)
{
  self->digest = *digest;
}

const char *
fault_provider_get_class (FaultProvider *self)
{
  return self->class_id;
}

guint
fault_provider_get_n_calls (FaultProvider *self, FaultCall call)
{
  return self->calls[call];
}

guint64
fault_provider_get_bytes_written (FaultProvider *self)
{
  return self->bytes_written;
}

guint
fault_provider_get_most_at_once (FaultProvider *self)
{
  return self->most_at_once;
}
