/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target without a fuzzer: every file of its corpus as it is, and each in many
 * mutations that are the same in every run. Usage: fuzz-NAME FOLDER. Where the build has the option
 * "fuzz", libFuzzer takes this one's place. */

#include "fuzz-target.h"

#include <stdio.h>
#include <string.h>

#define MUTATIONS_PER_SEED 400
#define MAX_INPUT_BYTES 65536
/* What parsers stumble over. */
static const char *const pieces[] = {
  "<",
  ">",
  "</",
  "\"",
  "'",
  "&",
  "&#0;",
  "&lt;",
  "<!DOCTYPE x [",
  "<![CDATA[",
  "]]>",
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "null",
  "-1",
  "1e999",
  "\\u0000",
  "\\ud800",
  "%00",
  "%",
  "%zz",
  "+",
  "=",
  "\n",
  "\r\n",
  "\xff",
  "\xc3\x28",
  "\0",
  "0",
  "18446744073709551615",
  "9223372036854775808",
  "-9223372036854775809",
  "0x10",
  "NaN",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

static guint64 state;

/* xorshift64*: the same on every machine. */
static guint
next_below (guint bound)
{
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;

  return (guint) ((state * G_GUINT64_CONSTANT (0x2545f4914f6cdd1d)) >> 33) % bound;
}

static void
mutate (GByteArray *input, GByteArray *other)
{
  guint position = input->len > 0 ? next_below (input->len) : 0;
  const char *piece = pieces[next_below (G_N_ELEMENTS (pieces))];
  guint length;

  switch (next_below (7))
    {
    case 0: /* one bit */
      if (input->len > 0)
        input->data[position] ^= (guint8) (1u << next_below (8));
      break;

    case 1: /* a piece in place of what is there */
      length = MIN ((guint) strlen (piece), input->len - position);
      memcpy (input->data + position, piece, length);
      break;

    case 2: /* a piece between */
      length = input->len - position;
      g_byte_array_append (input, (const guint8 *) piece, (guint) strlen (piece));
      memmove (input->data + position + strlen (piece), input->data + position, length);
      memcpy (input->data + position, piece, strlen (piece));
      break;

    case 3: /* something less */
      if (input->len > 0)
        g_byte_array_remove_range (input, position, 1 + next_below (input->len - position));
      break;

    case 4: /* something twice */
      length = 1 + next_below (200);
      length = MIN (length, input->len - position);
      if (input->len + length < MAX_INPUT_BYTES && length > 0)
        {
          g_autofree guint8 *copy = g_memdup2 (input->data + position, length);

          g_byte_array_append (input, copy, length);
        }
      break;

    case 5: /* the end missing */
      g_byte_array_set_size (input, position);
      break;

    default: /* the end of another one */
      if (other->len > 0)
        {
          guint from = next_below (other->len);

          g_byte_array_set_size (input, position);
          g_byte_array_append (input, other->data + from, other->len - from);
        }
      break;
    }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
read_corpus (const char *folder)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) names = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (names)) != NULL)
    g_ptr_array_add (sorted, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (sorted, compare_paths);

  for (guint i = 0; i < sorted->len; i++)
    {
      char *contents;
      gsize length;

      g_assert_true (g_file_get_contents (sorted->pdata[i], &contents, &length, &error));
      g_ptr_array_add (seeds, g_byte_array_new_take ((guint8 *) contents, length));
    }
  g_assert_cmpuint (seeds->len, >, 0);

  return seeds;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) seeds = NULL;

  if (argc != 2)
    g_error ("Usage: %s FOLDER", argv[0]);

  seeds = read_corpus (argv[1]);
  printf ("1..%u\n", seeds->len);
  for (guint i = 0; i < seeds->len; i++)
    {
      const GByteArray *seed = seeds->pdata[i];

      state = 88172645463325252 + i;
      LLVMFuzzerTestOneInput (seed->data, seed->len);
      for (guint n = 0; n < MUTATIONS_PER_SEED; n++)
        {
          g_autoptr (GByteArray) input = g_byte_array_new ();
          guint rounds = 1 + next_below (8);

          g_byte_array_append (input, seed->data, seed->len);
          while (rounds-- > 0)
            mutate (input, seeds->pdata[next_below (seeds->len)]);
          LLVMFuzzerTestOneInput (input->data, input->len);
        }
      printf ("ok %u\n", i + 1);
      fflush (stdout);
    }

  return 0;
}
