#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migrations under way are paused, resumed, cancelled and tried again with the buttons of the
Migrations view; the files on disk say whether that is true."""
import hashlib
import os
import pathlib
import random

import terrace_app
from terrace_uitest import run, screenshot

# A second or so for each megabyte, twice: the copy is written and read back.
BANDWIDTH = '1M'
SIZE = 6 * 1000 * 1000
SECONDS = 60


class World:
    """A catalogue with one object in one practice folder and a slow one that it shall go to."""

    def __init__(self, name):
        root = pathlib.Path(os.environ['HOME'], name)
        os.environ['XDG_DATA_HOME'] = str(root / 'data')
        self.source, self.slow = root / 'fast', root / 'slow'
        self.original, self.copy = (place / 'Day 1' / 'take 3.mov' for place in
                                    (self.source, self.slow))
        self.original.parent.mkdir(parents=True)
        self.slow.mkdir()
        data = random.Random(name).randbytes(SIZE)
        self.original.write_bytes(data)
        self.digest = hashlib.sha256(data).hexdigest()

        kind = ('--kind', 'sandbox', '--class')
        terrace_app.terracectl('location', 'add', 'Fast', self.source, *kind, 'aws/STANDARD')
        terrace_app.terracectl('location', 'add', 'Slow', self.slow, *kind, 'aws/GLACIER_IR',
                               '--bandwidth', BANDWIDTH)
        terrace_app.terracectl('add', self.original)
        terrace_app.terracectl('move', self.original, '--to', 'Slow', '--queue-only')

    def is_intact(self, path):
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == self.digest

    def in_the_making(self):
        return [path for path in self.slow.rglob('*') if path.is_file() and path != self.copy]

    def has_arrived(self):
        return self.is_intact(self.copy) and not self.original.exists() and \
            not self.in_the_making()


def rows(app):
    return app.find('list', 'Migrations')


def offers(app, button):
    return app.look('push button', button, below=rows(app)) is not None


def wait_until_copying(app, world):
    terrace_app.show_view(app, 'Migrations')
    app.find_text('^Copying', below=rows(app))
    app.wait_for(world.in_the_making, 'the copy to be begun')


def test_pause_and_resume():
    world = World('pause')
    with terrace_app.start() as app:
        wait_until_copying(app, world)
        app.press_button('Pause', below=rows(app))
        app.find_text('^Paused', below=rows(app))
        screenshot('migration-paused')
        assert not offers(app, 'Pause'), 'what is paused can be paused again'
        assert world.is_intact(world.original), 'the original changed'
        assert world.in_the_making() and not world.copy.exists(), 'pausing dropped the copy'

    # It stays paused when Terrace starts again.
    with terrace_app.start() as app:
        terrace_app.show_view(app, 'Migrations')
        app.find_text('^Paused', below=rows(app))
        assert world.in_the_making(), 'starting again dropped the copy'
        app.press_button('Resume', below=rows(app))
        app.wait_for(world.has_arrived, 'the object to arrive with every byte', SECONDS)
        app.find_text('^Done and verified', below=rows(app))


def test_cancel():
    world = World('cancel')
    with terrace_app.start() as app:
        wait_until_copying(app, world)
        app.press_button('Cancel', below=rows(app))
        app.find_text('^Cancelled', below=rows(app))
        app.wait_for(lambda: not list(world.slow.rglob('*')), 'the half copy to be removed')
        screenshot('migration-cancelled')
        assert world.is_intact(world.original), 'the original changed'
        assert not any(offers(app, button) for button in ('Cancel', 'Pause', 'Undo')), \
            'what is cancelled offers more than Retry'


def test_cancel_paused():
    world = World('cancel-paused')
    with terrace_app.start() as app:
        wait_until_copying(app, world)
        app.press_button('Pause', below=rows(app))
        app.find_text('^Paused', below=rows(app))
        app.press_button('Cancel', below=rows(app))
        app.find_text('^Cancelled', below=rows(app))
        app.wait_for(lambda: not list(world.slow.rglob('*')), 'the half copy to be removed')
        assert world.is_intact(world.original), 'the original changed'


def test_retry():
    world = World('retry')
    away = world.source.parent / 'away'
    # With its folder: renaming the file itself would count as a change.
    world.original.parent.rename(away)
    with terrace_app.start() as app:
        terrace_app.show_view(app, 'Migrations')
        app.find_text('^Failed', below=rows(app))
        app.find_text('Put it back and choose Retry', below=rows(app))
        screenshot('migration-failed')
        assert not list(world.slow.rglob('*')), 'a failed migration left something'

        away.rename(world.original.parent)
        app.press_button('Retry', below=rows(app))
        app.wait_for(world.has_arrived, 'the object to arrive with every byte', SECONDS)
        app.find_text('^Done and verified', below=rows(app))


if __name__ == '__main__':
    run(test_pause_and_resume, test_cancel, test_cancel_paused, test_retry)
