/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): the program, not yet registered or run. */
GApplication *terrace_application_new (void);
/* Runs the program; returns its exit status. */
int terrace_application_main (int argc, char **argv);

G_END_DECLS
