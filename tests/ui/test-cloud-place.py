#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bucket from the first look to its objects: tried, added, browsed, registered. Runs beside the
project's own Google Cloud Storage server, whose key the dialog takes from the environment."""
import base64
import json
import os
import time
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

import terrace_app
from terrace_uitest import Atspi, run, screenshot, states_of

ENDPOINT = os.environ['TERRACE_TEST_GCS_ENDPOINT']
ACCOUNT = os.environ['TERRACE_TEST_GCS_ACCOUNT']
STRANGER = os.environ['TERRACE_TEST_GCS_STRANGER']


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=')


def ask(url, data=None, kind='application/json', token=None):
    request = urllib.request.Request(url, data=data, headers={'Content-Type': kind})
    if token:
        request.add_header('Authorization', 'Bearer ' + token)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def get_token():
    account = json.load(open(ACCOUNT, encoding='utf-8'))
    now = int(time.time())
    claims = {'iss': account['client_email'], 'aud': account['token_uri'], 'iat': now,
              'exp': now + 600, 'scope': 'https://www.googleapis.com/auth/devstorage.full_control'}
    header = {'alg': 'RS256', 'typ': 'JWT', 'kid': account['private_key_id']}
    signed = encode(json.dumps(header).encode()) + b'.' + encode(json.dumps(claims).encode())
    key = serialization.load_pem_private_key(account['private_key'].encode(), None)
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    form = urllib.parse.urlencode({
        'grant_type': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        'assertion': (signed + b'.' + encode(signature)).decode()}).encode()
    return ask(account['token_uri'], form, 'application/x-www-form-urlencoded')['access_token']


def make_bucket(token, names):
    ask(f'{ENDPOINT}/storage/v1/b?project=terrace', json.dumps({'name': 'films'}).encode(),
        token=token)
    for name in names:
        ask(f'{ENDPOINT}/upload/storage/v1/b/films/o?uploadType=media&name='
            + urllib.parse.quote(name, safe=''), name.encode() * 100, 'text/plain', token)


def laid_out(accessible):
    box = accessible.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
    return 'visible' in states_of(accessible) and box.width > 0 and box.height > 0


def open_dialog(app, bucket):
    terrace_app.show_view(app, 'Locations')
    terrace_app.open_menu(app, 'Add Location', 'Google Cloud Storage…')
    dialog = app.find_dialog()
    name, address, where = app.all('text', below=dialog, where=lambda a: (
        'editable' in states_of(a) and laid_out(a)))
    app.set_text(name, 'Films')
    app.set_text(address, ENDPOINT)
    app.set_text(where, bucket)
    terrace_app.open_menu(app, 'Import Key', 'Environment of This Session', below=dialog)
    return dialog


def start(key):
    """With a keyring in a file of the test."""
    return terrace_app.start(env={**terrace_app.WHOLE_STACKS,
        'GOOGLE_APPLICATION_CREDENTIALS': key, 'SECRET_BACKEND': 'file',
        'SECRET_FILE_TEST_PATH': os.path.join(os.environ['HOME'], 'keyring'),
        'SECRET_FILE_TEST_PASSWORD': 'a password'})


def test_refused():
    with start(STRANGER) as app:
        app.press_button('Skip')
        dialog = open_dialog(app, 'films')
        app.press_button('Test Connection', below=dialog)
        app.find_text('(?i)(refus|denied|not know|wrong|accept).*', below=dialog)
        screenshot('add-cloud-refused')


def test_place():
    names = ['2024/a.mov', '2024/b.mov', 'notes.txt']
    make_bucket(get_token(), names)
    with start(ACCOUNT) as app:
        app.press_button('Skip')
        dialog = open_dialog(app, 'films')
        app.press_button('Test Connection', below=dialog)
        app.find_text('^Connected', below=dialog)
        screenshot('add-cloud-connected')
        assert json.loads(terrace_app.terracectl('location', 'list', '--json')) == []
        app.press_button('Add Location', below=dialog)
        row = app.find('list item', 'Films')
        screenshot('location-cloud')

        terrace_app.open_menu(app, 'Location Menu', 'Browse…', below=row)
        browser = app.find_dialog()
        for name in names:
            app.find_text('^' + name, below=browser)
        app.set_text(app.find(name='Names Begin With', below=browser), '2024/')
        app.find_text('^2 objects', below=browser)
        app.press_button('Register Objects', below=browser)
        app.find_text('^2 registered', below=browser)
        screenshot('browse')
        app.press_button('Close', below=browser)
        app.wait_for(lambda: len(app.x_windows()) == 1, 'the dialog to close')

        terrace_app.open_menu(app, 'Location Menu', 'Unfinished Uploads…', below=row)
        app.find_text('^No Unfinished Uploads|^Could Not', below=app.find_dialog())
        screenshot('unfinished-uploads')
    assert len(json.loads(terrace_app.terracectl('list', '--json'))) == 2


if __name__ == '__main__':
    run(test_refused, test_place)
