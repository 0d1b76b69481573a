/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http-fault-server.h"
#include "provider/terrace-provider.h"

#include "base/terrace-worker.h"

/* An S3 location whose server is the fault server. */

G_BEGIN_DECLS

#define S3_FIXTURE_SECRET_KEY "verysecretkey"
/* Sun, 22 Nov 2026 10:11:12 GMT: what the location's clock says. */
#define S3_FIXTURE_NOW_US G_GINT64_CONSTANT (1795342272000000)

typedef struct
{
  FaultServer *server;
  TerraceWorker *worker;
  TerraceProvider *provider;
} S3Fixture;

/* @data: (nullable): the certificate of the server, a file in tests/fixtures/tls. */
void s3_fixture_set_up (S3Fixture *fixture, gconstpointer data);
void s3_fixture_tear_down (S3Fixture *fixture, gconstpointer data);

TerraceListing *s3_fixture_list (S3Fixture *fixture, GError **error);
TerraceObjectInfo *s3_fixture_stat (S3Fixture *fixture, const char *key, GError **error);
/* Of the version "abc" of "key". */
GBytes *s3_fixture_read (S3Fixture *fixture, guint64 offset, gsize length, GError **error);

G_END_DECLS
