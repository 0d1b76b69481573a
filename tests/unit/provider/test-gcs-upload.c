/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The account of an upload: what is kept, in which order, what may be sent, and its checksum. */

#include "provider/gcs/terrace-gcs-provider-private.h"

#include "base/terrace-error.h"

#include <string.h>

#define GRANULE TERRACE_GCS_GRANULE_BYTES

typedef struct
{
  TerraceGcsProvider *provider;
  TerraceGcsUpload *upload;
  GBytes *whole;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const classes[] = { "gcs/STANDARD", NULL };
  g_autoptr (TerraceLocation) location =
      terrace_location_new (TERRACE_LOCATION_GCS, "test", "https://storage.googleapis.com/bucket",
                            classes);
  g_autoptr (TerraceCredentials) credentials = terrace_credentials_new_memory ();
  g_autoptr (TerraceClock) clock = terrace_clock_new ();
  gsize size = 4 * GRANULE + 10;
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (i * 7 + i / 251);
  fixture->whole = g_bytes_new_take (bytes, size);
  fixture->provider = terrace_gcs_provider_new (location, credentials, clock, NULL);
  fixture->upload = terrace_gcs_upload_get (fixture->provider, "key", "token", size, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_gcs_upload_unref (fixture->upload);
  g_assert_finalize_object (fixture->provider);
  g_bytes_unref (fixture->whole);
}

static void
add (Fixture *fixture, guint64 offset, gsize length)
{
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (fixture->whole, offset, length);

  terrace_gcs_upload_add (fixture->upload, offset, part, NULL);
}

static void
test_strings (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {
    "",
    "session",
    "session token",
    "session token x",
    "other token 5",
    "session  5",
    "session a b c",
    "single token -1",
    "session token 99999999999999999999",
  };
  g_autofree char *text = terrace_gcs_upload_to_string ("token", 5, FALSE);
  g_autofree char *single = terrace_gcs_upload_to_string ("small", 5, TRUE);
  g_autoptr (TerraceGcsUpload) same =
      terrace_gcs_upload_find (fixture->provider, "key", text, NULL);
  g_autoptr (TerraceGcsUpload) other =
      terrace_gcs_upload_find (fixture->provider, "key", single, NULL);

  g_assert_true (same == fixture->upload);
  g_assert_true (other->is_single);
  g_assert_cmpuint (other->size_bytes, ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (terrace_gcs_upload_find (fixture->provider, "key", bad[i], &error));
      g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
    }
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  TerraceGcsUpload *upload = fixture->upload;
  g_autoptr (GPtrArray) body = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GByteArray) joined = g_byte_array_new ();
  const guint8 *wanted = g_bytes_get_data (fixture->whole, NULL);

  terrace_gcs_upload_set_stored (upload, 0);
  add (fixture, 2 * GRANULE, GRANULE);
  g_assert_cmpuint (terrace_gcs_upload_get_end (upload), ==, 0);
  g_assert_cmpuint (terrace_gcs_upload_get_sendable_end (upload), ==, 0);
  add (fixture, 0, GRANULE + 5);
  g_assert_cmpuint (terrace_gcs_upload_get_end (upload), ==, GRANULE + 5);
  g_assert_cmpuint (terrace_gcs_upload_get_sendable_end (upload), ==, GRANULE);
  add (fixture, GRANULE + 5, GRANULE - 5);
  g_assert_cmpuint (terrace_gcs_upload_get_end (upload), ==, 3 * GRANULE);
  g_assert_cmpuint (terrace_gcs_upload_get_sendable_end (upload), ==, 3 * GRANULE);
  g_assert_true (terrace_gcs_upload_has_range (upload, 5, 3 * GRANULE - 5));
  g_assert_false (terrace_gcs_upload_has_range (upload, 5, 3 * GRANULE - 4));

  terrace_gcs_upload_slice (upload, 7, 3 * GRANULE - 3, body);
  g_assert_cmpuint (body->len, ==, 3);
  for (guint i = 0; i < body->len; i++)
    g_byte_array_append (joined, g_bytes_get_data (body->pdata[i], NULL),
                         g_bytes_get_size (body->pdata[i]));
  g_assert_cmpmem (joined->data, joined->len, wanted + 7, 3 * GRANULE - 10);
}

/* The last byte is finish()'s, also where the object ends with a granule. */
static void
test_last_byte (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TerraceGcsUpload) even =
      terrace_gcs_upload_get (fixture->provider, "even", "even", 2 * GRANULE, FALSE);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (fixture->whole, 0, 2 * GRANULE);

  terrace_gcs_upload_set_stored (fixture->upload, 0);
  add (fixture, 0, 4 * GRANULE + 10);
  g_assert_cmpuint (terrace_gcs_upload_get_sendable_end (fixture->upload), ==, 4 * GRANULE);

  terrace_gcs_upload_set_stored (even, 0);
  terrace_gcs_upload_add (even, 0, part, NULL);
  g_assert_cmpuint (terrace_gcs_upload_get_sendable_end (even), ==, GRANULE);
}

static void
test_sweep (Fixture *fixture, gconstpointer data)
{
  TerraceGcsUpload *upload = fixture->upload;

  add (fixture, 0, GRANULE);
  add (fixture, GRANULE, GRANULE);
  terrace_gcs_upload_set_stored (upload, GRANULE + GRANULE / 2);
  terrace_gcs_upload_sweep (upload);
  g_assert_cmpuint (g_queue_get_length (&upload->parts), ==, 1);
  g_assert_cmpuint (terrace_gcs_upload_get_end (upload), ==, 2 * GRANULE);
  g_assert_true (terrace_gcs_upload_has_range (upload, 0, 2 * GRANULE));
  terrace_gcs_upload_set_stored (upload, 2 * GRANULE);
  terrace_gcs_upload_sweep (upload);
  g_assert_true (g_queue_is_empty (&upload->parts));
}

static char *
checksum_of (GBytes *bytes)
{
  TerraceDigest digest;

  terrace_digest_of (TERRACE_CHECKSUM_CRC32C, g_bytes_get_data (bytes, NULL),
                     g_bytes_get_size (bytes), &digest);
  return terrace_digest_to_base64 (&digest);
}

static void
test_checksum (Fixture *fixture, gconstpointer data)
{
  TerraceGcsUpload *upload = fixture->upload;
  g_autofree char *expected = checksum_of (fixture->whole);
  g_autofree char *found = NULL;

  add (fixture, 0, 2 * GRANULE);
  g_assert_null (terrace_gcs_upload_get_checksum (upload));
  terrace_gcs_upload_set_stored (upload, GRANULE);
  terrace_gcs_upload_sweep (upload);
  terrace_gcs_upload_set_stored (upload, 2 * GRANULE);
  terrace_gcs_upload_sweep (upload);
  add (fixture, 2 * GRANULE, 2 * GRANULE + 10);
  found = terrace_gcs_upload_get_checksum (upload);
  g_assert_cmpstr (found, ==, expected);
}

/* Of bytes that another process has sent nothing is known. */
static void
test_no_checksum (Fixture *fixture, gconstpointer data)
{
  terrace_gcs_upload_set_stored (fixture->upload, GRANULE);
  add (fixture, GRANULE, 3 * GRANULE + 10);
  g_assert_null (terrace_gcs_upload_get_checksum (fixture->upload));
}

/* What is remembered is bounded, and what is at work is not forgotten. */
static void
test_bound (Fixture *fixture, gconstpointer data)
{
  fixture->upload->is_locked = TRUE;
  add (fixture, 0, 10);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *token = g_strdup_printf ("t%u", i);
      g_autoptr (TerraceGcsUpload) upload =
          terrace_gcs_upload_get (fixture->provider, "key", token, 10, TRUE);

      terrace_gcs_upload_add (upload, 0, fixture->whole, NULL);
      g_assert_cmpuint (g_hash_table_size (fixture->provider->uploads), <=, 16);
    }
  g_assert_true (g_hash_table_lookup (fixture->provider->uploads, "token") == fixture->upload);
  g_assert_cmpuint (g_queue_get_length (&fixture->upload->parts), ==, 1);
  g_assert_null (g_hash_table_lookup (fixture->provider->uploads, "t0"));
  fixture->upload->is_locked = FALSE;
}

#define ADD(name, function) \
  g_test_add ("/provider/gcs-upload/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("strings", test_strings);
  ADD ("order", test_order);
  ADD ("last-byte", test_last_byte);
  ADD ("sweep", test_sweep);
  ADD ("checksum", test_checksum);
  ADD ("no-checksum", test_no_checksum);
  ADD ("bound", test_bound);

  return g_test_run ();
}
