/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What libFuzzer calls, and fuzz-driver.c in its absence. An input that is refused is as good as
 * one that is understood: what counts is that neither crashes, hangs nor leaks. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
