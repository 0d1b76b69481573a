/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-storage-class.h"

/* What days, reads, writes and moves cost, for replaying a history day by day: the flat numbers of
 * a few storage classes, dearest to store first. Pure.
 *
 * The rules: storage is paid by the day (30 to the month) at the billable size; a read pays a
 * request and its bytes' retrieval; a new object and an overwrite pay a put in the first class;
 * leaving a class pays what is left of its minimum duration; a move down pays a transition request,
 * one up is a copy: retrieval of the whole object and a put. */

G_BEGIN_DECLS

#define TERRACE_TARIFF_CLASSES 5
/* The class that moves objects by itself, behind the others. */
#define TERRACE_TARIFF_PLACES (TERRACE_TARIFF_CLASSES + 1)
/* Days without a read after which it goes to its second and third tier. */
#define TERRACE_TARIFF_AUTO_WARM_DAYS 30
#define TERRACE_TARIFF_AUTO_COLD_DAYS 90

/**
 * TerraceTariff:
 * @n_classes: the places 0 to n_classes - 1; 0 is where objects are created
 * @n_places: n_classes, or one more if there is a class that tiers by itself
 * @names: (array length=n_places): of the classes, for people; borrowed
 * @store: per GB and day
 * @get: per read request
 * @put: per object written
 * @transition: per object moved down into it; negative if only a copy gets there
 * @retrieval: per GB read
 * @min_gb: smaller objects are billed as if they had this size
 * @min_days: leaving earlier pays for the days left
 * @first_byte_ms: what a read waits
 * @auto_store: per GB and day in the frequent, infrequent and rare tier of the class that tiers
 *   by itself
 * @auto_monitoring: per object and day
 * @auto_transition: per object moved down into it
 * @auto_min_gb: smaller objects are not monitored and stay frequent
 */
typedef struct
{
  int n_classes;
  int n_places;
  const char *names[TERRACE_TARIFF_PLACES];

  double store[TERRACE_TARIFF_CLASSES];
  double get[TERRACE_TARIFF_CLASSES];
  double put[TERRACE_TARIFF_CLASSES];
  double transition[TERRACE_TARIFF_CLASSES];
  double retrieval[TERRACE_TARIFF_CLASSES];
  double min_gb[TERRACE_TARIFF_CLASSES];
  int min_days[TERRACE_TARIFF_CLASSES];
  guint64 first_byte_ms[TERRACE_TARIFF_CLASSES];

  double auto_store[3];
  double auto_monitoring;
  double auto_transition;
  double auto_min_gb;
} TerraceTariff;

/**
 * terrace_tariff_init:
 * @classes: (element-type TerraceStorageClass): of one provider; must outlive the tariff
 *
 * Takes the classes that answer without a restore, are kept as safely as the safest of them and
 * charge nothing for monitoring: S3 Standard, Standard-IA and Glacier Instant Retrieval, say. Of
 * those that charge for it only S3 Intelligent-Tiering is understood, as the last place.
 *
 * Returns: %FALSE and %TERRACE_ERROR_INVALID if that leaves less than two
 */
gboolean terrace_tariff_init (TerraceTariff *self, GPtrArray *classes, GError **error);

static inline gboolean
terrace_tariff_is_auto (const TerraceTariff *self, int place)
{
  return place == self->n_classes;
}

/* Storage of one day in a class that is not the automatic one. */
static inline double
terrace_tariff_store_day (const TerraceTariff *self, int place, double size_gb)
{
  return self->store[place] * MAX (size_gb, self->min_gb[place]);
}

/* What is left of the minimum duration after @days in @place. */
static inline double
terrace_tariff_leave (const TerraceTariff *self, int place, int days, double size_gb)
{
  if (terrace_tariff_is_auto (self, place) || days >= self->min_days[place])
    return 0.0;
  return (self->min_days[place] - days) * terrace_tariff_store_day (self, place, size_gb);
}

/* One day in the automatic class, @idle days after the last read. */
static inline double
terrace_tariff_auto_day (const TerraceTariff *self, int idle, double size_gb, double *monitoring)
{
  int tier = 0;

  *monitoring = 0.0;
  if (size_gb >= self->auto_min_gb)
    {
      *monitoring = self->auto_monitoring;
      tier = (idle >= TERRACE_TARIFF_AUTO_WARM_DAYS) + (idle >= TERRACE_TARIFF_AUTO_COLD_DAYS);
    }
  return self->auto_store[tier] * size_gb;
}

/* The way from one place to another, without what leaving early costs. */
double terrace_tariff_move (const TerraceTariff *self, int from, int to, double size_gb);

/* What requests and retrieval of a read cost in @place. */
double terrace_tariff_read (const TerraceTariff *self, int place, double requests, double read_gb);

G_END_DECLS
