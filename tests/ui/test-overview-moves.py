#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The overview while data moves: speed, the migrations as lines, and then what they cost or saved."""
import os
import subprocess

import sample_files
import terrace_app
from terrace_uitest import run, screenshot


def test_overview_moves():
    with terrace_app.start() as app:
        terrace_app.create_tiers(app)
        folder = terrace_app.sandbox('Hot') / 'Projects'
        digests = sample_files.make(folder)
        terrace_app.add_by_drop(app, folder, [os.path.basename(name) for name in digests])
        terrace_app.terracectl('transfers', '--limit', '20M')
        terrace_app.show_view(app, 'Plan')
        app.press_button('Accept All')
        terrace_app.show_view(app, 'Overview')
        subprocess.run(['xdotool', 'windowsize', '--sync', app.x_windows()[0], '1390', '2090'],
                       check=True)
        app.find_text('MB of')
        app.find_text('migrations? under way')
        screenshot('overview-moving')
        app.find_text('^No migration is under way')
        app.find_text('moves? judged')
        screenshot('overview-moved')


if __name__ == '__main__':
    run(test_overview_moves)
