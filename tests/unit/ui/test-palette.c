/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Colours of the charts: seen against every background, and told apart by eyes that lack a kind of
 * cone. */

#include "config.h"

#include <math.h>

#include "ui/charts/terrace-palette.h"

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

/* WCAG 2. */
static double
luminance (const GdkRGBA *rgba)
{
  return 0.2126 * linear ((double) rgba->red) + 0.7152 * linear ((double) rgba->green) +
         0.0722 * linear ((double) rgba->blue);
}

static double
contrast (const GdkRGBA *a, const GdkRGBA *b)
{
  double first = luminance (a), second = luminance (b);

  return (MAX (first, second) + 0.05) / (MIN (first, second) + 0.05);
}

static void
assert_contrast (TerraceColor color, double least, gboolean high_contrast)
{
  GdkRGBA white, black, shade;

  /* The grounds of libadwaita's cards and windows. */
  gdk_rgba_parse (&white, "#fafafa");
  gdk_rgba_parse (&black, "#303030");
  shade = terrace_palette_get_for (color, FALSE, high_contrast);
  g_assert_cmpfloat (contrast (&shade, &white), >=, least);
  shade = terrace_palette_get_for (color, TRUE, high_contrast);
  g_assert_cmpfloat (contrast (&shade, &black), >=, least);
}

static void
test_contrast (void)
{
  for (guint i = 0; i < TERRACE_N_SERIES_COLORS; i++)
    {
      assert_contrast (TERRACE_COLOR_SERIES (i), 3.0, FALSE);
      assert_contrast (TERRACE_COLOR_SERIES (i), 4.5, TRUE);
    }
  for (guint i = 0; i < TERRACE_N_TIERS; i++)
    {
      assert_contrast (TERRACE_COLOR_TIER (i), 3.0, FALSE);
      assert_contrast (TERRACE_COLOR_TIER (i), 4.5, TRUE);
    }
  for (guint i = 0; i < TERRACE_N_TERMS; i++)
    assert_contrast (TERRACE_COLOR_TERM (i), 3.0, FALSE);
}

/* Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
static const double blindness[][9] = {
  { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
  { 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998 },
  { 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881 },
  { 1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900 },
};

/* CIE L*a*b*, D65. */
static void
to_lab (const GdkRGBA *rgba, const double *matrix, double lab[3])
{
  const double in[3] = { linear ((double) rgba->red), linear ((double) rgba->green),
                         linear ((double) rgba->blue) };
  double rgb[3], xyz[3];

  for (guint i = 0; i < 3; i++)
    rgb[i] =
        CLAMP (matrix[3 * i] * in[0] + matrix[3 * i + 1] * in[1] + matrix[3 * i + 2] * in[2], 0, 1);
  xyz[0] = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505;
  xyz[1] = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  xyz[2] = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089;
  for (guint i = 0; i < 3; i++)
    xyz[i] = xyz[i] > 0.008856 ? cbrt (xyz[i]) : 7.787 * xyz[i] + 16.0 / 116;
  lab[0] = 116 * xyz[1] - 16;
  lab[1] = 500 * (xyz[0] - xyz[1]);
  lab[2] = 200 * (xyz[1] - xyz[2]);
}

static double
difference (TerraceColor a, TerraceColor b, gboolean dark, gboolean high, const double *matrix)
{
  GdkRGBA first = terrace_palette_get_for (a, dark, high);
  GdkRGBA second = terrace_palette_get_for (b, dark, high);
  double x[3], y[3];

  to_lab (&first, matrix, x);
  to_lab (&second, matrix, y);
  return sqrt (pow (x[0] - y[0], 2) + pow (x[1] - y[1], 2) + pow (x[2] - y[2], 2));
}

/* A difference of 2.3 is just noticed; 15 is plain even for small things. */
static void
test_told_apart (void)
{
  for (guint kind = 0; kind < G_N_ELEMENTS (blindness); kind++)
    for (guint style = 0; style < 4; style++)
      {
        for (guint i = 0; i + 1 < TERRACE_N_SERIES_COLORS; i++)
          g_assert_cmpfloat (difference (TERRACE_COLOR_SERIES (i), TERRACE_COLOR_SERIES (i + 1),
                                         style & 1, style >> 1, blindness[kind]),
                             >, 15);
        /* A chart seldom has more than five layers: all of the first five, not only neighbours. */
        for (guint i = 0; i < 5; i++)
          for (guint j = i + 1; j < 5; j++)
            g_assert_cmpfloat (difference (TERRACE_COLOR_SERIES (i), TERRACE_COLOR_SERIES (j),
                                           style & 1, style >> 1, blindness[kind]),
                               >, 8);
        /* Tiers have a gap between them and their names beside them. */
        for (guint i = 0; i + 1 < TERRACE_N_TIERS; i++)
          g_assert_cmpfloat (difference (TERRACE_COLOR_TIER (i), TERRACE_COLOR_TIER (i + 1),
                                         style & 1, style >> 1, blindness[kind]),
                             >, 10);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/palette/contrast", test_contrast);
  g_test_add_func ("/ui/palette/told-apart", test_told_apart);
  return g_test_run ();
}
