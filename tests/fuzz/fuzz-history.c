/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A history of accesses in CSV, in two pieces as it comes from a file. */

#include "fuzz-target.h"

#include "insight/terrace-history.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (TerraceHistoryParser) parser = terrace_history_parser_new ();
  const char *text = (const char *) data;
  gsize half = size / 2;

  if (terrace_history_parser_push (parser, text, half, NULL) &&
      terrace_history_parser_push (parser, text + half, size - half, NULL))
    {
      g_autoptr (TerraceHistory) history =
          terrace_history_parser_finish (parser, G_MININT32, 1, NULL);
    }

  return 0;
}
