/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-tariff.c: which classes are taken, and what each step costs. */

#include "history-support.h"

#include "insight-support.h"

#include "base/terrace-error.h"

#define GB 1073741824.0

static void
test_amazon (void)
{
  g_autoptr (TerracePriceSheet) sheet = NULL;
  TerraceTariff tariff;
  double monitoring;

  history_load_tariff (&tariff, &sheet);
  g_assert_cmpint (tariff.n_classes, ==, 3);
  g_assert_cmpint (tariff.n_places, ==, 4);
  g_assert_cmpstr (tariff.names[0], ==, "S3 Standard");
  g_assert_cmpstr (tariff.names[1], ==, "S3 Standard-IA");
  g_assert_cmpstr (tariff.names[2], ==, "S3 Glacier Instant Retrieval");
  g_assert_cmpstr (tariff.names[3], ==, "S3 Intelligent-Tiering");

  g_assert_cmpfloat_with_epsilon (terrace_tariff_store_day (&tariff, 0, 30.0), 0.023, 1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_store_day (&tariff, 1, 0.0),
                                  0.0125 / 30.0 * 131072.0 / GB, 1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_leave (&tariff, 2, 80, 3.0), 10 * 3.0 * 0.004 / 30,
                                  1e-15);
  g_assert_cmpfloat (terrace_tariff_leave (&tariff, 2, 90, 3.0), ==, 0.0);
  g_assert_cmpfloat (terrace_tariff_leave (&tariff, 3, 0, 3.0), ==, 0.0);

  /* Down is a request, up is a copy. */
  g_assert_cmpfloat_with_epsilon (terrace_tariff_move (&tariff, 0, 2, 5.0), 0.02e-3, 1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_move (&tariff, 2, 0, 5.0), 0.005e-3 + 5 * 0.03,
                                  1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_move (&tariff, 2, 1, 5.0), 0.01e-3 + 5 * 0.03,
                                  1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_move (&tariff, 1, 3, 5.0), 0.01e-3, 1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_move (&tariff, 2, 3, 5.0), 0.005e-3 + 5 * 0.03,
                                  1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_move (&tariff, 3, 0, 5.0), 0.005e-3, 1e-15);

  g_assert_cmpfloat_with_epsilon (terrace_tariff_read (&tariff, 2, 2, 3.0), 2 * 0.01e-3 + 3 * 0.03,
                                  1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_read (&tariff, 3, 2, 3.0), 2 * 0.0004e-3, 1e-15);

  g_assert_cmpfloat_with_epsilon (terrace_tariff_auto_day (&tariff, 29, 30.0, &monitoring), 0.023,
                                  1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_auto_day (&tariff, 30, 30.0, &monitoring), 0.0125,
                                  1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_auto_day (&tariff, 90, 30.0, &monitoring), 0.004,
                                  1e-15);
  g_assert_cmpfloat_with_epsilon (monitoring, 0.0025e-3 / 30, 1e-15);
  g_assert_cmpfloat_with_epsilon (terrace_tariff_auto_day (&tariff, 90, 1e-5, &monitoring),
                                  0.023e-5 / 30, 1e-15);
  g_assert_cmpfloat (monitoring, ==, 0.0);
}

static void
test_other_sheets (void)
{
  g_autoptr (TerracePriceSheet) azure = insight_load_sheet ("azure.json");
  g_autoptr (TerracePriceSheet) gcs = insight_load_sheet ("gcs.json");
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  TerraceTariff tariff;

  g_assert_true (terrace_tariff_init (&tariff, terrace_price_sheet_get_classes (gcs), &error));
  g_assert_no_error (error);
  g_assert_cmpint (tariff.n_classes, ==, 4);
  g_assert_cmpint (tariff.n_places, ==, 4);
  for (int i = 1; i < tariff.n_classes; i++)
    g_assert_cmpfloat (tariff.store[i], <, tariff.store[i - 1]);

  g_assert_true (terrace_tariff_init (&tariff, terrace_price_sheet_get_classes (azure), &error));
  g_assert_no_error (error);
  g_assert_cmpint (tariff.n_classes, ==, 3);

  g_ptr_array_add (one, g_ptr_array_index (terrace_price_sheet_get_classes (gcs), 0));
  g_assert_false (terrace_tariff_init (&tariff, one, &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/tariff/amazon", test_amazon);
  g_test_add_func ("/insight/tariff/other-sheets", test_other_sheets);

  return g_test_run ();
}
