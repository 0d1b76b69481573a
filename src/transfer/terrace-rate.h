/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Bytes per second over the last three seconds. A plain value; zero it to begin. */

G_BEGIN_DECLS

#define TERRACE_RATE_SLOTS 12
#define TERRACE_RATE_SLOT_US (250 * 1000)

typedef struct
{
  gint64 newest; /* number of the newest slot since 1970 */
  gint64 first_us;
  guint64 bytes[TERRACE_RATE_SLOTS];
} TerraceRate;

void terrace_rate_add (TerraceRate *self, gint64 now_us, guint64 bytes);
double terrace_rate_get (TerraceRate *self, gint64 now_us);

G_END_DECLS
