#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening a file with Terrace registers it, in the window that is open already."""
import os
import pathlib
import subprocess

import terrace_app
from terrace_uitest import GUARD_SECONDS, run


def test_open_with():
    first = pathlib.Path(os.environ['HOME'], 'Documents', 'first letter.txt')
    second = pathlib.Path(os.environ['HOME'], 'Documents', 'second letter.txt')
    first.parent.mkdir(parents=True)
    first.write_text('one')
    second.write_text('two')

    with terrace_app.start(str(first)) as app:
        terrace_app.show_view(app, 'Objects')
        app.find(name=first.name)
        assert app.look(name=second.name) is None

        again = subprocess.run([os.environ['TERRACE_PROGRAM'], str(second)],
                               timeout=GUARD_SECONDS, check=True)
        assert again.returncode == 0
        app.find(name=second.name)
        assert len(app.all('frame')) == 1, 'a second window was opened'


if __name__ == '__main__':
    run(test_open_with)
