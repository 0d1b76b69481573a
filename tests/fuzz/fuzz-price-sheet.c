/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A price sheet that somebody wrote or downloaded. */

#include "fuzz-target.h"

#include "insight/terrace-price-sheet.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  TerracePriceSheet *sheet = terrace_price_sheet_parse (bytes, "sheet.json", NULL);

  g_clear_object (&sheet);

  return 0;
}
