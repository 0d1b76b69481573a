/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/objects/terrace-objects-view.h"
#include "ui/plan/terrace-plan-view.h"
#include "ui/terrace-totals.h"
#include "ui/window/terrace-window.h"

/* Shared by terrace-window.c (state), -views.c, -actions.c, -register.c and -dnd.c. */

G_BEGIN_DECLS

struct _TerraceWindow
{
  AdwApplicationWindow parent_instance;

  TerraceEngine *engine;
  TerraceTotals *totals;
  gboolean narrow;
  gboolean show_sidebar;
  gboolean welcome_skipped;
  guint narrow_id; /* idle that follows the width */

  /* what is being registered, and what came meanwhile */
  GCancellable *registering;
  GPtrArray *waiting;

  GtkStack *root_stack;
  AdwStatusPage *broken_page;
  GtkListBox *sidebar_list;
  GtkStack *view_stack;
  AdwWindowTitle *title;
  GtkRevealer *drop_hint;
  GtkRevealer *problem_revealer;
  GtkLabel *problem_label;
  GtkRevealer *register_revealer;
  GtkLabel *register_label;
  GtkProgressBar *register_bar;
  TerraceObjectsView *objects_view;
  TerracePlanView *plan_view;
};

/* terrace-window.c */
void terrace_window_show_view (TerraceWindow *self, const char *name);
void terrace_window_choose_page (TerraceWindow *self);

/* -views.c: fills the sidebar and the stack. */
void terrace_window_add_views (TerraceWindow *self);

/* -actions.c */
void terrace_window_add_actions (TerraceWindow *self);
/* Those that stand for a view's property: the views must be there. */
void terrace_window_add_view_actions (TerraceWindow *self);
/* What acts on the catalogue needs it. */
void terrace_window_enable_actions (TerraceWindow *self, gboolean enabled);

/* -register.c */
void terrace_window_stop_registering (TerraceWindow *self);
void terrace_window_register_waiting (TerraceWindow *self);

/* -dnd.c */
void terrace_window_add_drop_target (TerraceWindow *self);

G_END_DECLS
