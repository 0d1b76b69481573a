/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-history.h"

/* Makes a history of what a catalogue knows, object by object. Any one thread. */

G_BEGIN_DECLS

typedef struct _TerraceHistoryBuilder TerraceHistoryBuilder;

/**
 * terrace_history_builder_new:
 * @earliest_unix_day: what is older counts as of this day
 * @last_unix_day: the history's last day; what is later is passed over
 */
TerraceHistoryBuilder *terrace_history_builder_new (gint32 earliest_unix_day, gint32 last_unix_day);
void terrace_history_builder_free (TerraceHistoryBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerraceHistoryBuilder, terrace_history_builder_free)

/* The object that what is added from now on belongs to; objects are numbered in this order. */
void terrace_history_builder_begin (TerraceHistoryBuilder *self,
                                    const char *key,
                                    gint64 created_unix_day,
                                    double size_bytes);

/* By rising day. Reads before the object was created make it older. */
void terrace_history_builder_add_reads (TerraceHistoryBuilder *self,
                                        gint64 unix_day,
                                        double requests,
                                        double bytes);
void terrace_history_builder_add_write (TerraceHistoryBuilder *self, gint64 unix_day);

/* (transfer full): from the first day on which an object was there; nothing is left to add to. */
TerraceHistory *terrace_history_builder_end (TerraceHistoryBuilder *self);

G_END_DECLS
