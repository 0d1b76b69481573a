/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Histories for tests: from text, from the fixture, and made up with a seed. */

#include "config.h"

#include "history-support.h"

#include "insight-support.h"

#define HEADER "unix_time,key,op,size_bytes,bytes,count\n"
#define FIRST_DAY 19000

TerraceHistory *
history_from_rows (const char *rows)
{
  g_autoptr (TerraceHistoryParser) parser = terrace_history_parser_new ();
  g_autoptr (GError) error = NULL;
  TerraceHistory *history;

  terrace_history_parser_push (parser, HEADER, strlen (HEADER), &error);
  g_assert_no_error (error);
  terrace_history_parser_push (parser, rows, strlen (rows), &error);
  g_assert_no_error (error);
  history = terrace_history_parser_finish (parser, G_MININT32, 1.0, &error);
  g_assert_no_error (error);
  return history;
}

TerraceHistory *
history_load_fixture (void)
{
  g_autofree char *path = g_build_filename (TERRACE_SOURCE_DATADIR, "..", "tests", "fixtures",
                                            "insight", "history.csv", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return history_from_rows (strchr (text, '\n') + 1);
}

void
history_load_tariff (TerraceTariff *tariff, TerracePriceSheet **sheet)
{
  g_autoptr (GError) error = NULL;

  *sheet = insight_load_sheet ("aws.json");
  terrace_tariff_init (tariff, terrace_price_sheet_get_classes (*sheet), &error);
  g_assert_no_error (error);
}

char *
history_make_rows (guint n_objects, int n_days, guint seed, int until)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GString *rows = g_string_new (NULL);

  for (guint i = 0; i < n_objects; i++)
    {
      const int born = i % 3 == 0 ? 0 : g_rand_int_range (rand, 0, n_days / 2);
      const guint64 size = (guint64) insight_random_magnitude (rand, 1e6, 1e10);

      for (int day = born; day < n_days; day++)
        {
          const double chance[] = { 0.15, 0.4 * (day - born < 60), 0.02, 0.0 };
          const gboolean is_read = g_rand_double (rand) < chance[i % 4];

          if (day >= until)
            continue;
          if (day == born)
            g_string_append_printf (rows, "%d,f%u/o%u.x%u,PUT,%" G_GUINT64_FORMAT ",0,1\n",
                                    (FIRST_DAY + day) * 86400, i % 5, i, i % 4, size);
          if (is_read)
            g_string_append_printf (rows,
                                    "%d,f%u/o%u.x%u,GET,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT
                                    ",1\n",
                                    (FIRST_DAY + day) * 86400, i % 5, i, i % 4, size, size);
        }
    }
  /* A last day that does not depend on chance. */
  g_string_append_printf (rows, "%d,end,PUT,1,0,1\n",
                          (FIRST_DAY + MIN (n_days, until) - 1) * 86400);
  return g_string_free (rows, FALSE);
}

TerraceHistory *
history_make (guint n_objects, int n_days, guint seed)
{
  g_autofree char *rows = history_make_rows (n_objects, n_days, seed, n_days);

  return history_from_rows (rows);
}
