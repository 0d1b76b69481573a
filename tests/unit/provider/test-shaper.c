/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sandbox's pretence: how long things take, and that waiting can be cancelled. */

#include "provider/local/terrace-local-shaper.h"

#include "base/terrace-error.h"
#include "provider/terrace-provider-registry.h"
#include "terrace-test-support.h"

#define S 1000000

static void
test_reserve (void)
{
  TerraceLocalShaper *shaper = terrace_local_shaper_new (30, 1000);

  g_assert_cmpint (terrace_local_shaper_get_latency_us (shaper), ==, 30000);
  g_assert_cmpint (terrace_local_shaper_reserve (shaper, 10 * S, 0), ==, 0);
  g_assert_cmpint (terrace_local_shaper_reserve (shaper, 10 * S, 1000), ==, 1 * S);
  g_assert_cmpint (terrace_local_shaper_reserve (shaper, 10 * S, 500), ==, 1.5 * S);
  g_assert_cmpint (terrace_local_shaper_reserve (shaper, 11 * S, 500), ==, 1 * S);
  /* An idle line saves nothing up. */
  g_assert_cmpint (terrace_local_shaper_reserve (shaper, 100 * S, 1000), ==, 1 * S);
  terrace_local_shaper_free (shaper);
}

static void
test_unlimited (void)
{
  TerraceLocalShaper *shaper = terrace_local_shaper_new (0, 0);

  g_assert_cmpint (terrace_local_shaper_get_latency_us (shaper), ==, 0);
  g_assert_cmpint (terrace_local_shaper_reserve (shaper, 5, G_MAXUINT64), ==, 0);
  terrace_local_shaper_free (shaper);
}

static void
return_true (GTask *owned_task)
{
  g_autoptr (GTask) task = owned_task;

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
test_wait (void)
{
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_local_shaper_wait (20000, g_task_new (NULL, NULL, terrace_test_store_result, &result),
                             return_true);
  terrace_test_await (&result);
  g_assert_true (g_task_propagate_boolean (G_TASK (result), &error));
  g_assert_cmpint (g_get_monotonic_time () - begin_us, >=, 20000);
}

/* An hour's wait ends at once. */
static void
test_wait_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_local_shaper_wait (G_GINT64_CONSTANT (3600) * S,
                             g_task_new (NULL, cancellable, terrace_test_store_result, &result),
                             return_true);
  terrace_test_settle ();
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  terrace_test_await (&result);
  g_assert_false (g_task_propagate_boolean (G_TASK (result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
shut_down (TerraceProviderRegistry *registry)
{
  g_autoptr (GAsyncResult) result = NULL;

  terrace_provider_registry_shutdown_async (registry, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_true (terrace_provider_registry_shutdown_finish (registry, result, NULL));
  terrace_test_settle ();
}

/* Reads part of a file and returns how long it took. */
static gint64
time_read (TerraceProvider *provider, guint64 offset, gsize length)
{
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  terrace_provider_read_range_async (provider, "key", NULL, offset, length, NULL,
                                     terrace_test_store_result, &result);
  terrace_test_await (&result);
  bytes = terrace_provider_read_range_finish (provider, result, &error);
  g_assert_no_error (error);

  return g_get_monotonic_time () - begin_us;
}

/* Latency before an object's first byte; bandwidth by the bytes that there are. */
static void
test_sandbox (void)
{
  g_autofree char *path = terrace_test_make_dir ();
  g_autofree char *file = g_build_filename (path, "key", NULL);
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_SANDBOX, "test", path, NULL);
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceProvider) provider = NULL;

  terrace_test_make_file (file, 2000, 1);
  location->latency_ms = 50;
  location->bandwidth_bytes_s = 100000;
  provider = terrace_provider_registry_get (registry, location, NULL);
  g_assert_cmpuint (terrace_provider_get_capabilities (provider) & TERRACE_CAPABILITY_COPY_FROM, ==,
                    0);

  g_assert_cmpint (time_read (provider, 0, 1000000), >=, 50000 + 20000);
  g_assert_cmpint (time_read (provider, 1000, 1000000), >=, 10000);

  g_clear_object (&provider);
  shut_down (registry);
  terrace_test_remove_dir (path);
}

/* A read that waits for its bytes can be cancelled. */
static void
test_sandbox_cancelled (void)
{
  g_autofree char *path = terrace_test_make_dir ();
  g_autofree char *file = g_build_filename (path, "key", NULL);
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_SANDBOX, "test", path, NULL);
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceProvider) provider = NULL;

  terrace_test_make_file (file, 1000000, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      location->latency_ms = i == 0 ? 3600000 : 0;
      location->bandwidth_bytes_s = i == 0 ? 0 : 1;
      provider = terrace_provider_registry_get (registry, location, NULL);
      terrace_provider_read_range_async (provider, "key", NULL, 0, 1000000, cancellable,
                                         terrace_test_store_result, &result);
      terrace_test_settle ();
      g_cancellable_cancel (cancellable);
      terrace_test_await (&result);
      g_assert_null (terrace_provider_read_range_finish (provider, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_object (&provider);
    }
  shut_down (registry);
  terrace_test_remove_dir (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/shaper/reserve", test_reserve);
  g_test_add_func ("/provider/shaper/unlimited", test_unlimited);
  g_test_add_func ("/provider/shaper/wait", test_wait);
  g_test_add_func ("/provider/shaper/wait-cancelled", test_wait_cancelled);
  g_test_add_func ("/provider/shaper/sandbox", test_sandbox);
  g_test_add_func ("/provider/shaper/sandbox-cancelled", test_sandbox_cancelled);

  return g_test_run ();
}
