/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Looks at a request's headers before anything else does. Runs on the main thread.
 *
 * Loopback alone protects nobody: every web page may send requests there. It cannot set the
 * Authorization header across origins without being asked first, it cannot forge Origin, and a name
 * that was rebound to 127.0.0.1 still stands in Host. */

#include "config.h"

#include "api/terrace-guard.h"

#include "api/terrace-call.h"
#include "base/terrace-limits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const own_hosts[] = { "127.0.0.1", "localhost", "[::1]" };

/* @text: "host:port", or "host" where the port is HTTP's own. */
static gboolean
is_own_host (const char *text, guint16 port)
{
  for (guint i = 0; i < G_N_ELEMENTS (own_hosts); i++)
    {
      g_autofree char *own = g_strdup_printf ("%s:%u", own_hosts[i], port);

      if (g_ascii_strcasecmp (text, own) == 0 ||
          (port == 80 && g_ascii_strcasecmp (text, own_hosts[i]) == 0))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_own_origin (const char *origin, guint16 port)
{
  return g_str_has_prefix (origin, "http://") && is_own_host (origin + strlen ("http://"), port);
}

/* Takes as long for a nearly right token as for a wrong one. */
static gboolean
equal_in_constant_time (const char *one, const char *other)
{
  gsize length = strlen (other);
  guint8 difference = strlen (one) != length;

  for (gsize i = 0; i < length && one[i] != '\0'; i++)
    difference |= (guint8) (one[i] ^ other[i]);
  return difference == 0;
}

static gboolean
knows_token (SoupMessageHeaders *headers, const char *token)
{
  static const char scheme[] = "Bearer ";
  const char *text = soup_message_headers_get_one (headers, "Authorization");

  return text != NULL && g_ascii_strncasecmp (text, scheme, strlen (scheme)) == 0 &&
         equal_in_constant_time (text + strlen (scheme), token);
}

gboolean
terrace_guard_admit (SoupServerMessage *message, guint16 port, const char *token)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *host = soup_message_headers_get_one (headers, "Host");
  const char *origin = soup_message_headers_get_one (headers, "Origin");

  if (host == NULL || !is_own_host (host, port))
    {
      terrace_call_refuse (message, SOUP_STATUS_MISDIRECTED_REQUEST, "host",
                           _ ("Address the server as 127.0.0.1 or localhost, with its port"));
      return FALSE;
    }
  if (origin != NULL && !is_own_origin (origin, port))
    {
      terrace_call_refuse (message, SOUP_STATUS_FORBIDDEN, "origin",
                           _ ("Pages of other origins may not use this server"));
      return FALSE;
    }
  if (!knows_token (headers, token))
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "WWW-Authenticate", "Bearer realm=\"Terrace\"");
      terrace_call_refuse (message, SOUP_STATUS_UNAUTHORIZED, "token",
                           _ ("Send the token: Authorization: Bearer TOKEN; "
                              "'terracectl serve --help' says where it is"));
      return FALSE;
    }
  if (soup_message_headers_get_content_length (headers) > TERRACE_LIMIT_API_BODY_BYTES)
    {
      terrace_call_refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "limit",
                           _ ("The body is too long: send it in several requests"));
      return FALSE;
    }
  return TRUE;
}
