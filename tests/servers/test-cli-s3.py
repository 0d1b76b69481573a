#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl with a bucket: its key goes into the keyring and nowhere else, files move there, and
come back as they were. Run by ceph.py, beside a real server."""
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'unit', 'cli')]
import rawclouds  # noqa: E402
from clisupport import TERRACECTL, TIMEOUT_SECONDS, contains, equal, main, true  # noqa: E402

ENDPOINT = os.environ['TERRACE_TEST_S3_ENDPOINT']
ACCESS_KEY = os.environ['TERRACE_TEST_S3_ACCESS_KEY']
SECRET_KEY = os.environ['TERRACE_TEST_S3_SECRET_KEY']
# Three parts, the last of them short.
BIG_BYTES = 20 * 1000 * 1000
OLD_NS = 1577934245678901000


def ask(method, path, query=''):
    return rawclouds.s3(method, path, query).decode()


def add_bucket(home, bucket, secret, *options):
    done = subprocess.run([TERRACECTL, 'location', 'add', 'Cloud', f'{ENDPOINT}/{bucket}', '--kind',
                           's3', '--access-key', ACCESS_KEY, *options],
                          env=home.env, input=secret, capture_output=True, text=True,
                          timeout=TIMEOUT_SECONDS, check=False)
    true(SECRET_KEY not in done.stdout + done.stderr, 'nothing tells the secret')
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
    ask('PUT', '/refused')
    for bucket, secret, words in (('refused', 'not the secret\n', 'secret key is not the one'),
                                  ('missing', SECRET_KEY + '\n', 'no bucket of this name')):
        done = add_bucket(home, bucket, secret)
        equal(done.returncode, 1, 'status')
        contains(done.stderr, words)
    equal(add_bucket(home, 'refused', '').returncode, 2, 'no secret')
    equal(add_bucket(home, 'refused', SECRET_KEY, '--class', 'x/Y').returncode, 1, 'no class')
    equal(home.json('location', 'list'), [], 'locations')


def test_there_and_back(home):
    """Files move to a bucket and come back as they were."""
    home.use_file_keyring()
    ask('PUT', '/photos')
    equal(add_bucket(home, 'photos', SECRET_KEY + '\n').returncode, 0, 'status')
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
    listing = ask('GET', '/photos', 'list-type=2')
    equal(listing.count('<Key>'), 3, 'objects in the bucket')
    equal(ask('GET', '/photos', 'uploads=').count('<UploadId>'), 0, 'unfinished uploads')
    home.run('verify', '1')

    home.run('move', '1', '2', '3', '--to', folder)
    for path, data in contents.items():
        equal(read(path) == data, True, 'bytes')
        seen = os.stat(path)
        equal((seen.st_mode & 0o7777, seen.st_mtime_ns // 1000), (0o640, OLD_NS // 1000), 'file')
    equal(ask('GET', '/photos', 'list-type=2').count('<Key>'), 0, 'objects in the bucket')
    for path in files_below(home.path):
        true(SECRET_KEY.encode() not in read(path), f'{path} does not hold the secret')


if __name__ == '__main__':
    sys.exit(main(globals()))
