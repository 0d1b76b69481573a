/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person is told about a move. Pure functions, any thread. */

#include "config.h"

#include "transfer/terrace-move-words.h"

#include <glib/gi18n-lib.h>

#include "base/terrace-error.h"
#include "base/terrace-units.h"

static const char *
words_place (TerraceLocation *location)
{
  return location != NULL ? location->name : _ ("a place that is no longer known");
}

static char *
words_permission (const char *place, gboolean at_source)
{
  if (at_source)
    return g_strdup_printf (_ ("“%s” does not let Terrace read or remove the file. Change its "
                               "permissions, then retry"),
                            place);

  return g_strdup_printf (_ ("“%s” does not let Terrace write there. Change its permissions or "
                             "choose another place, then retry"),
                          place);
}

static char *
words_io (const char *place, gboolean at_source)
{
  if (at_source)
    return g_strdup_printf (_ ("“%s” reported an error while the file was read. Check the disk, "
                               "then retry"),
                            place);

  return g_strdup_printf (_ ("“%s” reported an error while the copy was written or read back. "
                             "Check the disk or choose another place, then retry"),
                          place);
}

static char *
words_corrupt (const GError *error, const char *place, gboolean at_source)
{
  if (at_source)
    return g_strdup_printf (_ ("The file in “%s” may be damaged, so it was not moved: %s"), place,
                            error->message);

  return g_strdup_printf (_ ("The copy in “%s” was not like the original twice, so it was not "
                             "used; the original is untouched. %s"),
                          place, error->message);
}

char *
terrace_move_words_error (TerraceMove *move,
                          const GError *error,
                          TerraceLocation *at,
                          gboolean at_source)
{
  const char *place = words_place (at);

  if (error->domain != TERRACE_ERROR)
    return g_strdup (error->message);

  switch ((TerraceErrorCode) error->code)
    {
    case TERRACE_ERROR_NO_SPACE:
      return g_strdup (_ ("The destination is full. Free space or choose another place, then "
                          "retry"));
    case TERRACE_ERROR_UNREACHABLE:
      return g_strdup_printf (_ ("“%s” cannot be reached; is the disk connected? Make it "
                                 "available, then retry"),
                              place);
    case TERRACE_ERROR_BUSY:
      return g_strdup_printf (_ ("“%s” was busy each time it was tried. Retry later"), place);
    case TERRACE_ERROR_PERMISSION:
      return words_permission (place, at_source);
    case TERRACE_ERROR_READ_ONLY:
      return g_strdup_printf (_ ("“%s” can be read but not changed. Choose another place, or make "
                                 "it writable, then retry"),
                              place);
    case TERRACE_ERROR_IO:
      return words_io (place, at_source);
    case TERRACE_ERROR_CORRUPT:
      return words_corrupt (error, place, at_source);
    case TERRACE_ERROR_NOT_FOUND:
      if (at_source)
        return g_strdup_printf (_ ("The file is gone from “%s”; nothing was moved"), place);
      return g_strdup_printf (_ ("The copy disappeared from “%s”; the original is untouched"),
                              place);
    case TERRACE_ERROR_CHANGED:
      if (at_source)
        return g_strdup (_ ("The file changed since it was added; add it again, then plan"));
      return g_strdup_printf (_ ("Somebody else changed the copy in “%s”; it was left alone, and "
                                 "the original is untouched"),
                              place);
    case TERRACE_ERROR_EXISTS:
      return g_strdup_printf (_ ("“%s” already has too many files of this name. Rename the file "
                                 "or choose another place, then retry"),
                              place);
    case TERRACE_ERROR_FAILED:
    case TERRACE_ERROR_INVALID:
    case TERRACE_ERROR_UNSUPPORTED:
    case TERRACE_ERROR_TOO_NEW:
    case TERRACE_ERROR_LIMIT:
    default:
      return g_strdup (error->message);
    }
}

char *
terrace_move_words_waiting (TerraceLocation *at)
{
  return g_strdup_printf (_ ("“%s” cannot be reached now; the migration goes on by itself when it "
                             "is back"),
                          words_place (at));
}

static TerraceEvent *
words_event (TerraceMove *move,
             TerraceEventKind kind,
             TerraceSeverity severity,
             TerraceLocation *location,
             const char *message)
{
  TerraceEvent *event = terrace_event_new (kind, severity, 0, message);

  event->item_id = move->item_id;
  event->move_id = move->id;
  event->location_id = location != NULL ? location->id : 0;

  return event;
}

TerraceEvent *
terrace_move_words_started (TerraceMove *move, TerraceLocation *source, TerraceLocation *dest)
{
  g_autofree char *message = NULL;

  if (move->keep_source)
    message = g_strdup_printf (_ ("Copying “%s” from “%s” to “%s”"), move->name,
                               words_place (source), words_place (dest));
  else
    message = g_strdup_printf (_ ("Moving “%s” from “%s” to “%s”"), move->name,
                               words_place (source), words_place (dest));

  return words_event (move, TERRACE_EVENT_MOVE_STATE, TERRACE_SEVERITY_INFO, dest, message);
}

TerraceEvent *
terrace_move_words_done (TerraceMove *move, TerraceLocation *dest, gboolean kept)
{
  g_autofree char *message = NULL;

  if (move->keep_source)
    message = g_strdup_printf (_ ("A verified copy of “%s” lies in “%s”"), move->name,
                               words_place (dest));
  else if (kept)
    message = g_strdup_printf (_ ("“%s” lies in “%s” now; the original was kept, because more "
                                  "copies are wanted"),
                               move->name, words_place (dest));
  else
    message =
        g_strdup_printf (_ ("“%s” lies in “%s” now, verified"), move->name, words_place (dest));

  return words_event (move, TERRACE_EVENT_MOVE_DONE, TERRACE_SEVERITY_INFO, dest, message);
}

TerraceEvent *
terrace_move_words_class_changed (TerraceMove *move, TerraceLocation *place)
{
  g_autofree char *message = g_strdup_printf (_ ("“%s” in “%s” has the storage class %s now"),
                                              move->name, words_place (place), move->dest_class_id);

  return words_event (move, TERRACE_EVENT_MOVE_DONE, TERRACE_SEVERITY_INFO, place, message);
}

TerraceEvent *
terrace_move_words_failed (TerraceMove *move, const char *reason)
{
  g_autofree char *message = g_strdup_printf (_ ("“%s” was not moved: %s"), move->name, reason);

  return words_event (move, TERRACE_EVENT_MOVE_FAILED, TERRACE_SEVERITY_ERROR, NULL, message);
}

TerraceEvent *
terrace_move_words_cancelled (TerraceMove *move, TerraceLocation *dest, gboolean remains)
{
  g_autofree char *message = NULL;

  if (remains)
    message =
        g_strdup_printf (_ ("The migration of “%s” was cancelled, but “%s” cannot be reached: "
                            "an unfinished copy may be left there"),
                         move->name, words_place (dest));
  else
    message = g_strdup_printf (_ ("The migration of “%s” was cancelled; nothing was changed"),
                               move->name);

  return words_event (move, TERRACE_EVENT_MOVE_CANCELLED,
                      remains ? TERRACE_SEVERITY_WARNING : TERRACE_SEVERITY_INFO, dest, message);
}

TerraceEvent *
terrace_move_words_missing (TerraceMove *move, TerraceLocation *source)
{
  g_autofree char *message =
      g_strdup_printf (_ ("“%s” is gone from “%s”"), move->name, words_place (source));

  return words_event (move, TERRACE_EVENT_MISSING, TERRACE_SEVERITY_WARNING, source, message);
}

TerraceEvent *
terrace_move_words_rescued (TerraceMove *move, TerraceLocation *dest)
{
  g_autofree char *message =
      g_strdup_printf (_ ("The original of “%s” is gone, so the copy in “%s” was kept and the "
                          "migration goes on"),
                       move->name, words_place (dest));

  return words_event (move, TERRACE_EVENT_MOVE_STATE, TERRACE_SEVERITY_WARNING, dest, message);
}

char *
terrace_move_words_cap (gint64 cap_nanos,
                        gint64 spent_nanos,
                        gint64 next_nanos,
                        const char *currency)
{
  const char *known = currency != NULL ? currency : "";
  g_autofree char *cap = terrace_format_money (terrace_money_from_nanos (cap_nanos), known);
  g_autofree char *spent = terrace_format_money (terrace_money_from_nanos (spent_nanos), known);
  g_autofree char *next = terrace_format_money (terrace_money_from_nanos (next_nanos), known);

  return g_strdup_printf (_ ("The migrations accepted together may cost %s; %s is spent, and this "
                             "one needs %s. Raise the cap, then resume"),
                          cap, spent, next);
}

TerraceEvent *
terrace_move_words_capped (TerraceMove *move, guint n_paused, const char *reason)
{
  g_autofree char *message =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u migration is paused: %s",
                                    "%u migrations are paused: %s", n_paused),
                       n_paused, reason);

  return words_event (move, TERRACE_EVENT_MOVE_STATE, TERRACE_SEVERITY_WARNING, NULL, message);
}
