#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, by a person's means: drop a folder, look at the plan, accept it, see the files
arrive with every byte and leave where they were, and take it all back."""
import os

import sample_files
import terrace_app
from terrace_uitest import run, screenshot


def base(name):
    return os.path.basename(name)


def test_main_job():
    old = [name for name, _, _ in sample_files.OLD]

    with terrace_app.start() as app:
        terrace_app.create_tiers(app)
        folder = terrace_app.sandbox('Hot') / 'Projects'
        digests = sample_files.make(folder)
        wanted = sorted(digests.values())
        old_digests = {digests[name] for name in old}

        terrace_app.add_by_drop(app, folder, [base(name) for name in digests])
        screenshot('objects')
        assert sample_files.contents(folder) == digests, 'registering changed files'

        terrace_app.show_view(app, 'Plan')
        for name in old:
            app.find(name=base(name))
        screenshot('plan')
        assert sample_files.contents(folder) == digests, 'planning moved files'

        def places():
            return sample_files.contents(terrace_app.sandbox())

        def arrived():
            found = places()
            return sorted(found.values()) == wanted and not any(
                place.startswith('hot/') and digest in old_digests
                for place, digest in found.items())

        app.press_button('Accept All')
        terrace_app.show_view(app, 'Migrations')
        app.wait_for(arrived, 'the old files to lie elsewhere, once, with every byte')
        assert set(digests.values()) - old_digests <= set(sample_files.contents(folder).values()), \
            'files that are in use were moved'
        app.wait_for(lambda: len(undo_buttons(app)) == len(old), 'an Undo for each migration')
        screenshot('migrations')

        undo_all(app, len(old))
        app.wait_for(lambda: sample_files.contents(folder) == digests, 'the files to come back')
        app.wait_for(lambda: sorted(places().values()) == wanted, 'the copies to be removed')
        screenshot('undone')


def undo_buttons(app):
    return app.all('push button', 'Undo', below=app.find('list', 'Migrations'))


def undo_all(app, count):
    """One after the other, as each press changes the list."""
    for left in range(count, 0, -1):
        app.wait_for(lambda n=left: len(undo_buttons(app)) >= n, f'{left} things to undo')
        app.press(undo_buttons(app)[-1])


if __name__ == '__main__':
    run(test_main_job)
