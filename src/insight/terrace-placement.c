/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Keeps what a foresight learnt, and answers with it. Blocking; any one thread. */

#include "config.h"

#include "insight/terrace-placement.h"

#include "insight/terrace-drift.h"
#include "insight/terrace-rules.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* Plain data goes as it lies in memory, so a model is read by the machine and version that made it;
 * whoever else finds one is told to train again. */
#define FORMAT "(uiidtayayaay)"
#define LAYOUT 1u

struct _TerracePlacement
{
  TerracePlacementScore score;
  TerraceDriftImage image;
  TerraceFeature window;
  double share;
  int n_classes;
  TerraceForests *forests; /* nullable */
};

/* The plain rate that a rule comes closest to. */
static TerraceFeature
get_window (int rule)
{
  if (rule == TERRACE_RULE_RATE_90)
    return TERRACE_FEATURE_REQUESTS_90;
  if (rule == TERRACE_RULE_RATE_180)
    return TERRACE_FEATURE_REQUESTS_180;
  return TERRACE_FEATURE_REQUESTS_365;
}

TerracePlacement *
terrace_placement_new (TerraceForesight *foresight, const TerraceTariff *tariff)
{
  const TerraceTrial *chosen = terrace_foresight_get_chosen (foresight);
  const TerraceTrial *rule = terrace_foresight_get_best_rule (foresight);
  const TerraceFeatureTable *table = terrace_foresight_get_table (foresight);
  const TerraceTrial *mix = terrace_foresight_get_best_mix (foresight);
  TerracePlacement *self;

  g_return_val_if_fail (foresight != NULL && tariff != NULL, NULL);

  self = g_new0 (TerracePlacement, 1);
  self->n_classes = tariff->n_classes;
  self->share = chosen->share;
  self->window = get_window (chosen->rule);
  if (chosen->share > 0.0)
    self->forests = terrace_foresight_steal_forests (foresight);
  /* Field by field: what lies between them stays zero, and equal models equal bytes. */
  self->score.uses_model = self->forests != NULL;
  self->score.cost = mix != NULL ? mix->cost : -1.0;
  self->score.rule_cost = rule != NULL ? rule->cost : -1.0;
  self->score.optimum = rule != NULL ? terrace_foresight_get_held_back_optimum (foresight) : -1.0;
  self->score.n_trained = terrace_foresight_get_n_trained (foresight);
  self->score.held_back_days = rule != NULL ? terrace_foresight_get_held_back_days (foresight) : 0;
  self->score.calibration = *terrace_foresight_get_calibration (foresight);
  g_strlcpy (self->score.decided_by, chosen->nick, sizeof self->score.decided_by);
  if (table != NULL)
    terrace_drift_image_take (&self->image, table);
  return self;
}

void
terrace_placement_free (TerracePlacement *self)
{
  g_clear_pointer (&self->forests, terrace_forests_free);
  g_free (self);
}

const TerracePlacementScore *
terrace_placement_get_score (TerracePlacement *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->score;
}

int
terrace_placement_get_n_classes (TerracePlacement *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_classes;
}

/* (transfer full): what every place is expected to cost, by forests and rate. */
static TerraceAdvice *
advise (TerracePlacement *self, const TerraceFeatureTable *table, const TerraceTariff *tariff)
{
  TerraceAdvice *rate = terrace_advice_new (table->n_rows, tariff);
  g_autoptr (TerraceAdvice) forest = NULL;
  TerraceAdvice *mixed;

  terrace_advice_add_rate (rate, table, tariff,
                           self != NULL ? self->window : TERRACE_FEATURE_REQUESTS_365, 1.0);
  if (self == NULL || self->forests == NULL)
    return rate;
  forest = terrace_forests_advise (self->forests, table, tariff, 0);
  mixed = terrace_advice_mix (forest, self->share, rate);
  terrace_advice_free (rate);
  return mixed;
}

void
terrace_placement_predict (TerracePlacement *self,
                           const TerraceFeatureTable *table,
                           const TerraceTariff *tariff,
                           TerracePlacing *placings)
{
  static const TerraceCalibration unknown;
  g_autoptr (TerraceAdvice) advice = NULL;

  g_return_if_fail (table != NULL && tariff != NULL && placings != NULL);
  g_return_if_fail (self == NULL || tariff->n_classes == self->n_classes);

  advice = advise (self, table, tariff);
  for (guint row = 0; row < table->n_rows; row++)
    {
      const float *costs = advice->costs + (gsize) row * (gsize) advice->n_columns;
      const double unit =
          terrace_advice_unit (tariff, table->values + (gsize) row * TERRACE_N_FEATURES);
      TerracePlacing *placing = &placings[row];

      placing->place =
          terrace_calibration_predict (self != NULL ? &self->score.calibration : &unknown, costs,
                                       tariff->n_classes, unit, &placing->confidence);
      for (int place = 0; place < TERRACE_TARIFF_CLASSES; place++)
        placing->costs[place] = place < tariff->n_classes ? (double) costs[place] : 0.0;
    }
}

/* @sign times what the forest of @place says, feature by feature. */
static gboolean
add_amounts (TerracePlacement *self,
             int place,
             double sign,
             const float *features,
             double *amounts,
             GError **error)
{
  double own[TERRACE_N_FEATURES + 1];

  if (place == 0)
    return TRUE;
  if (!terrace_forest_contribute (self->forests->forests[place], features, own, error))
    return FALSE;
  for (int i = 0; i < TERRACE_N_FEATURES; i++)
    amounts[i] += sign * own[i];
  return TRUE;
}

gboolean
terrace_placement_contribute (TerracePlacement *self,
                              const float *features,
                              const TerraceTariff *tariff,
                              const TerracePlacing *placing,
                              double *amounts,
                              GError **error)
{
  double lead;
  double unit;
  int rival = -1;

  g_return_val_if_fail (features != NULL && placing != NULL && amounts != NULL, FALSE);

  if (self == NULL || self->forests == NULL)
    return FALSE;
  for (int place = 0; place < self->n_classes; place++)
    if (place != placing->place && (rival < 0 || placing->costs[place] < placing->costs[rival]))
      rival = place;

  memset (amounts, 0, sizeof (double) * (TERRACE_N_FEATURES + 1));
  if (!add_amounts (self, rival, 1.0, features, amounts, error) ||
      !add_amounts (self, placing->place, -1.0, features, amounts, error))
    return FALSE;

  /* What the features do not explain of the lead is the plain rate's, and the average object's. */
  unit = terrace_advice_unit (tariff, features) * self->share;
  lead = placing->costs[rival] - placing->costs[placing->place];
  for (int i = 0; i < TERRACE_N_FEATURES; i++)
    {
      amounts[i] *= unit;
      lead -= amounts[i];
    }
  amounts[TERRACE_N_FEATURES] = lead;
  return TRUE;
}

double
terrace_placement_measure_drift (TerracePlacement *self, const TerraceFeatureTable *table)
{
  g_return_val_if_fail (self != NULL && table != NULL, 0.0);

  return terrace_drift_measure (&self->image, table);
}

/* --- Keeping ------------------------------------------------------------------------------- */

static GVariant *
wrap (gconstpointer data, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1);
}

GVariant *
terrace_placement_save (TerracePlacement *self, GError **error)
{
  g_auto (GVariantBuilder) forests = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));

  g_return_val_if_fail (self != NULL, NULL);

  for (int place = 1; self->forests != NULL && place < self->n_classes; place++)
    {
      g_autoptr (GBytes) bytes = terrace_forest_save (self->forests->forests[place], error);

      if (bytes == NULL)
        return NULL;
      g_variant_builder_add_value (&forests,
                                   g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), bytes, TRUE));
    }
  return g_variant_new ("(uiidt@ay@ayaay)", LAYOUT, self->n_classes, (int) self->window,
                        self->share, (guint64) sizeof self->score,
                        wrap (&self->score, sizeof self->score),
                        wrap (&self->image, sizeof self->image), &forests);
}

static gboolean
unwrap (GVariant *variant, gpointer data, gsize length)
{
  gsize stored;
  gconstpointer bytes = g_variant_get_fixed_array (variant, &stored, 1);

  if (stored != length)
    return FALSE;
  memcpy (data, bytes, length);
  return TRUE;
}

static gboolean
load_forests (TerracePlacement *self, GVariant *variant, GError **error)
{
  const gsize n = g_variant_n_children (variant);

  if (n == 0)
    return TRUE;
  if ((int) n != self->n_classes - 1)
    return FALSE;
  self->forests = g_new0 (TerraceForests, 1);
  self->forests->n_columns = self->n_classes;
  self->forests->forests = g_new0 (TerraceForest *, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);
      g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (child);

      self->forests->forests[i + 1] = terrace_forest_load (bytes, TERRACE_N_FEATURES, error);
      if (self->forests->forests[i + 1] == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
load (TerracePlacement *self, GVariant *variant, GError **error)
{
  g_autoptr (GVariant) score = NULL;
  g_autoptr (GVariant) image = NULL;
  g_autoptr (GVariant) forests = NULL;
  guint64 length;
  guint32 layout;
  gint32 window;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (FORMAT)))
    return FALSE;
  g_variant_get (variant, "(uiidt@ay@ay@aay)", &layout, &self->n_classes, &window, &self->share,
                 &length, &score, &image, &forests);
  if (layout != LAYOUT || self->n_classes < 2 || self->n_classes > TERRACE_TARIFF_CLASSES ||
      window < TERRACE_FEATURE_REQUESTS_7 || window > TERRACE_FEATURE_REQUESTS_365 ||
      !(self->share >= 0.0 && self->share <= 1.0))
    return FALSE;
  self->window = (TerraceFeature) window;
  return unwrap (score, &self->score, sizeof self->score) &&
         self->score.decided_by[sizeof self->score.decided_by - 1] == '\0' &&
         unwrap (image, &self->image, sizeof self->image) && load_forests (self, forests, error);
}

TerracePlacement *
terrace_placement_load (GVariant *variant, GError **error)
{
  g_autoptr (TerracePlacement) self = g_new0 (TerracePlacement, 1);
  GError *own_error = NULL;

  g_return_val_if_fail (variant != NULL, NULL);

  if (load (self, variant, &own_error))
    return g_steal_pointer (&self);
  if (own_error != NULL)
    g_propagate_error (error, own_error);
  else
    g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT,
                         _ ("The model is damaged; train it again"));
  return NULL;
}
