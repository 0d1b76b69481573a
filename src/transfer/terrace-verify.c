/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compares a stored copy with what it should be. Main thread; reading and hashing are on workers.
 */

#include "config.h"

#include "transfer/terrace-verify.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "transfer/terrace-pipeline.h"

/* Characters of a digest that are shown to people: the algorithm and enough to tell two apart. */
#define VERIFY_SHORT_DIGEST 19

#define VERIFY_MOST_OTHERS 4

typedef struct
{
  /* inputs */
  TerraceProvider *provider; /* owned */
  char *key;
  char *version; /* nullable */
  guint64 size_bytes;
  TerraceDigest expected;
  TerraceDigest others[VERIFY_MOST_OTHERS];
  guint n_others;
  TerracePacer *pacer; /* owned, nullable */
  TerraceCopyProgress progress;
  gpointer progress_data;

  /* results */
  TerraceDigest digest;
} Verify;

static void
verify_free (Verify *self)
{
  g_clear_object (&self->provider);
  g_clear_object (&self->pacer);
  g_free (self->key);
  g_free (self->version);
  g_free (self);
}

static char *
verify_short_digest (const TerraceDigest *digest)
{
  g_autofree char *text = terrace_digest_to_string (digest);

  return g_strndup (text, VERIFY_SHORT_DIGEST);
}

static void
verify_compare (GTask *task)
{
  Verify *self = g_task_get_task_data (task);
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;

  if (self->expected.kind == TERRACE_CHECKSUM_NONE ||
      terrace_digest_equal (&self->expected, &self->digest))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  expected = verify_short_digest (&self->expected);
  found = verify_short_digest (&self->digest);
  g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                           /* Translators: both are the beginnings of checksums */
                           _ ("The bytes are not what they should be: expected %s…, found %s…"),
                           expected, found);
}

static void
verify_pipeline_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Verify *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!terrace_pipeline_finish (result, &self->digest, NULL, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (self->expected.kind != TERRACE_CHECKSUM_NONE)
    terrace_pipeline_get_digest (result, self->expected.kind, &self->digest);
  verify_compare (task);
}

static void
verify_read_back (GTask *task, const char *version)
{
  Verify *self = g_task_get_task_data (task);
  TerracePipelineOptions options = {
    .source = self->provider,
    .source_key = self->key,
    .version = version,
    .size_bytes = self->size_bytes,
    .part_bytes = terrace_pipeline_part_bytes (self->size_bytes),
    .kinds = self->expected.kind != TERRACE_CHECKSUM_NONE ?
                 TERRACE_CHECKSUM_BIT (self->expected.kind) :
                 0,
    .pacer = self->pacer,
    .progress = self->progress,
    .data = self->progress_data,
  };

  terrace_pipeline_async (&options, g_task_get_cancellable (task), verify_pipeline_cb,
                          g_object_ref (task));
}

/* What is expected becomes the value of the kind that the place keeps, if there is one. */
static gboolean
verify_adopt_kind (Verify *self, TerraceChecksumKind kind)
{
  if (kind == TERRACE_CHECKSUM_NONE)
    return FALSE;
  if (self->expected.kind == TERRACE_CHECKSUM_NONE || self->expected.kind == kind)
    return TRUE;

  for (guint i = 0; i < self->n_others; i++)
    if (self->others[i].kind == kind)
      {
        self->expected = self->others[i];
        return TRUE;
      }

  return FALSE;
}

static void
verify_stat_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Verify *self = g_task_get_task_data (task);
  g_autoptr (TerraceObjectInfo) info = NULL;
  GError *error = NULL;

  info = terrace_provider_stat_finish (TERRACE_PROVIDER (object), result, &error);
  if (info == NULL)
    g_task_return_error (task, error);
  else if (self->version != NULL && g_strcmp0 (info->version, self->version) != 0)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CHANGED,
                             _ ("The copy is no longer the one that was to be verified"));
  else if (info->size_bytes != self->size_bytes)
    g_task_return_new_error (task, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                             _ ("The copy has %" G_GUINT64_FORMAT " bytes instead of "
                                "%" G_GUINT64_FORMAT),
                             info->size_bytes, self->size_bytes);
  else if (verify_adopt_kind (self, info->checksum.kind))
    {
      self->digest = info->checksum;
      verify_compare (task);
    }
  else
    /* All reads are of the version just seen, whether the caller named one or not. */
    verify_read_back (task, info->version);
}

void
terrace_verify_async (TerraceProvider *provider,
                      const char *key,
                      const char *version,
                      guint64 size_bytes,
                      const TerraceDigest *expected,
                      TerracePacer *pacer,
                      void (*progress) (guint64 done_bytes, gpointer data),
                      gpointer progress_data,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  terrace_verify_any_async (provider, key, version, size_bytes, expected, expected != NULL ? 1 : 0,
                            pacer, progress, progress_data, cancellable, callback, user_data);
}

void
terrace_verify_any_async (TerraceProvider *provider,
                          const char *key,
                          const char *version,
                          guint64 size_bytes,
                          const TerraceDigest *expected,
                          guint n_expected,
                          TerracePacer *pacer,
                          void (*progress) (guint64 done_bytes, gpointer data),
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Verify *self;

  g_return_if_fail (TERRACE_IS_PROVIDER (provider));
  g_return_if_fail (key != NULL);

  self = g_new0 (Verify, 1);
  self->provider = g_object_ref (provider);
  self->key = g_strdup (key);
  self->version = g_strdup (version);
  self->size_bytes = size_bytes;
  if (n_expected > 0)
    self->expected = expected[0];
  for (guint i = 1; i < n_expected && self->n_others < VERIFY_MOST_OTHERS; i++)
    self->others[self->n_others++] = expected[i];
  g_set_object (&self->pacer, pacer);
  self->progress = progress;
  self->progress_data = progress_data;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, terrace_verify_async);
  g_task_set_task_data (task, self, (GDestroyNotify) verify_free);

  terrace_provider_stat_async (provider, key, cancellable, verify_stat_cb, g_steal_pointer (&task));
}

gboolean
terrace_verify_finish (GAsyncResult *result, TerraceDigest *digest, GError **error)
{
  Verify *self;

  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  self = g_task_get_task_data (G_TASK (result));
  if (digest != NULL)
    *digest = self->digest;

  return TRUE;
}
