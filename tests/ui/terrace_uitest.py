# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the real program as a person with a screen reader, a keyboard and a pointer would.

Widgets are found over AT-SPI by role and accessible name, so a test fails when a control has no
name. Nothing sleeps for a fixed time: every step waits for what it needs, at most GUARD_SECONDS.
Run under headless.sh, by the system's Python, which has the AT-SPI bindings.

What GTK 4.8 lacks in AT-SPI, and what is done instead: check buttons, drop-downs and rows have no
action (they get a click of the pointer); the screen's coordinates are wrong (those of the window
are used).
"""
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import warnings

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, Gio, GLib  # noqa: E402  (the version must be chosen first)

warnings.simplefilter('ignore', DeprecationWarning)

GUARD_SECONDS = 30
POLL_SECONDS = 0.03

APPLICATION_ID = 'io.github.terracedata.Terrace'
OBJECT_PATH = '/io/github/terracedata/Terrace'


class Timeout(AssertionError):
    """What was waited for did not happen."""


def children(accessible):
    for index in range(accessible.get_child_count()):
        child = accessible.get_child_at_index(index)
        if child is not None:
            yield child


def walk(accessible):
    """The accessible and all below it. Widgets may vanish meanwhile."""
    yield accessible
    try:
        below = list(children(accessible))
    except GLib.Error:
        return
    for child in below:
        yield from walk(child)


def walk_by_level(accessible):
    """The same, what lies highest first."""
    level = [accessible]
    while level:
        yield from level
        below = []
        for parent in level:
            try:
                below += children(parent)
            except GLib.Error:
                continue
        level = below


def name_of(accessible):
    """A mnemonic button is called "_Add Add" by GTK 4.8."""
    name = accessible.get_name() or ''
    # The label with its mnemonic, a space, and the label without it.
    length = (len(name) - 2) // 2
    if length > 0 and name[length + 1] == ' ' and \
            name[:length + 1].replace('_', '', 1) == name[length + 2:]:
        return name[length + 2:]
    return name


def text_of(accessible):
    """What an entry holds; for all others, labels too, that is their name."""
    if accessible.get_role_name() not in ('text', 'entry'):
        return name_of(accessible)
    # Atspi.Text as a function: Accessible has a get_text() of its own in newer versions.
    return Atspi.Text.get_text(accessible, 0, Atspi.Text.get_character_count(accessible))


def states_of(accessible):
    accessible.clear_cache()
    return {state.value_nick for state in accessible.get_state_set().get_states()}


def ancestors(accessible, depth=100):
    """The accessible itself, its parent and so on."""
    while accessible is not None and depth > 0:
        yield accessible
        accessible, depth = accessible.get_parent(), depth - 1


def window_of(accessible):
    return next((a for a in ancestors(accessible) if a.get_parent() is not None and
                 a.get_parent().get_role_name() == 'application'), None)


def is_shown(accessible):
    """Whether a person sees it. GTK 4.8 lists the hidden pages of a stack like the shown one, and
    says "showing" of windows alone; so the window is asked what it has at that place."""
    if 'visible' not in states_of(accessible):
        return False
    window = window_of(accessible)
    component = accessible.get_component_iface()
    if window is None or component is None or accessible == window:
        return True

    box = component.get_extents(Atspi.CoordType.WINDOW)
    if box.width <= 0 or box.height <= 0:
        return False
    # An image has no accessible of its own, so beside the middle also the edge is tried.
    for x in (box.x + box.width // 2, box.x - 3, box.x + 3):
        hit = window.get_component_iface().get_accessible_at_point(
            x, box.y + box.height // 2, Atspi.CoordType.WINDOW)
        # What cannot be used is not hit, but the box around it.
        if hit is not None and (accessible in ancestors(hit) or hit in ancestors(accessible, 3)):
            return True
    return False


def is_sensitive(accessible):
    return 'sensitive' in states_of(accessible) and is_shown(accessible)


class App:
    """The program, running. Use it in a `with`; leaving it quits and checks how it ended."""

    def __init__(self, program, *arguments, env=None):
        self.process = subprocess.Popen(
            [program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors='replace', cwd=os.environ['HOME'], env={**os.environ, 'G_DEBUG': 'fatal-warnings', **(env or {})})
        self.output = []
        self.reader = threading.Thread(target=self._collect_output, daemon=True)
        self.reader.start()
        self.root = self.wait_for(self._find_root, 'the program on the accessibility bus')
        self.window = self.find('frame', what='the window')

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind is not None:
            self._report_failure()
            self.process.kill()
            self.process.wait()
            return
        self.quit()

    def _collect_output(self):
        for line in self.process.stdout:
            self.output.append(line.rstrip('\n'))

    def _find_root(self):
        for accessible in children(Atspi.get_desktop(0)):
            if accessible.get_process_id() == self.process.pid and accessible.get_child_count():
                return accessible
        return None

    def _report_failure(self):
        print('--- the widgets ---', file=sys.stderr)
        try:
            print(self.describe(), file=sys.stderr)
            screenshot('failure-' + pathlib.Path(sys.argv[0]).stem)
        except (GLib.Error, subprocess.CalledProcessError, AttributeError) as problem:
            print(problem, file=sys.stderr)
        print('--- what the program said ---', *self.output, sep='\n', file=sys.stderr)

    def describe(self):
        """The tree of widgets as text, for a person who looks for a failure."""
        lines = []

        def add(accessible, depth):
            try:
                if not accessible.get_child_count() and not is_shown(accessible):
                    return
                lines.append(f'{"  " * depth}{accessible.get_role_name()} {name_of(accessible)!r}')
                for child in children(accessible):
                    add(child, depth + 1)
            except GLib.Error:
                return

        add(self.root, 0)
        return '\n'.join(lines)

    # --- waiting and finding ---

    def wait_for(self, condition, what, seconds=GUARD_SECONDS):
        """Calls `condition` until it gives something that is true, and returns that."""
        end = time.monotonic() + seconds
        while True:
            try:
                value = condition()
            except GLib.Error:
                value = None  # the widget went away while it was asked
            if value:
                return value
            if self.process.poll() is not None:
                raise AssertionError(f'the program ended with {self.process.returncode} while '
                                     f'waiting for {what}:\n' + '\n'.join(self.output))
            if time.monotonic() > end:
                raise Timeout(f'waited {seconds} s for {what}')
            time.sleep(POLL_SECONDS)

    def look(self, role=None, name=None, below=None, where=is_shown):
        """The first widget that matches now, or None. `name` is text or a compiled pattern."""
        return next(self._matches(role, name, below, where), None)

    def all(self, role=None, name=None, below=None, where=is_shown):
        """Every widget that matches now, in order."""
        return list(self._matches(role, name, below, where))

    def _matches(self, role, name, below, where):
        for accessible in walk(below or self.root):
            try:
                if role and accessible.get_role_name() != role:
                    continue
                found = name_of(accessible)
                if isinstance(name, re.Pattern):
                    if not name.search(found):
                        continue
                elif name is not None and found != name:
                    continue
                if where is not None and not where(accessible):
                    continue
            except GLib.Error:
                continue
            yield accessible

    def find(self, role=None, name=None, below=None, where=is_shown, what=None):
        described = what or f'{role or "widget"} {getattr(name, "pattern", name)!r}'
        return self.wait_for(lambda: self.look(role, name, below, where), described)

    def find_dialog(self):
        """A window other than the main one. Not all have a role that says so."""
        return self.wait_for(lambda: next((window for window in children(self.root)
                                           if window != self.window), None), 'a dialog')

    def find_text(self, pattern, below=None):
        """A widget that shows text matching `pattern`, whatever its role."""
        compiled = re.compile(pattern)

        def look():
            for accessible in walk(below or self.root):
                try:
                    if compiled.search(text_of(accessible) or '') and is_shown(accessible):
                        return accessible
                except GLib.Error:
                    continue
            return None

        return self.wait_for(look, f'text matching {pattern!r}')

    def find_toast(self, pattern):
        """A toast. It lies over the views and stays for seconds only, so it is looked for from
        the top: a walk through the views might take longer."""
        compiled = re.compile(pattern)
        return self.wait_for(lambda: next((a for a in walk_by_level(self.window)
                                           if compiled.search(name_of(a))), None),
                             f'a toast matching {pattern!r}')

    # --- doing ---

    def press(self, accessible):
        """Activates a button or menu item by its accessible action."""
        self.wait_for(lambda: is_sensitive(accessible), f'{name_of(accessible)!r} to be sensitive')
        action = accessible.get_action_iface()
        if action is None or action.get_n_actions() == 0:
            self.click(accessible)
        else:
            assert action.do_action(0), f'{name_of(accessible)!r} did not act'

    def press_button(self, name, below=None):
        is_button = re.compile('button|menu item')
        self.press(self.find(name=name, below=below, what=f'button {name!r}', where=lambda a: (
            is_button.search(a.get_role_name()) and is_sensitive(a))))

    def set_text(self, accessible, text):
        assert accessible.get_editable_text_iface().set_text_contents(text)

    def x_windows(self):
        """X ids of the program's windows, the newest last."""
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid',
                                str(self.process.pid)], capture_output=True, text=True)
        return found.stdout.split()

    def window_origin(self, x_window):
        """Where the window's contents begin. GTK draws its shadow inside the X window, so this is
        also where the coordinates of its widgets begin."""
        shell = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', x_window],
                               capture_output=True, text=True, check=True).stdout
        geometry = dict(line.split('=') for line in shell.splitlines() if '=' in line)
        return int(geometry['X']), int(geometry['Y'])

    def centre_of(self, accessible):
        """On the root window."""
        x, y = self.window_origin(self.x_windows()[-1])
        extents = accessible.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
        return x + extents.x + extents.width // 2, y + extents.y + extents.height // 2

    def click(self, accessible, button=1):
        x, y = self.centre_of(accessible)
        subprocess.run(['xdotool', 'mousemove', '--sync', str(x), str(y), 'click', str(button)],
                       check=True)

    def key(self, *keys):
        subprocess.run(['xdotool', 'key', '--clearmodifiers', *keys], check=True)

    def drop(self, *paths, onto=None):
        """A real drag and drop of files from another program."""
        x, y = self.centre_of(onto or self.window)
        source = os.environ['TERRACE_XDND_DROP']
        result = subprocess.run([source, self.x_windows()[0], str(x), str(y), *map(str, paths)],
                                capture_output=True, text=True)
        assert result.returncode == 0, f'the drop was {result.stdout.strip() or result.stderr}'

    def actions(self, method, path, parameters=None, answer=None):
        """Asks the program's actions at `path` on the session bus."""
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        return bus.call_sync(APPLICATION_ID, path, 'org.gtk.Actions', method, parameters,
                             GLib.VariantType(answer) if answer else None,
                             Gio.DBusCallFlags.NONE, GUARD_SECONDS * 1000).unpack()

    def activate(self, action, parameter=None, path=OBJECT_PATH + '/window/1'):
        """Activates an action by its name, as a shortcut would, once it is enabled."""
        self.wait_for(lambda: self.actions('Describe', path, GLib.Variant('(s)', (action,)),
                                           '((bgav))')[0][0], f'{action} to be enabled')
        values = [GLib.Variant('s', parameter)] if parameter is not None else []
        self.actions('Activate', path, GLib.Variant('(sava{sv})', (action, values, {})))

    def quit(self):
        """Ends the program as a person does, and fails if it does not end well."""
        if self.process.poll() is None:
            self.activate('quit', path=OBJECT_PATH)
        try:
            status = self.process.wait(GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            self._report_failure()
            self.process.kill()
            raise Timeout('the program did not quit') from None
        self.reader.join(GUARD_SECONDS)
        assert status == 0, f'the program ended with {status}:\n' + '\n'.join(self.output)


def screenshot(name):
    """Saves the whole display as a picture and returns its path."""
    folder = pathlib.Path(os.environ.get('TERRACE_SCREENSHOTS') or
                          os.environ['TERRACE_DEFAULT_SCREENSHOTS'])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f'{name}.png'
    subprocess.run(['import', '-window', 'root', str(path)], check=True)
    return path


def run(*tests):
    """Runs each test and says how it went, in TAP."""
    failed = 0
    print(f'1..{len(tests)}', flush=True)
    for number, test in enumerate(tests, 1):
        name = test.__name__.removeprefix('test_').replace('_', '-')
        try:
            test()
            print(f'ok {number} {name}', flush=True)
        except Exception as problem:  # noqa: BLE001  (any problem is a failed test)
            failed += 1
            print(f'not ok {number} {name}', flush=True)
            import traceback
            traceback.print_exc()
            print('# ' + str(problem).replace('\n', '\n# '), flush=True)
    sys.exit(1 if failed else 0)
