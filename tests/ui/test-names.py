#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every control in every view has a name that a screen reader can say."""
import os
import re

import sample_files
import terrace_app
from terrace_uitest import name_of, run, walk

CONTROLS = {'push button', 'toggle button', 'check box', 'radio button', 'switch', 'combo box',
            'entry', 'text', 'spin button', 'slider', 'list item', 'menu item', 'tree table',
            'level bar', 'progress bar'}
# GTK calls a widget by its class where nobody gave it a name.
CLASS_NAME = re.compile(r'^(Gtk|Adw|Terrace)[A-Z]\w+$')
# The parts that GTK builds these of are spoken for by the whole.
WHOLES = {'combo box', 'push button', 'spin button', 'entry', 'text'}


def nameless(root):
    found = []
    for accessible in walk(root):
        role, name = accessible.get_role_name(), name_of(accessible)
        parent = accessible.get_parent()
        if role in CONTROLS and (not name or CLASS_NAME.match(name)) and \
                parent.get_role_name() not in WHOLES:
            found.append(f'{role} {name!r} in {parent.get_role_name()} {name_of(parent)!r}')
    return found


def test_names():
    with terrace_app.start() as app:
        terrace_app.create_tiers(app)
        folder = terrace_app.sandbox('Hot') / 'Projects'
        digests = sample_files.make(folder)
        terrace_app.add_by_drop(app, folder, [os.path.basename(name) for name in digests])
        for view in terrace_app.VIEWS:
            terrace_app.show_view(app, view)
            app.wait_for(lambda: terrace_app.selected_view(app) == view, view)

        # Begun again when a row goes away while it is asked.
        found, = app.wait_for(lambda: [nameless(app.window)], 'a look at all controls')
        assert not found, 'controls without a name:\n' + '\n'.join(found)


if __name__ == '__main__':
    run(test_names)
