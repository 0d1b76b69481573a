/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends the parts of uploads in their order, as many at a time as follow each other, and answers
 * the calls that brought them. Main thread, asynchronous.
 *
 * A call is answered when its bytes are stored; or when they cannot be sent yet, because earlier
 * ones are missing or they are the object's last, and there is room to keep them. */

#include "config.h"

#include "provider/gcs/terrace-gcs-session.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "provider/gcs/terrace-gcs-wait.h"

#include <glib/gi18n-lib.h>

/* Parts that came before their turn and were answered, of all uploads together. */
#define MAX_AHEAD_BYTES (4 * TERRACE_LIMIT_PART_BYTES)
#define RESUME_INCOMPLETE 308

typedef struct
{
  TerraceGcsUpload *upload;
  TerraceGcsProvider *provider; /* owned */
  guint64 end;
} Pump;

static void pump_step (Pump *pump);

static void
pump_free (Pump *pump)
{
  terrace_gcs_upload_unref (pump->upload);
  g_object_unref (pump->provider);
  g_free (pump);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pump, pump_free)

/* --- Answering ------------------------------------------------------------------------------- */

static TerraceGcsPart *
find_part (TerraceGcsUpload *upload, GTask *task)
{
  for (GList *l = upload->parts.head; l != NULL; l = l->next)
    if (((TerraceGcsPart *) l->data)->task == task)
      return l->data;

  return NULL;
}

static void
answer (TerraceGcsUpload *upload, GTask *task, const char *receipt)
{
  TerraceGcsPart *part = find_part (upload, task);

  if (part != NULL)
    part->task = NULL;
  terrace_gcs_wait_remove (&upload->waiting, task);
  g_task_return_pointer (task, g_strdup (receipt), g_free);
  g_object_unref (task);
}

/* Whether the part of @task need not wait any longer. @is_idle: nothing can be sent now. */
static gboolean
can_answer (TerraceGcsUpload *upload, GTask *task, gboolean is_idle)
{
  TerraceGcsCall *call = g_task_get_task_data (task);
  TerraceGcsProvider *provider = upload->provider;
  TerraceGcsPart *part = find_part (upload, task);

  if (part == NULL || call->offset + call->length <= upload->stored_bytes)
    return TRUE;
  if (!is_idle)
    return FALSE;
  if (call->offset <= terrace_gcs_upload_get_end (upload))
    return TRUE;
  if (provider->ahead_bytes + call->length > MAX_AHEAD_BYTES)
    return FALSE;

  part->is_ahead = TRUE;
  provider->ahead_bytes += call->length;
  return TRUE;
}

static void
answer_ready (TerraceGcsUpload *upload, gboolean is_idle)
{
  for (GList *l = upload->waiting.head; l != NULL;)
    {
      GTask *task = l->data;

      l = l->next;
      if (can_answer (upload, task, is_idle))
        answer (upload, task, "kept");
    }
}

static void
answer_all (TerraceGcsUpload *upload, const char *receipt)
{
  while (!g_queue_is_empty (&upload->waiting))
    answer (upload, g_queue_peek_head (&upload->waiting), receipt);
}

/* All calls get @error; their parts are to be brought again. */
static void
fail_all (TerraceGcsUpload *upload, const GError *error)
{
  GTask *task;

  while ((task = terrace_gcs_wait_pop (&upload->waiting)) != NULL)
    {
      GError *copy = g_error_copy (error);

      terrace_error_set_retry_after (copy, terrace_error_get_retry_after (error));
      g_task_return_error (task, copy);
      g_object_unref (task);
    }
  terrace_gcs_upload_sweep (upload);
}

/* Calls that have been cancelled say so; the others go on waiting. */
static void
drop_cancelled (TerraceGcsUpload *upload)
{
  for (GList *l = upload->waiting.head; l != NULL;)
    {
      GTask *task = l->data;

      l = l->next;
      if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        {
          terrace_gcs_wait_remove (&upload->waiting, task);
          g_task_return_error_if_cancelled (task);
          g_object_unref (task);
        }
    }
  terrace_gcs_upload_sweep (upload);
}

/* --- Sending --------------------------------------------------------------------------------- */

static void
pump_end (Pump *pump)
{
  pump->upload->is_pumping = FALSE;
  terrace_gcs_upload_unlock (pump->upload);
  pump_free (pump);
}

/* Takes over @error. */
static void
pump_fail (Pump *pump, GError *error)
{
  TerraceGcsUpload *upload = pump->upload;

  upload->is_known = FALSE;
  if (terrace_error_is_cancelled (error))
    {
      drop_cancelled (upload);
      pump_step (pump);
    }
  else
    {
      fail_all (upload, error);
      pump_end (pump);
    }
  g_error_free (error);
}

static void
pump_found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Pump *pump = user_data;
  GError *error = NULL;
  TerraceGcsUploadState state = terrace_gcs_session_find_finish (result, &error);

  if (state == TERRACE_GCS_UPLOAD_OPEN)
    {
      pump_step (pump);
    }
  else if (state == TERRACE_GCS_UPLOAD_DONE)
    {
      answer_all (pump->upload, "done");
      terrace_gcs_upload_drop (pump->upload);
      pump_end (pump);
    }
  else
    {
      pump_fail (pump, error);
    }
}

/* Takes what an answer of 308 says; %FALSE if that cannot be, or nothing has been taken. */
static gboolean
take_progress (Pump *pump, const TerraceGcsResponse *response, GError **error)
{
  TerraceGcsUpload *upload = pump->upload;
  guint64 stored_bytes = terrace_gcs_session_parse_stored (response);

  if (stored_bytes > pump->end)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                         _ ("The server says that it has more bytes than were sent"));
  else if (stored_bytes <= upload->stored_bytes)
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
                         _ ("The server stored nothing of what was sent"));
  else
    {
      terrace_gcs_upload_set_stored (upload, stored_bytes);
      return TRUE;
    }

  return FALSE;
}

static void
pump_sent_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Pump *pump = user_data;
  GError *error = NULL;
  g_autoptr (TerraceGcsResponse) response =
      terrace_gcs_client_send_finish (TERRACE_GCS_CLIENT (object), result, &error);

  if (response == NULL)
    {
      pump_fail (pump, error);
    }
  else if (response->status == RESUME_INCOMPLETE)
    {
      if (take_progress (pump, response, &error))
        pump_step (pump);
      else
        pump_fail (pump, error);
    }
  else if (terrace_gcs_response_is_ok (response) || terrace_gcs_session_is_gone (response))
    {
      /* It is no more what it was: the search for it tells what became of it. */
      terrace_gcs_upload_lose (pump->upload);
      pump_step (pump);
    }
  else
    {
      pump_fail (pump, terrace_gcs_client_to_error (TERRACE_GCS_CLIENT (object), response));
    }
}

/* Whoever brought the part that is to be sent next can also stop it. */
static GCancellable *
get_cancellable (TerraceGcsUpload *upload)
{
  GTask *task = g_queue_peek_head (&upload->waiting);

  if (task == NULL)
    return NULL;
  for (GList *l = upload->parts.head; l != NULL; l = l->next)
    {
      const TerraceGcsPart *part = l->data;

      if (part->task != NULL)
        {
          task = part->task;
          break;
        }
    }

  return g_task_get_cancellable (task);
}

static void
pump_step (Pump *pump)
{
  TerraceGcsUpload *upload = pump->upload;

  terrace_gcs_upload_sweep (upload);
  if (g_queue_is_empty (&upload->waiting))
    {
      pump_end (pump);
      return;
    }
  if (!upload->is_known)
    {
      terrace_gcs_session_find_async (upload, get_cancellable (upload), pump_found_cb, pump);
      return;
    }

  pump->end = terrace_gcs_upload_get_sendable_end (upload);
  answer_ready (upload, pump->end <= upload->stored_bytes);
  if (pump->end > upload->stored_bytes)
    {
      terrace_gcs_client_send_async (pump->provider->client,
                                     terrace_gcs_session_make_chunk (upload, pump->end),
                                     get_cancellable (upload), pump_sent_cb, pump);
      return;
    }

  pump_end (pump);
}

static void
pump_locked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Pump *pump = user_data;

  terrace_gcs_upload_lock_finish (result, NULL);
  pump_step (pump);
}

void
terrace_gcs_session_pump (TerraceGcsUpload *upload)
{
  Pump *pump;

  if (upload->is_pumping)
    return;

  upload->is_pumping = TRUE;
  pump = g_new0 (Pump, 1);
  pump->upload = terrace_gcs_upload_ref (upload);
  pump->provider = g_object_ref (upload->provider);
  terrace_gcs_upload_lock_async (upload, NULL, pump_locked_cb, pump);
}
