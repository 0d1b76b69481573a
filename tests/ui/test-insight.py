#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was learnt and what it is worth: the overview's charts, the model, the back-test, the pane and
the columns of objects, on files that were used for a year."""
import os
import pathlib
import subprocess

import insight_history
import terrace_app
from terrace_uitest import run, screenshot

HOME = pathlib.Path(os.environ['HOME'])


def prepare():
    """Registers files that have a past; leaves no program running."""
    with terrace_app.start() as app:
        terrace_app.create_tiers(app)
        folder = terrace_app.sandbox('Hot') / 'Files'
        insight_history.write_files(folder)
        terrace_app.add_by_drop(app, folder, ['f0.bin'])
        terrace_app.show_view(app, 'Overview')
        resize(app, 1390, 2090)
        app.find_text('^A forecast needs')
        app.find_text('^Nothing has changed its storage class yet')
        app.find_text('^No model was trained yet')
        app.find_text('^No migration is under way')
        screenshot('overview-first-day')
    log = HOME / 'access.log'
    insight_history.write_log(log, '/Files')
    terrace_app.terracectl('import', '--location', 'Hot', log)
    insight_history.write_costs()


def resize(app, width, height):
    subprocess.run(['xdotool', 'windowsize', '--sync', app.x_windows()[0], str(width), str(height)],
                   check=True)


def test_overview():
    prepare()
    terrace_app.terracectl('train')
    with terrace_app.start() as app:
        terrace_app.show_view(app, 'Overview')
        resize(app, 1390, 2090)
        app.find_text('^In three months, if it goes on like this')
        screenshot('overview-past')
        app.press(app.find('push button', 'Show Objects: Hot'))
        app.wait_for(lambda: terrace_app.selected_view(app) == 'Objects', 'the objects')
        app.find(name='f0.bin')


def test_prediction():
    """The actions of the menu, the report and the back-test."""
    with terrace_app.start() as app:
        app.activate('train-model')
        dialog = app.find_dialog()
        app.find_text('^A model was trained', below=dialog)
        app.find_text('^The plain rule decides|^The model decides', below=dialog)
        app.find_text('of the cases', below=dialog)
        screenshot('prediction')
        app.press(app.find(name='Back-Test', below=dialog))
        app.press_button('Run Back-Test', below=dialog)
        app.find_text('^Judged on the last', below=dialog)
        app.find(name='Terrace', below=dialog)
        screenshot('backtest')
        app.key('Escape')
        app.wait_for(lambda: len(app.x_windows()) == 1, 'the dialog to close')

        app.activate('predict')
        app.find_toast('^Choose objects first')
        app.activate('predict-all')
        app.find_toast('predicted and planned anew')


def test_objects():
    """The columns, and the pane about one object."""
    with terrace_app.start() as app:
        resize(app, 1390, 1290)
        terrace_app.show_view(app, 'Objects')
        app.find_text('^(Hot|Warm|Cold|Archive), [0-9]+ %')
        app.click(app.find(name='f100.bin'))
        app.activate('show-details')
        app.find_text('sure$|^by the plain rule')
        app.find_text('reads are expected')
        screenshot('objects-foreseen')
        app.press_button('Predict')
        app.find_toast('reads in 30 days')


if __name__ == '__main__':
    run(test_overview, test_prediction, test_objects)
