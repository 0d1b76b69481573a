/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  TERRACE_CHOOSE_FILES,
  TERRACE_CHOOSE_FOLDERS,
  TERRACE_CHOOSE_FOLDER,
  TERRACE_CHOOSE_TARGET, /* of a file to be written */
} TerraceChooseMode;

/* @files: (element-type GFile): at least one */
typedef void (*TerraceChosenFunc) (GtkWidget *widget, GPtrArray *files);

/**
 * terrace_ui_choose:
 * @widget: on whose behalf; a dialog that it has open already is closed
 * @accept_label: (nullable): with a mnemonic
 * @name: (nullable): proposed name of a file to be written
 * @chosen: not called when nothing was chosen
 *
 * Lets a person choose files, through the portal inside a sandbox.
 */
void terrace_ui_choose (GtkWidget *widget,
                        TerraceChooseMode mode,
                        const char *title,
                        const char *accept_label,
                        const char *name,
                        TerraceChosenFunc chosen);

G_END_DECLS
