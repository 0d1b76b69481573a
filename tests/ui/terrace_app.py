# SPDX-License-Identifier: GPL-3.0-or-later
"""Terrace itself, in the words of its own window: what several of the tests do."""
import os
import pathlib
import subprocess

from terrace_uitest import App, Timeout, is_shown, name_of, states_of

TIERS = ('Hot', 'Warm', 'Cold', 'Archive')
VIEWS = ('Overview', 'Objects', 'Plan', 'Migrations', 'Stream', 'Locations')


# For tests that open GTK's file dialog: the libraries behind it leak, and whose a leak is shows in the
# whole stack only.
WHOLE_STACKS = {'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':fast_unwind_on_malloc=0'}


def start(*arguments, **options):
    return App(os.environ['TERRACE_PROGRAM'], *arguments, **options)


def terracectl(*arguments):
    """Runs the command line program on the same catalogue; returns what it printed."""
    result = subprocess.run([os.environ['TERRACECTL'], *map(str, arguments)], text=True,
                            capture_output=True)
    assert result.returncode == 0, f'terracectl {arguments[0]}: {result.stderr}'
    return result.stdout


def sandbox(tier=''):
    """The folder of a practice tier, or of all of them."""
    return pathlib.Path(os.environ['XDG_DATA_HOME'], 'terrace', 'sandbox', tier.lower())


def create_tiers(app):
    """Takes the offer of the first start."""
    app.press_button('Create Practice Tiers')
    app.wait_for(lambda: all(sandbox(tier).is_dir() for tier in TIERS), 'the practice folders')
    app.find('list item', 'Overview')


def show_view(app, name):
    app.activate('show-view', name.lower())


def open_menu(app, button, item, below=None):
    """Opens the menu behind a button by the pointer, and chooses."""
    menu = app.find(name=button, below=below, what=f'menu button {button!r}',
                    where=lambda a: 'button' in a.get_role_name() and is_shown(a))

    def look():
        # A menu is a surface of its own: the window does not know what lies in it.
        return app.look('menu item', item, below=menu.get_parent(),
                        where=lambda a: 'sensitive' in states_of(a))

    # A click is lost while the menu is being filled anew.
    for seconds in (5, 10, 15):
        app.click(menu)
        try:
            chosen = app.wait_for(look, f'menu item {item!r}', seconds)
            break
        except Timeout:
            continue
    else:
        raise Timeout(f'no menu item {item!r}')
    assert chosen.get_action_iface().do_action(0), f'{item!r} did not act'


def selected_view(app):
    row = app.look('list item', where=lambda a: 'selected' in states_of(a),
                   below=app.find('list', 'Views'))
    return name_of(row) if row else None


def add_by_drop(app, folder, names):
    """Drops the folder on the window and waits until the list of objects shows `names`."""
    app.drop(folder)
    show_view(app, 'Objects')
    for name in names:
        app.find(name=name)


def save_as(app, path, button):
    """Answers the file dialog that is open."""
    dialog = app.find_dialog()
    entry = app.find(below=dialog, what='the name of the file', where=lambda a: (
        'editable' in states_of(a) and is_shown(a)))
    app.set_text(entry, str(path))
    app.press_button(button, below=dialog)
    app.wait_for(path.exists, f'{path.name} to be written')
