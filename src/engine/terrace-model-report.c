/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is told of a model: made when it was learnt, kept as JSON beside it. Any thread, except
 * that sentences are in the language of the locale at the time. */

#include "config.h"

#include "engine/terrace-engine-learn-private.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

void
terrace_model_report_free (TerraceModelReport *self)
{
  g_strfreev (self->features);
  g_free (self->verdict);
  g_free (self->decided_by);
  g_free (self);
}

/* (transfer full): which decides, the model or the rule, and why. */
static char *
explain (const TerracePlacementScore *score)
{
  if (score->held_back_days == 0)
    return g_strdup (_ ("The plain rule decides: there are too few days yet to judge a model by"));
  if (score->cost < 0.0)
    return g_strdup (_ ("The plain rule decides: there is too little use yet to learn from"));
  if (score->uses_model)
    /* Translators: 1st: a number of days; 2nd: a percentage */
    return g_strdup_printf (_ ("The model decides: on %1$d days held back it would have cost "
                               "%2$.1f %% less than the best plain rule"),
                            score->held_back_days, 100.0 * (1.0 - score->cost / score->rule_cost));
  /* Translators: 1st: a number of days; 2nd: a percentage */
  return g_strdup_printf (_ ("The plain rule decides: on %1$d days held back the model would have "
                             "cost %2$.1f %% more"),
                          score->held_back_days, 100.0 * (score->cost / score->rule_cost - 1.0));
}

static GStrv
list_features (void)
{
  GStrv features = g_new0 (char *, TERRACE_N_FEATURES + 1);

  for (int i = 0; i < TERRACE_N_FEATURES; i++)
    features[i] = g_strdup (terrace_feature_get_nick ((TerraceFeature) i));
  return features;
}

TerraceModelReport *
terrace_model_report_new (const TerraceLearnt *learnt, const TerraceHistory *history, guint seed)
{
  const TerracePlacementScore *score = terrace_placement_get_score (learnt->placement);
  TerraceModelReport *self = g_new0 (TerraceModelReport, 1);

  self->trained_us = learnt->trained_us;
  self->seed = seed;
  self->n_objects = history->n_objects;
  self->n_rows = score->n_trained;
  self->features = list_features ();
  self->uses_model = score->uses_model;
  self->verdict = explain (score);
  self->decided_by = g_strdup (score->decided_by);
  self->held_back_days = score->held_back_days;
  self->cost = score->cost;
  self->rule_cost = score->rule_cost;
  self->optimum = score->optimum;
  self->accuracy = score->calibration.accuracy;
  self->macro_f1 = score->calibration.macro_f1;
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    self->reliability[bin] = score->calibration.reliability[bin];
  self->nominal_coverage = TERRACE_OUTLOOK_COVERAGE;
  for (int horizon = 0; horizon < TERRACE_N_HORIZONS; horizon++)
    {
      const TerraceReadsScore *reads = terrace_reads_model_get_score (learnt->reads, horizon);

      self->methods[horizon] = terrace_reads_model_get_method (learnt->reads, horizon);
      self->coverage[horizon] = reads->n_rows > 0 ? reads->coverage : -1.0;
    }
  return self;
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void
add_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_arrays (JsonBuilder *builder, const TerraceModelReport *self)
{
  json_builder_set_member_name (builder, "reliability");
  json_builder_begin_array (builder);
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    {
      json_builder_begin_object (builder);
      add_double (builder, "confidence", self->reliability[bin].confidence);
      add_double (builder, "accuracy", self->reliability[bin].accuracy);
      add_int (builder, "count", (gint64) self->reliability[bin].count);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "reads");
  json_builder_begin_array (builder);
  for (int horizon = 0; horizon < TERRACE_N_HORIZONS; horizon++)
    {
      json_builder_begin_object (builder);
      add_int (builder, "days", terrace_outlook_days[horizon]);
      add_int (builder, "method", self->methods[horizon]);
      add_double (builder, "coverage", self->coverage[horizon]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

char *
terrace_model_report_to_json (const TerraceModelReport *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  add_int (builder, "objects", (gint64) self->n_objects);
  json_builder_set_member_name (builder, "uses_model");
  json_builder_add_boolean_value (builder, self->uses_model);
  add_text (builder, "verdict", self->verdict);
  add_text (builder, "decided_by", self->decided_by);
  add_int (builder, "held_back_days", self->held_back_days);
  add_double (builder, "cost", self->cost);
  add_double (builder, "rule_cost", self->rule_cost);
  add_double (builder, "optimum", self->optimum);
  add_double (builder, "accuracy", self->accuracy);
  add_double (builder, "macro_f1", self->macro_f1);
  add_double (builder, "nominal_coverage", self->nominal_coverage);
  add_arrays (builder, self);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static double
get_double (JsonObject *object, const char *name)
{
  return json_object_get_double_member_with_default (object, name, 0.0);
}

static void
read_arrays (TerraceModelReport *self, JsonObject *object)
{
  JsonArray *bins = json_object_has_member (object, "reliability") ?
                        json_object_get_array_member (object, "reliability") :
                        NULL;
  JsonArray *reads = json_object_has_member (object, "reads") ?
                         json_object_get_array_member (object, "reads") :
                         NULL;

  for (guint i = 0; bins != NULL && i < json_array_get_length (bins); i++)
    {
      JsonObject *bin = json_array_get_object_element (bins, i);

      if (i >= TERRACE_CALIBRATION_BINS || bin == NULL)
        break;
      self->reliability[i] =
          (TerraceReliability){ get_double (bin, "confidence"), get_double (bin, "accuracy"),
                                (guint64) json_object_get_int_member_with_default (bin, "count",
                                                                                   0) };
    }
  for (guint i = 0; reads != NULL && i < json_array_get_length (reads); i++)
    {
      JsonObject *horizon = json_array_get_object_element (reads, i);

      if (i >= TERRACE_N_HORIZONS || horizon == NULL)
        break;
      self->coverage[i] = get_double (horizon, "coverage");
      self->methods[i] =
          (TerraceReadsMethod) CLAMP (json_object_get_int_member_with_default (horizon, "method",
                                                                               0),
                                      0, TERRACE_READS_BOOSTED);
    }
}

void
terrace_model_report_read_json (TerraceModelReport *self, const char *json)
{
  g_autoptr (JsonNode) root = json_from_string (json, NULL);
  JsonObject *object;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  object = json_node_get_object (root);
  self->n_objects = (guint64) json_object_get_int_member_with_default (object, "objects", 0);
  self->uses_model = json_object_get_boolean_member_with_default (object, "uses_model", FALSE);
  self->verdict = g_strdup (json_object_get_string_member_with_default (object, "verdict", ""));
  self->decided_by =
      g_strdup (json_object_get_string_member_with_default (object, "decided_by", ""));
  self->held_back_days =
      (int) json_object_get_int_member_with_default (object, "held_back_days", 0);
  self->cost = get_double (object, "cost");
  self->rule_cost = get_double (object, "rule_cost");
  self->optimum = get_double (object, "optimum");
  self->accuracy = get_double (object, "accuracy");
  self->macro_f1 = get_double (object, "macro_f1");
  self->nominal_coverage = get_double (object, "nominal_coverage");
  read_arrays (self, object);
}
