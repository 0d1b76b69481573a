#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""MQTT and Kafka to committed events, beside what mosquitto_sub and kcat alone receive of the same
messages in the same run. BENCH_MESSAGES changes how many."""
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', '..', 'servers'), os.path.join(HERE, '..', '..', 'unit', 'cli')]
import kafka  # noqa: E402
import mosquitto  # noqa: E402
from clisupport import TERRACECTL, Home  # noqa: E402
from mosquitto import wait_until  # noqa: E402

# mosquitto 2.0.11 loses its place in a session that more than 65535 messages wait in.
N = int(os.environ.get('BENCH_MESSAGES', '60000'))
OBJECTS = 1000


def messages():
    random.seed(1)
    weights = [1 / (rank + 1) for rank in range(OBJECTS)]
    return [json.dumps({'event': 'read', 'location': 'Films', 'key': f'o{key}', 'id': str(i)})
            for i, key in enumerate(random.choices(range(OBJECTS), weights, k=N))]


def committed(home):
    path = f'{home.data}/catalog.db'
    if not os.path.exists(path):
        return 0
    with sqlite3.connect(f'file:{path}?mode=ro', uri=True, timeout=30) as database:
        return database.execute('SELECT sum(length(ids) / 8) FROM stream_seen').fetchone()[0] or 0


def prepare(home):
    for number in range(OBJECTS):
        home.write(f'o{number}', b'x')
    home.run('location', 'add', 'Films', home.files)
    home.run('add', home.files)
    with open(f'{home.path}/password', 'w', encoding='utf-8') as f:
        f.write('secret')


def seconds_of_ours(home, options, more):
    """From the first committed to the last one."""
    with home.start('stream', 'start', *options) as process:
        more()
        wait_until(lambda: committed(home) > 0, 'the first event')
        first, began = committed(home), time.monotonic()
        wait_until(lambda: committed(home) >= N, 'the last event', seconds=300)
        took = time.monotonic() - began
        process.send_signal(signal.SIGINT)
        process.communicate()
    return (N - first) / took


def bench_mqtt(lines):
    with tempfile.TemporaryDirectory() as folder, Home() as home:
        broker = mosquitto.Mosquitto(folder)
        broker.start()
        prepare(home)
        login = ['-h', '127.0.0.1', '-p', str(broker.port), '-u', 'alice', '-P', 'secret']
        options = ['--kind', 'mqtt', '--address', f'127.0.0.1:{broker.port}', '--user', 'alice',
                   '--password-file', f'{home.path}/password', '--topic', 'e']
        # Both find all messages waiting in their sessions.
        theirs = ['mosquitto_sub', *login, '-i', 'theirs', '-c', '-q', '1', '-V', '5', '-x', '1000',
                  '-D', 'connect', 'receive-maximum', '65535', '-t', 'e']
        subprocess.run([*theirs, '-E'], check=True)
        home.run('stream', 'start', *options, '--seconds', '2')
        broker.publish('e', lines)
        began = time.monotonic()
        subprocess.run([*theirs, '-C', str(N)], stdout=subprocess.DEVNULL, check=True)
        alone = N / (time.monotonic() - began)
        ours = seconds_of_ours(home, options, lambda: None)
        broker.stop()
    print(f'stream/mqtt: {ours:.0f} events/s committed; mosquitto_sub alone {alone:.0f}; '
          f'ratio {ours / alone:.2f}', flush=True)


def bench_kafka(lines):
    with tempfile.TemporaryDirectory() as folder, Home() as home:
        broker = kafka.Kafka(folder)
        broker.start()
        prepare(home)
        broker.produce('e', lines)
        options = ['--kind', 'kafka', '--address', f'127.0.0.1:{broker.port}', '--topic', 'e']
        options += [part for option in kafka.CLIENT for part in ('--option', option)]
        began = time.monotonic()
        broker.kcat('-C', '-t', 'e', '-e', '-q', '-o', 'beginning')
        alone = N / (time.monotonic() - began)
        ours = seconds_of_ours(home, options, lambda: None)
        broker.stop()
    print(f'stream/kafka: {ours:.0f} events/s committed; kcat alone {alone:.0f}; '
          f'ratio {ours / alone:.2f}', flush=True)


if __name__ == '__main__':
    MESSAGES = messages()
    if not mosquitto.missing():
        bench_mqtt(MESSAGES)
    if not kafka.missing():
        bench_kafka(MESSAGES)
