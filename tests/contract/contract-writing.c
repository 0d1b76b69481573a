/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The promises of begin, resume, write_part, finish, abort and remove. */

#include "contract-suite.h"

#include "base/terrace-error.h"
#include "contract-calls.h"
#include "terrace-test-support.h"

#define PART_BYTES 65536

static void
test_sizes (ContractFixture *fixture, gconstpointer data)
{
  static const gsize sizes[] = {
    0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 5 * PART_BYTES, 5 * PART_BYTES + 17
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *key = g_strdup_printf ("size-%zu", sizes[i]);
      g_autofree char *token = g_strdup_printf ("t%u", i);
      g_autoptr (GBytes) bytes = contract_make_bytes (sizes[i], i);
      g_autoptr (TerraceObjectInfo) put =
          contract_put (fixture->provider, key, token, bytes, PART_BYTES);
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceObjectInfo) info = contract_stat (fixture->provider, key, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (put->version, ==, info->version);
      g_assert_cmpuint (info->size_bytes, ==, sizes[i]);
      contract_assert_holds (fixture->provider, key, bytes);
    }
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, G_N_ELEMENTS (sizes));
}

/* An empty object may also be written as one empty part. */
static void
test_empty_part (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 0, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);
  g_autoptr (TerraceObjectInfo) info = NULL;

  g_assert_no_error (error);
  contract_add_part (parts, 0, 0, 0,
                     contract_write (fixture->provider, "key", upload, 0, 0, nothing, &error));
  g_assert_no_error (error);
  info = contract_finish (fixture->provider, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info->size_bytes, ==, 0);
  contract_assert_holds (fixture->provider, "key", nothing);
}

static void
test_concurrent_parts (ContractFixture *fixture, gconstpointer data)
{
  enum
  {
    N_PARTS = 12
  };
  TerraceWriteOptions options = { "token", N_PARTS * PART_BYTES - 5, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 4);
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);
  g_autoptr (TerraceObjectInfo) info = NULL;
  GAsyncResult *results[N_PARTS] = { NULL };

  g_assert_no_error (error);
  for (guint i = N_PARTS; i-- > 0;)
    {
      guint64 offset = i * PART_BYTES;
      g_autoptr (GBytes) part =
          g_bytes_new_from_bytes (bytes, offset, MIN (PART_BYTES, options.size_bytes - offset));

      terrace_provider_write_part_async (fixture->provider, "key", upload, i, offset, part, NULL,
                                         terrace_test_store_result, &results[i]);
    }
  for (guint i = 0; i < N_PARTS; i++)
    {
      guint64 offset = i * PART_BYTES;
      char *receipt;

      terrace_test_await (&results[i]);
      receipt = terrace_provider_write_part_finish (fixture->provider, results[i], &error);
      g_assert_no_error (error);
      contract_add_part (parts, i, offset, MIN (PART_BYTES, options.size_bytes - offset), receipt);
      g_clear_object (&results[i]);
    }
  info = contract_finish (fixture->provider, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  contract_assert_holds (fixture->provider, "key", bytes);
}

static void
write_one (TerraceProvider *provider, const char *upload, guint number, GBytes *whole)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, number * PART_BYTES, PART_BYTES);
  g_autofree char *receipt =
      contract_write (provider, "a/key", upload, number, number * PART_BYTES, part, &error);

  g_assert_no_error (error);
  g_assert_nonnull (receipt);
}

static void
assert_parts (GPtrArray *parts, const guint *numbers, guint n_numbers)
{
  g_assert_cmpuint (parts->len, ==, n_numbers);
  for (guint i = 0; i < n_numbers; i++)
    {
      const TerracePart *part = parts->pdata[i];

      g_assert_cmpuint (part->number, ==, numbers[i]);
      g_assert_cmpuint (part->offset, ==, numbers[i] * PART_BYTES);
      g_assert_cmpuint (part->size_bytes, ==, PART_BYTES);
    }
}

/* The upload goes on in another provider object, as after a restart. */
static void
test_resume (ContractFixture *fixture, gconstpointer data)
{
  static const guint before[] = { 0, 2 };
  static const guint after[] = { 0, 1, 2, 3 };
  TerraceWriteOptions options = { "token", 4 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 4);
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "a/key", &options, &error);
  g_autofree char *again = NULL;
  g_autoptr (GPtrArray) stored = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  g_assert_no_error (error);
  write_one (fixture->provider, upload, 2, bytes);
  write_one (fixture->provider, upload, 0, bytes);

  g_clear_object (&fixture->provider);
  fixture->provider = fixture->factory->make_provider (fixture->place);

  again = contract_begin (fixture->provider, "a/key", &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, upload);
  stored = contract_resume (fixture->provider, "a/key", upload, &options, &error);
  g_assert_no_error (error);
  assert_parts (stored, before, fixture->factory->parts_in_order ? 0 : G_N_ELEMENTS (before));

  for (guint i = 0; fixture->factory->parts_in_order && i < G_N_ELEMENTS (before); i++)
    write_one (fixture->provider, upload, before[i], bytes);
  write_one (fixture->provider, upload, 3, bytes);
  write_one (fixture->provider, upload, 1, bytes);
  all = contract_resume (fixture->provider, "a/key", upload, &options, &error);
  g_assert_no_error (error);
  assert_parts (all, after, G_N_ELEMENTS (after));
  info = contract_finish (fixture->provider, "a/key", upload, all, &options, &error);
  g_assert_no_error (error);
  contract_assert_holds (fixture->provider, "a/key", bytes);
}

static void
test_resume_gone (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 2 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) part = contract_make_bytes (PART_BYTES, 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) resume_error = NULL;
  g_autoptr (GError) write_error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);

  g_assert_no_error (error);
  g_assert_true (contract_abort (fixture->provider, "key", upload, &error));
  g_assert_null (contract_resume (fixture->provider, "key", upload, &options, &resume_error));
  g_assert_error (resume_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  g_assert_null (contract_write (fixture->provider, "key", upload, 0, 0, part, &write_error));
  g_assert_error (write_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

/* A crash after finish() and before the caller could note it: whatever the caller asks then with
 * the same token leads to the same object, once. */
static void
test_finish_twice (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 2 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 4);
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "a/key", &options, &error);
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (TerraceObjectInfo) first = NULL;
  g_autoptr (TerraceObjectInfo) second = NULL;

  write_one (fixture->provider, upload, 0, bytes);
  write_one (fixture->provider, upload, 1, bytes);
  parts = contract_resume (fixture->provider, "a/key", upload, &options, &error);
  g_assert_no_error (error);
  first = contract_finish (fixture->provider, "a/key", upload, parts, &options, &error);
  g_assert_no_error (error);
  second = contract_finish (fixture->provider, "a/key", upload, parts, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first->version, ==, second->version);

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *again = NULL;
      g_autoptr (GPtrArray) stored = NULL;
      g_autoptr (TerraceObjectInfo) third = NULL;

      if (i == 1)
        again = contract_begin (fixture->provider, "a/key", &options, &error);
      g_assert_no_error (error);
      stored = contract_resume (fixture->provider, "a/key", again != NULL ? again : upload,
                                &options, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (stored->len, ==, 2);
      write_one (fixture->provider, upload, 0, bytes);
      third = contract_finish (fixture->provider, "a/key", again != NULL ? again : upload, stored,
                               &options, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (third->version, ==, first->version);
    }

  /* An abort that comes too late takes nothing away. */
  g_assert_true (contract_abort (fixture->provider, "a/key", upload, &error));
  contract_assert_holds (fixture->provider, "a/key", bytes);
}

static void
test_incomplete (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 2 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (options.size_bytes, 4);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) finish_error = NULL;
  g_autofree char *upload = contract_begin (fixture->provider, "a/key", &options, &error);
  g_autoptr (GPtrArray) parts = NULL;

  write_one (fixture->provider, upload, 0, bytes);
  parts = contract_resume (fixture->provider, "a/key", upload, &options, &error);
  g_assert_no_error (error);
  g_assert_null (
      contract_finish (fixture->provider, "a/key", upload, parts, &options, &finish_error));
  g_assert_error (finish_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  contract_assert_absent (fixture->provider, "a/key");
  g_assert_true (contract_abort (fixture->provider, "a/key", upload, &error));
}

static void
test_begin_exists (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "second", 5, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (5, 1);
  g_autoptr (TerraceObjectInfo) info =
      contract_put (fixture->provider, "key", "first", bytes, PART_BYTES);
  g_autoptr (GError) error = NULL;

  g_assert_null (contract_begin (fixture->provider, "key", &options, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, 1);
  contract_assert_holds (fixture->provider, "key", bytes);
}

/* Two uploads to one key that finish at the same time: exactly one wins. */
static void
test_race (ContractFixture *fixture, gconstpointer data)
{
  static const char *const tokens[] = { "one", "two" };
  TerraceProvider *provider = fixture->provider;

  for (guint round = 0; round < 20; round++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", round);
      GAsyncResult *results[2] = { NULL };
      TerraceWriteOptions options[2];
      char *uploads[2];
      GBytes *bytes[2];
      guint winner = 2;

      for (guint i = 0; i < 2; i++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *receipt = NULL;

          options[i] = (TerraceWriteOptions){ tokens[i], 100, PART_BYTES, NULL, NULL };
          bytes[i] = contract_make_bytes (100, 2 * round + i);
          uploads[i] = contract_begin (provider, key, &options[i], &error);
          g_assert_no_error (error);
          receipt = contract_write (provider, key, uploads[i], 0, 0, bytes[i], &error);
          g_assert_no_error (error);
        }
      for (guint i = 0; i < 2; i++)
        {
          g_autoptr (GPtrArray) parts = contract_new_parts ();

          contract_add_part (parts, 0, 0, 100, g_strdup ("0"));
          terrace_provider_finish_async (provider, key, uploads[i], parts, &options[i], NULL,
                                         terrace_test_store_result, &results[i]);
        }
      for (guint i = 0; i < 2; i++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (TerraceObjectInfo) info = NULL;

          terrace_test_await (&results[i]);
          info = terrace_provider_finish_finish (provider, results[i], &error);
          if (info == NULL)
            g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
          else
            {
              g_assert_cmpuint (winner, ==, 2);
              winner = i;
            }
        }
      g_assert_cmpuint (winner, <, 2);
      g_assert_true (contract_abort (provider, key, uploads[1 - winner], NULL));
      contract_assert_holds (provider, key, bytes[winner]);
      g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, round + 1);
      for (guint i = 0; i < 2; i++)
        {
          g_clear_object (&results[i]);
          g_free (uploads[i]);
          g_bytes_unref (bytes[i]);
        }
    }
}

static void
test_abort (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 3 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) part = contract_make_bytes (PART_BYTES, 1);
  g_autoptr (GError) error = NULL;
  guint before = fixture->factory->count_traces (fixture->place);
  g_autofree char *upload = contract_begin (fixture->provider, "key", &options, &error);
  g_autofree char *receipt = NULL;

  g_assert_no_error (error);
  receipt = contract_write (fixture->provider, "key", upload, 1, PART_BYTES, part, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), >, before);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (contract_abort (fixture->provider, "key", upload, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, before);
    }
  g_assert_true (contract_abort (fixture->provider, "no/such/folder", upload, &error));
}

static void
test_remove (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (100, 1);
  g_autoptr (TerraceObjectInfo) info =
      contract_put (fixture->provider, "key", "put", bytes, PART_BYTES);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again_error = NULL;

  g_assert_true (contract_remove (fixture->provider, "key", info->version, "rm", &error));
  g_assert_no_error (error);
  contract_assert_absent (fixture->provider, "key");
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, 0);

  g_assert_false (contract_remove (fixture->provider, "key", info->version, "rm", &again_error));
  g_assert_error (again_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

static void
test_remove_changed (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (100, 1);
  g_autoptr (GBytes) others = contract_make_bytes (100, 2);
  g_autoptr (TerraceObjectInfo) info =
      contract_put (fixture->provider, "key", "put", bytes, PART_BYTES);
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceObjectInfo) now = NULL;

  fixture->factory->overwrite (fixture->place, "key", others);
  g_assert_false (contract_remove (fixture->provider, "key", info->version, "rm", &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);
  contract_assert_holds (fixture->provider, "key", others);
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, 1);

  g_clear_error (&error);
  now = contract_stat (fixture->provider, "key", &error);
  g_assert_no_error (error);
  g_assert_true (contract_remove (fixture->provider, "key", now->version, "rm2", &error));
  contract_assert_absent (fixture->provider, "key");
}

/* Times, permissions and attributes go along where the place keeps them. */
static void
test_metadata (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceObjectInfo) source = terrace_object_info_new ("elsewhere");
  TerraceWriteOptions options = { "token", 4, PART_BYTES, NULL, source };
  g_autoptr (GBytes) bytes = contract_make_bytes (4, 1);
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = NULL;
  g_autoptr (TerraceObjectInfo) info = NULL;

  source->modified_us = G_GINT64_CONSTANT (1234567890123456);
  source->mode = 0640;
  source->attributes = g_variant_ref_sink (
      g_variant_new_parsed ("{'user.color': [byte 0x00, 0xff, 0x0a], 'user.empty': @ay []}"));

  upload = contract_begin (fixture->provider, "key", &options, &error);
  g_assert_no_error (error);
  contract_add_part (parts, 0, 0, 4,
                     contract_write (fixture->provider, "key", upload, 0, 0, bytes, &error));
  info = contract_finish (fixture->provider, "key", upload, parts, &options, &error);
  g_assert_no_error (error);
  g_clear_pointer (&info, terrace_object_info_free);

  info = contract_stat (fixture->provider, "key", &error);
  g_assert_no_error (error);
  if ((fixture->factory->capabilities & TERRACE_CAPABILITY_METADATA) == 0)
    return;
  g_assert_cmpint (info->modified_us, ==, source->modified_us);
  g_assert_cmpuint (info->mode, ==, 0640);
  g_assert_nonnull (info->attributes);
  g_assert_true (g_variant_equal (info->attributes, source->attributes));
}

void
contract_add_writing (const ContractFactory *factory)
{
  contract_add (factory, "sizes", test_sizes);
  contract_add (factory, "empty-part", test_empty_part);
  contract_add (factory, "concurrent-parts", test_concurrent_parts);
  if ((factory->capabilities & TERRACE_CAPABILITY_RESUME) != 0)
    {
      contract_add (factory, "resume", test_resume);
      contract_add (factory, "resume-gone", test_resume_gone);
      contract_add (factory, "finish-twice", test_finish_twice);
      contract_add (factory, "incomplete", test_incomplete);
    }
  contract_add (factory, "begin-exists", test_begin_exists);
  contract_add (factory, "race", test_race);
  contract_add (factory, "abort", test_abort);
  contract_add (factory, "remove", test_remove);
  contract_add (factory, "remove-changed", test_remove_changed);
  contract_add (factory, "metadata", test_metadata);
}
