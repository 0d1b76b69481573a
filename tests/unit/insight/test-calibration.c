/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How sure a prediction is: surer with a larger lead, right about as often as it says, silent where
 * nothing was measured, and cancelled when asked. */

#include "insight/terrace-calibration.h"

#include "history-support.h"

#define N_OBJECTS 300
#define N_DAYS 700
#define FROM 301

typedef struct
{
  TerracePriceSheet *sheet;
  TerraceTariff tariff;
  TerraceHistory *history;
  TerraceFeatureTable *table;
  TerraceAdvice *advice;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  history_load_tariff (&fixture->tariff, &fixture->sheet);
  fixture->tariff.n_places = fixture->tariff.n_classes;
  fixture->history = history_make (N_OBJECTS, N_DAYS, 5);
  fixture->table = terrace_features_build (fixture->history, FROM, N_DAYS, NULL);
  fixture->advice = terrace_advice_new (fixture->table->n_rows, &fixture->tariff);
  terrace_advice_add_rate (fixture->advice, fixture->table, &fixture->tariff,
                           TERRACE_FEATURE_REQUESTS_180, 1.0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  terrace_advice_free (fixture->advice);
  terrace_feature_table_free (fixture->table);
  terrace_history_free (fixture->history);
  g_object_unref (fixture->sheet);
}

static gboolean
measure (Fixture *fixture,
         TerraceCalibration *calibration,
         int from,
         GCancellable *cancellable,
         GError **error)
{
  return terrace_calibration_measure (calibration, fixture->history, fixture->table,
                                      &fixture->tariff, fixture->advice, from,
                                      fixture->history->n_days, cancellable, error);
}

static void
test_honest (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TerraceCalibration calibration;
  double off = 0.0;
  guint64 n = 0;

  g_assert_true (measure (fixture, &calibration, FROM, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (calibration.n_judged, >, 1000);
  g_assert_cmpfloat (calibration.accuracy, >, 0.5);
  g_assert_cmpfloat (calibration.accuracy, <=, 1.0);
  g_assert_cmpfloat (calibration.macro_f1, >, 0.2);
  g_assert_cmpfloat (calibration.macro_f1, <=, 1.0);
  for (int bin = 0; bin < TERRACE_CALIBRATION_BINS; bin++)
    {
      const TerraceReliability *bar = &calibration.reliability[bin];

      n += bar->count;
      off += (double) bar->count * ABS (bar->confidence - bar->accuracy);
    }
  g_assert_cmpuint (n, ==, calibration.n_judged);
  g_assert_cmpfloat (off / (double) n, <, 0.15);
}

/* Whatever the lead, a larger one is never less sure. */
static void
test_rising (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TerraceCalibration calibration;

  g_assert_true (measure (fixture, &calibration, FROM, NULL, &error));
  for (int place = 0; place < fixture->tariff.n_classes; place++)
    {
      float costs[TERRACE_TARIFF_CLASSES];
      double before = 0.0;

      for (int lead = 0; lead < 400; lead++)
        {
          double confidence;

          for (int other = 0; other < fixture->tariff.n_classes; other++)
            costs[other] = other == place ? -0.01f * (float) (lead + 1) : 0.0f;
          g_assert_cmpint (terrace_calibration_predict (&calibration, costs,
                                                        fixture->tariff.n_classes, 1.0,
                                                        &confidence),
                           ==, place);
          g_assert_cmpfloat (confidence, >=, before);
          g_assert_cmpfloat (confidence, <=, 1.0);
          before = confidence;
        }
    }
}

static void
test_never_measured (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const float costs[] = { 3.0f, 1.0f, 2.0f };
  TerraceCalibration calibration;
  double confidence = 1.0;

  g_assert_true (measure (fixture, &calibration, fixture->history->n_days, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (calibration.n_judged, ==, 0);
  g_assert_cmpint (terrace_calibration_predict (&calibration, costs, 3, 1.0, &confidence), ==, 1);
  g_assert_cmpfloat (confidence, ==, 0.0);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TerraceCalibration calibration;

  g_cancellable_cancel (cancellable);
  g_assert_false (measure (fixture, &calibration, FROM, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/calibration/honest", test_honest);
  ADD ("/calibration/rising", test_rising);
  ADD ("/calibration/never-measured", test_never_measured);
  ADD ("/calibration/cancelled", test_cancelled);
  return g_test_run ();
}
