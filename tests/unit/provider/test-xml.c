/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XML from outside: what is plain is read, what declares anything is not. */

#include "provider/terrace-xml.h"

#include "base/terrace-error.h"
#include "provider/terrace-http-request.h"

#include <string.h>

static void
test_reading (void)
{
  static const char text[] = "<?xml version=\"1.0\"?><Root xmlns=\"urn:x\"><!-- no --><A>one &amp; "
                             "<![CDATA[<two>]]></A><Size>17</Size><Bad>-1</Bad><A>three</A></Root>";
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other_error = NULL;
  g_autoptr (TerraceXml) document = terrace_xml_parse (body, "Root", &error);
  const xmlNode *root;
  g_autofree char *value = NULL;
  g_autofree char *none = NULL;
  guint64 size;

  g_assert_no_error (error);
  root = terrace_xml_get_root (document);
  g_assert_true (terrace_xml_is (root, "Root"));
  g_assert_false (terrace_xml_is (NULL, "Root"));
  value = terrace_xml_get_text_in (root, "A");
  g_assert_cmpstr (value, ==, "one & <two>");
  none = terrace_xml_get_text_in (root, "B");
  g_assert_null (none);
  g_assert_null (terrace_xml_find (NULL, "A"));
  g_assert_true (terrace_xml_get_size_in (root, "Size", &size));
  g_assert_cmpuint (size, ==, 17);
  g_assert_false (terrace_xml_get_size_in (root, "Bad", &size));
  g_assert_false (terrace_xml_get_size_in (root, "A", &size));

  g_assert_null (terrace_xml_parse (body, "Other", &other_error));
  g_assert_error (other_error, TERRACE_ERROR, TERRACE_ERROR_CORRUPT);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    "text",
    "<a>",
    "<a></b>",
    "<!DOCTYPE a><a/>",
    "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
    "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;\">]><a>&y;</a>",
  };
  g_autofree char *wide = NULL;
  gsize wide_length;
  g_autoptr (GBytes) wide_body = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (texts[i], strlen (texts[i]));

      g_assert_null (terrace_xml_parse_any (body));
    }

  /* In two bytes a character, where a search for the words would see nothing. */
  wide = g_convert ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE a [<!ENTITY x \"y\">]>"
                    "<a>&x;</a>",
                    -1, "UTF-16", "UTF-8", NULL, &wide_length, NULL);
  wide_body = g_bytes_new (wide, wide_length);
  g_assert_null (terrace_xml_parse_any (wide_body));
}

static void
test_request (void)
{
  g_autoptr (TerraceHttpRequest) request = terrace_http_request_new ("PUT", "key");

  terrace_http_request_add_query (request, "b", "2");
  terrace_http_request_add_header (request, "a", "1");
  g_assert_cmpstr (terrace_http_pairs_find (request->query, "b"), ==, "2");
  g_assert_null (terrace_http_pairs_find (request->query, "a"));
  g_assert_cmpstr (terrace_http_pairs_find (request->headers, "a"), ==, "1");
  g_assert_cmpuint (request->limit_bytes, >, 0);
  g_assert_null (request->body);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider/xml/reading", test_reading);
  g_test_add_func ("/provider/xml/refused", test_refused);
  g_test_add_func ("/provider/xml/request", test_request);

  return g_test_run ();
}
