/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of stream/terrace-mqtt-topic.c. */

#include "stream/terrace-mqtt-source.h"

static void
test_filter (void)
{
  static const char *const cases[][2] = { { "data/{location}/{key}", "data/+/#" },
                                          { "{key}/x", "+/x" },
                                          { "a/+/#", "a/+/#" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *filter = terrace_mqtt_topic_to_filter (cases[i][0]);

      g_assert_cmpstr (filter, ==, cases[i][1]);
    }
}

static void
test_match (void)
{
  static const struct
  {
    const char *topic, *name;
    gboolean matches;
    const char *location, *key;
  } cases[] = {
    { "data/{location}/{key}", "data/films/raw/a.mov", TRUE, "films", "raw/a.mov" },
    { "data/{location}/{key}", "data/films", FALSE, NULL, NULL },
    { "data/{location}/{key}", "other/films/a", FALSE, NULL, NULL },
    { "{key}/of/{location}", "a/of/b", TRUE, "b", "a" },
    { "{key}/of/{location}", "a/of/b/c", FALSE, NULL, NULL },
    { "#", "a/b", TRUE, NULL, NULL },
    { "a/+", "a/b", TRUE, NULL, NULL },
    { "a/+", "a", FALSE, NULL, NULL },
    { "{location}/{location}", "a/b", TRUE, "b", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *location = NULL, *key = NULL;

      g_assert_cmpint (terrace_mqtt_topic_match (cases[i].topic, cases[i].name, &location, &key),
                       ==, cases[i].matches);
      g_assert_cmpstr (location, ==, cases[i].location);
      g_assert_cmpstr (key, ==, cases[i].key);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/mqtt-topic/filter", test_filter);
  g_test_add_func ("/stream/mqtt-topic/match", test_match);

  return g_test_run ();
}
