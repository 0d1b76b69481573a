/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "engine/terrace-engine-stream.h"

/* The thresholds of a rule, and what it would have done with them in the last hour. */

G_BEGIN_DECLS

#define TERRACE_TYPE_RULE_DIALOG (terrace_rule_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TerraceRuleDialog, terrace_rule_dialog, TERRACE, RULE_DIALOG, AdwWindow)

GtkWindow *terrace_rule_dialog_new (GtkWindow *parent,
                                    TerraceEngineStream *stream,
                                    TerraceAlertRule *rule,
                                    const char *currency);

/* (transfer full): to be changed: rules that are shared must not be. */
TerraceAlertRule *terrace_rule_dialog_copy_rule (TerraceAlertRule *rule);

G_END_DECLS
