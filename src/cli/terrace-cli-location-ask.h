/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/terrace-cli-common.h"

/* The verbs of 'location' that ask a place: does it work, what lies there. Main thread. */

G_BEGIN_DECLS

int terrace_cli_location_test (TerraceCli *cli, int argc, char **argv);
int terrace_cli_location_scan (TerraceCli *cli, int argc, char **argv);

G_END_DECLS
