/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Checksums against the published vectors of FIPS 180-2, RFC 3720, RFC 1321 and the catalogue of
 * CRC algorithms, and digests as text. */

#include "base/terrace-checksum.h"
#include "base/terrace-crc.h"

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
    "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
    "md5:900150983cd24fb0d6963f7d28e17f7",
    "crc64:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
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

static const struct
{
  TerraceChecksumKind kind;
  const char *text;
} of_123456789[] = {
  { TERRACE_CHECKSUM_SHA256,
    "sha256:15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225" },
  { TERRACE_CHECKSUM_CRC32C, "crc32c:e3069283" },
  { TERRACE_CHECKSUM_CRC64, "crc64:ae8b14860a799888" },
  { TERRACE_CHECKSUM_MD5, "md5:25f9e794323b453885f5181f1b624d0b" },
};

static void
test_several (void)
{
  guint kinds = 0;
  g_autoptr (TerraceChecksum) checksum = NULL;
  TerraceDigest first;

  for (guint i = 0; i < G_N_ELEMENTS (of_123456789); i++)
    kinds |= TERRACE_CHECKSUM_BIT (of_123456789[i].kind);
  checksum = terrace_checksum_new_several (kinds);
  terrace_checksum_update (checksum, "12345", 5);
  terrace_checksum_update (checksum, "6789", 4);
  terrace_checksum_finish (checksum, &first);
  g_assert_cmpint (first.kind, ==, TERRACE_CHECKSUM_SHA256);

  for (guint i = 0; i < G_N_ELEMENTS (of_123456789); i++)
    {
      g_autofree char *text = NULL;
      g_autofree char *text_alone = NULL;
      TerraceDigest digest;
      TerraceDigest alone;

      terrace_checksum_get_digest (checksum, of_123456789[i].kind, &digest);
      terrace_digest_of (of_123456789[i].kind, "123456789", 9, &alone);
      text = terrace_digest_to_string (&digest);
      text_alone = terrace_digest_to_string (&alone);
      g_assert_cmpstr (text, ==, of_123456789[i].text);
      g_assert_cmpstr (text_alone, ==, of_123456789[i].text);
    }
}

static void
test_not_asked_for (void)
{
  g_autoptr (TerraceChecksum) checksum = terrace_checksum_new (TERRACE_CHECKSUM_CRC64);
  TerraceDigest digest;

  terrace_checksum_finish (checksum, &digest);
  g_assert_cmpint (digest.kind, ==, TERRACE_CHECKSUM_CRC64);
  terrace_checksum_get_digest (checksum, TERRACE_CHECKSUM_SHA256, &digest);
  g_assert_cmpint (digest.kind, ==, TERRACE_CHECKSUM_NONE);
}

static void
test_crc_vectors (void)
{
  guint8 zeros[32] = { 0 };
  guint8 ones[32];

  memset (ones, 0xff, sizeof ones);
  g_assert_cmphex (terrace_crc32c_update (0, NULL, 0), ==, 0);
  g_assert_cmphex (terrace_crc32c_update (0, zeros, sizeof zeros), ==, 0x8a9136aa);
  g_assert_cmphex (terrace_crc32c_update (0, ones, sizeof ones), ==, 0x62a8ab43);
  g_assert_cmphex (terrace_crc64_update (0, NULL, 0), ==, 0);
  g_assert_cmphex (terrace_crc64_update_portable (0, "123456789", 9), ==,
                   G_GUINT64_CONSTANT (0xae8b14860a799888));
}

/* Every length and alignment in which the fast way could go wrong. */
static void
test_fast_way (void)
{
  guint8 bytes[700];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * i * 7 + i / 3);
  for (gsize offset = 0; offset < 17; offset++)
    for (gsize length = 0; length <= sizeof bytes - offset; length += 1 + length / 90)
      {
        guint64 before = G_GUINT64_CONSTANT (0x0123456789abcdef) * offset;

        g_assert_cmphex (terrace_crc64_update (before, bytes + offset, length), ==,
                         terrace_crc64_update_portable (before, bytes + offset, length));
      }
}

static void
test_combine (void)
{
  guint8 bytes[1000];

  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 31 + i / 7);
  for (gsize cut = 0; cut <= sizeof bytes; cut += 125)
    {
      gsize rest = sizeof bytes - cut;

      g_assert_cmphex (terrace_crc64_combine (terrace_crc64_update (0, bytes, cut),
                                              terrace_crc64_update (0, bytes + cut, rest), rest),
                       ==, terrace_crc64_update (0, bytes, sizeof bytes));
      g_assert_cmphex (terrace_crc32c_combine (terrace_crc32c_update (0, bytes, cut),
                                               terrace_crc32c_update (0, bytes + cut, rest), rest),
                       ==, terrace_crc32c_update (0, bytes, sizeof bytes));
    }
}

static void
test_base64 (void)
{
  const char *const malformed[] = { "", "=", "4waSg", "4waSgw", "4waSgw== ", "4wa\nSgw==", "AAAA" };
  g_autofree char *text = NULL;
  TerraceDigest digest;

  terrace_digest_of (TERRACE_CHECKSUM_CRC32C, "123456789", 9, &digest);
  text = terrace_digest_to_base64 (&digest);
  g_assert_cmpstr (text, ==, "4waSgw==");
  g_assert_true (terrace_digest_from_base64 (TERRACE_CHECKSUM_CRC32C, text, &digest));
  g_assert_cmpuint (digest.bytes[0], ==, 0xe3);

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_assert_false (terrace_digest_from_base64 (TERRACE_CHECKSUM_CRC32C, malformed[i], &digest));
      g_assert_null (terrace_digest_to_base64 (&digest));
    }
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
  g_test_add_func ("/checksum/several", test_several);
  g_test_add_func ("/checksum/not-asked-for", test_not_asked_for);
  g_test_add_func ("/checksum/crc-vectors", test_crc_vectors);
  g_test_add_func ("/checksum/fast-way", test_fast_way);
  g_test_add_func ("/checksum/combine", test_combine);
  g_test_add_func ("/checksum/base64", test_base64);

  return g_test_run ();
}
