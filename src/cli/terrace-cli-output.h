/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/terrace-cli-common.h"
#include "engine/terrace-json.h"

/* What the commands write: text, tables, JSON, progress. Everything goes to standard output but
 * progress, which goes to standard error and only when that is a terminal. */

G_BEGIN_DECLS

void terrace_cli_print (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* %FALSE once nobody reads any more (or the disk is full): then stop producing. */
gboolean terrace_cli_output_works (void);
/* Writes out what is buffered; says what went wrong unless the reader simply left. Returns the
 * exit status that @status becomes by it. */
int terrace_cli_output_finish (int status);

/* (transfer full): @bytes for a terminal: valid UTF-8, control characters and what turns the
 * direction of text written as \x1b. */
char *terrace_cli_safe (const char *bytes);

/* One line, replaced by the next one; at most ten a second unless the line is the last. */
void terrace_cli_progress (TerraceCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
void terrace_cli_progress_end (TerraceCli *cli);
/* A TerraceEngineProgress whose user data is the TerraceCli. */
void terrace_cli_progress_cb (guint64 done, guint64 total, const char *current, gpointer user_data);

/* --- Tables -------------------------------------------------------------------------------- */

/**
 * TerraceCliColumn:
 * @right: numbers stand right
 * @shrinks: gives way when a row is wider than the terminal
 */
typedef struct
{
  const char *title;
  gboolean right;
  gboolean shrinks;
} TerraceCliColumn;

typedef struct _TerraceCliTable TerraceCliTable;

/* @columns: (array zero-terminated=1): the last one has no title; must outlive the table. */
TerraceCliTable *terrace_cli_table_new (TerraceCli *cli, const TerraceCliColumn *columns);
void terrace_cli_table_free (TerraceCliTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceCliTable, terrace_cli_table_free)

/* One (transfer full) string per column. */
void terrace_cli_table_take (TerraceCliTable *self, ...);
/* Writes the rows that were added since, with the widths that the first ones asked for, so that a
 * long table need not be held in memory. */
void terrace_cli_table_flush (TerraceCliTable *self);
gboolean terrace_cli_table_is_empty (TerraceCliTable *self);

/* --- JSON ---------------------------------------------------------------------------------- */

/* Takes @node and writes it with a newline. */
void terrace_cli_json_print (JsonNode *node);

/* An array written element by element, a line each: as the whole output, or as the last member
 * @name of the object @head (transfer full) (nullable). */
typedef struct
{
  gboolean begun;
  gboolean in_object;
} TerraceCliJsonList;

void terrace_cli_json_list_begin (TerraceCliJsonList *self, JsonNode *head, const char *name);
/* Takes @node. */
void terrace_cli_json_list_add (TerraceCliJsonList *self, JsonNode *node);
void terrace_cli_json_list_end (TerraceCliJsonList *self);

G_END_DECLS
