/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The ledger of past decisions in short: the sum, and the latest moves with what became of them.
 * Main thread. */

#include "config.h"

#include "ui/overview/terrace-savings-card.h"

#include <glib/gi18n-lib.h>

#include "engine/terrace-engine-insight.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"

#define PAUSE_MS 10000
#define N_SHOWN 3

struct _TerraceSavingsCard
{
  TerraceOverviewCard parent_instance;

  GtkLabel *sum_label;
  GtkLabel *parts_label;
  GtkBox *entries_box;
};

G_DEFINE_FINAL_TYPE (TerraceSavingsCard, terrace_savings_card, TERRACE_TYPE_OVERVIEW_CARD)

static void
terrace_savings_card_add_entry (TerraceSavingsCard *self,
                                const TerraceRegretEntry *entry,
                                const char *currency)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (entry->name);
  g_autofree char *amount = terrace_ui_format_amount (entry->saved_nanos, currency);
  GtkWidget *amount_label = gtk_label_new (amount);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (amount_label, "numeric");
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), amount_label);
  gtk_box_append (GTK_BOX (row), line);
  if (entry->because != NULL)
    {
      GtkWidget *because = terrace_overview_label_new (entry->because, "caption");

      gtk_widget_add_css_class (because, "dim-label");
      gtk_box_append (GTK_BOX (row), because);
    }
  gtk_box_append (self->entries_box, row);
}

static void
terrace_savings_card_show (TerraceSavingsCard *self,
                           const TerraceRegretLedger *ledger,
                           const char *currency)
{
  g_autofree char *sum =
      terrace_ui_format_nanos (ledger->saved_nanos - ledger->lost_nanos, currency);
  g_autofree char *saved = terrace_ui_format_nanos (ledger->saved_nanos, currency);
  g_autofree char *lost = terrace_ui_format_nanos (ledger->lost_nanos, currency);
  g_autofree char *count = terrace_ui_format_count (ledger->entries->len);
  g_autofree char *parts = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->entries_box))) != NULL)
    gtk_box_remove (self->entries_box, child);
  gtk_widget_set_visible (GTK_WIDGET (self->sum_label), ledger->entries->len > 0);
  if (ledger->entries->len == 0)
    {
      gtk_label_set_text (self->parts_label,
                          _ ("Nothing has changed its storage class yet. Accept a move in the "
                             "plan, and what it really saves is counted here."));
      return;
    }
  gtk_label_set_text (self->sum_label, sum);
  /* Translators: a number of moves, then two amounts of money */
  parts =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s move judged: %s saved, %s lost.",
                                    "%s moves judged: %s saved, %s lost.", ledger->entries->len),
                       count, saved, lost);
  gtk_label_set_text (self->parts_label, parts);
  for (guint i = 0; i < MIN (ledger->entries->len, N_SHOWN); i++)
    terrace_savings_card_add_entry (self, g_ptr_array_index (ledger->entries, i), currency);
}

static void
regret_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceSavingsCard) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceRegretLedger) ledger = NULL;

  ledger = terrace_engine_regret_finish (TERRACE_ENGINE (object), result, &error);
  if (ledger == NULL)
    {
      terrace_ui_report (GTK_WIDGET (self), _ ("Could not judge the past moves"), error);
      return;
    }
  if (terrace_overview_card_get_engine (TERRACE_OVERVIEW_CARD (self)) != NULL)
    terrace_savings_card_show (self, ledger, terrace_engine_get_currency (TERRACE_ENGINE (object)));
}

static void
terrace_savings_card_ask (TerraceOverviewCard *card,
                          TerraceEngine *engine,
                          GCancellable *cancellable)
{
  terrace_engine_regret_async (engine, cancellable, regret_cb, g_object_ref (card));
}

static void
terrace_savings_card_class_init (TerraceSavingsCardClass *klass)
{
  TerraceOverviewCardClass *card_class = TERRACE_OVERVIEW_CARD_CLASS (klass);

  card_class->changes = TERRACE_CATALOG_MOVES;
  card_class->pause_ms = PAUSE_MS;
  card_class->ask = terrace_savings_card_ask;
}

static void
terrace_savings_card_init (TerraceSavingsCard *self)
{
  GtkBox *box = terrace_overview_card_build (TERRACE_OVERVIEW_CARD (self), _ ("Saved So Far"));

  self->sum_label = GTK_LABEL (terrace_overview_label_new (NULL, "title-2"));
  gtk_widget_add_css_class (GTK_WIDGET (self->sum_label), "numeric");
  gtk_widget_set_visible (GTK_WIDGET (self->sum_label), FALSE);
  gtk_box_append (box, GTK_WIDGET (self->sum_label));
  self->parts_label = GTK_LABEL (terrace_overview_label_new (NULL, "dim-label"));
  gtk_box_append (box, GTK_WIDGET (self->parts_label));
  self->entries_box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 9));
  gtk_box_append (box, GTK_WIDGET (self->entries_box));
}
