/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-enums.h"

/* A place with its own address and account: a folder, a bucket, a container.
 *
 * The fields are set before the object is shared; afterwards only the engine changes those under
 * "observed", on the main thread, and notifies. Each field is a property of the same name. */

G_BEGIN_DECLS

#define TERRACE_TYPE_LOCATION (terrace_location_get_type ())
G_DECLARE_FINAL_TYPE (TerraceLocation, terrace_location, TERRACE, LOCATION, GObject)

/**
 * TerraceLocation:
 * @id: row id, 0 before it is stored
 * @name: for people and for the command line; unique
 * @root: (type filename): local and sandbox: absolute path of the folder, bytes.
 *   Clouds: "https://endpoint/bucket"
 * @class_ids: the storage classes on offer here, best known first; new objects get the first.
 *   Local and sandbox locations have exactly one
 * @latency_ms: sandbox: added before the first byte of each read
 * @bandwidth_bytes_s: upper limit, 0 for none
 * @capacity_bytes: what may be used here, 0 for no limit of its own
 * @accepts: whether the planner may send objects here
 */
struct _TerraceLocation
{
  GObject parent_instance;

  gint64 id;
  char *name;
  TerraceLocationKind kind;
  char *root;
  GStrv class_ids;
  guint64 latency_ms;
  guint64 bandwidth_bytes_s;
  guint64 capacity_bytes;
  gboolean accepts;
  gint64 created_us;

  /* observed */
  TerraceLocationState state;
  char *state_message; /* nullable */
  guint64 free_bytes;
  guint64 total_bytes;
  guint64 measured_latency_us;
  gint64 probed_us;
};

/* (transfer full): @root is copied; @class_ids too. */
TerraceLocation *terrace_location_new (TerraceLocationKind kind,
                                       const char *name,
                                       const char *root,
                                       const char *const *class_ids);

/* The class new objects get, or %NULL if it has none. */
const char *terrace_location_get_class_id (TerraceLocation *self);

/* Main thread: stores what a probe saw and notifies. */
void terrace_location_observe (TerraceLocation *self,
                               TerraceLocationState state,
                               const char *message,
                               guint64 free_bytes,
                               guint64 total_bytes,
                               guint64 latency_us,
                               gint64 now_us);

G_END_DECLS
