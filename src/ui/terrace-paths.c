/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the program lies. Any thread. */

#include "config.h"

#include "ui/terrace-paths.h"

gboolean
terrace_ui_runs_from_build_tree (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);

  return program != NULL && g_str_has_prefix (program, TERRACE_BUILD_DIR "/");
}
