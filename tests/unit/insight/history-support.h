/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-history.h"
#include "insight/terrace-price-sheet.h"
#include "insight/terrace-tariff.h"

/* Histories to replay, and what days cost. */

G_BEGIN_DECLS

/* (transfer full): from CSV rows without the header; the test fails if they are none. */
TerraceHistory *history_from_rows (const char *rows);
/* (transfer full): tests/fixtures/insight/history.csv */
TerraceHistory *history_load_fixture (void);
/* Of the shipped sheet for Amazon; @sheet (out) (transfer full) must outlive the tariff. */
void history_load_tariff (TerraceTariff *tariff, TerracePriceSheet **sheet);
/* (transfer full): many objects, two years: some read every week, some for a while, some never. */
TerraceHistory *history_make (guint n_objects, int n_days, guint seed);
/* (transfer full): the rows of history_make() up to, not with, @until. */
char *history_make_rows (guint n_objects, int n_days, guint seed, int until);

G_END_DECLS
