/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Setting up a client of libmosquitto. Any thread; a client belongs to one at a time. */

#include "config.h"

#include "stream/terrace-mqtt-client.h"

#include "base/terrace-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <mqtt_protocol.h>
#include <string.h>

#define PORT 1883
#define TLS_PORT 8883
#define KEEPALIVE_S 30
/* How long a broker keeps what comes while nobody is connected. */
#define SESSION_S (7 * 86400)
/* The greatest number of messages under way that MQTT 5 knows. */
#define RECEIVE_MAXIMUM 65535

static void
init_library (void)
{
  static gsize initialised = 0;

  if (g_once_init_enter (&initialised))
    {
      mosquitto_lib_init ();
      g_once_init_leave (&initialised, 1);
    }
}

static gboolean
check (int code, GError **error)
{
  if (code == MOSQ_ERR_SUCCESS)
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID, _ ("MQTT cannot be used like this: %s"),
               code == MOSQ_ERR_ERRNO ? g_strerror (errno) : mosquitto_strerror (code));
  return FALSE;
}

static gboolean
set_tls (struct mosquitto *client, const TerraceSourceSettings *settings, GError **error)
{
  if (!settings->tls)
    return TRUE;
  if (settings->ca_file == NULL &&
      !check (mosquitto_int_option (client, MOSQ_OPT_TLS_USE_OS_CERTS, 1), error))
    return FALSE;

  return check (mosquitto_tls_set (client, settings->ca_file, NULL, settings->cert_file,
                                   settings->key_file, NULL),
                error);
}

struct mosquitto *
terrace_mqtt_client_new (const TerraceSourceSettings *settings,
                         const char *suffix,
                         gpointer data,
                         GError **error)
{
  g_autofree char *id = NULL;
  struct mosquitto *client;
  int version = settings->mqtt_version == 5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311;

  init_library ();
  id = settings->client_id != NULL ? g_strconcat (settings->client_id, suffix, NULL) :
                                     g_strconcat ("terrace-", settings->name, suffix, NULL);
  client = mosquitto_new (id, settings->qos == 0, data);
  if (client == NULL)
    {
      check (MOSQ_ERR_ERRNO, error);
      return NULL;
    }

  /* Nothing is written unless asked: acknowledgements wait for the commit. */
  if (check (mosquitto_threaded_set (client, true), error) &&
      check (mosquitto_int_option (client, MOSQ_OPT_PROTOCOL_VERSION, version), error) &&
      check (mosquitto_int_option (client, MOSQ_OPT_RECEIVE_MAXIMUM, RECEIVE_MAXIMUM), error) &&
      check (mosquitto_username_pw_set (client, settings->user, settings->password), error) &&
      set_tls (client, settings, error))
    return client;

  mosquitto_destroy (client);
  return NULL;
}

gboolean
terrace_mqtt_client_connect (struct mosquitto *client,
                             const TerraceSourceSettings *settings,
                             GError **error)
{
  g_autoptr (GSocketConnectable) address = NULL;
  mosquitto_property *properties = NULL;
  int port = settings->tls ? TLS_PORT : PORT;
  int code, saved_errno;

  address = g_network_address_parse (settings->address, (guint16) port, error);
  if (address == NULL)
    return FALSE;
  if (settings->mqtt_version == 5 && settings->qos > 0)
    mosquitto_property_add_int32 (&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, SESSION_S);
  code = mosquitto_connect_bind_v5 (client,
                                    g_network_address_get_hostname (G_NETWORK_ADDRESS (address)),
                                    g_network_address_get_port (G_NETWORK_ADDRESS (address)),
                                    KEEPALIVE_S, NULL, properties);
  saved_errno = errno;
  mosquitto_property_free_all (&properties);
  if (code == MOSQ_ERR_SUCCESS)
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_UNREACHABLE,
               _ ("The broker %s cannot be reached: %s"), settings->address,
               code == MOSQ_ERR_ERRNO ? g_strerror (saved_errno) : mosquitto_strerror (code));
  return FALSE;
}

char *
terrace_mqtt_describe_refusal (int code, gboolean *lasting)
{
  /* 3.1.1 has 1 to 5, 5 has 128 on. */
  switch (code)
    {
    case CONNACK_REFUSED_BAD_USERNAME_PASSWORD:
    case CONNACK_REFUSED_NOT_AUTHORIZED:
    case MQTT_RC_BAD_USERNAME_OR_PASSWORD:
    case MQTT_RC_NOT_AUTHORIZED:
      *lasting = TRUE;
      return g_strdup (_ ("The broker refuses this user and password"));
    case CONNACK_REFUSED_IDENTIFIER_REJECTED:
    case MQTT_RC_CLIENTID_NOT_VALID:
      *lasting = TRUE;
      return g_strdup (_ ("The broker refuses this client id"));
    case CONNACK_REFUSED_PROTOCOL_VERSION:
    case MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION:
      *lasting = TRUE;
      return g_strdup (_ ("The broker does not speak this version of MQTT; choose the other one"));
    default:
      *lasting = FALSE;
      return g_strdup_printf (_ ("The broker refused the connection: %s"),
                              code < 128 ? mosquitto_connack_string (code) :
                                           mosquitto_reason_string (code));
    }
}
