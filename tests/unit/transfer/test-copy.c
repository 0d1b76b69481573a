/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One copy, without a queue, over real folders. */

#include "config.h"

#include "transfer-fixture.h"

#include <glib/gstdio.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "terrace-test-support.h"
#include "transfer/terrace-copy.h"
#include "transfer/terrace-pipeline.h"

#define PART ((guint64) TERRACE_LIMIT_PART_BYTES)

typedef struct
{
  TransferFixture fixture;
  TerraceMove *move;
  GCancellable *cancellable;
  char *upload;
  guint parts;
  guint cancel_at_part;
  guint64 progress_bytes;
} CopyFixture;

static void
set_up (CopyFixture *self, gconstpointer data)
{
  transfer_fixture_set_up (&self->fixture, NULL);
  self->cancellable = g_cancellable_new ();
}

static void
tear_down (CopyFixture *self, gconstpointer data)
{
  g_clear_object (&self->move);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->upload, g_free);
  transfer_fixture_tear_down (&self->fixture, NULL);
}

static void
prepare (CopyFixture *self, guint64 size_bytes)
{
  gint64 item_id = transfer_fixture_add_item (&self->fixture, "x", size_bytes, 1);

  self->move = transfer_fixture_new_move (&self->fixture, item_id, 1);
  g_free (self->move->token);
  self->move->token = g_uuid_string_random ();
}

static void
step (const char *upload, const TerracePart *part, gpointer data)
{
  CopyFixture *self = data;

  g_assert_cmpstr (upload, !=, NULL);
  g_free (self->upload);
  self->upload = g_strdup (upload);
  if (part != NULL)
    self->parts++;
  if (self->parts > 0 && self->parts == self->cancel_at_part)
    g_cancellable_cancel (self->cancellable);
}

static void
progress (guint64 done_bytes, gpointer data)
{
  CopyFixture *self = data;

  g_assert_cmpuint (done_bytes, >=, self->progress_bytes);
  self->progress_bytes = done_bytes;
}

static TerraceCopyResult *
copy (CopyFixture *self, const TerraceDigest *known, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_copy_async (self->move, TERRACE_PROVIDER (self->fixture.faults[0]),
                      TERRACE_PROVIDER (self->fixture.faults[1]), known, NULL, step, progress, self,
                      self->cancellable, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);

  return terrace_copy_finish (result, error);
}

static void
assert_copied (CopyFixture *self, TerraceCopyResult *copied)
{
  g_autofree char *path = transfer_fixture_path (&self->fixture, 1, "x");
  g_autofree char *contents = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *digest = NULL;
  gsize length;

  terrace_test_assert_file (path, self->move->size_bytes, 1);
  g_assert_cmpuint (copied->dest->size_bytes, ==, self->move->size_bytes);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) contents, length);
  digest = terrace_digest_to_string (&copied->checksum);
  g_assert_true (g_str_has_suffix (digest, expected));
}

static void
assert_listing (CopyFixture *self, const char *expected)
{
  g_autofree char *names = transfer_fixture_list (&self->fixture, 1);

  g_assert_cmpstr (names, ==, expected);
}

static void
test_size (CopyFixture *self, gconstpointer data)
{
  g_autoptr (TerraceCopyResult) copied = NULL;
  GError *error = NULL;
  guint64 size_bytes = *(const guint64 *) data;

  prepare (self, size_bytes);
  copied = copy (self, NULL, &error);
  g_assert_no_error (error);

  assert_copied (self, copied);
  assert_listing (self, "x ");
  g_assert_true (copied->seen);
  g_assert_cmpuint (self->parts, ==, terrace_pipeline_n_parts (size_bytes, PART));
  g_assert_cmpuint (self->progress_bytes, ==, size_bytes);
  /* Never more in memory than the bound. */
  g_assert_cmpuint (fault_provider_get_most_at_once (self->fixture.faults[0]), <=,
                    TERRACE_LIMIT_PARTS_IN_FLIGHT);
  g_assert_cmpuint (fault_provider_get_most_at_once (self->fixture.faults[1]), <=,
                    TERRACE_LIMIT_PARTS_IN_FLIGHT);
}

static void
test_part_bytes (void)
{
  const guint64 sizes[] = {
    0,
    1,
    PART,
    PART * TERRACE_LIMIT_PARTS,
    PART * TERRACE_LIMIT_PARTS + 1,
    G_GUINT64_CONSTANT (5) << 40,
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint64 part_bytes = terrace_pipeline_part_bytes (sizes[i]);

      g_assert_cmpuint (part_bytes, >=, PART);
      g_assert_cmpuint (part_bytes % (1024 * 1024), ==, 0);
      g_assert_cmpuint (terrace_pipeline_n_parts (sizes[i], part_bytes), <=, TERRACE_LIMIT_PARTS);
      g_assert_cmpuint (part_bytes * terrace_pipeline_n_parts (sizes[i], part_bytes), >=, sizes[i]);
    }
  g_assert_cmpuint (terrace_pipeline_part_bytes (sizes[3]), ==, PART);
}

/* Cancelled in the middle, then resumed: what was stored is read and hashed, not written again. */
static void
test_cancel_resume (CopyFixture *self, gconstpointer data)
{
  g_autoptr (TerraceCopyResult) copied = NULL;
  g_autoptr (GError) error = NULL;

  prepare (self, 8 * PART + 3);
  self->cancel_at_part = 4;
  copied = copy (self, NULL, &error);
  g_assert_null (copied);
  g_assert_true (terrace_error_is_cancelled (error));
  g_clear_error (&error);
  g_assert_cmpuint (self->parts, <, 8);

  g_cancellable_reset (self->cancellable);
  self->cancel_at_part = 0;
  self->progress_bytes = 0;
  self->move->upload = g_strdup (self->upload);
  copied = copy (self, NULL, &error);
  g_assert_no_error (error);
  assert_copied (self, copied);
  assert_listing (self, "x ");
  /* Each part was stored once; only writes that were cut short are repeated. */
  g_assert_cmpuint (self->parts, ==, 9);
  g_assert_cmpuint (self->progress_bytes, ==, 8 * PART + 3);
}

static void
test_resume_gone (CopyFixture *self, gconstpointer data)
{
  g_autoptr (TerraceCopyResult) copied = NULL;
  g_autoptr (GError) error = NULL;

  prepare (self, 2 * PART);
  fault_provider_fail (self->fixture.faults[1], FAULT_CALL_RESUME, 1, 1, GPOINTER_TO_INT (data));
  self->move->upload = g_strconcat (self->move->token, ".1", NULL);
  copied = copy (self, NULL, &error);
  g_assert_no_error (error);
  assert_copied (self, copied);
  g_assert_cmpuint (self->parts, ==, 2);
}

static void
test_cancelled_before (CopyFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  prepare (self, 100);
  g_cancellable_cancel (self->cancellable);
  g_assert_null (copy (self, NULL, &error));
  g_assert_true (terrace_error_is_cancelled (error));
  assert_listing (self, "");
}

static void
test_changed (CopyFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  prepare (self, 100);
  g_free (self->move->source_version);
  self->move->source_version = g_strdup ("another");
  g_assert_null (copy (self, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_assert_cmpuint (fault_provider_get_n_calls (self->fixture.faults[1], FAULT_CALL_BEGIN), ==, 0);
}

static void
test_wrong_known (CopyFixture *self, gconstpointer data)
{
  TerraceDigest known = { .kind = TERRACE_CHECKSUM_SHA256 };
  g_autoptr (GError) error = NULL;

  prepare (self, 100);
  fault_provider_mask (self->fixture.faults[1], TERRACE_CAPABILITY_COPY_FROM);
  g_assert_null (copy (self, &known, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
  g_assert_cmpuint (fault_provider_get_n_calls (self->fixture.faults[1], FAULT_CALL_FINISH), ==, 0);
}

static void
test_copy_from (CopyFixture *self, gconstpointer data)
{
  TerraceDigest known = { .kind = TERRACE_CHECKSUM_SHA256, .bytes = { 1 } };
  g_autoptr (TerraceCopyResult) copied = NULL;
  g_autofree char *path = transfer_fixture_path (&self->fixture, 1, "x");
  GError *error = NULL;

  prepare (self, 2 * PART);
  copied = copy (self, &known, &error);
  g_assert_no_error (error);
  /* The bytes did not pass through, so what is known is passed on, for the read-back to judge. */
  g_assert_false (copied->seen);
  g_assert_true (terrace_digest_equal (&copied->checksum, &known));
  terrace_test_assert_file (path, 2 * PART, 1);
  g_assert_cmpuint (fault_provider_get_n_calls (self->fixture.faults[0], FAULT_CALL_READ), ==, 0);
  g_assert_cmpuint (self->progress_bytes, ==, 2 * PART);
}

static const guint64 sizes[] = { 0,    1,        65536,        65537,           PART - 1,
                                 PART, PART + 1, 5 * PART - 1, 5 * PART + 12345 };

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) g_test_add (path, CopyFixture, data, set_up, func, tear_down)
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/transfer/copy/size/%" G_GUINT64_FORMAT, sizes[i]);

      ADD (path, &sizes[i], test_size);
    }
  ADD ("/transfer/copy/cancel-resume", NULL, test_cancel_resume);
  ADD ("/transfer/copy/resume-gone", GINT_TO_POINTER (TERRACE_ERROR_NOT_FOUND), test_resume_gone);
  ADD ("/transfer/copy/resume-unsupported", GINT_TO_POINTER (TERRACE_ERROR_UNSUPPORTED),
       test_resume_gone);
  ADD ("/transfer/copy/cancelled-before", NULL, test_cancelled_before);
  ADD ("/transfer/copy/changed", NULL, test_changed);
  ADD ("/transfer/copy/wrong-known", NULL, test_wrong_known);
  ADD ("/transfer/copy/copy-from", NULL, test_copy_from);
#undef ADD
  g_test_add_func ("/transfer/copy/part-bytes", test_part_bytes);

  return g_test_run ();
}
