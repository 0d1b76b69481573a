/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

#include <mosquitto.h>

/* What a source and a publisher share of libmosquitto: a client set up from settings. */

G_BEGIN_DECLS

/* (transfer full) (nullable): with user, TLS, protocol and session set; not connected. @data: for
 * its callbacks. @suffix: of the client id, "" or "-out". */
struct mosquitto *terrace_mqtt_client_new (const TerraceSourceSettings *settings,
                                           const char *suffix,
                                           gpointer data,
                                           GError **error);
/* Blocks until the connection is made or refused by the network; the answer of the broker comes by
 * callback. UNREACHABLE or INVALID. */
gboolean terrace_mqtt_client_connect (struct mosquitto *client,
                                      const TerraceSourceSettings *settings,
                                      GError **error);
/* (transfer full): why the broker refused, in words; @lasting: whether it will again. */
char *terrace_mqtt_describe_refusal (int code, gboolean *lasting);

G_END_DECLS
