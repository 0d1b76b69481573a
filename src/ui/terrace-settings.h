/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer none) (nullable): what the window remembers. %NULL where the schema is not installed:
 * then the program runs with defaults and remembers nothing. Main thread. */
GSettings *terrace_ui_get_settings (void);

G_END_DECLS
