#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adding a cloud location: each kind asks for what it needs, a test of the connection says what is
wrong and what is right, and what lies there can be looked at and registered. Against the project's own
Google Cloud Storage server for what works, and against a closed port for what does not."""
import json
import socket

import terrace_app
from terrace_uitest import Atspi, run, screenshot, states_of

FIELDS = {
    'S3-Compatible Storage…': ['Name', 'Region, If Not us-east-1', 'Bucket', 'Access Key',
                               'Secret Key', 'Session Token, If the Key Is Temporary'],
    'Azure Blob Storage…': ['Name', 'Address, If Not Azure’s Own', 'Storage Account', 'Container',
                            'Account Key, Signature or Connection String'],
    'Google Cloud Storage…': ['Name', 'Address, If Not Google’s Own', 'Bucket'],
}


def open_dialog(app, kind):
    terrace_app.show_view(app, 'Locations')
    terrace_app.open_menu(app, 'Add Location', kind)
    return app.find_dialog()


def laid_out(accessible):
    """Whether it has a place in its dialog, scrolled out of sight or not."""
    box = accessible.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
    return 'visible' in states_of(accessible) and box.width > 0 and box.height > 0


def entries(app, dialog):
    return app.all('text', below=dialog, where=lambda a: (
        'editable' in states_of(a) and laid_out(a)))


def close(app, dialog, button='Cancel'):
    app.press_button(button, below=dialog)
    app.wait_for(lambda: len(app.x_windows()) == 1, 'the dialog to close')


def closed_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def test_asks_for_what_is_needed():
    with terrace_app.start() as app:
        app.press_button('Skip')
        for kind, fields in FIELDS.items():
            dialog = open_dialog(app, kind)
            app.find('label', fields[-1], below=dialog, where=laid_out)
            screenshot('add-' + kind.split()[0].lower())
            assert len(entries(app, dialog)) == len(fields), (kind, len(entries(app, dialog)))
            for field in fields:
                app.find('label', field, below=dialog, where=laid_out)
            test = app.find(name='Test Connection', below=dialog, where=laid_out)
            assert 'sensitive' not in states_of(test), 'tests with nothing to test'
            close(app, dialog)


def test_says_what_is_wrong():
    with terrace_app.start() as app:
        app.press_button('Skip')
        dialog = open_dialog(app, 'Azure Blob Storage…')
        name, address, account, container, key = entries(app, dialog)
        app.set_text(name, 'Backup')
        app.set_text(container, 'backup')
        app.set_text(account, 'lab')
        app.set_text(key, 'c2VjcmV0')
        app.set_text(address, f'http://127.0.0.1:{closed_port()}/lab')
        app.press_button('Test Connection', below=dialog)
        said = app.find_text('(?i)refused|reach|answer', below=dialog)
        screenshot('add-cloud-unreachable')
        assert 'c2VjcmV0' not in (said.get_name() or ''), 'the key is shown'
        close(app, dialog)
    assert json.loads(terrace_app.terracectl('location', 'list', '--json')) == []


if __name__ == '__main__':
    run(test_asks_for_what_is_needed, test_says_what_is_wrong)
