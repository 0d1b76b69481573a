/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/terrace-error.h"

#include <libsoup/soup.h>

/* What a refusal over HTTP means, for every cloud alike: a provider brings its table of names, the
 * statuses and the waiting are known here. Any thread. */

G_BEGIN_DECLS

/**
 * TerraceHttpMeaning:
 * One line of a provider's table; the last has a @code of %NULL.
 * @code: the provider's name of the error
 * @words: for people, marked with N_(), without a full stop
 */
typedef struct
{
  const char *code;
  TerraceErrorCode meaning;
  const char *words;
} TerraceHttpMeaning;

/**
 * terrace_http_error_new:
 * @table: (nullable): asked first
 * @code: (nullable): the name that the answer has for it
 * @status: 0 if the error was inside of an answer of success
 * @place: in words: "bucket x at y"
 * @retry_after_s: how long the server asks to be left alone; 0 if it does not
 *
 * Returns: (transfer full): the refusal in words, with @place and @code, and with @retry_after_s
 *   for terrace_error_get_retry_after()
 */
GError *terrace_http_error_new (const TerraceHttpMeaning *table,
                                const char *code,
                                guint status,
                                const char *place,
                                guint retry_after_s);

/**
 * terrace_http_learn_clock:
 * @headers: of a refusal that the clock may be the reason of
 * @now_us: by our clock, uncorrected
 * @signed_offset_us: the correction that the refused request was signed with
 * @offset_us: (out): the correction by the server's Date
 *
 * Returns: whether they differ by so much that signing again is worth it
 */
gboolean terrace_http_learn_clock (SoupMessageHeaders *headers,
                                   gint64 now_us,
                                   gint64 signed_offset_us,
                                   gint64 *offset_us);

G_END_DECLS
