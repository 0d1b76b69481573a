#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locations are added with both dialogs, switched and removed, and what is wrong is said."""
import json
import os
import pathlib
import re

import terrace_app
from terrace_uitest import children, is_shown, run, screenshot, states_of

HOME = pathlib.Path(os.environ['HOME'])


def locations():
    """{name: what terracectl knows of it}"""
    return {location['name']: location
            for location in json.loads(terrace_app.terracectl('location', 'list', '--json'))}


def newest_window(app, than):
    return app.wait_for(lambda: next((w for w in children(app.root) if w not in than), None),
                        'another window')


def open_dialog(app, kind):
    """Chooses the kind from the menu."""
    terrace_app.show_view(app, 'Locations')
    terrace_app.open_menu(app, 'Add Location', kind)
    return app.find_dialog()


def choose_folder(app, dialog, folder):
    """Picks the folder as a keyboard user would: by typing its path."""
    app.press_button('Choose Folder', below=dialog)
    chooser = newest_window(app, (app.window, dialog))

    def path_entry():
        # The key is lost until the window manager has given the dialog the focus.
        app.key('ctrl+l')
        return app.look(below=chooser, where=lambda a: 'editable' in states_of(a) and is_shown(a))

    entry = app.wait_for(path_entry, 'an entry for the path')
    app.set_text(entry, str(folder))
    app.press_button('Choose', below=chooser)
    wait_until_closed(app, 2)
    app.find_text(re.escape(folder.name), below=dialog)


def set_name(app, dialog, name):
    entry = app.find(below=dialog, what='the name', where=lambda a: (
        'editable' in states_of(a) and is_shown(a)))
    app.set_text(entry, name)


def add(app, dialog):
    app.press_button('Add Location', below=dialog)


def wait_until_closed(app, left=1):
    """Asks the X server: GTK 4.8 stumbles when it is asked for a window that just goes."""
    app.wait_for(lambda: len(app.x_windows()) == left, 'the dialog to close')


def row(app, name):
    return app.find('list item', name, below=app.find('list', 'Locations'))


def test_add():
    (HOME / 'Shelf').mkdir()
    (HOME / 'Disk').mkdir()
    with terrace_app.start(env=terrace_app.WHOLE_STACKS) as app:
        # Without practice tiers every row is in sight.
        app.press_button('Skip')
        dialog = open_dialog(app, 'Practice Folder…')
        choose_folder(app, dialog, HOME / 'Shelf')
        screenshot('add-practice-folder')
        add(app, dialog)
        wait_until_closed(app)
        row(app, 'Shelf')

        dialog = open_dialog(app, 'Local Folder…')
        choose_folder(app, dialog, HOME / 'Disk')
        set_name(app, dialog, 'My Disk')
        screenshot('add-local-folder')
        add(app, dialog)
        wait_until_closed(app)
        row(app, 'My Disk')

    known = locations()
    assert known['Shelf']['kind'] == 'sandbox', known['Shelf']
    assert known['My Disk']['kind'] == 'local', known['My Disk']
    assert list((HOME / 'Disk').iterdir()) == [], 'adding a folder left something in it'


def test_wrong_input():
    for name in ('Other', 'Gone'):
        (HOME / name).mkdir()
    before = set(locations())
    with terrace_app.start(env=terrace_app.WHOLE_STACKS) as app:
        dialog = open_dialog(app, 'Local Folder…')
        choose_folder(app, dialog, HOME / 'Other')
        set_name(app, dialog, 'Shelf')
        add(app, dialog)
        app.find_text('^There is a location with this name', below=dialog)
        screenshot('add-name-taken')

        set_name(app, dialog, 'Gone')
        choose_folder(app, dialog, HOME / 'Gone')
        (HOME / 'Gone').rmdir()
        add(app, dialog)
        app.find_text('^The folder “.*Gone” cannot be used', below=dialog)
        screenshot('add-folder-missing')
        app.press_button('Cancel', below=dialog)
        wait_until_closed(app)
    assert set(locations()) == before, 'something was added all the same'


def test_switch():
    with terrace_app.start() as app:
        terrace_app.show_view(app, 'Locations')
        for wanted in (False, True):
            app.click(app.find(name='Terrace May Move Data Here', below=row(app, 'Shelf')))
            app.wait_for(lambda w=wanted: locations()['Shelf']['accepts'] is w,
                         f'the switch to be kept as {wanted}')


def test_remove():
    kept = HOME / 'Shelf' / 'notes.txt'
    kept.write_text('Terrace leaves this here.\n')
    terrace_app.terracectl('add', kept)
    with terrace_app.start() as app:
        terrace_app.show_view(app, 'Locations')
        app.press_button('Remove Location', below=row(app, 'Shelf'))
        app.find_toast('Shelf')
        screenshot('location-in-use')
        assert 'Shelf' in locations(), 'a location with objects was removed'

        app.press_button('Remove Location', below=row(app, 'My Disk'))
        app.find_toast('^Location removed')
        assert 'My Disk' not in locations()
    assert kept.is_file() and (HOME / 'Disk').is_dir(), 'removing a location touched its folder'


if __name__ == '__main__':
    run(test_add, test_wrong_input, test_switch, test_remove)
