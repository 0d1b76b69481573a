/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stream/terrace-source.h"

#include <librdkafka/rdkafka.h>

/* What a source and a publisher share of librdkafka. */

G_BEGIN_DECLS

/* (transfer full) (nullable): brokers, TLS, SASL, and last the person's own options. */
rd_kafka_conf_t *terrace_kafka_conf_new (const TerraceSourceSettings *settings, GError **error);
/* Sets one thing that the program itself needs; it is a mistake of ours if that fails. */
void terrace_kafka_conf_set (rd_kafka_conf_t *conf, const char *name, const char *value);

G_END_DECLS
