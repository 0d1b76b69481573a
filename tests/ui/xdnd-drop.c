/* SPDX-License-Identifier: GPL-3.0-or-later */

/* xdnd-drop WINDOW X Y FILE...: drops files on an X window, as a file manager would.
 *
 * A source of the XDND protocol, version 5, in plain Xlib: no toolkit of its own that could hide a
 * fault of the target's, no pointer, no window manager. X and Y are on the root window. Exit
 * status 0: the target took the files; 1: it refused; 2: it did not answer, or there is no such
 * window.
 *
 * The talk: Enter and Position go to the target, which answers each Position with a Status; when
 * that says yes, Drop goes out, the target fetches the selection, and ends with Finished. */

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <gio/gio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOL_VERSION 5L
#define ANSWER_MS 5000
/* GTK answers a Position before its widgets have been asked, so the first answers may be no. */
#define POSITIONS 40
#define BETWEEN_POSITIONS_MS 50

typedef enum
{
  STATUS_ACCEPTED,
  STATUS_REFUSED,
  STATUS_ERROR,
} ExitStatus;

enum
{
  XDND_AWARE,
  XDND_SELECTION,
  XDND_ENTER,
  XDND_POSITION,
  XDND_STATUS,
  XDND_LEAVE,
  XDND_DROP,
  XDND_FINISHED,
  XDND_ACTION_COPY,
  URI_LIST,
  TARGETS,
  N_ATOMS,
};

static const char *const atom_names[N_ATOMS] = {
  "XdndAware", "XdndSelection", "XdndEnter",      "XdndPosition",  "XdndStatus", "XdndLeave",
  "XdndDrop",  "XdndFinished",  "XdndActionCopy", "text/uri-list", "TARGETS",
};

typedef struct
{
  Display *display;
  Window source;
  Window target;
  Atom atoms[N_ATOMS];
  char *uri_list;
} Drag;

static void
send_message (Drag *drag, int type, const long *data)
{
  XEvent event = { 0 };

  event.xclient.type = ClientMessage;
  event.xclient.display = drag->display;
  event.xclient.window = drag->target;
  event.xclient.message_type = drag->atoms[type];
  event.xclient.format = 32;
  event.xclient.data.l[0] = (long) drag->source;
  for (int i = 0; data != NULL && i < 4; i++)
    event.xclient.data.l[i + 1] = data[i];

  XSendEvent (drag->display, drag->target, False, NoEventMask, &event);
  XFlush (drag->display);
}

/* The target asks for the files, or for what they can be had as. */
static void
answer_selection (Drag *drag, const XSelectionRequestEvent *request)
{
  XEvent event = { 0 };
  Atom offered[] = { drag->atoms[TARGETS], drag->atoms[URI_LIST] };

  event.xselection.type = SelectionNotify;
  event.xselection.requestor = request->requestor;
  event.xselection.selection = request->selection;
  event.xselection.target = request->target;
  event.xselection.time = request->time;
  event.xselection.property = request->property;

  if (request->target == drag->atoms[URI_LIST])
    XChangeProperty (drag->display, request->requestor, request->property, drag->atoms[URI_LIST], 8,
                     PropModeReplace, (const unsigned char *) drag->uri_list,
                     (int) strlen (drag->uri_list));
  else if (request->target == drag->atoms[TARGETS])
    XChangeProperty (drag->display, request->requestor, request->property, XA_ATOM, 32,
                     PropModeReplace, (const unsigned char *) offered, G_N_ELEMENTS (offered));
  else
    event.xselection.property = None;

  XSendEvent (drag->display, request->requestor, False, NoEventMask, &event);
  XFlush (drag->display);
}

/* Serves the target until it sends a message of @type; %FALSE if that takes too long. */
static gboolean
await_message (Drag *drag, int type, gint64 wait_ms, XClientMessageEvent *message)
{
  gint64 end_us = g_get_monotonic_time () + wait_ms * 1000;
  gint64 left_us = wait_ms * 1000;

  while (left_us >= 0)
    {
      struct pollfd waiting = { .fd = ConnectionNumber (drag->display), .events = POLLIN };

      while (XPending (drag->display) > 0)
        {
          XEvent event;

          XNextEvent (drag->display, &event);
          if (event.type == SelectionRequest)
            answer_selection (drag, &event.xselectionrequest);
          else if (event.type == ClientMessage && event.xclient.message_type == drag->atoms[type])
            {
              *message = event.xclient;
              return TRUE;
            }
        }

      poll (&waiting, 1, (int) (left_us / 1000) + 1);
      left_us = end_us - g_get_monotonic_time ();
    }

  return FALSE;
}

static gboolean
is_aware (Drag *drag)
{
  unsigned char *value = NULL;
  unsigned long n_items = 0;
  unsigned long left;
  Atom type;
  int format;

  XGetWindowProperty (drag->display, drag->target, drag->atoms[XDND_AWARE], 0, 1, False,
                      AnyPropertyType, &type, &format, &n_items, &left, &value);
  if (value != NULL)
    XFree (value);

  return n_items > 0;
}

static ExitStatus
drop (Drag *drag, long x, long y)
{
  const long enter[4] = { PROTOCOL_VERSION << 24, (long) drag->atoms[URI_LIST] };
  const long position[4] = { 0, x << 16 | y, CurrentTime, (long) drag->atoms[XDND_ACTION_COPY] };
  const long at_once[4] = { 0, CurrentTime };
  XClientMessageEvent answer;
  gboolean accepted = FALSE;

  send_message (drag, XDND_ENTER, enter);
  for (int i = 0; i < POSITIONS && !accepted; i++)
    {
      send_message (drag, XDND_POSITION, position);
      if (!await_message (drag, XDND_STATUS, ANSWER_MS, &answer))
        return STATUS_ERROR;
      accepted = (answer.data.l[1] & 1) != 0;
      if (!accepted && await_message (drag, XDND_STATUS, BETWEEN_POSITIONS_MS, &answer))
        accepted = (answer.data.l[1] & 1) != 0;
    }

  if (!accepted)
    {
      send_message (drag, XDND_LEAVE, NULL);
      return STATUS_REFUSED;
    }

  send_message (drag, XDND_DROP, at_once);
  if (!await_message (drag, XDND_FINISHED, ANSWER_MS, &answer))
    return STATUS_ERROR;

  return (answer.data.l[1] & 1) != 0 ? STATUS_ACCEPTED : STATUS_REFUSED;
}

static char *
make_uri_list (char **paths)
{
  GString *list = g_string_new (NULL);

  for (char **path = paths; *path != NULL; path++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (*path);
      g_autofree char *uri = g_file_get_uri (file);

      g_string_append_printf (list, "%s\r\n", uri);
    }

  return g_string_free (list, FALSE);
}

int
main (int argc, char *argv[])
{
  static const char *const answers[] = { "accepted", "refused", "no answer" };
  Drag drag = { 0 };
  ExitStatus status = STATUS_ERROR;

  if (argc < 5)
    {
      g_printerr ("usage: xdnd-drop WINDOW X Y FILE...\n");
      return STATUS_ERROR;
    }

  drag.display = XOpenDisplay (NULL);
  if (drag.display == NULL)
    {
      g_printerr ("xdnd-drop: no display\n");
      return STATUS_ERROR;
    }

  drag.target = strtoul (argv[1], NULL, 0);
  drag.uri_list = make_uri_list (argv + 4);
  XInternAtoms (drag.display, (char **) atom_names, N_ATOMS, False, drag.atoms);

  if (is_aware (&drag))
    {
      drag.source = XCreateSimpleWindow (drag.display, DefaultRootWindow (drag.display), -9, -9, 1,
                                         1, 0, 0, 0);
      XSetSelectionOwner (drag.display, drag.atoms[XDND_SELECTION], drag.source, CurrentTime);
      status = drop (&drag, atol (argv[2]), atol (argv[3]));
    }

  g_print ("%s\n", answers[status]);
  g_free (drag.uri_list);
  XCloseDisplay (drag.display);
  return (int) status;
}
