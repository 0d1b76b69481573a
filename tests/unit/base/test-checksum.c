/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Checksums against the published vectors of FIPS 180-2, and digests as text. */

#include "base/terrace-checksum.h"

#include <string.h>

#define EMPTY_SHA256 "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC_SHA256 "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define MILLION_A_SHA256 "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void
assert_digest_of_chunks (const char *text, gsize times, const char *wanted)
{
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (TERRACE_CHECKSUM_SHA256);
  g_autofree char *found = NULL;
  TerraceDigest digest;

  for (gsize i = 0; i < times; i++)
    terrace_checksum_update (checksum, text, strlen (text));
  terrace_checksum_finish (checksum, &digest);

  found = terrace_digest_to_string (&digest);
  g_assert_cmpstr (found, ==, wanted);
}

static void
test_known_vectors (void)
{
  assert_digest_of_chunks ("", 0, EMPTY_SHA256);
  assert_digest_of_chunks ("", 3, EMPTY_SHA256);
  assert_digest_of_chunks ("abc", 1, ABC_SHA256);
  assert_digest_of_chunks ("aaaaaaaaaa", 100000, MILLION_A_SHA256);
}

static void
test_round_trip (void)
{
  g_autofree char *text = NULL;
  TerraceDigest digest;

  g_assert_true (terrace_digest_from_string (ABC_SHA256, &digest));
  g_assert_cmpint (digest.kind, ==, TERRACE_CHECKSUM_SHA256);
  g_assert_cmpuint (digest.bytes[0], ==, 0xba);
  g_assert_cmpuint (digest.bytes[31], ==, 0xad);

  text = terrace_digest_to_string (&digest);
  g_assert_cmpstr (text, ==, ABC_SHA256);
}

static void
test_malformed (void)
{
  const char *const malformed[] = {
    "",
    "sha256",
    "sha256:",
    "sha256:ba7816",
    ABC_SHA256 "0",
    "md5:900150983cd24fb0d6963f7d28e17f72",
    "sha256:zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a ",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      TerraceDigest digest;

      memset (&digest, 0xff, sizeof digest);
      g_assert_false (terrace_digest_from_string (malformed[i], &digest));
      g_assert_cmpint (digest.kind, ==, TERRACE_CHECKSUM_NONE);
      g_assert_cmpuint (digest.bytes[0], ==, 0);
    }
}

static void
test_equal (void)
{
  TerraceDigest unknown = { 0 };
  TerraceDigest abc;
  TerraceDigest other;

  g_assert_false (terrace_digest_from_string (NULL, &abc));
  g_assert_true (terrace_digest_from_string (ABC_SHA256, &abc));
  g_assert_true (terrace_digest_from_string (EMPTY_SHA256, &other));

  g_assert_true (terrace_digest_equal (&abc, &abc));
  g_assert_false (terrace_digest_equal (&abc, &other));
  g_assert_false (terrace_digest_equal (&unknown, &unknown));
  g_assert_null (terrace_digest_to_string (&unknown));

  other = abc;
  other.bytes[31] ^= 1;
  g_assert_false (terrace_digest_equal (&abc, &other));
}

static void
test_freed_early (void)
{
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (TERRACE_CHECKSUM_SHA256);

  terrace_checksum_update (checksum, "abc", 3);
  g_assert_cmpuint (terrace_checksum_kind_get_length (TERRACE_CHECKSUM_SHA256), ==, 32);
  g_assert_cmpuint (terrace_checksum_kind_get_length (TERRACE_CHECKSUM_NONE), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/checksum/known-vectors", test_known_vectors);
  g_test_add_func ("/checksum/round-trip", test_round_trip);
  g_test_add_func ("/checksum/malformed", test_malformed);
  g_test_add_func ("/checksum/equal", test_equal);
  g_test_add_func ("/checksum/freed-early", test_freed_early);

  return g_test_run ();
}
