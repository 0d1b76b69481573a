/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The command line's face: terracectl. */

G_BEGIN_DECLS

/**
 * terrace_cli_main:
 *
 * Runs one command to its end on the calling thread, which becomes the main thread.
 *
 * Returns: the exit status: 0 well, 1 failure, 2 wrong use, 128 and the signal's number when
 *   interrupted
 */
int terrace_cli_main (int argc, char **argv);

G_END_DECLS
