#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl with a container of Azure: its key goes into the keyring and nowhere else, files move
there, and come back as they were. Run by azurite.py, beside an emulator."""
import base64
import datetime
import hashlib
import hmac
import http.client
import os
import random
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'unit', 'cli'))
from clisupport import TERRACECTL, TIMEOUT_SECONDS, contains, equal, main, true  # noqa: E402

ENDPOINT = os.environ['TERRACE_TEST_AZURE_ENDPOINT']
ACCOUNT = os.environ['TERRACE_TEST_AZURE_ACCOUNT']
KEY = os.environ['TERRACE_TEST_AZURE_KEY']
VERSION = '2021-12-02'
# Three parts, the last of them short.
BIG_BYTES = 20 * 1000 * 1000
OLD_NS = 1577934245678901000


def sign(text):
    mac = hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def ask(method, container, **query):
    """A signed request, by another hand than the program's."""
    address = urllib.parse.urlsplit(ENDPOINT)
    path = f'{address.path}/{container}'
    date = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())
    names = ''.join(f'\n{name}:{value}' for name, value in sorted(query.items()))
    text = (method + '\n' * 12 + f'x-ms-date:{date}\nx-ms-version:{VERSION}\n'
            f'/{ACCOUNT}{path}{names}')
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    connection.request(method, f'{path}?{urllib.parse.urlencode(query)}', headers={
        'x-ms-date': date, 'x-ms-version': VERSION, 'Content-Length': '0',
        'Authorization': f'SharedKey {ACCOUNT}:{sign(text)}'})
    answer = connection.getresponse()
    body = answer.read().decode()
    true(answer.status < 300, f'{method} {path}: {answer.status} {body}')
    connection.close()
    return body


def make_container(name):
    ask('PUT', name, restype='container')


def list_container(name, **query):
    return ask('GET', name, restype='container', comp='list', **query)


def signature(container):
    """A shared access signature for one container."""
    until = (datetime.datetime.now(datetime.timezone.utc) +
             datetime.timedelta(hours=1)).strftime('%Y-%m-%dT%H:%M:%SZ')
    text = '\n'.join(['rcwdl', '', until, f'/blob/{ACCOUNT}/{container}', '', '', 'https,http',
                      VERSION, 'c', '', '', '', '', '', '', ''])
    return urllib.parse.urlencode({'sp': 'rcwdl', 'se': until, 'spr': 'https,http', 'sv': VERSION,
                                   'sr': 'c', 'sig': sign(text)})


def add_container(home, container, secret, *options):
    done = subprocess.run([TERRACECTL, 'location', 'add', 'Cloud', f'{ENDPOINT}/{container}',
                           '--kind', 'azure', *options],
                          env=home.env, input=secret, capture_output=True, text=True,
                          timeout=TIMEOUT_SECONDS, check=False)
    for word in (KEY, secret.strip()):
        true(word == '' or word not in done.stdout + done.stderr, 'nothing tells the secret')
    return done


def files_below(folder):
    return [os.path.join(root, name) for root, _folders, names in os.walk(folder)
            for name in names]


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def test_refused(home):
    """What is wrong is said, and leaves nothing behind."""
    home.use_file_keyring()
    make_container('refused')
    wrong_key = base64.b64encode(b'wrong').decode()
    for container, secret, words in (
            ('refused', wrong_key + '\n', 'account key or shared access signature was not accepted'),
            ('refused', 'not a key\n', 'neither an account key nor'),
            ('refused', 'sp=rl&se=2020-01-01T00:00:00Z&sig=abc\n', 'has expired'),
            ('missing', KEY + '\n', 'no container of this name')):
        done = add_container(home, container, secret)
        equal(done.returncode, 1, 'status')
        contains(done.stderr, words)
    equal(add_container(home, 'refused', '').returncode, 2, 'no secret')
    equal(add_container(home, 'refused', KEY, '--class', 'x/Y').returncode, 1, 'no class')
    contains(add_container(home, 'refused', KEY, '--access-key', 'otheraccount').stderr,
             'otheraccount')
    equal(home.json('location', 'list'), [], 'locations')


def test_secrets(home):
    """A key, a signature and a connection string will do."""
    home.use_file_keyring()
    make_container('secrets')
    connection = f'DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};'
    for secret in (KEY, '?' + signature('secrets'), connection):
        done = add_container(home, 'secrets', secret + '\n')
        equal((done.returncode, done.stderr), (0, ''), 'add')
        home.run('location', 'remove', 'Cloud')


def test_there_and_back(home):
    """Files move to a container and come back as they were."""
    home.use_file_keyring()
    make_container('photos')
    equal(add_container(home, 'photos', KEY + '\n', '--class', 'azure/Cool,azure/Hot').returncode, 0,
          'status')
    contents = {home.write('big.bin', random.Random(1).randbytes(BIG_BYTES)): None,
                home.write('a small ü...', b'hello\n'): None,
                home.write('back\\slash\n', b'odd\n'): None, home.write('empty', b''): None}
    for path in contents:
        os.chmod(path, 0o640)
        os.utime(path, ns=(OLD_NS, OLD_NS))
        contents[path] = read(path)
    home.run('add', *contents)
    folder = home.json('list')[0]['location']

    home.run('move', *contents, '--to', 'Cloud')
    for path in contents:
        true(not os.path.exists(path), f'{path!r} is in the container')
    for item in home.json('list'):
        equal(item['location'], 'Cloud', 'location')
    listing = list_container('photos', include='uncommittedblobs')
    equal(listing.count('<Blob>'), len(contents), 'objects in the container')
    equal(listing.count('<AccessTier>Cool<'), len(contents), 'tier of the objects')
    home.run('verify', '1')

    home.run('move', *[str(i + 1) for i in range(len(contents))], '--to', folder)
    for path, data in contents.items():
        equal(read(path) == data, True, 'bytes')
        seen = os.stat(path)
        equal((seen.st_mode & 0o7777, seen.st_mtime_ns // 1000), (0o640, OLD_NS // 1000), 'file')
    equal(list_container('photos', include='uncommittedblobs').count('<Blob>'), 0,
          'objects in the container')
    for path in files_below(home.path):
        true(KEY.encode() not in read(path), f'{path} does not hold the secret')


if __name__ == '__main__':
    sys.exit(main(globals()))
