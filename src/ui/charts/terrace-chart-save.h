/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* The part of a chart's menu that takes it elsewhere. Widget actions of TerraceChart. */

G_BEGIN_DECLS

void terrace_chart_copy_image_action (GtkWidget *widget, const char *name, GVariant *parameter);
void terrace_chart_export_csv_action (GtkWidget *widget, const char *name, GVariant *parameter);
void terrace_chart_save_pdf_action (GtkWidget *widget, const char *name, GVariant *parameter);

G_END_DECLS
