/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "insight/terrace-price-sheet.h"

#include <json-glib/json-glib.h>

/* The figures a class may have: their names, units and bounds. Private to insight. */

G_BEGIN_DECLS

/* Where in the file we are, for messages; @class_code: (nullable). */
typedef struct
{
  const char *file_name;
  const char *class_code;
  GHashTable *sources; /* id -> TerracePriceSource */
} TerracePriceContext;

typedef struct
{
  char *title;
  char *url;
  char *date;
} TerracePriceSource;

void terrace_price_source_free (TerracePriceSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerracePriceSource, terrace_price_source_free)

void terrace_price_figure_free (TerracePriceFigure *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TerracePriceFigure, terrace_price_figure_free)

/* Always %FALSE, with %TERRACE_ERROR_INVALID naming file, class and @field (nullable). */
gboolean terrace_price_fail (const TerracePriceContext *context,
                             const char *field,
                             GError **error,
                             const char *format,
                             ...) G_GNUC_PRINTF (4, 5);

/* %FALSE if @object has a member that is not in @allowed (zero-terminated). */
gboolean terrace_price_check_members (const TerracePriceContext *context,
                                      JsonObject *object,
                                      const char *const *allowed,
                                      GError **error);

/* (transfer full): a string of reasonable length; %NULL and an error if it is none. A missing one
 * is "" unless @required. */
char *terrace_price_dup_string (const TerracePriceContext *context,
                                JsonObject *object,
                                const char *member,
                                gboolean required,
                                GError **error);

/* Reads all figures of a class into @storage_class, and into @list what they rest on. */
gboolean terrace_price_read_figures (const TerracePriceContext *context,
                                     JsonObject *figures,
                                     gboolean needs_gb_month,
                                     TerraceStorageClass *storage_class,
                                     GPtrArray *list,
                                     GError **error);

/* Computes gb_month from the figures of a disk of one's own. */
gboolean terrace_price_read_disk (const TerracePriceContext *context,
                                  JsonObject *disk,
                                  TerraceStorageClass *storage_class,
                                  GPtrArray *list,
                                  GError **error);

G_END_DECLS
