#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Stream view: sources are started and stopped, the log is filtered, held and followed, unreadable
messages and rules are seen, and all that while 20,000 events a second come in."""
import csv
import os
import pathlib
import time

import sample_files
import terrace_app
from terrace_uitest import name_of, run, screenshot, states_of

HOME = pathlib.Path(os.environ['HOME'])
RATE = 20000
# How long a press of a button may take under load until the window shows it.
ANSWER_SECONDS = 5


def open_page(app, name):
    """The page by its button in the switcher."""
    tab = app.find(name=name, what=f'page {name!r}', where=lambda a: (
        a.get_role_name() in ('radio button', 'toggle button', 'page tab')))
    app.click(tab)


def fill(app):
    terrace_app.create_tiers(app)
    folder = terrace_app.sandbox('Hot') / 'Projects'
    digests = sample_files.make(folder)
    terrace_app.add_by_drop(app, folder, [os.path.basename(name) for name in digests])
    terrace_app.show_view(app, 'Stream')


def summary(app):
    return name_of(app.find_text(r'events? a second'))


def wait_for_rate(app, at_least):
    """The sentence above the chart tells a rate of at least so many."""
    def look():
        return int(summary(app).split(' ')[0].replace(',', '').replace('\u202f', '')) >= at_least
    app.wait_for(look, f'{at_least} events a second', 60)


def test_empty_and_simulator():
    with terrace_app.start() as app:
        fill(app)
        app.find_text('^Nothing Comes In Yet')
        screenshot('stream-empty')
        app.press_button('Start Simulator')
        wait_for_rate(app, 20)
        app.find('push button', 'Stop')
        app.press_button('Stop')
        app.find('push button', 'Start')


def test_under_load():
    written = HOME / 'events.csv'
    with terrace_app.start(env=terrace_app.WHOLE_STACKS) as app:
        terrace_app.show_view(app, 'Stream')
        open_page(app, 'Sources')
        app.press_button('Change simulator')
        dialog = app.find_dialog()
        rate = app.find('spin button', 'Events a Second', below=dialog)
        rate.get_value_iface().set_current_value(RATE)
        app.press_button('Start Source', below=dialog)
        app.wait_for(lambda: len(app.x_windows()) == 1, 'the dialog to go')
        app.find_text(r'Simulator · Running')
        screenshot('stream-sources')

        open_page(app, 'Live')
        wait_for_rate(app, RATE // 2)
        # The window answers while they come.
        for view in terrace_app.VIEWS:
            begun = time.monotonic()
            terrace_app.show_view(app, view)
            app.wait_for(lambda v=view: terrace_app.selected_view(app) == v, view, ANSWER_SECONDS)
            print(f'# {view} after {time.monotonic() - begun:.2f} s', flush=True)
        terrace_app.show_view(app, 'Stream')
        wait_for_rate(app, RATE // 2)
        screenshot('stream')
        latest = app.find(name='Follow Latest')
        assert 'sensitive' not in states_of(latest), 'the log does not follow though nobody scrolled'

        entry = app.find(name='Filter by Object')
        app.set_text(entry, 'no such thing')
        pause = app.find('push button', 'Pause Log')
        app.press(pause)
        app.wait_for(lambda: states_of(pause) & {'pressed', 'checked'}, 'the log to be held')
        app.set_text(entry, '')
        app.press_button('Export CSV')
        terrace_app.save_as(app, written, 'Export')
        app.find_toast('rows written to events.csv')
        app.press(pause)

        app.press_button('Stop')
        app.find('push button', 'Start')
    with open(written, encoding='utf-8', newline='') as file:
        header, *rows = csv.reader(file, strict=True)
    assert 'event' in header and len(rows) > 100, f'{len(rows)} rows of {header}'
    assert {row[header.index('event')] for row in rows} <= {
        'read', 'write', 'create', 'delete', 'error', 'latency'}


def test_rules():
    with terrace_app.start() as app:
        terrace_app.show_view(app, 'Stream')
        open_page(app, 'Rules')
        app.press_button('Change Stop moving down what is being used')
        dialog = app.find_dialog()
        app.press_button('Try on the Last Hour', below=dialog)
        app.find_text('^In the last hour it would have stopped', below=dialog)
        screenshot('stream-rule')
        reads = app.find('spin button', 'Reads', below=dialog)
        reads.get_value_iface().set_current_value(7)
        app.press_button('Save', below=dialog)
        app.find_text('^7 reads within')
        screenshot('stream-rules')
    assert '"reads":7' in terrace_app.terracectl('alerts', 'rules', '--json').replace('\\', '').replace(
        ' ', ''), 'the rule was not kept'


def test_alerts():
    with terrace_app.start() as app:
        terrace_app.show_view(app, 'Stream')
        open_page(app, 'Alerts')
        screenshot('stream-alerts')
        open_page(app, 'Unreadable')
        screenshot('stream-unreadable')


if __name__ == '__main__':
    run(test_empty_and_simulator, test_under_load, test_rules, test_alerts)
