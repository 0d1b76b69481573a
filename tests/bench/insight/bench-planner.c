/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long it takes to plan: N items against ten candidate classes, on one core, beside the bare
 * multiply-add loop over the same numbers, which is what the arithmetic alone would take. The best
 * of several rounds, since a busy machine only ever adds.
 *
 *     bench-planner [ITEMS]      (default: 1000000) */

#include "config.h"

#include "insight/terrace-planner.h"
#include "insight/terrace-price-sheet.h"

#include "base/terrace-units.h"

#include <math.h>
#include <stdlib.h>

#define N_CLASSES 10
#define N_ROUNDS 5
#define DEFAULT_ITEMS 1000000
#define GOAL_SECONDS 1.0

typedef struct
{
  TerraceUse *uses;
  TerraceTemperature *temperatures;
  gsize n_items;
  TerraceCandidate candidates[N_CLASSES];
  GPtrArray *sheets;
} Bench;

static void
add_sheet (Bench *self, const char *file_name, gint64 location_id, int from, int n)
{
  g_autofree char *path = g_build_filename (TERRACE_SOURCE_DATADIR, "prices", file_name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TerracePriceSheet *sheet;
  GPtrArray *classes;
  char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &error))
    g_error ("%s", error->message);
  bytes = g_bytes_new_take (text, length);
  sheet = terrace_price_sheet_parse (bytes, file_name, &error);
  if (sheet == NULL)
    g_error ("%s", error->message);

  g_ptr_array_add (self->sheets, sheet);
  classes = terrace_price_sheet_get_classes (sheet);
  for (int i = 0; i < n; i++)
    self->candidates[from + i] = (TerraceCandidate){
      .location_id = location_id,
      .storage_class = g_ptr_array_index (classes, (guint) i),
      .free_bytes = G_MAXUINT64,
    };
}

static void
make_items (Bench *self)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  self->uses = g_new (TerraceUse, self->n_items);
  self->temperatures = g_new (TerraceTemperature, self->n_items);
  for (gsize i = 0; i < self->n_items; i++)
    {
      self->uses[i] = (TerraceUse){
        .size_bytes = (guint64) exp (g_rand_double_range (rand, log (1e3), log (1e10))),
        .reads_per_month = exp (g_rand_double_range (rand, log (1e-2), log (1e2))),
        .days_in_class = g_rand_double_range (rand, 0, 400),
        .egress_counts = TRUE,
      };
      self->temperatures[i] = (TerraceTemperature) g_rand_int_range (rand, 1, 4);
    }
}

static double
time_planner (Bench *self, gsize *n_moves)
{
  const gint64 start_us = g_get_monotonic_time ();
  TerracePolicy policy;

  terrace_policy_init (&policy);
  *n_moves = 0;
  for (gsize i = 0; i < self->n_items; i++)
    {
      const int current = (int) (i % N_CLASSES);
      TerraceDecision decision;

      terrace_planner_decide (&self->uses[i], self->temperatures[i], &policy, self->candidates,
                              N_CLASSES, current, &decision);
      *n_moves += decision.chosen != current;
    }
  return (double) (g_get_monotonic_time () - start_us) / 1e6;
}

/* The same items and prices with nothing but the products: no minimum, no moving, no reasons. */
static double
time_limit (Bench *self, double *sum)
{
  const gint64 start_us = g_get_monotonic_time ();

  *sum = 0.0;
  for (gsize i = 0; i < self->n_items; i++)
    {
      const double size_gb = (double) self->uses[i].size_bytes / TERRACE_BYTES_PER_GB;
      const double reads = self->uses[i].reads_per_month;
      double best = INFINITY;

      for (int j = 0; j < N_CLASSES; j++)
        {
          const TerraceStorageClass *price = self->candidates[j].storage_class;
          const double cost =
              size_gb * price->gb_month +
              reads * (price->get_request + size_gb * (price->retrieval_gb + price->egress_gb));

          best = cost < best ? cost : best;
        }
      *sum += best;
    }
  return (double) (g_get_monotonic_time () - start_us) / 1e6;
}

int
main (int argc, char **argv)
{
  Bench bench = { .n_items = DEFAULT_ITEMS };
  double planner = INFINITY;
  double limit = INFINITY;
  double sum = 0.0;
  gsize n_moves = 0;

  if (argc > 1)
    bench.n_items = (gsize) MAX (g_ascii_strtoull (argv[1], NULL, 10), 1);
  bench.sheets = g_ptr_array_new_with_free_func (g_object_unref);
  add_sheet (&bench, "aws.json", 1, 0, 8);
  add_sheet (&bench, "azure.json", 2, 8, 2);
  make_items (&bench);

  for (int round = 0; round < N_ROUNDS; round++)
    {
      planner = MIN (planner, time_planner (&bench, &n_moves));
      limit = MIN (limit, time_limit (&bench, &sum));
    }

  g_print ("plan %" G_GSIZE_FORMAT " items x %d classes: %.3f s, %.1f ns a candidate "
           "(goal: %.1f s for a million)\n",
           bench.n_items, N_CLASSES, planner, planner * 1e9 / (double) bench.n_items / N_CLASSES,
           GOAL_SECONDS);
  g_print ("limit, products only: %.3f s, %.1f ns a candidate (sum %.2f); ratio %.1f\n", limit,
           limit * 1e9 / (double) bench.n_items / N_CLASSES, sum, planner / limit);
  g_print ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " would move\n", n_moves, bench.n_items);

  g_ptr_array_unref (bench.sheets);
  g_free (bench.uses);
  g_free (bench.temperatures);
  return EXIT_SUCCESS;
}
