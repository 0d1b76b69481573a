/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The provider's calls, each waited for. The thread of the test. */

#include "contract-calls.h"

#include "base/terrace-error.h"
#include "terrace-test-support.h"

TerraceProbe *
contract_probe (TerraceProvider *provider, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_probe_async (provider, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_probe_finish (provider, result, error);
}

TerraceListing *
contract_list (TerraceProvider *provider,
               const char *prefix,
               const char *continuation,
               GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_list_async (provider, prefix, continuation, NULL, terrace_test_store_result,
                               &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_list_finish (provider, result, error);
}

TerraceObjectInfo *
contract_stat (TerraceProvider *provider, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_stat_async (provider, key, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_stat_finish (provider, result, error);
}

GBytes *
contract_read (TerraceProvider *provider,
               const char *key,
               const char *version,
               guint64 offset,
               gsize length,
               GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_read_range_async (provider, key, version, offset, length, NULL,
                                     terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_read_range_finish (provider, result, error);
}

char *
contract_begin (TerraceProvider *provider,
                const char *key,
                const TerraceWriteOptions *options,
                GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_begin_async (provider, key, options, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_begin_finish (provider, result, error);
}

GPtrArray *
contract_resume (TerraceProvider *provider,
                 const char *key,
                 const char *upload,
                 const TerraceWriteOptions *options,
                 GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_resume_async (provider, key, upload, options, NULL, terrace_test_store_result,
                                 &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_resume_finish (provider, result, error);
}

char *
contract_write (TerraceProvider *provider,
                const char *key,
                const char *upload,
                guint number,
                guint64 offset,
                GBytes *bytes,
                GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_write_part_async (provider, key, upload, number, offset, bytes, NULL,
                                     terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_write_part_finish (provider, result, error);
}

TerraceObjectInfo *
contract_finish (TerraceProvider *provider,
                 const char *key,
                 const char *upload,
                 GPtrArray *parts,
                 const TerraceWriteOptions *options,
                 GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_finish_async (provider, key, upload, parts, options, NULL,
                                 terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_finish_finish (provider, result, error);
}

gboolean
contract_abort (TerraceProvider *provider, const char *key, const char *upload, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_abort_async (provider, key, upload, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_abort_finish (provider, result, error);
}

TerraceObjectInfo *
contract_copy (TerraceProvider *provider,
               const char *key,
               const TerraceWriteOptions *options,
               TerraceProvider *source,
               const char *source_key,
               const char *source_version,
               GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_copy_from_async (provider, key, options, source, source_key, source_version,
                                    NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_copy_from_finish (provider, result, error);
}

gboolean
contract_remove (TerraceProvider *provider,
                 const char *key,
                 const char *version,
                 const char *token,
                 GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_remove_async (provider, key, version, token, NULL, terrace_test_store_result,
                                 &result);
  g_assert_null (result);
  terrace_test_await (&result);
  return terrace_provider_remove_finish (provider, result, error);
}

GPtrArray *
contract_new_parts (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_part_free);
}

/* Takes over @receipt. */
void
contract_add_part (GPtrArray *parts, guint number, guint64 offset, guint64 size, char *receipt)
{
  g_ptr_array_add (parts, terrace_part_new (number, offset, size, receipt));
  g_free (receipt);
}

TerraceObjectInfo *
contract_put (TerraceProvider *provider,
              const char *key,
              const char *token,
              GBytes *bytes,
              guint64 part_bytes)
{
  TerraceWriteOptions options = { token, g_bytes_get_size (bytes), part_bytes, NULL, NULL };
  g_autoptr (GPtrArray) parts = contract_new_parts ();
  g_autoptr (GError) error = NULL;
  g_autofree char *upload = contract_begin (provider, key, &options, &error);
  TerraceObjectInfo *info;

  g_assert_no_error (error);
  for (guint64 offset = 0; offset < options.size_bytes; offset += part_bytes)
    {
      gsize length = MIN (part_bytes, options.size_bytes - offset);
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, offset, length);
      char *receipt = contract_write (provider, key, upload, parts->len, offset, part, &error);

      g_assert_no_error (error);
      contract_add_part (parts, parts->len, offset, length, receipt);
    }
  info = contract_finish (provider, key, upload, parts, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->key, ==, key);
  g_assert_cmpuint (info->size_bytes, ==, options.size_bytes);

  return info;
}

void
contract_assert_holds (TerraceProvider *provider, const char *key, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) found =
      contract_read (provider, key, NULL, 0, g_bytes_get_size (bytes) + 1, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (found, bytes));
}

void
contract_assert_absent (TerraceProvider *provider, const char *key)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (contract_stat (provider, key, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
}

GBytes *
contract_make_bytes (gsize size_bytes, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint8 *data = g_malloc (size_bytes + 1);

  for (gsize i = 0; i < size_bytes; i++)
    data[i] = g_rand_int_range (random, 1, 256);

  return g_bytes_new_take (data, size_bytes);
}
