/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Runs the program; returns its exit status. */
int terrace_application_main (int argc, char **argv);

G_END_DECLS
