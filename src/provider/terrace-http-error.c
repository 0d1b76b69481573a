/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From statuses and names of errors to ours, with words for people. Any thread. */

#include "config.h"

#include "provider/terrace-http-error.h"

#include "base/terrace-clock.h"
#include "provider/terrace-http.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The clouds refuse beyond 15 minutes, and a refused HEAD does not say why. */
#define SKEW_US (5 * 60 * TERRACE_US_PER_SECOND)

typedef struct
{
  guint status;
  TerraceErrorCode meaning;
  const char *words;
} StatusMeaning;

static const StatusMeaning by_status[] = {
  { 301, TERRACE_ERROR_INVALID, N_ ("This place is at another address or in another region") },
  { 302, TERRACE_ERROR_INVALID, N_ ("This place is at another address or in another region") },
  { 307, TERRACE_ERROR_INVALID, N_ ("This place is at another address or in another region") },
  { 308, TERRACE_ERROR_INVALID, N_ ("This place is at another address or in another region") },
  { 400, TERRACE_ERROR_INVALID, N_ ("The server did not accept the request") },
  { 401, TERRACE_ERROR_PERMISSION, N_ ("The server did not accept the key") },
  { 403, TERRACE_ERROR_PERMISSION, N_ ("Access was refused: this key may not do that here") },
  { 404, TERRACE_ERROR_NOT_FOUND, N_ ("There is no object of this name") },
  { 405, TERRACE_ERROR_UNSUPPORTED, N_ ("This server cannot do that") },
  { 408, TERRACE_ERROR_UNREACHABLE, N_ ("The server waited too long for the bytes") },
  { 409, TERRACE_ERROR_BUSY, N_ ("Somebody else writes there now") },
  { 410, TERRACE_ERROR_NOT_FOUND, N_ ("It is not there any more") },
  { 412, TERRACE_ERROR_CHANGED, N_ ("The object was changed meanwhile") },
  { 413, TERRACE_ERROR_LIMIT, N_ ("This is larger than the server allows") },
  { 429, TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { 501, TERRACE_ERROR_UNSUPPORTED, N_ ("This server cannot do that") },
  { 503, TERRACE_ERROR_BUSY, N_ ("The server asks to slow down") },
  { 507, TERRACE_ERROR_NO_SPACE, N_ ("The server is full") },
};

static void
judge_status (guint status, TerraceErrorCode *meaning, const char **words)
{
  for (guint i = 0; i < G_N_ELEMENTS (by_status); i++)
    if (by_status[i].status == status)
      {
        *meaning = by_status[i].meaning;
        *words = by_status[i].words;
        return;
      }

  if (status == 0 || status >= 500)
    {
      *meaning = TERRACE_ERROR_UNREACHABLE;
      *words = N_ ("The server has a fault of its own");
    }
  else
    {
      *meaning = TERRACE_ERROR_FAILED;
      *words = N_ ("The server gave an answer that is not known");
    }
}

static void
judge (const TerraceHttpMeaning *table,
       const char *code,
       guint status,
       TerraceErrorCode *meaning,
       const char **words)
{
  for (; code != NULL && table != NULL && table->code != NULL; table++)
    if (strcmp (table->code, code) == 0)
      {
        *meaning = table->meaning;
        *words = table->words;
        return;
      }

  judge_status (status, meaning, words);
}

GError *
terrace_http_error_new (const TerraceHttpMeaning *table,
                        const char *code,
                        guint status,
                        const char *place,
                        guint retry_after_s)
{
  TerraceErrorCode meaning = TERRACE_ERROR_FAILED;
  const char *words = NULL;
  g_autoptr (GString) text = NULL;
  GError *error;

  g_return_val_if_fail (place != NULL, NULL);

  judge (table, code, status, &meaning, &words);
  text = g_string_new (_ (words));
  g_string_append_printf (text, " (%s", place);
  /* The server's own word is quoted only as far as it looks like one. */
  if (code != NULL && g_str_is_ascii (code))
    g_string_append_printf (text, ", %.64s", code);
  else if (status != 0)
    g_string_append_printf (text, ", HTTP %u", status);
  g_string_append_c (text, ')');
  if (retry_after_s > 0)
    g_string_append_printf (text, _ ("; it asks to wait %u s"), retry_after_s);

  error = g_error_new_literal (TERRACE_ERROR, meaning, text->str);
  if (retry_after_s > 0)
    terrace_error_set_retry_after (error, retry_after_s * TERRACE_US_PER_SECOND);

  return error;
}

gboolean
terrace_http_learn_clock (SoupMessageHeaders *headers,
                          gint64 now_us,
                          gint64 signed_offset_us,
                          gint64 *offset_us)
{
  gint64 server_us = terrace_http_get_date_us (headers, "Date");

  *offset_us = server_us - now_us;
  return server_us != 0 && ABS (*offset_us - signed_offset_us) >= SKEW_US;
}
