#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preferences: limits reach every program, nonsense is refused where it stands, the style turns."""
import json

import terrace_app
from terrace_uitest import run, screenshot, states_of


def limit():
    return json.loads(terrace_app.terracectl('transfers', '--json'))['limit_bytes_per_second']


def open_page(app, page):
    app.activate('preferences')
    dialog = app.find_dialog()
    app.click(app.find(name=page, below=dialog))
    return dialog


def entry(app, dialog, title):
    return app.find('text', title, below=dialog, where=lambda a: 'editable' in states_of(a))


def write(app, row, text):
    """As a person does: into the row, and Enter."""
    app.click(row)
    app.set_text(row, text)
    app.key('Return')


def test_limits():
    with terrace_app.start() as app:
        app.press_button('Skip')
        dialog = open_page(app, 'Migrations')
        rate = entry(app, dialog, 'Limit a Second, as 10M; Empty for None')
        write(app, rate, '10M')
        screenshot('preferences-migrations')
        app.wait_for(lambda: limit() == 10485760, 'the limit to be stored')

        write(app, rate, 'fast')
        app.find_text('^A limit is a size', below=dialog)
        assert limit() == 10485760, 'nonsense was stored'


def test_general():
    with terrace_app.start() as app:
        app.press_button('Skip')
        app.activate('preferences')
        dialog = app.find_dialog()
        for name in ('Notify When Migrations End', 'Keep the Computer Awake', 'Ask Before Closing'):
            app.find(name=name, below=dialog)
        screenshot('preferences-general')


if __name__ == '__main__':
    run(test_limits, test_general)
