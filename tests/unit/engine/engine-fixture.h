/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/terrace-engine.h"
#include "model/terrace-event.h"

/* An engine on a folder of its own, with the shipped prices, and its calls without their waiting.
 * What should not fail fails the test when it does. */

G_BEGIN_DECLS

/**
 * EngineFixture:
 * @dir: everything below is removed in the end
 * @files: the folder "files" in it, for a test's own files
 */
typedef struct
{
  char *dir;
  char *files;
  char *data;
  TerraceEngine *engine;
} EngineFixture;

/* For g_test_add(): an engine that carries out no moves; with "moves" as @data one that does. */
void engine_fixture_set_up (EngineFixture *fixture, gconstpointer data);
void engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data);
#define ENGINE_FIXTURE_MOVES "moves"

void engine_fixture_open (EngineFixture *fixture, gboolean run_moves, gboolean hash);
void engine_fixture_close (EngineFixture *fixture);

/* (transfer full): fixture->files / @name */
char *engine_fixture_path (EngineFixture *fixture, const char *name);
/* Writes a file of @size_bytes that was last used and changed @days ago. */
void engine_fixture_make_file (EngineFixture *fixture,
                               const char *name,
                               guint64 size_bytes,
                               guint32 seed,
                               double days);

/* fixture->files as the location "Files" in @class_id. */
TerraceLocation *engine_fixture_add_files (EngineFixture *fixture, const char *class_id);
/* The four sandboxes of the first start, below fixture->dir. */
void engine_fixture_add_sandboxes (EngineFixture *fixture);
gboolean
engine_fixture_add_location (EngineFixture *fixture, TerraceLocation *location, GError **error);

/* (transfer full): @path is absolute. */
TerraceRegisterReport *engine_fixture_register (EngineFixture *fixture, const char *path);
/* (transfer full) (nullable) */
TerraceItem *engine_fixture_find (EngineFixture *fixture, const char *name, GError **error);
TerracePlanSummary engine_fixture_plan (EngineFixture *fixture);
/* (transfer full) */
TerraceStats *engine_fixture_stats (EngineFixture *fixture);
guint64 engine_fixture_accept (EngineFixture *fixture);
/* 0 with @error. */
gint64 engine_fixture_move (EngineFixture *fixture,
                            gint64 item_id,
                            const TerraceMoveOptions *options,
                            GError **error);
gboolean engine_fixture_control (EngineFixture *fixture,
                                 gint64 move_id,
                                 TerraceMoveAction action,
                                 GError **error);
gboolean
engine_fixture_undo (EngineFixture *fixture, gint64 move_id, gint64 *undo_move_id, GError **error);
/* @move_id 0: for all. */
void engine_fixture_wait (EngineFixture *fixture, gint64 move_id);
/* (transfer full) (element-type TerraceMove): newest first. */
GPtrArray *engine_fixture_get_moves (EngineFixture *fixture);
/* (transfer full) (element-type TerraceEvent): newest first. */
GPtrArray *engine_fixture_get_events (EngineFixture *fixture);
guint engine_fixture_count_events (EngineFixture *fixture, TerraceEventKind kind);
void engine_fixture_set_policy (EngineFixture *fixture, const TerracePolicy *policy);
/* A policy under which small files in a test are worth moving. */
void engine_fixture_set_eager_policy (EngineFixture *fixture);

G_END_DECLS
