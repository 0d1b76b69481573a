/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* One migration: state in words, progress, what can be done about it. Properties: "engine"
 * (construct), "move". */

G_BEGIN_DECLS

#define TERRACE_TYPE_MOVE_ROW (terrace_move_row_get_type ())
G_DECLARE_FINAL_TYPE (TerraceMoveRow, terrace_move_row, TERRACE, MOVE_ROW, AdwBin)

GtkWidget *terrace_move_row_new (TerraceEngine *engine);
/* @move: (nullable) */
void terrace_move_row_set_move (TerraceMoveRow *self, TerraceMove *move);

G_END_DECLS
