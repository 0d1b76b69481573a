/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-price-parser.c: one fault at a time in a good sheet, and the message
 * that must name file, class and field. */

#include "insight/terrace-price-parser.h"

#include "sheet-text.h"

#include "base/terrace-error.h"
#include "base/terrace-limits.h"

#include <string.h>

static void
assert_refused (GBytes *bytes, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TerracePriceContent) content =
      terrace_price_content_parse (bytes, "mine.json", &error);

  if (content != NULL)
    g_test_message ("accepted, but should be: %s", message);
  g_assert_null (content);
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  if (strstr (error->message, message) != error->message)
    g_assert_cmpstr (error->message, ==, message);
}

/* The message is what the fault's begins with. */
static const struct
{
  const char *from;
  const char *to;
  const char *message;
} faults[] = {
  /* the head */
  { "'format': 1", "'format': 2", "mine.json: format: this version of Terrace only reads" },
  { "'format': 1", "'format': '1'", "mine.json: format: must be the number 1" },
  { "'format': 1, ", "", "mine.json: format: must be the number 1" },
  { "'region'", "'regoin'", "mine.json: regoin: a price sheet has no member of this name" },
  { "'provider': 'mine'", "'provider': ''", "mine.json: provider: must not be empty" },
  { "'provider': 'mine'", "'provider': 'mi/ne'", "mine.json: provider: must be letters" },
  { "'provider': 'mine',", "", "mine.json: provider: is missing" },
  { "'name': 'My prices'", "'name': 7", "mine.json: name: must be text in quotes" },
  { "'name': 'My prices'", "'name': null", "mine.json: name: must be text in quotes" },
  { "'EUR'", "'eur'", "mine.json: currency: must be three capital letters" },
  { "'EUR'", "'EURO'", "mine.json: currency: must be three capital letters" },
  { "'date': '2026-11-22'", "'date': '22.11.2026'", "mine.json: date: the date must look like" },
  { "'date': '2026-11-22'", "'date': '2026-13'", "mine.json: date: the date must look like" },
  { "'date': '2026-11-22'", "'date': '2026-02-30'", "mine.json: date: the date must look like" },
  { "[ 'a note' ]", "'a note'", "mine.json: notes: must be a list" },
  { "[ 'a note' ]", "[ 1 ]", "mine.json: notes: must be text in quotes" },
  { "'reason': 'no price'", "'reason': ''", "mine.json: reason: must not be empty" },
  { "'reason'", "'raisin'", "mine.json: raisin: a price sheet has no member" },
  /* the sources */
  { "'url'", "'link'", "mine.json: link: a price sheet has no member" },
  { "'id': 'mail'", "'id': 'list'", "mine.json: list: this source is given twice" },
  { "'date': '2026-11-01'", "'date': 'lately'", "mine.json: list: the date must look like" },
  { "'title': 'Price list',", "", "mine.json: title: is missing" },
  { SOURCES, "'sources': []", "mine.json: sources: must be a list that is not empty" },
  { SOURCES ",", "", "mine.json: sources: must be a list that is not empty" },
  { SOURCES, "'sources': [ 1 ]", "mine.json: sources: must be a list of objects" },
  /* the classes */
  { "[ " COLD_CLASS ", " DISK_CLASS " ]", "[]", "mine.json: classes: must be a list that is not" },
  { "[ " COLD_CLASS ", " DISK_CLASS " ]", "{}", "mine.json: classes: must be a list that is not" },
  { COLD_CLASS ", " DISK_CLASS, "3", "mine.json: classes: must be a list of objects" },
  { "'code': 'DISK'", "'code': 'COLD'", "mine.json: class COLD: this class is given twice" },
  { "'code': 'COLD'", "'code': 'CO LD'", "mine.json: code: must be letters" },
  { "'code': 'COLD'", "'code': 3", "mine.json: code: must be text in quotes" },
  { "'code': 'COLD',", "", "mine.json: code: is missing" },
  { "'name': 'Cold things',", "", "mine.json: class COLD: name: is missing" },
  { "'tier': 'cold'", "'tier': 'chilly'", "mine.json: class COLD: tier: “chilly” is not a tier" },
  { "'tier': 'cold',", "", "mine.json: class COLD: tier: is missing" },
  { "'figures': { " GB_MONTH FIGURES " }", "'figures': 0",
    "mine.json: class COLD: figures: must be an object" },
  { ", 'figures': { " GB_MONTH FIGURES " }", "", "mine.json: class COLD: figures: is missing" },
  { DISK, "'disk': []", "mine.json: class DISK: disk: must be an object" },
  { "'note': 'mine'", "'notes': 'mine'", "mine.json: class DISK: notes: a price sheet has no" },
  /* the figures */
  { GB_MONTH, "", "mine.json: class COLD: gb_month: is missing" },
  { "'figures': { " FIGURES, "'figures': { " GB_MONTH FIGURES,
    "mine.json: class DISK: gb_month: is computed from “disk”" },
  { "'gb_month'", "'gb_moth'", "mine.json: class COLD: gb_month: is missing" },
  { "'retrieval_gb'", "'retreival_gb'", "mine.json: class COLD: retreival_gb: a price sheet has" },
  { "'offline': { 'value': true",
    "'overhead_hot_bytes': { 'value': 8192, 'unit': 'bytes',"
    " 'source': [ 'list' ] }, 'offline': { 'value': true",
    "mine.json: class COLD: overhead_hot_gb_month: is missing" },
  { "'value': 0.02,", "", "mine.json: class COLD: gb_month: the value must be a number" },
  { "'value': 0.02", "'value': '0.02'",
    "mine.json: class COLD: gb_month: the value must be a num" },
  { "'value': 0.02", "'value': null", "mine.json: class COLD: gb_month: the value must be a num" },
  { "'value': 0.02", "'value': true", "mine.json: class COLD: gb_month: the value must be a num" },
  { "'value': 0.02", "'value': [ 0.02 ]", "mine.json: class COLD: gb_month: the value must be" },
  { "'value': 0.02", "'value': -0.02", "mine.json: class COLD: gb_month: the value must not be" },
  { "'value': 0.02", "'value': 1e999", "mine.json: " },
  { "'value': 0.02", "'value': NaN", "mine.json: not JSON" },
  { "'value': 0.02", "'value': 1000001",
    "mine.json: class COLD: gb_month: the value is too large" },
  { "'value': 0.02", "'vaule': 0.02", "mine.json: class COLD: gb_month: vaule: a price sheet has" },
  { "'value': 0.02", "'value': 0.02, 'value': 0.2", "mine.json: a member is given twice" },
  { "'per GB-month'", "'per TB-month'",
    "mine.json: class COLD: gb_month: the unit “per TB-month”" },
  { "'per GB-month'", "'per GB'", "mine.json: class COLD: gb_month: the unit “per GB” is not" },
  { "'unit': 'per GB-month', ", "", "mine.json: class COLD: gb_month: unit: is missing" },
  { "'per GB-month', 'source': [ 'list' ]", "'per GB-month', 'source': [ 'lost' ]",
    "mine.json: class COLD: gb_month: the source “lost” is not in the list" },
  { "'per GB-month', 'source': [ 'list' ]", "'per GB-month', 'source': []",
    "mine.json: class COLD: gb_month: “source” must be a list" },
  { "'per GB-month', 'source': [ 'list' ]", "'per GB-month', 'source': 'list'",
    "mine.json: class COLD: gb_month: “source” must be a list" },
  { "'per GB-month', 'source': [ 'list' ]", "'per GB-month'",
    "mine.json: class COLD: gb_month: “source” must be a list" },
  { "'per GB-month', 'source': [ 'list' ]", "'per GB-month', 'source': [ 3 ]",
    "mine.json: class COLD: gb_month: the source “” is not" },
  { "'note': 'agreed'", "'note': 3", "mine.json: class COLD: egress_gb: note: must be text" },
  { "'gb_month': { 'value': 0.02, 'unit': 'per GB-month', 'source': [ 'list' ] }",
    "'gb_month': 0.02", "mine.json: class COLD: gb_month: must be an object with value" },
  { "'value': 131072", "'value': 0.5",
    "mine.json: class COLD: min_billable_bytes: the value must" },
  { "'value': 131072", "'value': 1e16", "mine.json: class COLD: min_billable_bytes: the value is" },
  { "'value': true", "'value': 1", "mine.json: class COLD: offline: the value must be true or" },
  { "'value': 12, 'unit': 'hours'", "'value': 36501, 'unit': 'days'",
    "mine.json: class COLD: min_duration_days: the value is too large" },
  { "'value': 5, 'unit': 'hours'", "'value': 721, 'unit': 'hours'",
    "mine.json: class COLD: first_byte_ms: the value is too large" },
  /* the disk */
  { "'watts'", "'wats'", "mine.json: class DISK: wats: a price sheet has no member" },
  { "'copies': { 'value': 2", "'copies': { 'value': 0",
    "mine.json: class DISK: copies: the value is too small" },
  { "'value': 1073741824000", "'value': 0", "mine.json: class DISK: capacity_bytes: the value is" },
  { "'lifetime_years': { 'value': 5", "'lifetime_years': { 'value': 0",
    "mine.json: class DISK: lifetime_years: the value is too small" },
};

static void
test_faults (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GBytes) bytes = sheet_text_replace (faults[i].from, faults[i].to);

      assert_refused (bytes, faults[i].message);
    }
}

/* Whatever is cut off the end of a sheet, it is refused. */
static void
test_truncated (void)
{
  g_autoptr (GBytes) whole = sheet_text_bytes (SHEET);
  const gsize length = g_bytes_get_size (whole);

  for (gsize i = 0; i < length; i += 7)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (whole, 0, i);

      assert_refused (part, "mine.json: ");
    }
}

/* Bytes changed at random never crash; what is still accepted has sane prices. */
static void
test_garbled (void)
{
  g_autoptr (GBytes) whole = sheet_text_bytes (SHEET);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  gsize length = 0;
  const char *text = g_bytes_get_data (whole, &length);
  guint n_accepted = 0;

  for (int i = 0; i < 3000; i++)
    {
      g_autofree char *copy = g_memdup2 (text, length);
      g_autoptr (TerracePriceContent) content = NULL;
      g_autoptr (GBytes) bytes = NULL;

      for (int j = g_rand_int_range (rand, 1, 4); j > 0; j--)
        copy[g_rand_int_range (rand, 0, (gint32) length)] = (char) g_rand_int_range (rand, 1, 256);
      bytes = g_bytes_new (copy, length);
      content = terrace_price_content_parse (bytes, "mine.json", NULL);
      if (content == NULL)
        continue;

      n_accepted++;
      for (guint j = 0; j < content->classes->len; j++)
        {
          const TerraceStorageClass *storage_class = g_ptr_array_index (content->classes, j);

          g_assert_cmpfloat (storage_class->gb_month, >=, 0.0);
          g_assert_cmpfloat (storage_class->gb_month, <=, 1e6);
        }
    }
  /* A change inside a name or a note does no harm. */
  g_assert_cmpuint (n_accepted, >, 0);
  g_assert_cmpuint (n_accepted, <, 1500);
}

static GBytes *
make_sheet_of_classes (guint n_classes)
{
  g_autoptr (GString) classes = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (SHEET);

  for (guint i = 0; i < n_classes; i++)
    {
      g_autoptr (GString) one = g_string_new (COLD_CLASS);
      g_autofree char *code = g_strdup_printf ("'code': 'C%u'", i);

      g_string_replace (one, "'code': 'COLD'", code, 1);
      g_string_append_printf (classes, "%s%s", i > 0 ? ", " : "", one->str);
    }
  g_string_replace (text, COLD_CLASS ", " DISK_CLASS, classes->str, 1);
  return sheet_text_bytes (text->str);
}

static void
test_number_of_classes (void)
{
  g_autoptr (GBytes) most = make_sheet_of_classes (TERRACE_LIMIT_CLASSES);
  g_autoptr (GBytes) more = make_sheet_of_classes (TERRACE_LIMIT_CLASSES + 1);
  g_autoptr (TerracePriceContent) content = NULL;
  g_autoptr (GError) error = NULL;

  content = terrace_price_content_parse (most, "mine.json", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (content->classes->len, ==, TERRACE_LIMIT_CLASSES);
  assert_refused (more, "mine.json: classes: there are more than 256 classes");
}

static void
test_long_text (void)
{
  g_autofree char *name = g_strnfill (2001, 'x');
  g_autofree char *to = g_strdup_printf ("'name': '%s'", name);
  g_autofree char *code = g_strnfill (65, 'x');
  g_autofree char *to_code = g_strdup_printf ("'code': '%s'", code);
  g_autoptr (GBytes) long_name = sheet_text_replace ("'name': 'Cold things'", to);
  g_autoptr (GBytes) long_code = sheet_text_replace ("'code': 'COLD'", to_code);

  assert_refused (long_name, "mine.json: class COLD: name: is too long");
  assert_refused (long_code, "mine.json: code: must be letters");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/insight/price-parser/faults", test_faults);
  g_test_add_func ("/insight/price-parser/truncated", test_truncated);
  g_test_add_func ("/insight/price-parser/garbled", test_garbled);
  g_test_add_func ("/insight/price-parser/number-of-classes", test_number_of_classes);
  g_test_add_func ("/insight/price-parser/long-text", test_long_text);

  return g_test_run ();
}
