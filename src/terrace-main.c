/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "ui/terrace-application.h"

int
main (int argc, char **argv)
{
  return terrace_application_main (argc, argv);
}
