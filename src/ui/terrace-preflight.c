/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The bill before a move, in words. Pure; main thread because the locale's words are. */

#include "config.h"

#include "ui/terrace-preflight.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-clock.h"
#include "base/terrace-units.h"
#include "ui/terrace-format.h"

char *
terrace_ui_format_preflight (const TerracePreflight *preflight, const char *currency)
{
  g_autofree char *size = NULL;
  g_autofree char *money = NULL;
  g_autofree char *time = NULL;
  GString *text;

  g_return_val_if_fail (preflight != NULL, NULL);
  g_return_val_if_fail (currency != NULL, NULL);

  size = terrace_ui_format_size (preflight->size_bytes);
  money = terrace_ui_format_amount (preflight->total_nanos, currency);
  text = g_string_new (size);
  if (preflight->total_nanos > 0)
    {
      g_string_append (text, ", ");
      g_string_append_printf (text, _ ("costs %s once"), money);
    }
  if (preflight->seconds >= 1)
    {
      time = terrace_format_duration ((gint64) (preflight->seconds * TERRACE_US_PER_SECOND));
      g_string_append (text, ", ");
      /* Translators: a duration, "5 minutes" */
      g_string_append_printf (text, _ ("about %s"), time);
    }
  return g_string_free (text, FALSE);
}

static void
add_term (GString *text, const char *label, gint64 nanos, const char *currency)
{
  g_autofree char *money = terrace_ui_format_amount (nanos, currency);

  if (nanos > 0)
    g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", label, money);
}

char *
terrace_ui_format_preflight_terms (const TerracePreflight *preflight, const char *currency)
{
  GString *text;
  g_autofree char *count = NULL;
  g_autofree char *requests = NULL;

  g_return_val_if_fail (preflight != NULL, NULL);
  g_return_val_if_fail (currency != NULL, NULL);

  text = g_string_new (NULL);
  count = terrace_ui_format_count (preflight->requests);
  requests = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s request", "%s requests",
                                           (gulong) preflight->requests),
                              count);
  add_term (text, requests, preflight->request_nanos, currency);
  add_term (text, _ ("Reading from its class"), preflight->retrieval_nanos, currency);
  add_term (text, _ ("Leaving the provider’s network"), preflight->egress_nanos, currency);
  add_term (text, _ ("Leaving its class early"), preflight->early_deletion_nanos, currency);
  return g_string_free (text, FALSE);
}
