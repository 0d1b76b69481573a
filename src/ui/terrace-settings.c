/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Finds the settings' schema: installed, or in the build tree when the program runs from there.
 * GSettings aborts on a missing schema, so it is looked up first. Main thread. */

#include "config.h"

#include "ui/terrace-settings.h"

#include "ui/terrace-paths.h"

static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchemaSource) source = NULL;

  if (terrace_ui_runs_from_build_tree ())
    source = g_settings_schema_source_new_from_directory (TERRACE_BUILD_DIR "/data", installed,
                                                          TRUE, NULL);
  if (source != NULL)
    return g_settings_schema_source_lookup (source, TERRACE_APPLICATION_ID, TRUE);
  if (installed != NULL)
    return g_settings_schema_source_lookup (installed, TERRACE_APPLICATION_ID, TRUE);
  return NULL;
}

GSettings *
terrace_ui_get_settings (void)
{
  static GSettings *settings;
  static gboolean looked;

  if (!looked)
    {
      g_autoptr (GSettingsSchema) schema = find_schema ();

      looked = TRUE;
      if (schema != NULL)
        settings = g_settings_new_full (schema, NULL, NULL);
      else
        g_info ("No settings schema: nothing will be remembered");
    }
  return settings;
}
