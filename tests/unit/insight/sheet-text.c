/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A small price sheet for the tests of the parser. */

#include "sheet-text.h"

#include <string.h>

GBytes *
sheet_text_bytes (const char *text)
{
  char *quoted = g_strdelimit (g_strdup (text), "'", '"');

  return g_bytes_new_take (quoted, strlen (quoted));
}

GBytes *
sheet_text_replace (const char *from, const char *to)
{
  g_autoptr (GString) text = g_string_new (SHEET);

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  return sheet_text_bytes (text->str);
}
