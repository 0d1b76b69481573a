/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The contract suite's frame: a fresh place for each test, and what every provider has in common.
 */

#include "contract-suite.h"

#include "base/terrace-error.h"
#include "contract-calls.h"
#include "terrace-test-support.h"

static void
set_up (ContractFixture *fixture, gconstpointer data)
{
  fixture->factory = data;
  fixture->place = fixture->factory->set_up ();
  fixture->provider = fixture->factory->make_provider (fixture->place);
}

static void
tear_down (ContractFixture *fixture, gconstpointer data)
{
  gpointer alive = fixture->provider;

  /* A task may hold the provider until the place has ended its threads, and no longer. */
  g_object_add_weak_pointer (G_OBJECT (fixture->provider), &alive);
  g_clear_object (&fixture->provider);
  fixture->factory->tear_down (g_steal_pointer (&fixture->place));
  g_assert_null (alive);
}

void
contract_add (const ContractFactory *factory, const char *name, ContractTest test)
{
  g_autofree char *path = g_strdup_printf ("/contract/%s/%s", factory->name, name);

  g_test_add (path, ContractFixture, factory, set_up, test, tear_down);
}

static void
test_capabilities (ContractFixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (terrace_provider_get_capabilities (fixture->provider), ==,
                    fixture->factory->capabilities);
}

static void
test_probe (ContractFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree TerraceProbe *probe = contract_probe (fixture->provider, &error);

  g_assert_no_error (error);
  g_assert_true (probe->writable);
  g_assert_cmpuint (probe->latency_us, >, 0);
  if (probe->total_bytes != 0)
    g_assert_cmpuint (probe->free_bytes, <=, probe->total_bytes);
}

/* What the flags do not promise must answer UNSUPPORTED, in words, and do nothing. */
static void
test_unsupported (ContractFixture *fixture, gconstpointer data)
{
  TerraceCapabilities has = fixture->factory->capabilities;
  TerraceProvider *provider = fixture->provider;
  g_autoptr (GBytes) bytes = contract_make_bytes (10, 1);
  g_autoptr (TerraceObjectInfo) info = contract_put (provider, "key", "t1", bytes, 64);
  TerraceWriteOptions options = { "t2", 10, 64, NULL, NULL };

  if ((has & TERRACE_CAPABILITY_SET_CLASS) == 0)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      terrace_provider_set_class_async (provider, "key", info->version, "x/Y", NULL,
                                        terrace_test_store_result, &result);
      g_assert_null (result);
      terrace_test_await (&result);
      g_assert_null (terrace_provider_set_class_finish (provider, result, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
      g_assert_true (g_str_has_prefix (error->message, "This location cannot "));
    }
  if ((has & TERRACE_CAPABILITY_RESTORE) == 0)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      terrace_provider_restore_async (provider, "key", 1, NULL, terrace_test_store_result, &result);
      g_assert_null (result);
      terrace_test_await (&result);
      g_assert_false (terrace_provider_restore_finish (provider, result, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
    }
  if ((has & TERRACE_CAPABILITY_COPY_FROM) == 0)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          contract_copy (provider, "copy", &options, provider, "key", info->version, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
    }
  contract_assert_holds (provider, "key", bytes);
}

static void
test_no_lifecycle (ContractFixture *fixture, gconstpointer data)
{
  TerraceProvider *provider = fixture->provider;
  g_autoptr (GBytes) rules = g_bytes_new_static ("{}", 2);
  g_autoptr (GAsyncResult) got = NULL;
  g_autoptr (GAsyncResult) set = NULL;
  g_autoptr (GError) get_error = NULL;
  g_autoptr (GError) set_error = NULL;

  terrace_provider_get_lifecycle_async (provider, NULL, terrace_test_store_result, &got);
  terrace_provider_set_lifecycle_async (provider, rules, NULL, terrace_test_store_result, &set);
  g_assert_null (got);
  g_assert_null (set);
  terrace_test_await (&got);
  terrace_test_await (&set);
  g_assert_null (terrace_provider_get_lifecycle_finish (provider, got, &get_error));
  g_assert_error (get_error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
  g_assert_false (terrace_provider_set_lifecycle_finish (provider, set, &set_error));
  g_assert_error (set_error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
}

int
contract_suite_run (int argc, char **argv, const ContractFactory *factory)
{
  g_test_init (&argc, &argv, NULL);

  contract_add (factory, "capabilities", test_capabilities);
  contract_add (factory, "probe", test_probe);
  contract_add (factory, "unsupported", test_unsupported);
  if ((factory->capabilities & TERRACE_CAPABILITY_LIFECYCLE) == 0)
    contract_add (factory, "no-lifecycle", test_no_lifecycle);
  contract_add_reading (factory);
  contract_add_writing (factory);
  if ((factory->capabilities & TERRACE_CAPABILITY_COPY_FROM) != 0)
    contract_add_copying (factory);
  contract_add_cancelling (factory);
  if ((factory->capabilities & TERRACE_CAPABILITY_UPLOADS) != 0)
    contract_add_leftovers (factory);
  if (factory->add_own != NULL)
    factory->add_own (factory);

  return g_test_run ();
}
