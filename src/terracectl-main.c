/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/terrace-cli.h"

int
main (int argc, char **argv)
{
  return terrace_cli_main (argc, argv);
}
