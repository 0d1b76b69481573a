#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the window behaves: it asks when it is closed while data moves and goes on without itself, every
view can be walked by keyboard alone, and twice as large text in a narrow window still fits."""
import os
import pathlib
import subprocess

import sample_files
import terrace_app
from terrace_uitest import Atspi, children, name_of, run, screenshot, states_of, walk

HOME = pathlib.Path(os.environ['HOME'])
SETTINGS = pathlib.Path(os.environ['XDG_CONFIG_HOME'], 'gtk-4.0', 'settings.ini')
# Roles of boxes, which need no name to be walked into.
BOXES = ('panel', 'filler', 'scroll pane', 'table row', 'list item', 'tree table', 'table', 'frame')


def fill(app):
    terrace_app.create_tiers(app)
    folder = terrace_app.sandbox('Hot') / 'Projects'
    digests = sample_files.make(folder)
    terrace_app.add_by_drop(app, folder, [os.path.basename(name) for name in digests])


def question(app):
    return app.wait_for(lambda: next((w for w in children(app.root) if w != app.window), None),
                        'the question')


def test_closing():
    with terrace_app.start() as app:
        fill(app)
        terrace_app.terracectl('transfers', '--limit', '200K')
        terrace_app.show_view(app, 'Plan')
        app.press_button('Accept All')
        terrace_app.show_view(app, 'Migrations')
        app.find_text('under way')
        app.press_button('Close', below=app.window)
        asked = question(app)
        app.find_text('^Migrations can go on', below=asked)
        screenshot('closing')
        app.press_button('Cancel', below=asked)
        app.wait_for(lambda: len(app.x_windows()) == 1, 'the question to go')

        app.press_button('Close', below=app.window)
        app.press_button('Go On in the Background', below=question(app))
        app.wait_for(lambda: not app.x_windows(), 'the window to go')
        assert app.process.poll() is None, 'the program went with its window'
        terrace_app.terracectl('transfers', '--limit', 'off')
        app.process.wait(60)
        assert app.process.returncode == 0, app.process.returncode
    projects = terrace_app.sandbox('Hot') / 'Projects'
    left = [name for name, _size, _days in sample_files.OLD if (projects / name).exists()]
    assert not left, f'not moved in the background: {left}'


def focused(app):
    for accessible in walk(app.root):
        if 'focused' in states_of(accessible):
            return accessible
    return None


def test_keyboard():
    with terrace_app.start() as app:
        app.wait_for(lambda: app.x_windows(), 'the window')
        for number, view in enumerate(terrace_app.VIEWS, 1):
            app.key(f'ctrl+{number}')
            app.wait_for(lambda v=view: terrace_app.selected_view(app) == v, f'Ctrl+{number}')
            seen = set()
            for _ in range(12):
                app.key('Tab')
                here = focused(app)
                if here is None:
                    continue
                assert name_of(here) or here.get_role_name() in BOXES, \
                    f'{view}: {here.get_role_name()} without a name has the focus'
                seen.add((here.get_role_name(), name_of(here)))
            assert len(seen) >= 3, f'{view}: Tab reaches only {seen}'
        app.key('ctrl+comma')
        app.find_text('^Preferences', below=question(app))
        app.key('Escape')
        app.wait_for(lambda: len(app.x_windows()) == 1, 'Escape to close the preferences')


def test_large_and_narrow():
    before = SETTINGS.read_text()
    SETTINGS.write_text(before.replace('Cantarell 11', 'Cantarell 22'))
    try:
        with terrace_app.start() as app:
            for view in terrace_app.VIEWS:
                terrace_app.show_view(app, view)
                app.wait_for(lambda v=view: terrace_app.selected_view(app) == v, view)
                screenshot(f'large-{view.lower()}')
    finally:
        SETTINGS.write_text(before)
    with terrace_app.start() as app:
        window = app.x_windows()[0]
        subprocess.run(['xdotool', 'windowsize', '--sync', window, '580', '700'], check=True)
        for view in terrace_app.VIEWS:
            terrace_app.show_view(app, view)
            app.wait_for(lambda: app.window.get_component_iface().get_extents(
                Atspi.CoordType.WINDOW).width <= 640, 'the window to be narrow')
            if app.look('list', 'Views') is not None:
                app.key('F9')
            screenshot(f'narrow-{view.lower()}')


if __name__ == '__main__':
    run(test_closing, test_keyboard, test_large_and_narrow)
