#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl backtest on the golden history: as text, as JSON, packed, with faults, and stopped."""
import gzip
import json
import os
import signal
import sys

from clisupport import SOURCE_ROOT, contains, equal, main, true

HISTORY = os.path.join(SOURCE_ROOT, 'tests', 'fixtures', 'insight', 'history.csv')
GOLDEN = os.path.join(SOURCE_ROOT, 'tests', 'fixtures', 'insight', 'history.json')
HEADER = b'unix_time,key,op,size_bytes,bytes,count\n'


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def backtest(home, *args, history=HISTORY, **options):
    return home.json('backtest', '--history', history, *args, **options)


def costs(result):
    return {policy['policy']: policy['cost'] for policy in result['policies']}


def test_costs_are_the_golden_ones(home):
    golden = json.loads(read(GOLDEN))
    result = backtest(home)
    equal(result['objects'], golden['objects'], 'objects')
    equal(result['days'], golden['days'], 'days')
    equal(result['bad_lines'], 0, 'bad lines')
    equal(result['judged_from'], '2022-05-01', 'first judged day')
    for name in ('all-hot', 'age-30-90', 'idle-31', 'last-access'):
        true(abs(costs(result)[name] - golden[name]) < 1e-8, name)
    for policy in result['policies']:
        true(abs(sum(policy['terms'].values()) - policy['cost']) < 1e-8, 'sum of the terms')
        true(abs(policy['ratio_to_optimum'] - policy['cost'] / result['optimum']) < 1e-8, 'ratio')
        true(policy['cost'] >= result['optimum_with_auto_tiering'], policy['policy'])
    contains(costs(result), 'terrace', 'policies')
    true(not os.path.exists(home.data), 'a back-test touched the catalogue')


def test_same_seed_same_result(home):
    equal(backtest(home, '--seed', '7'), backtest(home, '--seed', '7'), 'result')


def test_gzip_is_seen_by_its_content(home):
    packed = home.write('history.bin', gzip.compress(read(HISTORY)))
    equal(backtest(home, history=packed), backtest(home), 'result')


def test_text(home):
    out = home.run('backtest', '--history', HISTORY).out
    for part in ('Keep all hot', 'Terrace', 'cheapest possible in hindsight', 'decided by'):
        contains(out, part, 'text')


def test_bad_lines_are_counted(home):
    path = home.write('bad.csv', read(HISTORY) + b'nonsense\n1,2\n')
    done = home.run('backtest', '--history', path, '--json')
    equal(json.loads(done.out)['bad_lines'], 2, 'bad lines')
    contains(done.err, '315, 316', 'line numbers')


def test_options(home):
    half = backtest(home, '--train', '0.5')
    equal(half['judged_from'], '2022-04-11', 'first judged day')
    later = backtest(home, '--from', '2022-02-01')
    equal(later['first_day'], '2022-02-01', 'first day')
    scaled = backtest(home, '--size-scale', '1000')
    true(costs(scaled)['all-hot'] > 900 * costs(backtest(home))['all-hot'], 'scale')
    google = backtest(home, '--prices', 'gcs')
    equal(google['optimum_with_auto_tiering'], None, 'tiering by Google')
    true('auto-tiering' not in costs(google), 'tiering by Google')
    sheet = os.path.join(SOURCE_ROOT, 'data', 'prices', 'gcs.json')
    equal(costs(backtest(home, '--prices', sheet)), costs(google), 'sheet by path')


def test_wrong_calls(home):
    for line in ([], ['--history', HISTORY, 'word'], ['--history', HISTORY, '--train', '1'],
                 ['--history', HISTORY, '--train', 'x'], ['--history', HISTORY, '--seed', '-1'],
                 ['--history', HISTORY, '--size-scale', '0'],
                 ['--history', HISTORY, '--from', '2022-13-01'],
                 ['--history', HISTORY, '--from', 'today']):
        contains(home.run('backtest', *line, status=2).err, 'terracectl: ', f'{line}')


def test_what_cannot_be_read(home):
    nothing = home.write('nothing.csv', HEADER)
    other = home.write('other.csv', b'a,b\n1,2\n')
    torn = home.write('torn.gz', gzip.compress(read(HISTORY))[:2000])
    for path in (nothing, other, torn, home.files, 'no-such-file'):
        done = home.run('backtest', '--history', path, status=1)
        contains(done.err, 'terracectl: ', f'{path}')
        equal(done.out, '', 'stdout')
    contains(home.run('backtest', '--history', HISTORY, '--prices', 'nowhere', status=1).err,
             'nowhere')


def test_interrupt(home):
    """A file that never ends: the interrupt does."""
    pipe = os.path.join(home.path, 'pipe')
    os.mkfifo(pipe)
    rows = b'86400,object,GET,1,1,1\n' * 10000
    with home.start('backtest', '--history', pipe) as process:
        with open(pipe, 'wb', buffering=0) as writer:
            writer.write(HEADER)
            try:
                writer.write(rows)
                process.send_signal(signal.SIGINT)
                while True:
                    writer.write(rows)
            except BrokenPipeError:
                pass
        process.wait(timeout=60)
    equal(process.returncode, 128 + signal.SIGINT, 'status')


if __name__ == '__main__':
    sys.exit(main(globals()))
