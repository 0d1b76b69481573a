/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The dialog that adds a cloud location. The place is tried by the engine with the key held in
 * memory; what is wrong is said here, with the entries still there to be corrected. The secret
 * stands in password entries, whose memory GTK locks and wipes, and is copied only for the call.
 * Main thread. */

#include "config.h"

#include "ui/locations/terrace-cloud-dialog.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"
#include "engine/terrace-engine-transfer.h"
#include "provider/terrace-credentials-import.h"
#include "ui/locations/terrace-cloud-form.h"
#include "ui/locations/terrace-cloud-import.h"
#include "ui/terrace-chooser.h"
#include "ui/terrace-feedback.h"
#include "ui/terrace-format.h"

struct _TerraceCloudDialog
{
  AdwWindow parent_instance;

  /* inputs */
  TerraceEngine *engine;
  TerraceLocationKind kind;
  GPtrArray *classes;  /* behind the rows of class_row */
  GPtrArray *switches; /* (element-type GtkSwitch): of the same classes, in classes_row */
  char *account_file;  /* text of the service account's file; wiped */

  /* in progress */
  GCancellable *cancellable;
  gboolean busy;

  AdwPreferencesGroup *place_group;
  AdwPreferencesGroup *key_group;
  AdwEntryRow *name_row;
  AdwComboRow *service_row;
  AdwEntryRow *address_row;
  AdwActionRow *plain_row;
  GtkSwitch *plain_switch;
  AdwEntryRow *region_row;
  AdwEntryRow *account_row;
  AdwEntryRow *bucket_row;
  AdwEntryRow *access_row;
  AdwEntryRow *secret_row;
  AdwEntryRow *token_row;
  AdwActionRow *file_row;
  AdwComboRow *class_row;
  AdwExpanderRow *classes_row;
  GtkMenuButton *import_button;
  GtkLabel *result_label;
  GtkWidget *spinner;
  GtkWidget *add_button;
};

G_DEFINE_FINAL_TYPE (TerraceCloudDialog, terrace_cloud_dialog, ADW_TYPE_WINDOW)

static const char *
get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
terrace_cloud_dialog_get_form (TerraceCloudDialog *self, TerraceCloudForm *form)
{
  *form = (TerraceCloudForm){
    .kind = self->kind,
    .amazon =
        self->kind == TERRACE_LOCATION_S3 && adw_combo_row_get_selected (self->service_row) == 0,
    .address = get_text (self->address_row),
    .region = get_text (self->region_row),
    .account = get_text (self->account_row),
    .bucket = get_text (self->bucket_row),
    .access_key = get_text (self->access_row),
    .secret_key = self->kind == TERRACE_LOCATION_GCS ?
                      (self->account_file != NULL ? self->account_file : "") :
                      get_text (self->secret_row),
    .session_token = get_text (self->token_row),
    .unencrypted = gtk_switch_get_active (self->plain_switch),
  };
}

static void
terrace_cloud_dialog_say (TerraceCloudDialog *self, const char *text, const char *css_class)
{
  gtk_label_set_text (self->result_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->result_label), *text != '\0');
  gtk_widget_remove_css_class (GTK_WIDGET (self->result_label), "error");
  gtk_widget_remove_css_class (GTK_WIDGET (self->result_label), "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->result_label), css_class);
}

static void
terrace_cloud_dialog_update (TerraceCloudDialog *self)
{
  TerraceCloudForm form;
  g_autofree char *root = NULL;
  g_autoptr (TerraceSecret) secret = NULL;
  gboolean complete;

  terrace_cloud_dialog_get_form (self, &form);
  root = terrace_cloud_form_get_root (&form);
  secret = terrace_cloud_form_get_secret (&form);
  complete = !self->busy && root != NULL && secret != NULL && self->classes != NULL &&
             self->classes->len > 0;
  gtk_widget_set_visible (GTK_WIDGET (self->plain_row), terrace_cloud_form_is_plain (&form));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "cloud.test", complete);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "cloud.add",
                                 complete && *get_text (self->name_row) != '\0');
  gtk_widget_set_visible (self->spinner, self->busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), self->busy);
}

static void
changed_cb (TerraceCloudDialog *self)
{
  if (self->classes == NULL)
    return;
  /* What was said was about what stood there before. */
  terrace_cloud_dialog_say (self, "", "error");
  terrace_cloud_dialog_update (self);
}

static void
service_changed_cb (TerraceCloudDialog *self)
{
  gboolean amazon =
      self->kind == TERRACE_LOCATION_S3 && adw_combo_row_get_selected (self->service_row) == 0;

  gtk_widget_set_visible (GTK_WIDGET (self->address_row), !amazon);
  changed_cb (self);
}

/* --- Classes ------------------------------------------------------------------------------- */

static char *
describe_class (TerraceCloudDialog *self, TerraceStorageClass *storage_class)
{
  g_autofree char *price =
      terrace_ui_format_price (storage_class->gb_month, terrace_engine_get_currency (self->engine));
  g_autofree char *latency = terrace_format_latency (storage_class->first_byte_ms);

  /* Translators: tier, price, time until the first byte can be read */
  return g_strdup_printf (_ ("%s, %s, first byte after %s"),
                          terrace_ui_tier_label (storage_class->tier), price, latency);
}

static void
class_changed_cb (TerraceCloudDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->class_row);
  g_autofree char *text = NULL;

  if (self->classes == NULL || selected >= self->classes->len)
    return;
  text = describe_class (self, g_ptr_array_index (self->classes, selected));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->class_row), text);
  /* What new objects get is used in any case. */
  for (guint i = 0; i < self->switches->len; i++)
    {
      GtkWidget *toggle = g_ptr_array_index (self->switches, i);

      gtk_widget_set_sensitive (toggle, i != selected);
      if (i == selected)
        gtk_switch_set_active (GTK_SWITCH (toggle), TRUE);
    }
}

static void
terrace_cloud_dialog_add_class (TerraceCloudDialog *self, TerraceStorageClass *storage_class)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();
  g_autofree char *text = describe_class (self, storage_class);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), storage_class->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  storage_class->name, -1);
  adw_expander_row_add_row (self->classes_row, row);
  g_ptr_array_add (self->classes, terrace_storage_class_ref (storage_class));
  g_ptr_array_add (self->switches, toggle);
}

static void
terrace_cloud_dialog_fill_classes (TerraceCloudDialog *self)
{
  GPtrArray *sheets = terrace_engine_get_price_sheets (self->engine);
  const char *provider = terrace_cloud_form_get_sheet (self->kind);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  self->classes = g_ptr_array_new_with_free_func ((GDestroyNotify) terrace_storage_class_unref);
  for (guint i = 0; i < sheets->len; i++)
    {
      TerracePriceSheet *sheet = g_ptr_array_index (sheets, i);
      GPtrArray *classes = terrace_price_sheet_get_classes (sheet);

      if (!g_str_equal (terrace_price_sheet_get_provider (sheet), provider))
        continue;
      for (guint j = 0; j < classes->len; j++)
        {
          TerraceStorageClass *storage_class = g_ptr_array_index (classes, j);

          terrace_cloud_dialog_add_class (self, storage_class);
          gtk_string_list_append (names, storage_class->name);
        }
    }
  adw_combo_row_set_model (self->class_row, G_LIST_MODEL (names));
  class_changed_cb (self);
}

/* (transfer full): what new objects get comes first. */
static GStrv
terrace_cloud_dialog_get_class_ids (TerraceCloudDialog *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  guint selected = adw_combo_row_get_selected (self->class_row);

  g_strv_builder_add (ids,
                      ((TerraceStorageClass *) g_ptr_array_index (self->classes, selected))->id);
  for (guint i = 0; i < self->classes->len; i++)
    if (i != selected && gtk_switch_get_active (g_ptr_array_index (self->switches, i)))
      g_strv_builder_add (ids, ((TerraceStorageClass *) g_ptr_array_index (self->classes, i))->id);
  return g_strv_builder_end (ids);
}

/* --- Keys that are there already -------------------------------------------------------------- */

static void
terrace_cloud_dialog_forget_file (TerraceCloudDialog *self)
{
  if (self->account_file != NULL)
    explicit_bzero (self->account_file, strlen (self->account_file));
  g_clear_pointer (&self->account_file, g_free);
}

/* Into the entries, where it can be seen that there is something. */
static void
terrace_cloud_dialog_fill_secret (TerraceCloudDialog *self, const TerraceSecret *secret)
{
  if (self->kind == TERRACE_LOCATION_GCS)
    {
      terrace_cloud_dialog_forget_file (self);
      self->account_file = g_strdup (secret->secret_key);
      changed_cb (self);
      return;
    }
  if (self->kind == TERRACE_LOCATION_S3)
    gtk_editable_set_text (GTK_EDITABLE (self->access_row), secret->access_key);
  else if (*get_text (self->account_row) == '\0' &&
           !g_str_equal (secret->access_key, TERRACE_KEY_AZURE_SIGNATURE))
    gtk_editable_set_text (GTK_EDITABLE (self->account_row), secret->access_key);
  gtk_editable_set_text (GTK_EDITABLE (self->secret_row), secret->secret_key);
  gtk_editable_set_text (GTK_EDITABLE (self->token_row),
                         secret->session_token != NULL ? secret->session_token : "");
}

static void
imported_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (TerraceCloudDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TerraceSecret) secret = terrace_cloud_import_finish (result, &error);

  if (self->engine == NULL)
    return;
  if (secret != NULL)
    terrace_cloud_dialog_fill_secret (self, secret);
  else if (!terrace_error_is_cancelled (error))
    {
      if (self->account_file == NULL)
        adw_action_row_set_subtitle (self->file_row, _ ("No file chosen"));
      terrace_cloud_dialog_say (self, error->message, "error");
    }
}

static void
file_chosen_cb (GtkWidget *widget, GPtrArray *files)
{
  TerraceCloudDialog *self = TERRACE_CLOUD_DIALOG (widget);
  g_autofree char *path = g_file_get_path (g_ptr_array_index (files, 0));
  g_autofree char *base_name = g_file_get_basename (g_ptr_array_index (files, 0));
  g_autofree char *shown = terrace_display_name (base_name);
  g_autofree char *escaped = g_markup_escape_text (shown, -1);
  g_autofree char *from = NULL;

  if (path == NULL)
    return;
  from = g_strconcat ("file:", path, NULL);
  adw_action_row_set_subtitle (self->file_row, escaped);
  terrace_cloud_import_async (from, self->kind, self->cancellable, imported_cb,
                              g_object_ref (self));
}

static void
choose_file_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_ui_choose (widget, TERRACE_CHOOSE_FILES, _ ("Choose a File with a Key"), _ ("_Choose"),
                     NULL, file_chosen_cb);
}

/* "env", "aws-profile:default" */
static void
import_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TerraceCloudDialog *self = TERRACE_CLOUD_DIALOG (widget);

  adw_action_row_set_subtitle (self->file_row, _ ("From the environment"));
  terrace_cloud_import_async (g_variant_get_string (parameter, NULL), self->kind, self->cancellable,
                              imported_cb, g_object_ref (self));
}

/* --- Testing and adding ---------------------------------------------------------------------- */

typedef struct
{
  TerraceCloudDialog *dialog;
  gboolean test_only;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->dialog);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static void
terrace_cloud_dialog_say_probe (TerraceCloudDialog *self, const TerraceProbe *probe)
{
  g_autofree char *latency = terrace_format_latency ((probe->latency_us + 500) / 1000);
  g_autofree char *text = NULL;

  if (probe->writable)
    /* Translators: a time follows "in" */
    text = g_strdup_printf (_ ("Connected: it answers in %s and may be written to"), latency);
  else
    text = g_strdup_printf (_ ("Connected: it answers in %s and may only be read"), latency);
  terrace_cloud_dialog_say (self, text, "success");
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  TerraceCloudDialog *self = attempt->dialog;
  g_autoptr (GError) error = NULL;
  g_autofree char *unkept = NULL;
  g_autofree TerraceProbe *probe = NULL;

  probe = terrace_engine_connect_location_finish (TERRACE_ENGINE (object), result, &unkept, &error);
  if (self->engine == NULL)
    return;
  self->busy = FALSE;
  terrace_cloud_dialog_update (self);
  if (probe == NULL)
    {
      if (!terrace_error_is_cancelled (error))
        terrace_cloud_dialog_say (self, error->message, "error");
      return;
    }
  if (attempt->test_only)
    {
      terrace_cloud_dialog_say_probe (self, probe);
      return;
    }
  if (unkept != NULL)
    {
      g_autofree char *text =
          /* Translators: a reason follows */
          g_strdup_printf (_ ("The key is known until Terrace quits, then it asks again: %s"),
                           unkept);

      gtk_widget_activate_action (GTK_WIDGET (gtk_window_get_transient_for (GTK_WINDOW (self))),
                                  "win.show-problem", "s", text);
    }
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
terrace_cloud_dialog_connect (TerraceCloudDialog *self, gboolean test_only)
{
  Attempt *attempt = g_new0 (Attempt, 1);
  TerraceCloudForm form;
  g_auto (GStrv) class_ids = terrace_cloud_dialog_get_class_ids (self);
  g_autofree char *root = NULL;
  g_autoptr (TerraceSecret) secret = NULL;
  g_autoptr (TerraceLocation) location = NULL;
  const char *name = get_text (self->name_row);

  terrace_cloud_dialog_get_form (self, &form);
  root = terrace_cloud_form_get_root (&form);
  secret = terrace_cloud_form_get_secret (&form);
  location = terrace_location_new (self->kind, *name != '\0' ? name : form.bucket, root,
                                   (const char *const *) class_ids);
  location->accepts = TRUE;
  attempt->dialog = g_object_ref (self);
  attempt->test_only = test_only;
  self->busy = TRUE;
  terrace_cloud_dialog_say (self, "", "error");
  terrace_cloud_dialog_update (self);
  terrace_engine_connect_location_async (self->engine, location, secret, test_only,
                                         self->cancellable, connected_cb, attempt);
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_cloud_dialog_connect (TERRACE_CLOUD_DIALOG (widget), TRUE);
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  terrace_cloud_dialog_connect (TERRACE_CLOUD_DIALOG (widget), FALSE);
}

/* --- Object -------------------------------------------------------------------------------- */

static void
terrace_cloud_dialog_fill_import_menu (TerraceCloudDialog *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  const char *profile = g_getenv ("AWS_PROFILE");

  if (profile == NULL || *profile == '\0')
    profile = "default";
  if (self->kind == TERRACE_LOCATION_S3)
    {
      /* Translators: a profile of Amazon's command line tool; its name follows */
      g_autofree char *label = g_strdup_printf (_ ("AWS Profile “%s”"), profile);
      g_autofree char *target = g_strconcat ("aws-profile:", profile, NULL);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "cloud.import", "s", target);
      g_menu_append_item (menu, item);
    }
  g_menu_append (menu, _ ("_Environment of This Session"), "cloud.import::env");
  g_menu_append (menu, _ ("_File…"), "cloud.choose-file");
  gtk_menu_button_set_menu_model (self->import_button, G_MENU_MODEL (menu));
}

/* The rows that the kind needs, and none else. */
static void
terrace_cloud_dialog_fit_kind (TerraceCloudDialog *self)
{
  gboolean s3 = self->kind == TERRACE_LOCATION_S3;
  gboolean azure = self->kind == TERRACE_LOCATION_AZURE;
  gboolean gcs = self->kind == TERRACE_LOCATION_GCS;

  gtk_widget_set_visible (GTK_WIDGET (self->service_row), s3);
  gtk_widget_set_visible (GTK_WIDGET (self->region_row), s3);
  gtk_widget_set_visible (GTK_WIDGET (self->account_row), azure);
  gtk_widget_set_visible (GTK_WIDGET (self->access_row), s3);
  gtk_widget_set_visible (GTK_WIDGET (self->secret_row), !gcs);
  gtk_widget_set_visible (GTK_WIDGET (self->token_row), s3);
  gtk_widget_set_visible (GTK_WIDGET (self->file_row), gcs);
  if (!s3)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->address_row),
                                   azure ? _ ("Address, If Not Azure’s Own") :
                                           _ ("Address, If Not Google’s Own"));
  if (azure)
    {
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->bucket_row), _ ("Container"));
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->secret_row),
                                     _ ("Account Key, Signature or Connection String"));
      adw_preferences_group_set_description (
          self->key_group, _ ("Azure’s portal shows them under “Access keys” and “Shared access "
                              "signature”. A signature for this container only is enough."));
    }
  else if (gcs)
    adw_preferences_group_set_description (
        self->key_group, _ ("A service account that may read and write objects of this bucket, and "
                            "its key as a JSON file."));
  else
    adw_preferences_group_set_description (
        self->key_group, _ ("A key that may list, read and write this bucket. It is kept in the "
                            "keyring and nowhere else."));
  service_changed_cb (self);
}

static void
terrace_cloud_dialog_dispose (GObject *object)
{
  TerraceCloudDialog *self = TERRACE_CLOUD_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  terrace_cloud_dialog_forget_file (self);
  g_clear_object (&self->engine);
  if (self->secret_row != NULL)
    {
      g_clear_pointer (&self->classes, g_ptr_array_unref);
      gtk_editable_set_text (GTK_EDITABLE (self->secret_row), "");
      gtk_editable_set_text (GTK_EDITABLE (self->token_row), "");
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), TERRACE_TYPE_CLOUD_DIALOG);
  G_OBJECT_CLASS (terrace_cloud_dialog_parent_class)->dispose (object);
}

static void
terrace_cloud_dialog_finalize (GObject *object)
{
  TerraceCloudDialog *self = TERRACE_CLOUD_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  g_clear_pointer (&self->switches, g_ptr_array_unref);
  G_OBJECT_CLASS (terrace_cloud_dialog_parent_class)->finalize (object);
}

static void
terrace_cloud_dialog_bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/terracedata/Terrace/ui/"
                                                             "terrace-cloud-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, place_group);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, key_group);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, service_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, plain_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, plain_switch);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, region_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, account_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, bucket_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, access_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, secret_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, token_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, class_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, classes_row);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, import_button);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, result_label);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, TerraceCloudDialog, add_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, service_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, class_changed_cb);
}

static void
terrace_cloud_dialog_class_init (TerraceCloudDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = terrace_cloud_dialog_dispose;
  object_class->finalize = terrace_cloud_dialog_finalize;
  terrace_cloud_dialog_bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "cloud.choose-file", NULL, choose_file_action);
  gtk_widget_class_install_action (widget_class, "cloud.import", "s", import_action);
  gtk_widget_class_install_action (widget_class, "cloud.test", NULL, test_action);
  gtk_widget_class_install_action (widget_class, "cloud.add", NULL, add_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
terrace_cloud_dialog_init (TerraceCloudDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->switches = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->add_button);
}

GtkWindow *
terrace_cloud_dialog_new (GtkWindow *parent, TerraceEngine *engine, TerraceLocationKind kind)
{
  TerraceCloudDialog *self;
  const char *title = _ ("Add S3-Compatible Storage");

  g_return_val_if_fail (TERRACE_IS_ENGINE (engine), NULL);
  g_return_val_if_fail (kind == TERRACE_LOCATION_S3 || kind == TERRACE_LOCATION_AZURE ||
                            kind == TERRACE_LOCATION_GCS,
                        NULL);

  if (kind == TERRACE_LOCATION_AZURE)
    title = _ ("Add Azure Blob Storage");
  else if (kind == TERRACE_LOCATION_GCS)
    title = _ ("Add Google Cloud Storage");
  self = g_object_new (TERRACE_TYPE_CLOUD_DIALOG, "transient-for", parent, "title", title, NULL);
  self->engine = g_object_ref (engine);
  self->kind = kind;
  terrace_cloud_dialog_fill_classes (self);
  terrace_cloud_dialog_fit_kind (self);
  terrace_cloud_dialog_fill_import_menu (self);
  return GTK_WINDOW (self);
}
