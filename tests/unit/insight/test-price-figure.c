/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Tests of insight/terrace-price-figure.c: units, what is optional, where the figures go. */

#include "insight/terrace-price-figure.h"

#include "sheet-text.h"

#include "base/terrace-error.h"

typedef struct
{
  GHashTable *sources;
  TerraceStorageClass *storage_class;
  GPtrArray *list;
  TerracePriceContext context;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  static const char *const ids[] = { "list", "mail" };

  self->sources = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         (GDestroyNotify) terrace_price_source_free);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      TerracePriceSource *source = g_new0 (TerracePriceSource, 1);

      source->title = g_strdup_printf ("Title of %s", ids[i]);
      source->date = g_strdup ("2026-11");
      g_hash_table_insert (self->sources, (gpointer) ids[i], source);
    }
  self->storage_class = terrace_storage_class_new ("mine/COLD", "Cold");
  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_price_figure_free);
  self->context = (TerracePriceContext){ "mine.json", "COLD", self->sources };
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_hash_table_unref (self->sources);
  terrace_storage_class_unref (self->storage_class);
  g_ptr_array_unref (self->list);
}

static gboolean
read_figures (Fixture *self, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = sheet_text_bytes (text);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) json_error = NULL;

  json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                              (gssize) g_bytes_get_size (bytes), &json_error);
  g_assert_no_error (json_error);
  return terrace_price_read_figures (&self->context,
                                     json_node_get_object (json_parser_get_root (parser)), TRUE,
                                     self->storage_class, self->list, error);
}

static const TerracePriceFigure *
find_figure (Fixture *self, const char *field)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      const TerracePriceFigure *figure = g_ptr_array_index (self->list, i);

      if (g_str_equal (figure->field, field))
        return figure;
    }
  return NULL;
}

static void
test_units (Fixture *self, gconstpointer unused)
{
  const TerraceStorageClass *storage_class = self->storage_class;
  g_autoptr (GError) error = NULL;

  g_assert_true (read_figures (self, "{" GB_MONTH FIGURES "}", &error));
  g_assert_no_error (error);

  g_assert_cmpfloat (storage_class->gb_month, ==, 0.02);
  g_assert_cmpfloat (storage_class->put_request, ==, 0.005);
  g_assert_cmpfloat (storage_class->get_request, ==, 0.0004);
  g_assert_cmpfloat (storage_class->transition_request, ==, -1.0);
  g_assert_cmpfloat (storage_class->retrieval_gb, ==, 0.5);
  g_assert_cmpfloat (storage_class->egress_gb, ==, 0.25);
  g_assert_cmpuint (storage_class->min_billable_bytes, ==, 131072);
  g_assert_cmpfloat (storage_class->min_duration_days, ==, 0.5);
  g_assert_cmpuint (storage_class->first_byte_ms, ==, 5 * 3600 * 1000);
  g_assert_true (storage_class->offline);

  /* What is not given is nothing. */
  g_assert_cmpfloat (storage_class->monitoring_month, ==, 0.0);
  g_assert_cmpuint (storage_class->durable_zones, ==, 0);
  g_assert_cmpuint (self->list->len, ==, 10);
}

static void
test_optional (Fixture *self, gconstpointer unused)
{
  const TerraceStorageClass *storage_class = self->storage_class;
  g_autoptr (GError) error = NULL;

  g_assert_true (read_figures (
      self,
      "{" GB_MONTH "'write_gb': { 'value': 0.125, 'unit': 'per GB', 'source': [ 'list' ] },"
      "'restore_request': { 'value': 0.25, 'unit': 'per request', 'source': [ 'list' ] },"
      "'monitoring_month': { 'value': 4, 'unit': 'per 1,000 object-months', 'source': [ 'list' ] },"
      "'monitoring_min_bytes': { 'value': 7, 'unit': 'bytes', 'source': [ 'list' ] },"
      "'overhead_bytes': { 'value': 8, 'unit': 'bytes', 'source': [ 'list' ] },"
      "'overhead_hot_bytes': { 'value': 9, 'unit': 'bytes', 'source': [ 'list' ] },"
      "'overhead_hot_gb_month': { 'value': 0.75, 'unit': 'per GB-month', 'source': [ 'list' ] },"
      "'durable_zones': { 'value': 3, 'unit': 'zones', 'source': [ 'list' ] }," FIGURES "}",
      &error));
  g_assert_no_error (error);

  g_assert_cmpfloat (storage_class->write_gb, ==, 0.125);
  g_assert_cmpfloat (storage_class->restore_request, ==, 0.25);
  g_assert_cmpfloat (storage_class->monitoring_month, ==, 0.004);
  g_assert_cmpuint (storage_class->monitoring_min_bytes, ==, 7);
  g_assert_cmpuint (storage_class->overhead_bytes, ==, 8);
  g_assert_cmpuint (storage_class->overhead_hot_bytes, ==, 9);
  g_assert_cmpfloat (storage_class->overhead_hot_gb_month, ==, 0.75);
  g_assert_cmpuint (storage_class->durable_zones, ==, 3);
}

static void
test_provenance (Fixture *self, gconstpointer unused)
{
  const TerracePriceFigure *figure;

  g_assert_true (read_figures (self, "{" GB_MONTH FIGURES "}", NULL));

  /* As the price list prints it, with the first of its sources. */
  figure = find_figure (self, "get_request");
  g_assert_cmpfloat (figure->value, ==, 4.0);
  g_assert_cmpstr (figure->unit, ==, "per 10,000 requests");
  g_assert_cmpstr (figure->source, ==, "Title of list");
  g_assert_cmpstr (figure->date, ==, "2026-11");
  g_assert_cmpstr (figure->note, ==, "");

  g_assert_cmpstr (find_figure (self, "egress_gb")->note, ==, "agreed");
  g_assert_cmpfloat (find_figure (self, "transition_request")->value, ==, -1.0);
  g_assert_cmpfloat (find_figure (self, "offline")->value, ==, 1.0);
  g_assert_null (find_figure (self, "monitoring_month"));
}

/* A message names the units that would do. */
static void
test_unit_advice (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (read_figures (self,
                                "{ 'gb_month': { 'value': 1, 'unit': 'per GB-month', 'source': "
                                "[ 'list' ] }, 'put_request': { 'value': 1, 'unit': 'each', "
                                "'source': [ 'list' ] } }",
                                &error));
  g_assert_error (error, TERRACE_ERROR, TERRACE_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "mine.json: class COLD: put_request: the unit “each” is not known here; use "
                   "one of “per request”, “per 1,000 requests”, “per 10,000 requests”");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/insight/price-figure/units", test_units);
  ADD ("/insight/price-figure/optional", test_optional);
  ADD ("/insight/price-figure/provenance", test_provenance);
  ADD ("/insight/price-figure/unit-advice", test_unit_advice);
#undef ADD

  return g_test_run ();
}
