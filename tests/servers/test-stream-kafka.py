#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl stream beside a real Kafka broker: a group that goes on where it was, whoever dies, and
counts everything once; poison is put aside."""
import json
import os
import signal
import sqlite3
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'unit', 'cli')]
import kafka  # noqa: E402
from clisupport import equal, main  # noqa: E402
from mosquitto import wait_until  # noqa: E402

MISSING = kafka.missing()
if MISSING:
    print(f'1..0 # SKIP {", ".join(MISSING)} not installed: build-aux/install-deps test')
    sys.exit(0)
FOLDER = tempfile.TemporaryDirectory(prefix='terrace-kafka-')
BROKER = kafka.Kafka(FOLDER.name)


def ask(home, query):
    with sqlite3.connect(f'file:{home.data}/catalog.db?mode=ro', uri=True, timeout=30) as database:
        return database.execute(query).fetchone()[0] or 0


def read_up_to(home):
    return ask(home, 'SELECT sum(offset) FROM stream_offset')


def with_objects(home, topic, name):
    for file in ('a', 'b'):
        home.write(file, file.encode())
    home.run('location', 'add', 'Films', home.files)
    home.run('add', home.files)
    options = ['--kind', 'kafka', '--name', name, '--address', f'127.0.0.1:{BROKER.port}',
               '--topic', topic]
    return options + [part for option in kafka.CLIENT for part in ('--option', option)]


def reads(key, n):
    return [json.dumps({'event': 'read', 'location': 'Films', 'key': key})] * n


def stop(process):
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)
    equal(process.returncode, 128 + signal.SIGINT, f'status; {err.decode()}')


def test_counts_once(home):
    """The program is killed in the middle and the broker restarted: everything is counted once."""
    options = with_objects(home, 'once', 'once')
    BROKER.produce('once', reads('a', 20000))
    with home.start('stream', 'start', *options) as process:
        wait_until(lambda: os.path.exists(f'{home.data}/catalog.db') and read_up_to(home) > 0,
                   'the first batch')
        process.kill()
        process.wait()
    BROKER.produce('once', reads('b', 5000))
    with home.start('stream', 'start', *options) as process:
        wait_until(lambda: read_up_to(home) == 25000, 'the rest')
        BROKER.stop_broker()
        BROKER.start()
        BROKER.produce('once', reads('b', 1000))
        wait_until(lambda: read_up_to(home) == 26000, 'what came after the restart')
        stop(process)
    equal(ask(home, 'SELECT sum(reads) FROM access_day'), 26000, 'reads')


def test_poison(home):
    """What cannot be read is put aside, and its place in the stream passed."""
    options = with_objects(home, 'poison', 'poison')
    BROKER.produce('poison', ['{"event":"fly"}', 'x'] + reads('a', 100) + ['[' * 1000])
    with home.start('stream', 'start', *options) as process:
        wait_until(lambda: os.path.exists(f'{home.data}/catalog.db') and read_up_to(home) > 0,
                   'the first of them')
        wait_until(lambda: ask(home, 'SELECT sum(events) FROM stream_minute') == 100 and
                   ask(home, 'SELECT count(*) FROM dead_letter') == 3, 'all of them')
        stop(process)
    equal(ask(home, 'SELECT sum(reads) FROM access_day'), 100, 'reads')
    equal(ask(home, 'SELECT count(*) FROM dead_letter'), 3, 'dead letters')


if __name__ == '__main__':
    BROKER.start()
    try:
        sys.exit(main(globals()))
    finally:
        BROKER.stop()
        FOLDER.cleanup()
