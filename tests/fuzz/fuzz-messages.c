/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages from brokers and clouds. */

#include "fuzz-target.h"

#include "stream/terrace-message.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  TerraceMessageContext context = { .now_us = G_GINT64_CONSTANT (1795342272000000) };
  g_autoptr (TerraceSourceBatch) batch = terrace_source_batch_new ();

  terrace_message_parse (batch, (const char *) data, size, &context, NULL);

  return 0;
}
