#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any to any: files go from a folder, an S3 bucket, an Azure container and a Google bucket to each
of the others, by every way there is, and come back as they were. Run beside the three servers:

    ceph.py azurite.py gcs/gcs.py any-to-any.py TERRACECTL

With TERRACE_TEST_LONG=1 a file of 1 GiB goes along."""
import hashlib
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'unit', 'cli')]
import clisupport  # noqa: E402
import rawclouds  # noqa: E402
from clisupport import contains, equal, main, true  # noqa: E402

PART_BYTES = 8 << 20
LONG_BYTES = 1 << 30
MIB = 1 << 20
OLD_NS = 1577934245678901000
clisupport.TIMEOUT_SECONDS = 1800 if os.environ.get('TERRACE_TEST_LONG') else 240
LONG_NAME = 'n' * 200 + '/' + 'm' * 200 + '/' + 'o' * 200 + '/' + 'p' * 200 + '/' + 'q' * 199 + 'é'
NAMES = ['two  spaces + plus', 'per%2Fcent', 'emoji \U0001F600 ü', 'deep/er/down', '#?&=;:@!*()',
         '-dash', "quote'\"", '.hidden', 'trailing.dot.', 'back\\slash', LONG_NAME]
# Keys that no folder can hold.
CLOUD_KEYS = ['a//b', '../x', '/leading', 'a/../b', './dot', 'trailing/', '//', 'k' * 1023 + 'e']


def with_keys(home):
    home.use_file_keyring()
    home.env.update(AWS_ACCESS_KEY_ID=os.environ['TERRACE_TEST_S3_ACCESS_KEY'],
                    AWS_SECRET_ACCESS_KEY=os.environ['TERRACE_TEST_S3_SECRET_KEY'],
                    AZURE_STORAGE_ACCOUNT=os.environ['TERRACE_TEST_AZURE_ACCOUNT'],
                    AZURE_STORAGE_KEY=os.environ['TERRACE_TEST_AZURE_KEY'],
                    GOOGLE_APPLICATION_CREDENTIALS=os.environ['TERRACE_TEST_GCS_ACCOUNT'])


def make_places(home, name):
    """A bucket of each kind, with the key from where its tools have it; their names."""
    with_keys(home)
    rawclouds.s3('PUT', f'/{name}')
    rawclouds.make_container(name)
    rawclouds.make_google_bucket(name)
    for kind in ('s3', 'azure', 'gcs'):
        endpoint = os.environ[f'TERRACE_TEST_{kind.upper()}_ENDPOINT']
        home.run('location', 'add', kind, f'{endpoint}/{name}', '--kind', kind, '--from', 'env')
    return ['s3', 'azure', 'gcs']


def walk_of(places):
    """A round trip from the first place that goes every way between two of them once."""
    ways = {place: [other for other in places if other != place] for place in places}
    stack, walk = [places[0]], []
    while stack:
        if ways[stack[-1]]:
            stack.append(ways[stack[-1]].pop())
        else:
            walk.append(stack.pop())
    return walk[::-1]


def contents(size, seed):
    """Bytes that can be had a MiB at a time."""
    source = random.Random(seed)
    while size > 0:
        yield source.randbytes(min(size, MIB))
        size -= MIB


def digest_of(chunks):
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def read_chunks(path):
    with open(path, 'rb') as file:
        while chunk := file.read(MIB):
            yield chunk


def make_files(home):
    """Paths to digests."""
    sizes = {'empty': 0, 'one byte': 1, 'a part less one': PART_BYTES - 1, 'a part': PART_BYTES,
             'a part and one': PART_BYTES + 1, **{name: 100 for name in NAMES}}
    if os.environ.get('TERRACE_TEST_LONG'):
        sizes['long'] = LONG_BYTES
    files = {}
    for seed, (name, size) in enumerate(sizes.items()):
        path = home.write(name, b'')
        with open(path, 'wb') as file:
            for chunk in contents(size, seed):
                file.write(chunk)
        os.chmod(path, 0o640)
        os.utime(path, ns=(OLD_NS, OLD_NS))
        files[path] = digest_of(read_chunks(path))
    return files


def check_files(files):
    for path, digest in files.items():
        equal(digest_of(read_chunks(path)), digest, f'contents of {path!r}')
        equal(os.stat(path).st_mode & 0o777, 0o640, f'permissions of {path!r}')
        equal(os.stat(path).st_mtime_ns // 1000, OLD_NS // 1000, f'time of {path!r}')


def test_every_way(home):
    """Files go every way between a folder and three clouds"""
    clouds = make_places(home, 'every-way')
    files = make_files(home)
    home.run('add', *files)
    items = home.json('list')
    equal(len(items), len(files), 'registered')
    ids = [str(item['id']) for item in items]
    folder = items[0]['location']
    walk = walk_of([folder, *clouds])
    equal(len(walk) - 1, 12, 'ways')

    for place in walk[1:]:
        home.run('move', *ids, '--to', place)
        for item in home.json('list'):
            equal(item['location'], place, f'location of {item["name"]!r}')
        if place == folder:
            check_files(files)
        else:
            true(not any(os.path.exists(path) for path in files), f'all are at {place}')
    listing = rawclouds.s3('GET', '/every-way', 'list-type=2')
    equal(listing.count(b'<Key>'), 0, 'left behind')
    equal(rawclouds.s3('GET', '/every-way', 'uploads=').count(b'<UploadId>'), 0, 'unfinished')


def test_line_break(home):
    """A name with a line break goes wherever it may, and is refused by Google before it moves"""
    clouds = make_places(home, 'line-break')
    files = {home.write('new\nline', b'text'): digest_of([b'text'])}
    os.chmod(next(iter(files)), 0o640)
    os.utime(next(iter(files)), ns=(OLD_NS, OLD_NS))
    home.run('add', *files)
    folder = home.json('list')[0]['location']
    clouds.remove('gcs')
    for place in walk_of([folder, *clouds])[1:]:
        refused = home.run('move', '1', '--to', 'gcs', status=None)
        true(refused.returncode != 0, 'refused')
        contains(refused.err, 'line breaks')
        home.run('move', '1', '--to', place)
    check_files(files)


def test_keys_of_clouds(home):
    """Keys that no folder can hold go every way between clouds, and to a folder none does"""
    clouds = make_places(home, 'cloud-keys')
    for number, key in enumerate(CLOUD_KEYS):
        rawclouds.s3('PUT', f'/cloud-keys/{key}', body=f'object {number}'.encode())
    home.run('location', 'scan', 's3')
    ids = [str(item['id']) for item in home.json('list')]
    equal(len(ids), len(CLOUD_KEYS), 'registered')

    os.mkdir(os.path.join(home.path, 'folder'))
    home.run('location', 'add', 'folder', os.path.join(home.path, 'folder'))
    for number in ids[:-1]:
        refused = home.run('move', number, '--to', 'folder', status=None)
        true(refused.returncode != 0, 'no folder can hold it')
    equal(os.listdir(os.path.join(home.path, 'folder')), [], 'nothing was written')
    for item in home.json('list'):
        equal(item['location'], 's3', 'it is where it was')

    for place in walk_of(clouds)[1:]:
        home.run('move', *ids, '--to', place)
    for number, key in enumerate(CLOUD_KEYS):
        equal(rawclouds.s3('GET', f'/cloud-keys/{key}'), f'object {number}'.encode(), key)


if __name__ == '__main__':
    sys.exit(main(globals()))
