#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects are searched by words and conditions, searches are kept, and what can be done follows from
what is chosen."""
import os
import pathlib

import terrace_app
from terrace_uitest import is_shown, run, screenshot, states_of

HOME = pathlib.Path(os.environ['HOME'])
SIZES = {'tiny.txt': 10, 'middle.bin': 3_000_000, 'large.bin': 20_000_000}


def cells(app):
    """Names of the sample files that the table shows."""
    table = app.look('tree table', where=is_shown) or app.look('table', where=is_shown)
    if table is None:
        return set()
    return {name for name in SIZES if app.look(name=name, below=table) is not None}


def search(app, text, expected):
    entry = app.find(name='Search Objects', where=lambda a: 'editable' in states_of(a))
    app.set_text(entry, text)
    app.wait_for(lambda: cells(app) == set(expected), f'{text!r} to show {expected}')


def test_search():
    folder = HOME / 'Files'
    folder.mkdir()
    for name, size in SIZES.items():
        (folder / name).write_bytes(os.urandom(size))
    with terrace_app.start() as app:
        app.press_button('Skip')
        terrace_app.add_by_drop(app, folder, SIZES)
        search(app, 'size:>1M', ['middle.bin', 'large.bin'])
        search(app, 'size>1M size:<10M', ['middle.bin'])
        search(app, 'size:<1k tiny', ['tiny.txt'])
        search(app, 'last:>1y', [])
        search(app, 'size:>10M', ['large.bin'])
        terrace_app.open_menu(app, 'Saved Searches', 'Save This Search')
        # Once it can be chosen it is kept; the text must not change before.
        terrace_app.open_menu(app, 'Saved Searches', 'size:>10M')
        search(app, '', SIZES)
        terrace_app.open_menu(app, 'Saved Searches', 'size:>10M')
        app.wait_for(lambda: cells(app) == {'large.bin'}, 'the saved search to be used')
        screenshot('objects-search')

        # On a disk of one's own it stays: there is no recommendation to accept.
        app.click(app.find(name='large.bin'))
        button = app.find(name='Recommended Move')
        assert 'sensitive' not in states_of(button), 'a recommendation where there is none'
        assert 'sensitive' in states_of(app.find(name='Migrate To'))
        screenshot('objects-selected')


if __name__ == '__main__':
    run(test_search)
