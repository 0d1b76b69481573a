#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terrace beside rclone and s3cmd, alternately, against the same S3 server:

    ../../servers/ceph.py bench-s3.py TERRACECTL [ROUNDS]

One file of 1 GiB and 2,000 of 4 KiB go up and come down again. Printed are the best wall time of
each, its CPU seconds and peak memory, and Terrace's ratios to the others (less is better for us).
Terrace and rclone move: what was sent is checked and then removed at its source, and Terrace reads
back and hashes what the server cannot vouch for. s3cmd only copies. All have three parts of 8 MiB
under way for a large file and as many files at once; s3cmd knows neither and takes its own way.
TERRACE_BENCH_MIB and TERRACE_BENCH_FILES make it smaller."""
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'servers'))
import rawclouds  # noqa: E402

MIB = 1 << 20
BIG_MIB = int(os.environ.get('TERRACE_BENCH_MIB', '1024'))
SMALL_FILES = int(os.environ.get('TERRACE_BENCH_FILES', '2000'))
SMALL_BYTES = 4096
TRANSFERS = '4'
BUCKET = 'bench'
ENDPOINT = os.environ['TERRACE_TEST_S3_ENDPOINT']
ACCESS_KEY = os.environ['TERRACE_TEST_S3_ACCESS_KEY']
SECRET_KEY = os.environ['TERRACE_TEST_S3_SECRET_KEY']


# What a person's shell says about certificates and proxies is not for servers on loopback.
PLAIN = {'PATH': os.environ['PATH'], 'LC_ALL': 'C.UTF-8'}


class Cost:
    def __init__(self, wall, cpu, peak_mib):
        self.wall, self.cpu, self.peak_mib = wall, cpu, peak_mib


def measure(command, env):
    """Runs it; what it cost, with all its children."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            out.seek(0)
            sys.exit(f'{command[:4]}: {out.read()[-2000:].decode(errors="replace")}')
    return Cost(time.monotonic() - started, usage.ru_utime + usage.ru_stime,
                usage.ru_maxrss / 1024)


def run(command, env):
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{command[:4]}: {done.stderr[-2000:]}')
    return done.stdout


class Place:
    """A folder of files, and what was in it."""

    def __init__(self, folder, name):
        self.path = os.path.join(folder, name)
        os.mkdir(self.path)

    def fill(self, size_mib, n_small):
        source = random.Random(1)
        block = source.randbytes(MIB)
        if size_mib:
            with open(os.path.join(self.path, 'big'), 'wb') as file:
                for number in range(size_mib):
                    file.write(number.to_bytes(8, 'big') + block[8:])
        for number in range(n_small):
            with open(os.path.join(self.path, f'small-{number:05}'), 'wb') as file:
                file.write(number.to_bytes(8, 'big') + block[:SMALL_BYTES - 8])
        os.sync()

    def count(self):
        return sum(os.path.getsize(os.path.join(self.path, name))
                   for name in os.listdir(self.path))


class Terrace:
    name = 'terrace'

    def __init__(self, folder, program):
        self.program = program
        self.home = tempfile.mkdtemp(dir=folder)
        self.env = dict(PLAIN, HOME=self.home, TERRACE_DATA_DIR=os.path.join(self.home, 'd'),
                        SECRET_BACKEND='file', SECRET_FILE_TEST_PASSWORD='a password',
                        SECRET_FILE_TEST_PATH=os.path.join(self.home, 'keyring'),
                        AWS_ACCESS_KEY_ID=ACCESS_KEY, AWS_SECRET_ACCESS_KEY=SECRET_KEY,
                        XDG_DATA_HOME=self.home, XDG_CONFIG_HOME=self.home)
        self.files = None

    def prepare(self, place, bucket):
        self.files = [os.path.join(place.path, name) for name in sorted(os.listdir(place.path))]
        run([self.program, 'location', 'add', 'files', place.path], self.env)
        run([self.program, 'location', 'add', 'cloud', f'{ENDPOINT}/{bucket}', '--kind', 's3',
             '--from', 'env'], self.env)
        run([self.program, 'add', *self.files], self.env)

    def up(self, _place, _bucket):
        return measure([self.program, 'move', *self.files, '--to', 'cloud'], self.env)

    def down(self, _place, _bucket):
        numbers = [str(number + 1) for number in range(len(self.files))]
        return measure([self.program, 'move', *numbers, '--to', 'files'], self.env)


class Rclone:
    name = 'rclone'

    def __init__(self, folder, _program):
        self.env = dict(PLAIN, HOME=folder, RCLONE_CONFIG=os.path.join(folder, 'none'),
                        RCLONE_CONFIG_S_TYPE='s3', RCLONE_CONFIG_S_PROVIDER='Ceph',
                        RCLONE_CONFIG_S_ENDPOINT=ENDPOINT,
                        RCLONE_CONFIG_S_ACCESS_KEY_ID=ACCESS_KEY,
                        RCLONE_CONFIG_S_SECRET_ACCESS_KEY=SECRET_KEY)
        self.options = ['--transfers', TRANSFERS, '--s3-chunk-size', '8Mi',
                        '--s3-upload-concurrency', '3', '--multi-thread-streams', '3',
                        '--multi-thread-cutoff', '16Mi', '--s3-no-check-bucket']

    def prepare(self, place, bucket):
        pass

    def up(self, place, bucket):
        return measure(['rclone', 'move', *self.options, place.path, f's:{bucket}'], self.env)

    def down(self, place, bucket):
        return measure(['rclone', 'move', *self.options, f's:{bucket}', place.path], self.env)


class S3cmd:
    name = 's3cmd'

    def __init__(self, folder, _program):
        host = ENDPOINT.split('//')[1]
        self.config = os.path.join(folder, 's3cfg')
        self.env = dict(PLAIN, HOME=folder)
        with open(os.open(self.config, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as file:
            file.write(f'[default]\naccess_key={ACCESS_KEY}\nsecret_key={SECRET_KEY}\n'
                       f'host_base={host}\nhost_bucket={host}\nuse_https=False\n'
                       'multipart_chunk_size_mb=8\n')

    def prepare(self, place, bucket):
        pass

    def up(self, place, bucket):
        cost = measure(['s3cmd', '-c', self.config, '--quiet', 'put', '--recursive',
                        place.path + '/', f's3://{bucket}/'], self.env)
        for name in os.listdir(place.path):
            os.unlink(os.path.join(place.path, name))
        return cost

    def down(self, place, bucket):
        return measure(['s3cmd', '-c', self.config, '--quiet', 'get', '--recursive',
                        f's3://{bucket}/', place.path + '/'], self.env)


def bench(folder, program, kinds, what, size_mib, n_small, rounds):
    best = {}
    for number in range(rounds):
        for kind in kinds:
            bucket = f'{BUCKET}-{what}-{kind.name}-{number}'
            rawclouds.s3('PUT', f'/{bucket}')
            place = Place(folder, bucket)
            place.fill(size_mib, n_small)
            wanted = place.count()
            tool = kind(tempfile.mkdtemp(dir=folder), program)
            tool.prepare(place, bucket)
            costs = {'up': tool.up(place, bucket)}
            if os.listdir(place.path):
                sys.exit(f'{kind.name} left files behind')
            costs['down'] = tool.down(place, bucket)
            if place.count() != wanted:
                sys.exit(f'{kind.name} brought {place.count()} bytes back instead of {wanted}')
            shutil.rmtree(place.path)
            empty(bucket)
            for way, cost in costs.items():
                known = best.setdefault((kind.name, way), cost)
                if cost.wall < known.wall:
                    best[kind.name, way] = cost
    report(what, kinds, best)


def empty(bucket):
    """s3cmd leaves everything there."""
    while True:
        listing = rawclouds.s3('GET', f'/{bucket}', 'list-type=2').decode()
        keys = [part.split('</Key>')[0] for part in listing.split('<Key>')[1:]]
        for key in keys:
            rawclouds.s3('DELETE', f'/{bucket}/{key}')
        if not keys:
            return


def report(what, kinds, best):
    for way in ('up', 'down'):
        ours = best['terrace', way]
        for kind in kinds:
            cost = best[kind.name, way]
            line = (f'{what:6} {way:5} {kind.name:8} {cost.wall:7.2f} s wall {cost.cpu:7.2f} s CPU '
                    f'{cost.peak_mib:6.0f} MiB')
            if kind is not Terrace:
                line += (f'   ours/theirs: wall {ours.wall / cost.wall:.2f} CPU '
                         f'{ours.cpu / cost.cpu:.2f} memory {ours.peak_mib / cost.peak_mib:.2f}')
            print(line, flush=True)


def main():
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    kinds = [Terrace]
    for kind in (Rclone, S3cmd):
        if shutil.which(kind.name):
            kinds.append(kind)
        else:
            print(f'{kind.name} is not installed: no comparison with it')
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix='terrace-bench-') as folder:
        if SMALL_FILES:
            bench(folder, program, kinds, 'small', 0, SMALL_FILES, rounds)
        if BIG_MIB:
            bench(folder, program, kinds, 'big', BIG_MIB, 0, rounds)


if __name__ == '__main__':
    main()
