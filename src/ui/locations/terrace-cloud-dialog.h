/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine.h"

/* Adds a bucket or container as a location: what its kind needs, a test of the connection, its
 * classes and their prices. */

G_BEGIN_DECLS

#define TERRACE_TYPE_CLOUD_DIALOG (terrace_cloud_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TerraceCloudDialog, terrace_cloud_dialog, TERRACE, CLOUD_DIALOG, AdwWindow)

/* @kind: TERRACE_LOCATION_S3, _AZURE or _GCS */
GtkWindow *
terrace_cloud_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocationKind kind);

G_END_DECLS
