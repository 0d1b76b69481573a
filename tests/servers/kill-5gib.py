#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large object goes from one S3 server to another and back while the program and both servers are
killed (SIGKILL) at random moments.

    kill-5gib.py TERRACECTL [BYTES [ROUNDS]]

Two Ceph clusters are started, each with its data on disk. In each round the program, the first and
the second server are killed once, in any order; of a server either the gateway alone dies or all of
it. The object is moved there and back until all rounds are over. At the end it is what it was, and
the gateways' logs tell that no part that had been accepted was sent again. 60 MiB and two rounds,
or with TERRACE_TEST_LONG=1 5 GiB and ten."""
import collections
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'unit', 'cli')]
import ceph  # noqa: E402
import clisupport  # noqa: E402
import rawclouds  # noqa: E402
from clisupport import equal, true  # noqa: E402

MIB = 1 << 20
CHUNK_BYTES = 64 * MIB
LONG = bool(os.environ.get('TERRACE_TEST_LONG'))
SIZE_BYTES = int(sys.argv[2]) if len(sys.argv) > 2 else (5 << 30 if LONG else 60 * MIB)
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else (10 if LONG else 2)
IS_LARGE = SIZE_BYTES > 1 << 30
# Between two kills, in seconds: what is small would be over before anybody is killed.
PAUSE = (2.0, 9.0) if IS_LARGE else (0.2, 1.5)
LIMIT = 'off' if IS_LARGE else '16M'
PATIENCE_SECONDS = 3600 if IS_LARGE else 120
WHOLE = ('ceph-mon', 'ceph-osd', 'radosgw')
PUT_PART = re.compile(r'"PUT /(\S+?)\?(\S*partNumber=\S*) HTTP/1\.1" 200 ')


class Place:
    """A server with a bucket, as a location."""

    def __init__(self, home, name):
        self.name = name
        self.folder = os.path.join(home.path, name)
        os.mkdir(self.folder)
        self.server = ceph.Ceph(self.folder, ceph.ON_DISK)

    def use(self):
        """The helpers speak to this server from now on."""
        os.environ.update({key: value for key, value in self.server.environment().items()
                           if key.startswith('TERRACE_TEST_S3_')})

    def add(self, home):
        self.use()
        rawclouds.s3('PUT', '/bucket')
        home.run('location', 'add', self.name, f'{os.environ["TERRACE_TEST_S3_ENDPOINT"]}/bucket',
                 '--kind', 's3', '--from', 'env',
                 env={'AWS_ACCESS_KEY_ID': self.server.access_key,
                      'AWS_SECRET_ACCESS_KEY': self.server.secret_key})

    def parts(self):
        """How often the gateway has accepted each part of each upload."""
        counts = collections.Counter()
        for name in os.listdir(self.folder):
            if name.startswith('client.rgw') and name.endswith('.log'):
                with open(os.path.join(self.folder, name), encoding='utf-8',
                          errors='replace') as log:
                    for line in log:
                        if found := PUT_PART.search(line):
                            counts['&'.join(sorted(found[2].split('&')))] += 1
        return counts


def contents(size):
    source = random.Random(size)
    for offset in range(0, size, CHUNK_BYTES):
        length = min(CHUNK_BYTES, size - offset)
        yield b''.join(source.randbytes(min(MIB, length - at)) for at in range(0, length, MIB))


def seed(place):
    """Puts the object there, by another hand than the program's; its digest."""
    place.use()
    digest = hashlib.sha256()
    begun = rawclouds.s3('POST', '/bucket/large', 'uploads=').decode()
    upload = re.search('<UploadId>(.*)</UploadId>', begun)[1]
    etags = []
    for number, chunk in enumerate(contents(SIZE_BYTES), 1):
        digest.update(chunk)
        rawclouds.s3('PUT', '/bucket/large', f'partNumber={number}&uploadId={upload}', chunk)
        etags.append(hashlib.md5(chunk).hexdigest())
    parts = ''.join(f'<Part><PartNumber>{number}</PartNumber><ETag>"{etag}"</ETag></Part>'
                    for number, etag in enumerate(etags, 1))
    rawclouds.s3('POST', '/bucket/large', f'uploadId={upload}',
                 f'<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>'.encode())
    return digest.hexdigest(), len(etags)


def digest_at(place):
    place.use()
    digest = hashlib.sha256()
    for offset in range(0, SIZE_BYTES, CHUNK_BYTES):
        last = min(offset + CHUNK_BYTES, SIZE_BYTES) - 1
        digest.update(rawclouds.s3('GET', '/bucket/large',
                                   headers={'Range': f'bytes={offset}-{last}'}))
    return digest.hexdigest()


class Mover:
    """terracectl, which goes on with a move however often it ends."""

    def __init__(self, home):
        self.home = home
        self.process = None
        self.out = open(os.path.join(home.path, 'moves.out'), 'ab')
        self.gave_up = 0

    def start(self, *arguments):
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen([clisupport.TERRACECTL, 'move', *arguments],
                                        env=self.home.env, stdin=subprocess.DEVNULL,
                                        stdout=self.out, stderr=self.out,
                                        preexec_fn=ceph.die_with_parent)

    def ends_within(self, seconds):
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start('--continue')

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.out.close()


def where(home):
    """Where the object is, and its moves that are not over."""
    return (home.json('list')[0]['location'],
            [move for move in home.json('status')['moves']
             if move['state'] not in ('done', 'failed', 'cancelled')])


def make_victims(places):
    """Each round kills the program, the one and the other server once."""
    victims = []
    for _round in range(ROUNDS):
        order = [None, *places]
        random.shuffle(order)
        victims += order
    return victims


def kill(mover, victim):
    if victim is None:
        mover.kill()
        return 'the program'
    programs = random.choice((('radosgw',), WHOLE))
    victim.server.crash(*programs)
    return f'{" and ".join(programs)} of {victim.name}'


def carry_out(home, mover, places):
    """Moves the object there and back until everybody has been killed; how many moves it took."""
    victims = make_victims(places)
    moves, at = 0, 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while victims or mover.process is not None:
        true(time.monotonic() < deadline, f'over within {PATIENCE_SECONDS} s')
        if mover.process is None:
            moves += 1
            at = 1 - at
            mover.start('1', '--to', places[at].name)
        if mover.ends_within(random.uniform(*PAUSE)):
            location, left = where(home)
            if location != places[at].name:
                true(left, f'the move to {places[at].name} failed: {home.run("status").out}')
                mover.gave_up += 1
                mover.start('--continue')
                continue
            equal(left, [], 'moves')
            mover.process = None
        elif victims:
            whom = kill(mover, victims.pop())
            print(f'# move {moves}: killed {whom}; {len(victims)} to go', flush=True)
    return moves, places[at]


def check_parts(places, n_seeded):
    """No part that was accepted was sent again, and no upload was begun anew."""
    total, again, most = 0, 0, 0
    for place in places:
        counts = place.parts()
        total += sum(counts.values())
        again += sum(count - 1 for count in counts.values())
        most = max([most, *counts.values()])
    print(f'# parts accepted: {total - n_seeded}, of these sent again: {again}', flush=True)
    equal(again, 0, f'parts sent again (up to {most} times)')
    return total - n_seeded


def check_leftovers(home, places):
    """An upload whose beginning nobody lived to note is found, and removed on request."""
    left = 0
    for place in places:
        place.use()
        left += rawclouds.s3('GET', '/bucket', 'uploads=').count(b'<UploadId>')
        home.run('orphans', '--location', place.name, '--remove')
        equal(rawclouds.s3('GET', '/bucket', 'uploads=').count(b'<UploadId>'), 0, 'unfinished')
    print(f'# uploads that were left and have been removed: {left}', flush=True)


def test_kill(home):
    """A large object survives the sudden death of the program and of both servers"""
    home.use_file_keyring()
    places = [Place(home, 'first'), Place(home, 'second')]
    mover = Mover(home)
    try:
        for place in places:
            place.server.start()
            place.add(home)
        digest, n_seeded = seed(places[0])
        home.run('location', 'scan', 'first')
        home.run('transfers', '--limit', LIMIT)
        started = time.monotonic()
        moves, last = carry_out(home, mover, places)
        seconds = time.monotonic() - started
        print(f'# {SIZE_BYTES / MIB:.0f} MiB, {moves} moves, {3 * ROUNDS} kills, {seconds:.0f} s, '
              f'the program ended by itself {mover.gave_up} times', flush=True)
        equal(digest_at(last), digest, 'contents')
        for place in places:
            place.use()
            kept = rawclouds.s3('GET', '/bucket', 'list-type=2').count(b'<Key>')
            equal(kept, 1 if place is last else 0, f'objects in {place.name}')
        check_leftovers(home, places)
        check_parts(places, n_seeded)
    except BaseException:
        mover.out.flush()
        with open(mover.out.name, encoding='utf-8', errors='replace') as out:
            print(''.join('# ' + line for line in out.readlines()[-30:]), end='')
        raise
    finally:
        mover.close()
        for place in places:
            place.server.stop()


def main():
    missing = [program for program in ceph.NEEDED if shutil.which(program) is None]
    if missing:
        print(f'1..0 # SKIP {", ".join(missing)} not installed: build-aux/install-deps test')
        return ceph.SKIPPED
    # Ceph's sockets have to have short names.
    tempfile.tempdir = tempfile.gettempdir()
    return clisupport.main(globals())


if __name__ == '__main__':
    sys.exit(main())
