/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalog/terrace-catalog.h"
#include "model/terrace-alert-rule.h"
#include "model/terrace-alert.h"

/* Rows of alert and alert_rule. */

G_BEGIN_DECLS

/**
 * terrace_alert_table_raise:
 * @alert: as it happened: kind, severity, what it is about, group_key, message, last_us; count 1 or
 *   how often
 * @silence_us: an alert of the same group that cleared less than so long ago is taken up again
 * @news: (out) (optional): a person has not heard of it: it is new, or it got more severe
 *
 * One open row per group_key, however often it is raised: later ones add to its count and bring its
 * message up to date. @alert becomes that row. Keeps TERRACE_LIMIT_ALERTS that are cleared.
 */
gboolean terrace_alert_table_raise (TerraceConnection *connection,
                                    TerraceAlert *alert,
                                    gint64 silence_us,
                                    gboolean *news,
                                    GError **error);

/* The matter is over. Whether there was one open is told in @was_open (optional). */
gboolean terrace_alert_table_clear (TerraceConnection *connection,
                                    const char *group_key,
                                    gint64 now_us,
                                    gboolean *was_open,
                                    GError **error);

/* A person has seen it. NOT_FOUND if there is none of this id, as with the next two. */
gboolean terrace_alert_table_acknowledge (TerraceConnection *connection,
                                          gint64 alert_id,
                                          gint64 now_us,
                                          GError **error);
/* Not to be told of it before @until_us; 0 ends that. */
gboolean terrace_alert_table_snooze (TerraceConnection *connection,
                                     gint64 alert_id,
                                     gint64 until_us,
                                     GError **error);
/* A person was told. */
gboolean terrace_alert_table_set_notified (TerraceConnection *connection,
                                           gint64 alert_id,
                                           gint64 now_us,
                                           GError **error);

/* NULL with NOT_FOUND. */
TerraceAlert *
terrace_alert_table_get (TerraceConnection *connection, gint64 alert_id, GError **error);

/* (transfer full) (element-type TerraceAlert): those that are still so, newest first. */
GPtrArray *terrace_alert_table_list_open (TerraceConnection *connection, GError **error);

/* (transfer full) (element-type TerraceAlert): all, newest first, keyset by id (@before_id 0: first
 * page). */
GPtrArray *terrace_alert_table_page (TerraceConnection *connection,
                                     gint64 before_id,
                                     guint limit,
                                     GError **error);

/* Inserts and sets rule->id, or replaces the row if that is set. */
gboolean terrace_alert_rule_table_put (TerraceConnection *connection,
                                       TerraceAlertRule *rule,
                                       GError **error);
/* Its alerts stay. */
gboolean
terrace_alert_rule_table_delete (TerraceConnection *connection, gint64 rule_id, GError **error);
/* (transfer full) (element-type TerraceAlertRule): by id */
GPtrArray *terrace_alert_rule_table_list (TerraceConnection *connection, GError **error);

G_END_DECLS
