/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC-32C by ISA-L; CRC-64/NVME by carry-less multiplication where the processor has it, else by
 * tables. (Only newer ISA-L than we can ask for has the latter.) Any thread.
 *
 * Both are reflected: the lowest bit of a byte is the coefficient of the highest power, so
 * multiplying by x is a shift to the right. Of two such numbers the carry-less product comes out
 * multiplied by one x more, which is why the exponents of the folding constants below are one less
 * than the distance they fold over. */

#include "base/terrace-crc.h"

#include <isa-l.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define CRC32C_POLYNOMIAL 0x82f63b78u
#define CRC64_POLYNOMIAL G_GUINT64_CONSTANT (0x9a6c9329ac4bc9b5)
#define CRC64_ONE (G_GUINT64_CONSTANT (1) << 63)
#define N_SLICES 8
/* ISA-L takes an int. */
#define MAX_STEP_BYTES (1u << 30)
#define FOLD_BYTES 64

guint32
terrace_crc32c_update (guint32 crc, gconstpointer data, gsize length_bytes)
{
  const guint8 *bytes = data;

  crc = ~crc;
  while (length_bytes > 0)
    {
      gsize step = MIN (length_bytes, MAX_STEP_BYTES);

      crc = crc32_iscsi ((unsigned char *) bytes, (int) step, crc);
      bytes += step;
      length_bytes -= step;
    }

  return ~crc;
}

static guint64
times_x (guint64 value)
{
  return (value >> 1) ^ ((value & 1) != 0 ? CRC64_POLYNOMIAL : 0);
}

/* --- By tables ------------------------------------------------------------------------------- */

static guint64 slices[N_SLICES][256];

static void
fill_slices (void)
{
  for (guint i = 0; i < 256; i++)
    {
      guint64 value = i;

      for (guint bit = 0; bit < 8; bit++)
        value = times_x (value);
      slices[0][i] = value;
    }
  for (guint slice = 1; slice < N_SLICES; slice++)
    for (guint i = 0; i < 256; i++)
      slices[slice][i] = (slices[slice - 1][i] >> 8) ^ slices[0][slices[slice - 1][i] & 0xff];
}

static guint64
update_by_tables (guint64 state, const guint8 *bytes, gsize length_bytes)
{
  for (; length_bytes >= 8; bytes += 8, length_bytes -= 8)
    {
      guint64 word;

      memcpy (&word, bytes, sizeof word);
      state ^= GUINT64_FROM_LE (word);
      state = slices[7][state & 0xff] ^ slices[6][state >> 8 & 0xff] ^
              slices[5][state >> 16 & 0xff] ^ slices[4][state >> 24 & 0xff] ^
              slices[3][state >> 32 & 0xff] ^ slices[2][state >> 40 & 0xff] ^
              slices[1][state >> 48 & 0xff] ^ slices[0][state >> 56];
    }
  for (; length_bytes > 0; bytes++, length_bytes--)
    state = (state >> 8) ^ slices[0][(state ^ *bytes) & 0xff];

  return state;
}

/* --- By carry-less multiplication ------------------------------------------------------------ */

#if defined(__x86_64__)

/* Multiplies the first half of 16 bytes by x^(D+64) and the second by x^D. */
typedef struct
{
  guint64 first;
  guint64 second;
} Fold;

static Fold fold_64;
static Fold fold_16;

static guint64
power_of_x (guint exponent)
{
  guint64 value = CRC64_ONE;

  while (exponent-- > 0)
    value = times_x (value);

  return value;
}

static Fold
make_fold (guint distance_bits)
{
  return (Fold){ power_of_x (distance_bits + 63), power_of_x (distance_bits - 1) };
}

__attribute__ ((target ("pclmul,sse4.1"))) static inline __m128i
fold (__m128i value, __m128i constants, __m128i next)
{
  return _mm_xor_si128 (_mm_xor_si128 (_mm_clmulepi64_si128 (value, constants, 0x00),
                                       _mm_clmulepi64_si128 (value, constants, 0x11)),
                        next);
}

/* At least FOLD_BYTES. */
__attribute__ ((target ("pclmul,sse4.1"))) static guint64
update_by_folding (guint64 state, const guint8 *bytes, gsize length_bytes)
{
  const __m128i far = _mm_set_epi64x ((gint64) fold_64.second, (gint64) fold_64.first);
  const __m128i near = _mm_set_epi64x ((gint64) fold_16.second, (gint64) fold_16.first);
  __m128i lanes[4];
  guint8 rest[16];

  for (guint i = 0; i < 4; i++)
    lanes[i] = _mm_loadu_si128 ((const __m128i *) bytes + i);
  lanes[0] = _mm_xor_si128 (lanes[0], _mm_set_epi64x (0, (gint64) state));
  bytes += FOLD_BYTES;
  length_bytes -= FOLD_BYTES;

  for (; length_bytes >= FOLD_BYTES; bytes += FOLD_BYTES, length_bytes -= FOLD_BYTES)
    for (guint i = 0; i < 4; i++)
      lanes[i] = fold (lanes[i], far, _mm_loadu_si128 ((const __m128i *) bytes + i));
  for (guint i = 1; i < 4; i++)
    lanes[i] = fold (lanes[i - 1], near, lanes[i]);

  /* What is left of it all is as if these 16 bytes were the beginning. */
  _mm_storeu_si128 ((__m128i *) rest, lanes[3]);
  return update_by_tables (update_by_tables (0, rest, sizeof rest), bytes, length_bytes);
}

#endif

static gboolean
prepare (void)
{
  static gsize prepared;
  gsize how = 1;

  if (g_once_init_enter (&prepared))
    {
      fill_slices ();
#if defined(__x86_64__)
      fold_64 = make_fold (8 * FOLD_BYTES);
      fold_16 = make_fold (8 * 16);
      if (__builtin_cpu_supports ("pclmul") && __builtin_cpu_supports ("sse4.1"))
        how = 2;
#endif
      g_once_init_leave (&prepared, how);
    }

  return prepared == 2;
}

guint64
terrace_crc64_update_portable (guint64 crc, gconstpointer data, gsize length_bytes)
{
  prepare ();
  return ~update_by_tables (~crc, data, length_bytes);
}

guint64
terrace_crc64_update (guint64 crc, gconstpointer data, gsize length_bytes)
{
  gboolean can_fold = prepare ();

#if defined(__x86_64__)
  if (can_fold && length_bytes >= FOLD_BYTES)
    return ~update_by_folding (~crc, data, length_bytes);
#else
  (void) can_fold;
#endif

  return ~update_by_tables (~crc, data, length_bytes);
}

/* --- Combining ------------------------------------------------------------------------------- */

/* @a times @b, both reflected in @width bits, modulo the polynomial. */
static guint64
multiply (guint64 a, guint64 b, guint64 polynomial, guint width)
{
  guint64 product = 0;

  for (guint64 bit = G_GUINT64_CONSTANT (1) << (width - 1); bit != 0; bit >>= 1)
    {
      if ((a & bit) != 0)
        product ^= b;
      b = (b >> 1) ^ ((b & 1) != 0 ? polynomial : 0);
    }

  return product;
}

/* The inversions before and behind cancel out, so moving A forward by B's length is all. */
static guint64
combine (guint64 a, guint64 b, guint64 length_bytes, guint64 polynomial, guint width)
{
  /* x^8 to the powers of two. */
  guint64 power = G_GUINT64_CONSTANT (1) << (width - 1 - 8);

  for (; length_bytes != 0; length_bytes >>= 1)
    {
      if ((length_bytes & 1) != 0)
        a = multiply (a, power, polynomial, width);
      power = multiply (power, power, polynomial, width);
    }

  return a ^ b;
}

guint32
terrace_crc32c_combine (guint32 a, guint32 b, guint64 length_b_bytes)
{
  return (guint32) combine (a, b, length_b_bytes, CRC32C_POLYNOMIAL, 32);
}

guint64
terrace_crc64_combine (guint64 a, guint64 b, guint64 length_b_bytes)
{
  return combine (a, b, length_b_bytes, CRC64_POLYNOMIAL, 64);
}
