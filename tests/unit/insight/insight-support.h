/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-price-sheet.h"

/* The shipped price sheets, and randomness that is the same in every run. */

G_BEGIN_DECLS

#define N_SHEETS 4

extern const char *const insight_sheet_names[N_SHEETS]; /* "aws.json"... */

/* (transfer full): the bytes of a file of data/prices; a missing file fails the test. */
GBytes *insight_load_sheet_bytes (const char *file_name);
/* (transfer full) */
TerracePriceSheet *insight_load_sheet (const char *file_name);

/* (transfer full) (element-type TerraceStorageClass): the classes of all sheets. */
GPtrArray *insight_load_classes (void);
/* (transfer none): "aws/STANDARD"; a missing one fails the test. */
TerraceStorageClass *insight_find_class (GPtrArray *classes, const char *class_id);

/* From @low to @high, spread evenly over the magnitudes; @low > 0. */
double insight_random_magnitude (GRand *rand, double low, double high);

G_END_DECLS
