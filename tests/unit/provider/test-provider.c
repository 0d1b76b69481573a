/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interface itself: a provider without any function, and bad arguments. */

#include "provider/terrace-provider.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"
#include "terrace-test-support.h"

#include <string.h>

/* A place that can do nothing at all. */
#define TEST_TYPE_NOTHING (test_nothing_get_type ())
G_DECLARE_FINAL_TYPE (TestNothing, test_nothing, TEST, NOTHING, GObject)

struct _TestNothing
{
  GObject parent_instance;
};

static void
nothing_iface_init (TerraceProviderInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestNothing,
                               test_nothing,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TERRACE_TYPE_PROVIDER, nothing_iface_init))

static void
test_nothing_class_init (TestNothingClass *klass)
{
}

static void
test_nothing_init (TestNothing *self)
{
}

typedef enum
{
  CALL_PROBE,
  CALL_LIST,
  CALL_STAT,
  CALL_READ,
  CALL_BEGIN,
  CALL_RESUME,
  CALL_WRITE,
  CALL_FINISH,
  CALL_ABORT,
  CALL_COPY,
  CALL_SET_CLASS,
  CALL_RESTORE,
  CALL_REMOVE,
  CALL_GET_LIFECYCLE,
  CALL_SET_LIFECYCLE,
  N_CALLS
} Call;

static void
start (TerraceProvider *p, Call call, GAsyncResult **result)
{
  GAsyncReadyCallback cb = terrace_test_store_result;
  TerraceWriteOptions options = { "token", 1, 1, NULL, NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  switch (call)
    {
    case CALL_PROBE:
      terrace_provider_probe_async (p, NULL, cb, result);
      break;
    case CALL_LIST:
      terrace_provider_list_async (p, "", NULL, NULL, cb, result);
      break;
    case CALL_STAT:
      terrace_provider_stat_async (p, "key", NULL, cb, result);
      break;
    case CALL_READ:
      terrace_provider_read_range_async (p, "key", NULL, 0, 1, NULL, cb, result);
      break;
    case CALL_BEGIN:
      terrace_provider_begin_async (p, "key", &options, NULL, cb, result);
      break;
    case CALL_RESUME:
      terrace_provider_resume_async (p, "key", "upload", &options, NULL, cb, result);
      break;
    case CALL_WRITE:
      terrace_provider_write_part_async (p, "key", "upload", 0, 0, bytes, NULL, cb, result);
      break;
    case CALL_FINISH:
      terrace_provider_finish_async (p, "key", "upload", parts, &options, NULL, cb, result);
      break;
    case CALL_ABORT:
      terrace_provider_abort_async (p, "key", "upload", NULL, cb, result);
      break;
    case CALL_COPY:
      terrace_provider_copy_from_async (p, "key", &options, p, "from", "v", NULL, cb, result);
      break;
    case CALL_SET_CLASS:
      terrace_provider_set_class_async (p, "key", "v", "x/Y", NULL, cb, result);
      break;
    case CALL_RESTORE:
      terrace_provider_restore_async (p, "key", 1, NULL, cb, result);
      break;
    case CALL_REMOVE:
      terrace_provider_remove_async (p, "key", "v", "token", NULL, cb, result);
      break;
    case CALL_GET_LIFECYCLE:
      terrace_provider_get_lifecycle_async (p, NULL, cb, result);
      break;
    case CALL_SET_LIFECYCLE:
      terrace_provider_set_lifecycle_async (p, bytes, NULL, cb, result);
      break;
    case N_CALLS:
    default:
      g_assert_not_reached ();
    }
}

/* None of the calls can succeed here. */
static gboolean
end (TerraceProvider *p, Call call, GAsyncResult *result, GError **error)
{
  switch (call)
    {
    case CALL_PROBE:
      return terrace_provider_probe_finish (p, result, error) != NULL;
    case CALL_LIST:
      return terrace_provider_list_finish (p, result, error) != NULL;
    case CALL_STAT:
      return terrace_provider_stat_finish (p, result, error) != NULL;
    case CALL_READ:
      return terrace_provider_read_range_finish (p, result, error) != NULL;
    case CALL_BEGIN:
      return terrace_provider_begin_finish (p, result, error) != NULL;
    case CALL_RESUME:
      return terrace_provider_resume_finish (p, result, error) != NULL;
    case CALL_WRITE:
      return terrace_provider_write_part_finish (p, result, error) != NULL;
    case CALL_FINISH:
      return terrace_provider_finish_finish (p, result, error) != NULL;
    case CALL_ABORT:
      return terrace_provider_abort_finish (p, result, error);
    case CALL_COPY:
      return terrace_provider_copy_from_finish (p, result, error) != NULL;
    case CALL_SET_CLASS:
      return terrace_provider_set_class_finish (p, result, error) != NULL;
    case CALL_RESTORE:
      return terrace_provider_restore_finish (p, result, error);
    case CALL_REMOVE:
      return terrace_provider_remove_finish (p, result, error);
    case CALL_GET_LIFECYCLE:
      return terrace_provider_get_lifecycle_finish (p, result, error) != NULL;
    case CALL_SET_LIFECYCLE:
      return terrace_provider_set_lifecycle_finish (p, result, error);
    case N_CALLS:
    default:
      g_assert_not_reached ();
    }
}

static void
test_unsupported (void)
{
  g_autoptr (TerraceProvider) nothing = g_object_new (TEST_TYPE_NOTHING, NULL);

  g_assert_cmpuint (terrace_provider_get_capabilities (nothing), ==, TERRACE_CAPABILITY_NONE);
  for (Call call = 0; call < N_CALLS; call++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      start (nothing, call, &result);
      g_assert_null (result);
      terrace_test_await (&result);
      g_assert_false (end (nothing, call, result, &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_UNSUPPORTED);
      g_assert_true (g_str_has_prefix (error->message, "This location cannot "));
      g_assert_false (g_str_has_suffix (error->message, "."));
      terrace_test_settle ();
    }
}

static void
test_values (void)
{
  g_autoptr (TerraceObjectInfo) info = terrace_object_info_new ("k\xff");
  g_autoptr (TerraceObjectInfo) copy = NULL;
  g_autoptr (TerracePart) part = terrace_part_new (3, 4, 5, "receipt");

  g_assert_cmpuint (info->mode, ==, G_MAXUINT32);
  g_assert_cmpint (info->checksum.kind, ==, TERRACE_CHECKSUM_NONE);
  info->version = g_strdup ("v");
  info->class_id = g_strdup ("local/disk");
  info->size_bytes = 12;
  info->attributes = g_variant_ref_sink (g_variant_new_parsed ("{'user.a': [byte 1]}"));
  copy = terrace_object_info_copy (info);
  g_assert_true (copy->key != info->key);
  g_assert_cmpstr (copy->key, ==, "k\xff");
  g_assert_cmpstr (copy->version, ==, "v");
  g_assert_cmpstr (copy->class_id, ==, "local/disk");
  g_assert_cmpuint (copy->size_bytes, ==, 12);
  g_assert_true (g_variant_equal (copy->attributes, info->attributes));

  g_assert_cmpuint (part->number, ==, 3);
  g_assert_cmpuint (part->offset, ==, 4);
  g_assert_cmpuint (part->size_bytes, ==, 5);
  g_assert_cmpstr (part->receipt, ==, "receipt");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/provider/unsupported", test_unsupported);
  g_test_add_func ("/provider/provider/values", test_values);

  return g_test_run ();
}
