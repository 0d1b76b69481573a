/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Colours of the charts, by meaning and style. Main thread. */

#include "config.h"

#include "ui/charts/terrace-palette.h"

#include <adwaita.h>

typedef struct
{
  const char *light;
  const char *dark;
} Shade;

static const Shade tier_shades[TERRACE_N_TIERS] = {
  [TERRACE_TIER_HOT] = { "#9e2f06", "#ff7a45" },
  [TERRACE_TIER_WARM] = { "#b97700", "#f5b84a" },
  [TERRACE_TIER_COLD] = { "#2a86c8", "#6cc1f5" },
  [TERRACE_TIER_ARCHIVE] = { "#0f4c81", "#3f8fde" },
};

/* What is paid once is grey: it belongs to the move, not to the place. */
static const Shade term_shades[TERRACE_N_TERMS] = {
  [TERRACE_TERM_STORAGE] = { "#1565a7", "#4aa3e8" },
  [TERRACE_TERM_MINIMUM_SIZE] = { "#3f97d4", "#9ad2fa" },
  [TERRACE_TERM_OVERHEAD] = { "#00785b", "#2fc9a0" },
  [TERRACE_TERM_MONITORING] = { "#6b7d00", "#c3d64b" },
  [TERRACE_TERM_REQUESTS] = { "#b97700", "#f5b84a" },
  [TERRACE_TERM_RETRIEVAL] = { "#c1440e", "#ff7a45" },
  [TERRACE_TERM_EGRESS] = { "#a8437f", "#ea8fc4" },
  [TERRACE_TERM_EARLY_DELETION] = { "#4a4a4a", "#e0e0e0" },
  [TERRACE_TERM_READ_OUT] = { "#626262", "#c4c4c4" },
  [TERRACE_TERM_MOVE_EGRESS] = { "#7a7a7a", "#a8a8a8" },
  [TERRACE_TERM_WRITE_IN] = { "#8c8c8c", "#8f8f8f" },
};

/* Neighbours differ in lightness too, for who sees no colour at all. */
static const Shade series_shades[TERRACE_N_SERIES_COLORS] = {
  { "#1565a7", "#4aa3e8" }, { "#d06b00", "#fba916" }, { "#4a0f63", "#b1fafb" },
  { "#cf3f6c", "#e5484d" }, { "#0a4a2f", "#f4fdb3" }, { "#8a6df0", "#b79cff" },
  { "#7d2d00", "#d2b84b" }, { "#767676", "#f08bb0" },
};

/* High contrast pulls a colour towards black or white until it stands out. */
static void
strengthen (GdkRGBA *rgba, gboolean dark)
{
  const float toward = dark ? 1.0f : 0.0f;
  const float share = dark ? 0.30f : 0.35f;

  rgba->red += (toward - rgba->red) * share;
  rgba->green += (toward - rgba->green) * share;
  rgba->blue += (toward - rgba->blue) * share;
}

GdkRGBA
terrace_palette_get_for (TerraceColor color, gboolean dark, gboolean high_contrast)
{
  GdkRGBA rgba = { 0.5f, 0.5f, 0.5f, 1.0f };
  guint index = color & 0xff;
  const Shade *shade = &series_shades[index % TERRACE_N_SERIES_COLORS];

  if (color >= TERRACE_COLOR_TERM (0))
    shade = &term_shades[MIN (index, TERRACE_N_TERMS - 1)];
  else if (color >= TERRACE_COLOR_TIER (0))
    shade = &tier_shades[MIN (index, TERRACE_N_TIERS - 1)];
  gdk_rgba_parse (&rgba, dark ? shade->dark : shade->light);
  if (high_contrast)
    strengthen (&rgba, dark);
  return rgba;
}

GdkRGBA
terrace_palette_get (TerraceColor color)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  return terrace_palette_get_for (color, adw_style_manager_get_dark (manager),
                                  adw_style_manager_get_high_contrast (manager));
}

GdkRGBA
terrace_palette_tier (TerraceTier tier)
{
  g_return_val_if_fail ((guint) tier < TERRACE_N_TIERS, (GdkRGBA){ 0 });

  return terrace_palette_get (TERRACE_COLOR_TIER (tier));
}

GdkRGBA
terrace_palette_term (TerraceTerm term)
{
  g_return_val_if_fail ((guint) term < TERRACE_N_TERMS, (GdkRGBA){ 0 });

  return terrace_palette_get (TERRACE_COLOR_TERM (term));
}

GdkRGBA
terrace_palette_accent (void)
{
  return terrace_palette_get (TERRACE_COLOR_TERM (TERRACE_TERM_STORAGE));
}

GdkRGBA
terrace_palette_trough (GtkWidget *widget)
{
  gboolean high = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
  GdkRGBA rgba;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &rgba);
  rgba.alpha *= high ? 0.35f : 0.12f;
  return rgba;
}

void
terrace_palette_follow_style (GtkWidget *chart)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  g_return_if_fail (GTK_IS_WIDGET (chart));

  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), chart,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw),
                           chart, G_CONNECT_SWAPPED);
}
