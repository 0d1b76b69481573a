/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry: one provider per location, words for kinds it does not have, an orderly end. */

#include "provider/terrace-provider-registry.h"

#include "base/terrace-error.h"
#include "terrace-test-support.h"

#include <string.h>

static TerraceLocation *
make_location (TerraceLocationKind kind, gint64 id, const char *root)
{
  TerraceLocation *location = terrace_location_new (kind, "Attic", root, NULL);

  location->id = id;
  return location;
}

static void
shut_down (TerraceProviderRegistry *registry)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  terrace_provider_registry_shutdown_async (registry, NULL, terrace_test_store_result, &result);
  g_assert_null (result);
  terrace_test_await (&result);
  g_assert_true (terrace_provider_registry_shutdown_finish (registry, result, &error));
  g_assert_no_error (error);
  terrace_test_settle ();
}

static void
test_one_per_location (void)
{
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceLocation) one = make_location (TERRACE_LOCATION_LOCAL, 1, "/");
  g_autoptr (TerraceLocation) two = make_location (TERRACE_LOCATION_SANDBOX, 2, "/");
  g_autoptr (TerraceLocation) fresh = make_location (TERRACE_LOCATION_LOCAL, 0, "/");
  g_autoptr (TerraceProvider) first = terrace_provider_registry_get (registry, one, NULL);
  g_autoptr (TerraceProvider) again = terrace_provider_registry_get (registry, one, NULL);
  g_autoptr (TerraceProvider) other = terrace_provider_registry_get (registry, two, NULL);
  g_autoptr (TerraceProvider) new_one = terrace_provider_registry_get (registry, fresh, NULL);
  g_autoptr (TerraceProvider) new_two = terrace_provider_registry_get (registry, fresh, NULL);
  g_autoptr (TerraceProvider) later = NULL;

  g_assert_true (first == again);
  g_assert_true (first != other);
  g_assert_true (new_one != new_two);

  terrace_provider_registry_forget (registry, 1);
  later = terrace_provider_registry_get (registry, one, NULL);
  g_assert_true (later != first);

  terrace_provider_registry_override (registry, 1, other);
  g_clear_object (&again);
  again = terrace_provider_registry_get (registry, one, NULL);
  g_assert_true (again == other);
  shut_down (registry);
}

static void
test_unknown (void)
{
  static const TerraceLocationKind kinds[] = { TERRACE_LOCATION_LOCAL, TERRACE_LOCATION_S3,
                                               TERRACE_LOCATION_AZURE, TERRACE_LOCATION_GCS };
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();

  terrace_provider_registry_set_credentials (registry, credentials);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (TerraceLocation) location = make_location (kinds[i], 1, "here");
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_provider_registry_get (registry, location, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
  shut_down (registry);
}

/* An address with a region is for an HMAC key, which signs like S3's. */
static void
test_gcs (void)
{
  static const struct
  {
    const char *root;
    const char *type;
  } cases[] = {
    { "https://storage.googleapis.com/bucket", "TerraceGcsProvider" },
    { "https://storage.googleapis.com/bucket?region=auto", "TerraceS3Provider" },
  };
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();

  terrace_provider_registry_set_credentials (registry, credentials);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TerraceLocation) location =
          make_location (TERRACE_LOCATION_GCS, i + 1, cases[i].root);
      g_autoptr (GError) error = NULL;
      g_autoptr (TerraceProvider) provider =
          terrace_provider_registry_get (registry, location, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (G_OBJECT_TYPE_NAME (provider), ==, cases[i].type);
    }
  shut_down (registry);
}

/* A bucket's provider is made without asking for its key; an address that is none is refused. */
static void
test_s3 (void)
{
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceLocation) good =
      make_location (TERRACE_LOCATION_S3, 1, "https://s3.example.org/bucket");
  g_autoptr (TerraceLocation) bad = make_location (TERRACE_LOCATION_S3, 2, "bucket");
  g_autoptr (TerraceProvider) provider = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) bad_error = NULL;
  g_autoptr (GError) probe_error = NULL;

  terrace_provider_registry_set_credentials (registry, credentials);
  g_assert_true (terrace_provider_registry_get_credentials (registry) == credentials);
  provider = terrace_provider_registry_get (registry, good, NULL);
  g_assert_nonnull (provider);
  g_assert_null (terrace_provider_registry_get (registry, bad, &bad_error));
  g_assert_error (bad_error, TERRACE_ERROR, TERRACE_ERROR_INVALID);

  terrace_provider_probe_async (provider, NULL, terrace_test_store_result, &result);
  terrace_test_await (&result);
  g_assert_null (terrace_provider_probe_finish (provider, result, &probe_error));
  g_assert_error (probe_error, TERRACE_ERROR, TERRACE_ERROR_PERMISSION);
  g_assert_nonnull (strstr (probe_error->message, "s3.example.org/bucket"));
  shut_down (registry);
}

/* What was asked before the end is answered; afterwards there is nothing to be had. */
static void
test_shutdown (void)
{
  g_autofree char *path = terrace_test_make_dir ();
  g_autoptr (TerraceProviderRegistry) registry = terrace_provider_registry_new ();
  g_autoptr (TerraceLocation) location = make_location (TERRACE_LOCATION_LOCAL, 1, path);
  g_autoptr (TerraceProvider) provider = terrace_provider_registry_get (registry, location, NULL);
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autofree TerraceProbe *probe = NULL;
  g_autoptr (GError) get_error = NULL;
  g_autoptr (GError) probe_error = NULL;

  terrace_provider_probe_async (provider, NULL, terrace_test_store_result, &before);
  shut_down (registry);
  terrace_test_await (&before);
  probe = terrace_provider_probe_finish (provider, before, NULL);
  g_assert_nonnull (probe);

  terrace_provider_probe_async (provider, NULL, terrace_test_store_result, &after);
  terrace_test_await (&after);
  g_assert_null (terrace_provider_probe_finish (provider, after, &probe_error));
  g_assert_error (probe_error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  g_assert_null (terrace_provider_registry_get (registry, location, &get_error));
  g_assert_error (get_error, TERRACE_ERROR, TERRACE_ERROR_BUSY);
  terrace_test_settle ();
  terrace_test_remove_dir (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/registry/one-per-location", test_one_per_location);
  g_test_add_func ("/provider/registry/unknown", test_unknown);
  g_test_add_func ("/provider/registry/gcs", test_gcs);
  g_test_add_func ("/provider/registry/s3", test_s3);
  g_test_add_func ("/provider/registry/shutdown", test_shutdown);

  return g_test_run ();
}
