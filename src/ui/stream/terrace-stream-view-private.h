/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine-stream.h"
#include "ui/charts/terrace-chart.h"
#include "ui/stream/terrace-stream-view.h"

/* Shared by terrace-stream-view.c (state, chart), -log.c, -names.c, -sources.c, -alerts.c,
 * -rules.c, -letters.c and -export.c. */

G_BEGIN_DECLS

struct _TerraceStreamView
{
  AdwBin parent_instance;

  TerraceEngine *engine;
  TerraceEngineStream *stream; /* the engine's */
  GCancellable *cancellable;

  GtkStack *pages;
  GtkDropDown *source_drop;
  GtkStringList *source_names;
  GtkButton *run_button;

  /* chart */
  GtkStack *live_stack;
  GtkLabel *summary_label;
  TerraceChart *chart;
  TerraceSeries *series[3]; /* all events, reads, errors */
  guint roll_id;            /* moves the chart on between two ticks */

  /* log */
  GtkDropDown *kind_filter;
  GtkDropDown *severity_filter;
  GtkDropDown *log_source_filter;
  GtkEditable *object_filter;
  GtkToggleButton *pause_button;
  GtkColumnView *log_view;
  GtkCustomFilter *filter;
  GtkSingleSelection *selection;
  char *needle;     /* casefolded text of object_filter */
  gboolean follows; /* the end of the log */
  guint follow_id;
  double last_value;
  double last_upper;

  /* names of objects that the log has numbers of */
  GHashTable *names; /* item id -> name, "" if there is none */
  GHashTable *object_cells;
  GArray *unnamed;
  gboolean naming;
  guint name_id;

  /* lists */
  GtkStack *sources_stack;
  GtkListBox *sources_list;
  GtkStack *alerts_stack;
  GtkListBox *alerts_list;
  GtkFilterListModel *listed_alerts;
  GtkDropDown *alerts_filter;
  GtkListBox *rules_list;
  GtkStack *letters_stack;
  GtkListBox *letters_list;
  GPtrArray *letters;
  guint64 n_malformed; /* when the letters were read */
  gboolean reading_letters;
};

/* -log.c */
void terrace_stream_view_setup_log (TerraceStreamView *self);
void terrace_stream_view_stop_log (TerraceStreamView *self);
void terrace_stream_view_bind_log (GtkWidgetClass *widget_class);

/* -names.c: (transfer full): how the log calls the object of @row. */
char *terrace_stream_view_name_row (TerraceStreamView *self, const TerraceStreamRow *row);
void terrace_stream_view_setup_names (TerraceStreamView *self);
void terrace_stream_view_stop_names (TerraceStreamView *self);

/* -sources.c */
void terrace_stream_view_setup_sources (TerraceStreamView *self);
void terrace_stream_view_bind_sources (GtkWidgetClass *widget_class);
void terrace_stream_view_update_run_button (TerraceStreamView *self);

/* -alerts.c */
void terrace_stream_view_setup_alerts (TerraceStreamView *self);
void terrace_stream_view_bind_alerts (GtkWidgetClass *widget_class);

/* -rules.c */
void terrace_stream_view_setup_rules (TerraceStreamView *self);

/* -letters.c */
void terrace_stream_view_read_letters (TerraceStreamView *self);
/* Reads them anew if more came and the page is seen. */
void terrace_stream_view_follow_letters (TerraceStreamView *self);
/* (transfer full): who sent @letter. */
char *terrace_stream_view_name_source (TerraceStreamView *self, gint64 source_id);

/* -export.c */
void terrace_stream_view_bind_export (GtkWidgetClass *widget_class);

/* A row of a list: @title and @subtitle are plain text. (transfer floating) */
GtkWidget *terrace_stream_view_create_row (const char *title, const char *subtitle);
/* A round button for the end of a row, with an action of the view. (transfer floating) */
GtkWidget *terrace_stream_view_create_button (const char *label,
                                              const char *icon,
                                              const char *action,
                                              GVariant *target);

G_END_DECLS
