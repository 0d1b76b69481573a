/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/terrace-storage-class.h"

#include <gio/gio.h>

/* What is in a price sheet's file, taken apart. Private to insight. */

G_BEGIN_DECLS

/**
 * TerracePriceContent:
 * @classes: (element-type TerraceStorageClass)
 * @figures: (element-type GPtrArray): of TerracePriceFigure, one array per class, in the same order
 */
typedef struct
{
  char *provider;
  char *name;
  char *region;
  char *currency;
  char *date;
  GPtrArray *classes;
  GPtrArray *figures;
} TerracePriceContent;

TerracePriceContent *
terrace_price_content_parse (GBytes *bytes, const char *file_name, GError **error);
void terrace_price_content_free (TerracePriceContent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerracePriceContent, terrace_price_content_free)

G_END_DECLS
