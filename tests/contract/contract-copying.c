/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The promises of copy_from, for providers that have it. A provider without a fast way on the very
 * place the test runs on may still say UNSUPPORTED, but then has done nothing. */

#include "contract-suite.h"

#include "base/terrace-error.h"
#include "contract-calls.h"
#include "terrace-test-support.h"

#define SOURCE_BYTES (3 * 1024 * 1024 + 7)

static void
test_copy (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceProvider) source = fixture->factory->make_provider (fixture->place);
  TerraceWriteOptions options = { "token", SOURCE_BYTES, SOURCE_BYTES, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (SOURCE_BYTES, 1);
  g_autoptr (TerraceObjectInfo) info = contract_put (source, "from", "put", bytes, SOURCE_BYTES);
  g_autoptr (TerraceObjectInfo) copy = NULL;
  g_autoptr (TerraceObjectInfo) again = NULL;
  g_autoptr (TerraceObjectInfo) stated = NULL;
  g_autoptr (GError) error = NULL;
  guint before = fixture->factory->count_traces (fixture->place);

  copy = contract_copy (fixture->provider, "to", &options, source, "from", info->version, &error);
  if (g_error_matches (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED))
    {
      g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, before);
      return;
    }
  g_assert_no_error (error);
  stated = contract_stat (fixture->provider, "to", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (copy->version, ==, stated->version);
  g_assert_cmpint (copy->modified_us, ==, info->modified_us);
  contract_assert_holds (fixture->provider, "to", bytes);
  contract_assert_holds (source, "from", bytes);

  again = contract_copy (fixture->provider, "to", &options, source, "from", info->version, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->version, ==, copy->version);
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, before + 1);
}

static void
test_copy_refused (ContractFixture *fixture, gconstpointer data)
{
  TerraceWriteOptions options = { "token", 10, 10, NULL, NULL };
  g_autoptr (GBytes) bytes = contract_make_bytes (10, 1);
  g_autoptr (GBytes) others = contract_make_bytes (10, 2);
  g_autoptr (TerraceObjectInfo) info = contract_put (fixture->provider, "from", "p1", bytes, 10);
  g_autoptr (TerraceObjectInfo) taken = contract_put (fixture->provider, "taken", "p2", others, 10);
  g_autoptr (GError) exists_error = NULL;
  g_autoptr (GError) changed_error = NULL;
  g_autoptr (GError) absent_error = NULL;

  g_assert_null (contract_copy (fixture->provider, "taken", &options, fixture->provider, "from",
                                info->version, &exists_error));
  g_assert_error (exists_error, TERRACE_ERROR, TERRACE_ERROR_EXISTS);
  contract_assert_holds (fixture->provider, "taken", others);

  fixture->factory->overwrite (fixture->place, "from", others);
  g_assert_null (contract_copy (fixture->provider, "to", &options, fixture->provider, "from",
                                info->version, &changed_error));
  g_assert_error (changed_error, TERRACE_ERROR, TERRACE_ERROR_CHANGED);

  g_assert_null (contract_copy (fixture->provider, "to", &options, fixture->provider, "none",
                                info->version, &absent_error));
  g_assert_error (absent_error, TERRACE_ERROR, TERRACE_ERROR_NOT_FOUND);
  contract_assert_absent (fixture->provider, "to");
  g_assert_cmpuint (fixture->factory->count_traces (fixture->place), ==, 2);
}

void
contract_add_copying (const ContractFactory *factory)
{
  contract_add (factory, "copy", test_copy);
  contract_add (factory, "copy-refused", test_copy_refused);
}
