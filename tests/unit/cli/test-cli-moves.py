#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl moving real files: by plan and by hand, held, taken back, interrupted, resumed."""
import os
import random
import select
import signal
import sys
import time

from clisupport import TIMEOUT_SECONDS, contains, equal, main, true

BIG_BYTES = 48 * 1024 * 1024


def cold_files(home, count=3, size=400000):
    """Files that nobody has used for two years, in the sandbox location Hot."""
    home.run('location', 'sandbox')
    hot = place(home, 'Hot')['root']
    old = time.time() - 2 * 365 * 86400
    contents = {}
    for i in range(count):
        path = os.path.join(hot, f'old {i}.dat')
        contents[path] = random.Random(i).randbytes(size)
        with open(path, 'wb') as f:
            f.write(contents[path])
        os.utime(path, (old, old))
    home.run('add', hot)
    return contents


def slow_place(home, bandwidth):
    """A location that takes its time, so that a move can be met at work."""
    folder = os.path.join(home.path, 'slow')
    home.run('location', 'add', 'Slow', folder, '--kind', 'sandbox', '--bandwidth', bandwidth)
    return folder


def place(home, name):
    return next(p for p in home.json('location', 'list') if p['name'] == name)


def where(home, object_id):
    return home.json('show', str(object_id))['object']


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def regular_files(root):
    return [os.path.join(folder, name) for folder, _folders, names in os.walk(root)
            for name in names]


def test_limits(home):
    shown = home.run('transfers').out
    contains(shown, 'no limit')
    contains(shown, 'No move is under way')
    home.run('transfers', '--limit', '2M', '--parallel', '3', '--spend-cap', '2.5',
             '--timetable', '08:00 512K 18:00 off')
    limits = home.json('transfers')
    equal((limits['parallel'], limits['limit_bytes_per_second'], limits['timetable'],
           limits['spend_cap'], limits['transfers']),
          (3, 2 << 20, '08:00 512K 18:00 off', 2.5, []), 'limits')
    home.run('transfers', '--timetable', 'none', '--limit', 'off', '--spend-cap', 'off')
    limits = home.json('transfers')
    equal((limits['parallel'], limits['limit_bytes_per_second'], limits['timetable'],
           limits['spend_cap']), (3, 0, None, 0.0), 'limits taken away')
    wrong = home.run('transfers', '--limit', 'fast', status=2).err
    contains(wrong, '512K')


def test_move_and_undo(home):
    (path, data), = cold_files(home, 1).items()
    done = home.run('move', path, '--to', 'Cold')
    contains(done.out, 'Moved old 0.dat to Cold, verified')
    item = where(home, 1)
    equal((item['location'], item['tier'], read(item['path'])), ('Cold', 'cold', data), 'moved')
    true(not os.path.exists(path), 'the source is gone')
    contains(home.run('status').out, 'done')
    move = home.json('status', '1')[0]
    equal((move['state'], move['from'], move['to']), ('done', 'Hot', 'Cold'), 'move')

    home.run('undo', '1')
    item = where(home, 1)
    equal((item['location'], item['path'], read(path)), ('Hot', path, data), 'taken back')
    home.run('undo', '1', status=1)


def test_move_as_json(home):
    cold_files(home, 2)
    moves = home.json('move', '1', '2', '--to', 'Warm')
    equal([move['state'] for move in moves], ['done', 'done'], 'moves')


def test_copy_keeps_the_source(home):
    (path, data), = cold_files(home, 1).items()
    contains(home.run('move', '1', '--to', 'Cold', '--copy').out, 'Copied')
    equal(read(path), data, 'source')
    equal(len(home.json('show', '1')['copies']), 2, 'copies')


def test_hold_and_commit(home):
    (path, data), = cold_files(home, 1).items()
    contains(home.run('move', '1', '--to', 'Cold', '--hold').out, 'move --commit 1')
    equal(home.json('status', '1')[0]['state'], 'staged', 'state')
    equal(read(path), data, 'source')
    home.run('move', '--commit', '1')
    equal(where(home, 1)['location'], 'Cold', 'location')
    true(not os.path.exists(path), 'the source is gone')


def test_hold_and_take_back(home):
    (path, data), = cold_files(home, 1).items()
    home.run('move', '1', '--to', 'Cold', '--hold')
    home.run('undo', '1')
    equal(home.json('status', '1')[0]['state'], 'cancelled', 'state')
    equal(read(path), data, 'source')
    equal(regular_files(place(home, 'Cold')['root']), [], 'nothing is left there')


def test_queue_pause_resume_cancel(home):
    cold_files(home, 2)
    contains(home.run('move', '1', '2', '--to', 'Cold', '--queue-only').out, '2 moves wait')
    home.run('move', '--pause', '1')
    home.run('move', '--cancel', '2')
    states = {move['id']: move['state'] for move in home.json('status')['moves']}
    equal(states[2], 'cancelled', 'cancelled')
    home.run('move', '--continue')
    equal(home.json('status', '1')[0]['state'], 'paused', 'paused')
    home.run('move', '--resume', '1')
    equal(home.json('status', '1')[0]['state'], 'done', 'resumed')
    home.run('move', '--retry', '1', status=1)
    home.run('move', '--pause', '77', status=1)


def test_plan_apply(home):
    contents = cold_files(home, 3, 3000000)
    home.run('policy', 'set', 'min-saving=0.000001')
    plan = home.json('plan')
    equal((plan['assessed'], plan['recommended'], len(plan['moves'])), (3, 3, 3), 'plan')
    true(plan['saving_per_month'] > 0, 'saving')
    contains(home.run('plan', '--apply').out, 'Saves')
    equal(home.json('plan')['recommended'], 0, 'afterwards')
    for item in home.json('list'):
        equal(read(item['path']), contents[os.path.join(place(home, 'Hot')['root'], item['key'])],
              item['key'])


def test_plan_apply_queue_only(home):
    cold_files(home, 2, 3000000)
    home.run('policy', 'set', 'min-saving=0.000001')
    contains(home.run('plan', '--apply', '--queue-only').out, '2 moves wait')
    contains(home.run('move', '--continue').out, '2 moves done')
    contains(home.run('move', '--continue').out, 'No move waits')


def test_wrong_destinations(home):
    cold_files(home, 1)
    home.run('move', '1', '--to', 'Nowhere', status=2)
    home.run('move', '1', '--to', 'Cold', '--class', 'aws/STANDARD', status=2)
    home.run('move', '9', '--to', 'Cold', status=1)


def test_a_source_that_changed_stays(home):
    (path, _data), = cold_files(home, 1).items()
    with open(path, 'wb') as f:
        f.write(b'something else')
    done = home.run('move', '1', '--to', 'Cold', status=1)
    contains(done.err, 'failed')
    equal(read(path), b'something else', 'source')


def test_interrupted_move_goes_on(home):
    """SIGINT during a big move leaves it resumable, and the next command finishes it"""
    (path, data), = cold_files(home, 1, BIG_BYTES).items()
    slow = slow_place(home, '8M')
    with home.start('move', '1', '--to', 'Slow') as process:
        wait_for_bytes(slow, process)
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    equal(process.returncode, 130, f'status; {err}')
    contains(err, b'move --continue', 'stderr')
    equal(read(path), data, 'source')
    move = home.json('status', '1')[0]
    true(move['state'] not in ('done', 'failed', 'cancelled', 'paused'), move['state'])
    contains(home.run('status').out, 'move --continue')

    home.run('move', '--continue')
    item = where(home, 1)
    equal((item['location'], read(item['path'])), ('Slow', data), 'moved')
    equal(regular_files(slow), [item['path']], 'nothing else is left there')
    true(not os.path.exists(path), 'the source is gone')


def test_killed_move_goes_on(home):
    (path, data), = cold_files(home, 1, BIG_BYTES).items()
    slow = slow_place(home, '8M')
    with home.start('move', '1', '--to', 'Slow') as process:
        wait_for_bytes(slow, process)
        process.kill()
        process.wait(TIMEOUT_SECONDS)
    equal(read(path), data, 'source')
    home.run('move', '--continue')
    item = where(home, 1)
    equal((item['location'], read(item['path'])), ('Slow', data), 'moved')
    equal(regular_files(slow), [item['path']], 'nothing else is left there')


def test_another_terrace_sees_and_steers_a_move(home):
    (path, data), = cold_files(home, 1, BIG_BYTES).items()
    slow = slow_place(home, '4M')
    with home.start('move', '1', '--to', 'Slow') as process:
        wait_for_bytes(slow, process)
        equal(home.json('status', '1')[0]['state'], 'copying', 'state')
        contains(home.run('forget', '1', status=1).err, 'terracectl: ')
        home.run('move', '--pause', '1')
        out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    equal((process.returncode, err), (0, b''), 'the carrier')
    contains(out, b'Paused', 'the carrier')
    equal(home.json('status', '1')[0]['state'], 'paused', 'state')
    home.run('move', '--cancel', '1')
    equal(read(path), data, 'source')
    equal(regular_files(slow), [], 'nothing is left there')


def wait_for_bytes(folder, process):
    """Until the copy has begun. The disk tells nobody, so it is asked, as long as the program runs."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not any(os.stat(path).st_blocks > 0 for path in regular_files(folder)):
        true(process.poll() is None, 'the move ended before it could be stopped')
        true(time.monotonic() < deadline, 'the copy did not begin')
        select.select([], [], [], 0.01)


if __name__ == '__main__':
    sys.exit(main(dict(globals())))
