/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Settings of librdkafka. Any thread. */

#include "config.h"

#include "stream/terrace-kafka-client.h"

#include "base/terrace-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
try_set (rd_kafka_conf_t *conf, const char *name, const char *value, GError **error)
{
  char problem[512];

  if (value == NULL ||
      rd_kafka_conf_set (conf, name, value, problem, sizeof problem) == RD_KAFKA_CONF_OK)
    return TRUE;

  g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
               _ ("Kafka cannot be used like this: %s"), problem);
  return FALSE;
}

void
terrace_kafka_conf_set (rd_kafka_conf_t *conf, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  if (!try_set (conf, name, value, &error))
    g_critical ("%s: %s", name, error->message);
}

static gboolean
set_options (rd_kafka_conf_t *conf, GStrv options, GError **error)
{
  for (guint i = 0; options != NULL && options[i] != NULL; i++)
    {
      const char *sign = strchr (options[i], '=');
      g_autofree char *name = NULL;

      if (sign == NULL)
        {
          g_set_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID,
                       _ ("“%s” is no option: it must be NAME=VALUE"), options[i]);
          return FALSE;
        }
      name = g_strndup (options[i], (gsize) (sign - options[i]));
      if (!try_set (conf, name, sign + 1, error))
        return FALSE;
    }

  return TRUE;
}

rd_kafka_conf_t *
terrace_kafka_conf_new (const TerraceSourceSettings *settings, GError **error)
{
  static const char *const protocols[2][2] = { { "plaintext", "sasl_plaintext" },
                                               { "ssl", "sasl_ssl" } };
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();

  if (try_set (conf, "bootstrap.servers", settings->address, error) &&
      try_set (conf, "client.id", "terrace", error) &&
      try_set (conf, "security.protocol",
               protocols[settings->tls ? 1 : 0][settings->user != NULL ? 1 : 0], error) &&
      try_set (conf, "sasl.mechanisms", settings->user != NULL ? "PLAIN" : NULL, error) &&
      try_set (conf, "sasl.username", settings->user, error) &&
      try_set (conf, "sasl.password", settings->password, error) &&
      try_set (conf, "ssl.ca.location", settings->ca_file, error) &&
      try_set (conf, "ssl.certificate.location", settings->cert_file, error) &&
      try_set (conf, "ssl.key.location", settings->key_file, error) &&
      set_options (conf, settings->options, error))
    return conf;

  rd_kafka_conf_destroy (conf);
  return NULL;
}
