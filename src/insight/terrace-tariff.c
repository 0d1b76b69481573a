/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Takes from a price sheet what a replay needs. Pure; any thread. */

#include "config.h"

#include "insight/terrace-tariff.h"

#include "base/terrace-error.h"
#include "base/terrace-units.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* The one class that tiers by itself whose rules are known, and the classes whose storage prices
 * its own tiers have. */
#define AUTO_CODE "INTELLIGENT_TIERING"
#define AUTO_WARM_CODE "STANDARD_IA"
#define AUTO_COLD_CODE "GLACIER_IR"

static int
compare_storage (gconstpointer a, gconstpointer b)
{
  const TerraceStorageClass *first = *(const TerraceStorageClass *const *) a;
  const TerraceStorageClass *second = *(const TerraceStorageClass *const *) b;

  return (first->gb_month < second->gb_month) - (first->gb_month > second->gb_month);
}

static TerraceStorageClass *
find_code (GPtrArray *classes, const char *code)
{
  for (guint i = 0; i < classes->len; i++)
    {
      TerraceStorageClass *storage_class = g_ptr_array_index (classes, i);

      if (g_str_equal (storage_class->code, code))
        return storage_class;
    }
  return NULL;
}

static GPtrArray *
choose_classes (GPtrArray *classes)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  guint zones = 0;

  for (guint i = 0; i < classes->len; i++)
    zones = MAX (zones, ((TerraceStorageClass *) g_ptr_array_index (classes, i))->durable_zones);
  for (guint i = 0; i < classes->len; i++)
    {
      TerraceStorageClass *storage_class = g_ptr_array_index (classes, i);

      if (!storage_class->offline && storage_class->durable_zones == zones &&
          storage_class->monitoring_month == 0.0)
        g_ptr_array_add (chosen, storage_class);
    }
  g_ptr_array_sort (chosen, compare_storage);
  return g_steal_pointer (&chosen);
}

static void
fill_class (TerraceTariff *self, int place, const TerraceStorageClass *storage_class)
{
  self->names[place] = storage_class->name;
  self->store[place] = storage_class->gb_month / TERRACE_DAYS_PER_MONTH;
  self->get[place] = storage_class->get_request;
  self->put[place] = storage_class->put_request;
  self->transition[place] = storage_class->transition_request;
  self->retrieval[place] = storage_class->retrieval_gb;
  self->min_gb[place] = (double) storage_class->min_billable_bytes / TERRACE_BYTES_PER_GB;
  self->min_days[place] = (int) ceil (storage_class->min_duration_days);
  self->first_byte_ms[place] = storage_class->first_byte_ms;
}

static void
fill_auto (TerraceTariff *self, GPtrArray *classes)
{
  const TerraceStorageClass *tiering = find_code (classes, AUTO_CODE);
  const TerraceStorageClass *warm = find_code (classes, AUTO_WARM_CODE);
  const TerraceStorageClass *cold = find_code (classes, AUTO_COLD_CODE);

  if (tiering == NULL || warm == NULL || cold == NULL)
    return;
  self->names[self->n_places++] = tiering->name;
  self->auto_store[0] = tiering->gb_month / TERRACE_DAYS_PER_MONTH;
  self->auto_store[1] = warm->gb_month / TERRACE_DAYS_PER_MONTH;
  self->auto_store[2] = cold->gb_month / TERRACE_DAYS_PER_MONTH;
  self->auto_monitoring = tiering->monitoring_month / TERRACE_DAYS_PER_MONTH;
  self->auto_transition = tiering->transition_request;
  self->auto_min_gb = (double) tiering->monitoring_min_bytes / TERRACE_BYTES_PER_GB;
}

gboolean
terrace_tariff_init (TerraceTariff *self, GPtrArray *classes, GError **error)
{
  g_autoptr (GPtrArray) chosen = NULL;

  g_return_val_if_fail (self != NULL && classes != NULL, FALSE);

  chosen = choose_classes (classes);
  if (chosen->len < 2)
    {
      g_set_error_literal (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                           _ ("The price sheet has fewer than two storage classes that answer "
                              "at once and are equally safe"));
      return FALSE;
    }

  *self = (TerraceTariff){ .n_classes = (int) MIN (chosen->len, TERRACE_TARIFF_CLASSES) };
  self->n_places = self->n_classes;
  for (int place = 0; place < self->n_classes; place++)
    fill_class (self, place, g_ptr_array_index (chosen, place));
  fill_auto (self, classes);
  return TRUE;
}

double
terrace_tariff_move (const TerraceTariff *self, int from, int to, double size_gb)
{
  if (terrace_tariff_is_auto (self, to))
    {
      /* Objects that answer less often than its second tier come back as copies. */
      return self->store[from] >= self->auto_store[1] ?
                 self->auto_transition :
                 self->put[0] + self->retrieval[from] * size_gb;
    }
  if (terrace_tariff_is_auto (self, from))
    return to == 0 || self->transition[to] < 0.0 ? self->put[to] : self->transition[to];
  if (to > from && self->transition[to] >= 0.0)
    return self->transition[to];
  return self->put[to] + self->retrieval[from] * size_gb;
}

double
terrace_tariff_read (const TerraceTariff *self, int place, double requests, double read_gb)
{
  if (terrace_tariff_is_auto (self, place))
    return requests * self->get[0];
  return requests * self->get[place] + read_gb * self->retrieval[place];
}
