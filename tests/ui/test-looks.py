#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every view with something in it, in light and dark; the screenshots are for people to look at."""
import os
import subprocess

import sample_files
import terrace_app
from terrace_uitest import run, screenshot

LOOK = 'dark' if os.environ.get('ADW_DEBUG_COLOR_SCHEME') == 'prefer-dark' else 'light'


def brightness(path):
    """Of the whole picture, from 0 to 1."""
    result = subprocess.run(['convert', path, '-colorspace', 'Gray', '-format', '%[fx:mean]',
                             'info:'], capture_output=True, text=True, check=True)
    return float(result.stdout)


def test_looks():
    with terrace_app.start() as app:
        terrace_app.create_tiers(app)
        folder = terrace_app.sandbox('Hot') / 'Projects'
        digests = sample_files.make(folder)
        terrace_app.add_by_drop(app, folder, [os.path.basename(name) for name in digests])

        for view in terrace_app.VIEWS:
            name = f'{view.lower()}-{LOOK}'
            terrace_app.show_view(app, view)
            app.wait_for(lambda: terrace_app.selected_view(app) == view, view)
            found = brightness(screenshot(name))
            assert (found < 0.35) == (LOOK == 'dark'), f'{name} has a brightness of {found}'


if __name__ == '__main__':
    run(test_looks)
