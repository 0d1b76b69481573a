#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl stream beside a real MQTT broker: with quality of service 1 nothing is lost and nothing
counted twice, whoever dies; poison is put aside; and what is on its way down is stopped when it is
read."""
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'unit', 'cli')]
import mosquitto  # noqa: E402
from clisupport import contains, equal, main, true  # noqa: E402
from mosquitto import wait_until  # noqa: E402

MISSING = mosquitto.missing()
if MISSING:
    print(f'1..0 # SKIP {", ".join(MISSING)} not installed: build-aux/install-deps test')
    sys.exit(0)
FOLDER = tempfile.TemporaryDirectory(prefix='terrace-mqtt-')
# What the events that may be under way take, and what their objects do.
FLOOD_MIB = 160
BROKER = mosquitto.Mosquitto(FOLDER.name)


def ask(home, query):
    with sqlite3.connect(f'file:{home.data}/catalog.db?mode=ro', uri=True, timeout=30) as database:
        return database.execute(query).fetchone()[0] or 0


def committed(home):
    return ask(home, 'SELECT sum(length(ids) / 8) FROM stream_seen')


def with_objects(home):
    password = os.path.join(home.path, 'password')
    with open(password, 'w', encoding='utf-8') as f:
        f.write('secret\n')
    for name in ('a', 'b', 'c'):
        home.write(name, name.encode())
    home.run('location', 'add', 'Films', home.files)
    home.run('add', home.files)
    return ['--kind', 'mqtt', '--address', f'127.0.0.1:{BROKER.port}', '--user', 'alice',
            '--password-file', password, '--topic', 'data/{location}/{key}']


def reads(first, n):
    return [json.dumps({'event': 'read', 'id': f'e{i}'}) for i in range(first, first + n)]


def stop(process):
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    equal(process.returncode, 128 + signal.SIGINT, f'status; {err.decode()}')
    return out.decode()


def wait_for_subscription(home, process):
    """What is published before it has subscribed for the first time is nobody's. Returns how many events
    are committed then."""
    attempts = 0

    def arrived():
        nonlocal attempts
        attempts += 1
        BROKER.publish('data/Films/none', [json.dumps({'event': 'read', 'id': f'first{attempts}'})])
        try:
            wait_until(lambda: committed(home) > 0, 'the first event', seconds=3)
        except AssertionError:
            return False
        return True
    wait_until(lambda: os.path.exists(f'{home.data}/catalog.db'), 'the catalogue')
    wait_until(arrived, 'the subscription')
    true(process.poll() is None, 'it runs')
    return committed(home)


def handled(home):
    return ask(home, 'SELECT sum(events) FROM stream_minute')


def counted(home):
    return ask(home, 'SELECT sum(reads) FROM access_day')


def test_nothing_lost_nothing_twice(home):
    """The broker is stopped in the middle and comes back, then the program is killed and comes back,
    and some events are sent twice by whoever sends them."""
    options = with_objects(home)
    with home.start('stream', 'start', *options) as process:
        first = wait_for_subscription(home, process)
        BROKER.publish('data/Films/a', reads(0, 1000))
        BROKER.stop()
        BROKER.start()
        BROKER.publish('data/Films/a', reads(900, 1100))
        BROKER.publish('data/Films/b', reads(5000, 3000))
        process.kill()
        process.wait()
    BROKER.publish('data/Films/c', reads(9000, 500))
    with home.start('stream', 'start', *options) as process:
        wait_until(lambda: committed(home) >= first + 5500, 'all that was published')
        stop(process)
    equal(counted(home), 2000 + 3000 + 500, 'reads')


def test_poison(home):
    options = with_objects(home)
    poison = ['{"event":"fly"}', 'no JSON', '[' * 5000, '{"event":"read","bytes":-5}']
    with home.start('stream', 'start', '--name', 'poison', *options) as process:
        first = wait_for_subscription(home, process)
        BROKER.publish('data/Films/a', poison + reads(0, 50) + poison)
        wait_until(lambda: ask(home, 'SELECT count(*) FROM dead_letter') == 8, 'dead letters')
        wait_until(lambda: committed(home) >= first + 50, 'the good ones')
        stop(process)
    equal(counted(home), 50, 'reads')
    contains(home.run('stream', 'status').out, 'Could not be read')


def test_refused_and_encrypted(home):
    options = with_objects(home)
    wrong = os.path.join(home.path, 'wrong')
    with open(wrong, 'w', encoding='utf-8') as f:
        f.write('guess')
    done = home.run('stream', 'start', *options, '--password-file', wrong, '--seconds', '20',
                    status=1)
    contains(done.err, 'refuses this user and password')
    true('guess' not in done.err, 'nothing tells the password')
    options[options.index('--address') + 1] = f'127.0.0.1:{BROKER.tls_port}'
    with home.start('stream', 'start', '--name', 'tls', *options, '--tls', '--ca',
                    f'{FOLDER.name}/ca.pem', '--cert', f'{FOLDER.name}/client.pem', '--key',
                    f'{FOLDER.name}/client.key', '--qos', '2') as process:
        first = wait_for_subscription(home, process)
        BROKER.publish('data/Films/b', reads(0, 200), qos=2)
        wait_until(lambda: committed(home) >= first + 200, 'all that was published')
        stop(process)
    equal(counted(home), 200, 'reads')


def memory(process):
    """Of a program that runs, in MiB."""
    with open(f'/proc/{process.pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmRSS')) / 1024


def test_flood(home):
    """More than ten times the events that may be under way, handed out by the broker without any
    bound: the program takes no more than it can store, does not grow, and loses nothing."""
    options = with_objects(home)
    under_way, each = 131072, 1000
    n = under_way * 10 // each + 50
    with home.start('stream', 'start', '--name', 'flood', *options) as process:
        wait_for_subscription(home, process)
        before = handled(home)
        start, peaks = memory(process), []
        BROKER.publish('data/Films/c', [json.dumps([{'event': 'read'}] * each)] * n)

        def arrived():
            peaks.append(memory(process))
            return handled(home) >= before + n * each
        wait_until(arrived, 'all that was published', seconds=120)
        stop(process)
    equal(counted(home), n * each, 'reads')
    # AddressSanitizer keeps what was freed for a while: then memory says nothing.
    if 'ASAN_OPTIONS' not in os.environ:
        true(max(peaks) < start + FLOOD_MIB, f'memory: {start:.0f} MiB, then {max(peaks):.0f}')


def test_publishing(home):
    """Moves, alerts and plans are told as the schema says, and a deletion that an event tells of is
    such an alert."""
    with open(os.path.join(HERE, '..', '..', 'data', 'events', 'publication.schema.json'),
              encoding='utf-8') as schema:
        kinds = {kind['properties']['type']['const']: sorted(kind['required'])
                 for kind in json.load(schema)['oneOf']}
    options = with_objects(home)
    cold = os.path.join(home.path, 'cold')
    os.mkdir(cold)
    home.run('location', 'add', 'Cold', cold, '--class', 'aws/GLACIER_IR', '--kind', 'sandbox')
    BROKER.subscribe('told/#')
    with home.start('stream', 'start', '--name', 'out', '--publish', 'told', *options) as process:
        wait_for_subscription(home, process)
        home.run('plan')
        home.run('move', os.path.join(home.files, 'a'), '--to', 'Cold', '--queue-only')
        BROKER.publish('data/Films/b', [json.dumps({'event': 'delete', 'time': time.time() + 1})])
        told = {}

        def all_told():
            for message in BROKER.received():
                told.setdefault(message['type'], []).append(message)
            return {'plan', 'alert', 'move'} <= set(told) and told['move'][-1]['state'] == 'done'
        wait_until(all_told, 'what is told to others')
        stop(process)
    for kind, messages in told.items():
        for message in messages:
            equal(sorted(message), kinds[kind], f'members of a {kind}')
    equal([alert['kind'] for alert in told['alert']], ['replica-missing'], 'alerts')
    equal(len(told['plan']), 1, 'plans')


def test_heating_stops_a_move(home):
    """A copy of 1 GiB under way is stopped within a second of being read, by the times of the event
    and of the log; the source is as it was, and nothing of the copy is left."""
    options = with_objects(home)
    cold = os.path.join(home.path, 'cold')
    os.mkdir(cold)
    size = 1024 * 1024 * 1024
    with open(os.path.join(home.files, 'big'), 'wb') as f:
        f.truncate(size)
        f.write(b'beginning')
    home.run('location', 'add', 'Slow', cold, '--class', 'aws/GLACIER_IR', '--kind', 'sandbox',
             '--bandwidth', '4M')
    home.run('add', home.files)
    home.run('move', os.path.join(home.files, 'big'), '--to', 'Slow', '--queue-only')
    with home.start('stream', 'start', '--name', 'heat', *options) as process:
        wait_for_subscription(home, process)
        wait_until(lambda: move_state(home) == 'copying', 'the copy')
        began = time.time()
        BROKER.publish('data/Films/big', [json.dumps({'event': 'read', 'time': began,
                                                      'id': f'h{i}'}) for i in range(3)])
        wait_until(lambda: ask(home, 'SELECT count(*) FROM alert WHERE kind = 0') == 1, 'the alert')
        took = ask(home, 'SELECT opened_us FROM alert WHERE kind = 0') / 1e6 - began
        wait_until(lambda: move_state(home) == 'cancelled', 'the end of the move')
        stop(process)
    true(took < 1, f'stopped after {took:.2f} s')
    equal(os.path.getsize(os.path.join(home.files, 'big')), size, 'the source')
    with open(os.path.join(home.files, 'big'), 'rb') as f:
        equal(f.read(10), b'beginning\0', 'its beginning')
    equal([name for _root, _folders, names in os.walk(cold) for name in names], [], 'the copy')
    alerts = home.json('alerts')
    contains(alerts[0]['message'], 'being used')
    contains(alerts[0]['message'], 'going on would have cost')


def move_state(home):
    states = ['queued', 'copying', 'verifying', 'staged', 'committing', 'done', 'paused', 'failed',
              'cancelled']
    return states[ask(home, 'SELECT state FROM move ORDER BY id DESC LIMIT 1')]


if __name__ == '__main__':
    BROKER.start()
    try:
        sys.exit(main(globals()))
    finally:
        BROKER.stop()
        FOLDER.cleanup()
