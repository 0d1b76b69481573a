/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract about uploads that nobody finished. */

#include "contract-calls.h"
#include "contract-suite.h"
#include "terrace-test-support.h"

#define PART_BYTES 65536

static TerraceUploadListing *
list_uploads (TerraceProvider *provider, const char *continuation)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TerraceUploadListing *listing;

  terrace_provider_list_uploads_async (provider, continuation, NULL, terrace_test_store_result,
                                       &result);
  g_assert_null (result);
  terrace_test_await (&result);
  listing = terrace_provider_list_uploads_finish (provider, result, &error);
  g_assert_no_error (error);

  return listing;
}

static void
assert_no_uploads (TerraceProvider *provider)
{
  g_autoptr (TerraceUploadListing) listing = list_uploads (provider, NULL);

  g_assert_cmpuint (listing->uploads->len, ==, 0);
  g_assert_null (listing->next);
}

/* (transfer full): an upload of two parts, of which the first is stored. */
static char *
begin_half (TerraceProvider *provider, const char *key, const char *token)
{
  TerraceWriteOptions options = { token, 2 * PART_BYTES, PART_BYTES, NULL, NULL };
  g_autoptr (GBytes) part = contract_make_bytes (PART_BYTES, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *receipt = NULL;
  char *upload = contract_begin (provider, key, &options, &error);

  g_assert_no_error (error);
  receipt = contract_write (provider, key, upload, 0, 0, part, &error);
  g_assert_no_error (error);

  return upload;
}

static const TerraceUpload *
find (const TerraceUploadListing *listing, const char *upload)
{
  for (guint i = 0; i < listing->uploads->len; i++)
    {
      const TerraceUpload *found = listing->uploads->pdata[i];

      if (g_strcmp0 (found->upload, upload) == 0)
        return found;
    }

  g_error ("The upload %s is not listed", upload);
}

static void
test_found_and_removed (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (10, 1);
  g_autoptr (TerraceObjectInfo) neighbour =
      contract_put (fixture->provider, "folder/whole", "t0", bytes, PART_BYTES);
  guint n_traces = fixture->factory->count_traces (fixture->place);
  g_autofree char *first = begin_half (fixture->provider, "folder/half", "t1");
  g_autofree char *second = begin_half (fixture->provider, "other half", "t2");
  g_autoptr (TerraceUploadListing) listing = NULL;
  g_autoptr (TerraceProvider) later = NULL;

  listing = list_uploads (fixture->provider, NULL);
  g_assert_cmpuint (listing->uploads->len, ==, 2);
  g_assert_null (listing->next);
  if (!fixture->factory->parts_in_order)
    {
      g_assert_cmpuint (find (listing, first)->size_bytes, ==, PART_BYTES);
      g_assert_cmpuint (find (listing, second)->size_bytes, ==, PART_BYTES);
    }
  g_assert_cmpstr (find (listing, first)->key, !=, find (listing, second)->key);

  /* What the list says is enough to remove them, for a process that knows nothing else. */
  later = fixture->factory->make_provider (fixture->place);
  for (guint i = 0; i < listing->uploads->len; i++)
    {
      const TerraceUpload *upload = listing->uploads->pdata[i];
      g_autoptr (GError) error = NULL;

      g_assert_true (contract_abort (later, upload->key, upload->upload, &error));
      g_assert_no_error (error);
    }
  assert_no_uploads (later);
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, n_traces);
  contract_assert_holds (later, "folder/whole", bytes);
}

static void
test_none (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = contract_make_bytes (2 * PART_BYTES, 1);
  g_autoptr (TerraceObjectInfo) info = NULL;

  assert_no_uploads (fixture->provider);
  info = contract_put (fixture->provider, "key", "token", bytes, PART_BYTES);
  assert_no_uploads (fixture->provider);
}

void
contract_add_leftovers (const ContractFactory *factory)
{
  contract_add (factory, "leftovers/found-and-removed", test_found_and_removed);
  contract_add (factory, "leftovers/none", test_none);
}
