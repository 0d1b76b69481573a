#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl with a bucket of Google Cloud Storage: the service account's file goes into the keyring
and nowhere else, files move there, and come back as they were. Run by gcs/gcs.py, beside a server of
the project's own."""
import base64
import json
import os
import random
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'unit', 'cli'))
from clisupport import TERRACECTL, TIMEOUT_SECONDS, contains, equal, main, true  # noqa: E402

ENDPOINT = os.environ['TERRACE_TEST_GCS_ENDPOINT']
ACCESS_KEY = os.environ['TERRACE_TEST_GCS_ACCESS_KEY']
SECRET_KEY = os.environ['TERRACE_TEST_GCS_SECRET_KEY']
SCOPE = 'https://www.googleapis.com/auth/devstorage.full_control'
# Three parts, the last of them short.
BIG_BYTES = 20 * 1000 * 1000
OLD_NS = 1577934245678901000


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def account(name='ACCOUNT'):
    return read(os.environ['TERRACE_TEST_GCS_' + name]).decode()


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=')


def get_token():
    """By another hand than the program's."""
    file = json.loads(account())
    key = serialization.load_pem_private_key(file['private_key'].encode(), None)
    now = int(time.time())
    claims = {'iss': file['client_email'], 'scope': SCOPE, 'aud': file['token_uri'], 'iat': now,
              'exp': now + 600}
    text = encode(b'{"alg":"RS256","typ":"JWT"}') + b'.' + encode(json.dumps(claims).encode())
    signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    form = {'grant_type': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
            'assertion': (text + b'.' + encode(signature)).decode()}
    with urllib.request.urlopen(file['token_uri'], urllib.parse.urlencode(form).encode(),
                                timeout=30) as answer:
        return json.load(answer)['access_token']


def ask(method, path, body=None):
    request = urllib.request.Request(ENDPOINT + path, method=method, headers={
        'Authorization': 'Bearer ' + get_token(), 'Content-Type': 'application/json'},
        data=json.dumps(body).encode() if body is not None else None)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b'{}')


def make_bucket(name):
    ask('POST', '/storage/v1/b?project=terrace-test', {'name': name})


def list_bucket(name):
    return [item['name'] for item in ask('GET', f'/storage/v1/b/{name}/o').get('items', [])]


def secret_words():
    """What must be in no output and no file: the middle of the key, and the HMAC key's secret."""
    key = json.loads(account())['private_key'].split('\n')
    return [key[3], SECRET_KEY]


def terracectl(home, *arguments, secret=''):
    done = subprocess.run([TERRACECTL, *arguments], env=home.env, input=secret,
                          capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    for word in secret_words():
        true(word not in done.stdout + done.stderr, 'nothing tells the secret')
    return done


def add_bucket(home, bucket, secret, *options):
    return terracectl(home, 'location', 'add', 'Cloud', f'{ENDPOINT}/{bucket}', '--kind', 'gcs',
                      *options, secret=secret)


def test_refused(home):
    """What is wrong is said, and leaves nothing behind."""
    home.use_file_keyring()
    make_bucket('refused')
    for bucket, secret, words in (('refused', account('STRANGER'), "service account's key"),
                                  ('missing', account(), 'no bucket of this name')):
        done = add_bucket(home, bucket, secret)
        equal(done.returncode, 1, 'status')
        contains(done.stderr, words)
    equal(add_bucket(home, 'refused', '').returncode, 2, 'no secret')
    equal(add_bucket(home, 'refused', 'not a file\n').returncode, 2, 'no file')
    equal(add_bucket(home, 'refused', 'wrong\n', '--access-key', ACCESS_KEY).returncode, 1, 'HMAC')
    equal(home.json('location', 'list'), [], 'locations')
    true(not os.path.exists(os.path.join(home.path, 'keyring')) or
         b'BEGIN' not in read(os.path.join(home.path, 'keyring')), 'the keyring is empty')


def test_there_and_back(home):
    """Files move to a bucket and come back as they were."""
    home.use_file_keyring()
    make_bucket('photos')
    # The account has the role that the documentation names, and no more.
    done = add_bucket(home, 'photos', account('USER'), '--class', 'gcs/STANDARD,gcs/NEARLINE')
    equal(done.stderr, '', 'errors')
    equal(done.returncode, 0, 'status')
    contents = {home.write('big.bin', random.Random(1).randbytes(BIG_BYTES)): None,
                home.write('a small ü.txt', b'hello\n'): None, home.write('empty', b''): None}
    for path in contents:
        os.chmod(path, 0o640)
        os.utime(path, ns=(OLD_NS, OLD_NS))
        contents[path] = read(path)
    home.run('add', *contents)
    folder = home.json('list')[0]['location']

    home.run('move', *contents, '--to', 'Cloud')
    for path in contents:
        true(not os.path.exists(path), f'{path!r} is in the bucket')
    for item in home.json('list'):
        equal(item['location'], 'Cloud', 'location')
    equal(len(list_bucket('photos')), 3, 'objects in the bucket, and no marker')
    home.run('verify', '1')

    home.run('move', '1', '2', '3', '--to', folder)
    for path, data in contents.items():
        equal(read(path) == data, True, 'bytes')
        seen = os.stat(path)
        equal((seen.st_mode & 0o7777, seen.st_mtime_ns // 1000), (0o640, OLD_NS // 1000), 'file')
    equal(list_bucket('photos'), [], 'objects in the bucket')
    for root, _folders, names in os.walk(home.path):
        for name in names:
            for word in secret_words():
                true(word.encode() not in read(os.path.join(root, name)),
                     f'{name} does not hold the secret')


def test_hmac(home):
    """An HMAC key goes by the XML API."""
    home.use_file_keyring()
    make_bucket('by-hmac')
    done = add_bucket(home, 'by-hmac', SECRET_KEY + '\n', '--access-key', ACCESS_KEY)
    equal(done.stderr, '', 'errors')
    equal(done.returncode, 0, 'status')
    path = home.write('one.txt', b'hello\n')
    home.run('add', path)
    folder = home.json('list')[0]['location']
    home.run('move', path, '--to', 'Cloud')
    equal(len(list_bucket('by-hmac')), 1, 'objects in the bucket')
    home.run('move', '1', '--to', folder)
    equal(read(path), b'hello\n', 'bytes')
    equal(list_bucket('by-hmac'), [], 'objects in the bucket')


if __name__ == '__main__':
    sys.exit(main(globals()))
