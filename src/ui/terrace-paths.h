/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the program was started where it was built: then it reads its data from there. */
gboolean terrace_ui_runs_from_build_tree (void);

G_END_DECLS
