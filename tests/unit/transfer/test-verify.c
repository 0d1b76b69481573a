/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verifying copies over real folders. */

#include "config.h"

#include "transfer-fixture.h"

#include <glib/gstdio.h>

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "terrace-test-support.h"
#include "transfer/terrace-verify.h"

#define PART ((guint64) TERRACE_LIMIT_PART_BYTES)

typedef struct
{
  char *version;
  guint64 size_bytes;
  TerraceDigest digest;
  guint64 progress_bytes;
} Known;

static void
progress (guint64 done_bytes, gpointer data)
{
  ((Known *) data)->progress_bytes = done_bytes;
}

static gboolean
verify (TransferFixture *self,
        Known *known,
        const TerraceDigest *expected,
        GCancellable *cancellable,
        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_verify_async (TERRACE_PROVIDER (self->faults[0]), "x", known->version, known->size_bytes,
                        expected, NULL, progress, known, cancellable, terrace_test_store_result,
                        &result);
  g_assert_null (result);
  terrace_test_await (&result);

  return terrace_verify_finish (result, &known->digest, error);
}

/* A file of which the version and the digest are known. */
static void
prepare (TransferFixture *self, Known *known, guint64 size_bytes)
{
  g_autoptr (TerraceItem) item = NULL;
  GError *error = NULL;

  item = transfer_fixture_get_item (self, transfer_fixture_add_item (self, "x", size_bytes, 1));
  known->version = g_strdup (item->version);
  known->size_bytes = size_bytes;
  g_assert_true (verify (self, known, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_good (TransferFixture *self, gconstpointer data)
{
  const guint64 sizes[] = { 0, 1, 65537, PART, 4 * PART + 1 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Known known = { 0 };
      TerraceDigest expected;
      g_autofree char *path = transfer_fixture_path (self, 0, "x");
      g_autofree char *contents = NULL;
      g_autofree char *plain = NULL;
      g_autofree char *digest = NULL;
      gsize length;
      GError *error = NULL;

      prepare (self, &known, sizes[i]);
      expected = known.digest;
      g_assert_true (verify (self, &known, &expected, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (known.progress_bytes, ==, sizes[i]);
      g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
      plain = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) contents, length);
      digest = terrace_digest_to_string (&known.digest);
      g_assert_true (g_str_has_suffix (digest, plain));

      g_free (known.version);
      transfer_fixture_forget_item (self, i + 1, "x");
    }
}

static void
test_corrupt (TransferFixture *self, gconstpointer data)
{
  Known known = { 0 };
  TerraceDigest expected;
  g_autoptr (GError) error = NULL;

  prepare (self, &known, 3 * PART);
  expected = known.digest;
  fault_provider_corrupt (self->faults[0], FAULT_CALL_READ,
                          fault_provider_get_n_calls (self->faults[0], FAULT_CALL_READ) + 2);
  g_assert_false (verify (self, &known, &expected, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "expected sha256:"));
  g_assert_nonnull (strstr (error->message, "found sha256:"));
  g_free (known.version);
}

static void
test_changed (TransferFixture *self, gconstpointer data)
{
  Known known = { 0 };
  TerraceDigest expected;
  g_autofree char *path = transfer_fixture_path (self, 0, "x");
  g_autoptr (GError) error = NULL;

  prepare (self, &known, 100);
  expected = known.digest;
  terrace_test_make_file (path, 100, 2);
  g_assert_false (verify (self, &known, &expected, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  g_clear_error (&error);

  /* Without a version it is the bytes that count. */
  g_clear_pointer (&known.version, g_free);
  g_assert_false (verify (self, &known, &expected, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

static void
test_size (TransferFixture *self, gconstpointer data)
{
  Known known = { 0 };
  g_autoptr (GError) error = NULL;

  prepare (self, &known, 100);
  known.size_bytes = 99;
  g_assert_false (verify (self, &known, NULL, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
  g_free (known.version);
}

static void
test_gone (TransferFixture *self, gconstpointer data)
{
  Known known = { 0 };
  g_autofree char *path = transfer_fixture_path (self, 0, "x");
  g_autoptr (GError) error = NULL;

  prepare (self, &known, 100);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (verify (self, &known, NULL, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_free (known.version);
}

static void
test_read_error (TransferFixture *self, gconstpointer data)
{
  Known known = { 0 };
  g_autoptr (GError) error = NULL;

  prepare (self, &known, 5 * PART);
  fault_provider_fail (self->faults[0], FAULT_CALL_READ,
                       fault_provider_get_n_calls (self->faults[0], FAULT_CALL_READ) + 3, 999,
                       TERRACE_ERROR_IO);
  g_assert_false (verify (self, &known, NULL, NULL, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_IO);
  g_free (known.version);
}

static GError *
cancel_hook (FaultCall call, guint nth, gboolean after, gpointer data)
{
  if (call == FAULT_CALL_READ && after)
    g_cancellable_cancel (data);

  return NULL;
}

static void
test_cancel (TransferFixture *self, gconstpointer data)
{
  Known known = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  prepare (self, &known, 6 * PART);
  fault_provider_set_hook (self->faults[0], cancel_hook, cancellable);
  g_assert_false (verify (self, &known, NULL, cancellable, &error));
  g_assert_true (terrace_error_is_cancelled (error));
  g_free (known.version);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                       \
  g_test_add ("/transfer/verify/" path, TransferFixture, NULL, transfer_fixture_set_up, func, \
              transfer_fixture_tear_down)
  ADD ("good", test_good);
  ADD ("corrupt", test_corrupt);
  ADD ("changed", test_changed);
  ADD ("size", test_size);
  ADD ("gone", test_gone);
  ADD ("read-error", test_read_error);
  ADD ("cancel", test_cancel);
#undef ADD

  return g_test_run ();
}
