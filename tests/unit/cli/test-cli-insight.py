#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl import, train, predict, forecast, why and the policy's risk and budget: what they
answer on a year of use, and what they say to wrong input."""
import csv
import datetime
import gzip
import io
import os
import sys

from clisupport import contains, equal, main, true

N_FILES = 16
N_DAYS = 200


def log_lines():
    """Even files are read every other day, the others once."""
    today = datetime.datetime.now(datetime.timezone.utc).replace(hour=12)
    for ago in range(N_DAYS, 0, -1):
        stamp = (today - datetime.timedelta(days=ago)).strftime('%d/%b/%Y:%H:%M:%S +0000')
        for i in range(N_FILES):
            if ago % 2 == 0 if i % 2 == 0 else ago == N_DAYS:
                yield (f'192.0.2.{i} - - [{stamp}] "GET /f{i}.bin HTTP/1.1" 200 900 "-" "curl"')


def registered(home):
    for i in range(N_FILES):
        home.write(f'stored/f{i}.bin', bytes([i]) * 900)
    folder = os.path.join(home.files, 'stored')
    home.run('location', 'add', 'Files', folder, '--class', 'aws/STANDARD')
    equal(home.json('add', folder)['added'], N_FILES, 'added')


def used(home):
    registered(home)
    log = home.write('access.log', ('\n'.join(log_lines()) + '\n').encode())
    return home.json('import', '--location', 'Files', log)[0], log


def test_import(home):
    report, log = used(home)
    equal((report['already'], report['format'], report['bad']), (False, 'combined', 0), 'report')
    equal(report['counted'], N_FILES // 2 * (N_DAYS // 2 + 1), 'accesses')
    equal(home.json('import', '--location', 'Files', log)[0]['already'], True, 'again')
    packed = home.write('packed.gz', gzip.compress(open(log, 'rb').read()))
    equal(home.json('import', '--location', 'Files', packed)[0]['already'], True, 'packed')


def test_import_counts_bad_lines(home):
    registered(home)
    log = home.write('bad.log', '\n'.join([next(log_lines()), 'no line', 'nor this']).encode())
    report = home.json('import', '--location', 'Files', '--format', 'combined', log)[0]
    equal((report['counted'], report['bad'], len(report['bad_samples'])), (1, 2, 2), 'report')


def test_wrong_input_to_import(home):
    registered(home)
    log = home.write('junk.log', b'this is no log\n')
    for line in ([], [log], ['--location', 'Files'], ['--location', 'Nowhere', log],
                 ['--location', 'Files', '--format', 'punched-cards', log]):
        done = home.run('import', *line, status=None)
        true(done.returncode in (1, 2), f'status of {line}: {done.returncode}')
        contains(done.err, 'terracectl: ', f'{line}')
    for path in (log, os.path.join(home.files, 'no-such-file'), home.files):
        done = home.run('import', '--location', 'Files', path, status=1)
        contains(done.err, 'terracectl: ', f'{path}')
    # One that cannot be read does not keep the others from being counted.
    good = home.write('good.log', ('\n'.join(log_lines()) + '\n').encode())
    home.run('import', '--location', 'Files', log, good, status=1)
    equal(home.json('import', '--location', 'Files', good)[0]['already'], True, 'the good one')


def test_train(home):
    used(home)
    first = home.json('train', '--seed', '3')
    equal((first['version'], first['seed'], first['objects']), (1, 3, N_FILES), 'model')
    true(first['verdict'], 'verdict')
    true(first['held_back_rule_cost'] > 0, 'cost of the plain rule')
    again = home.json('train', '--seed', '3')
    equal(again['version'], 2, 'version')
    for key in ('decided_by', 'held_back_cost', 'accuracy', 'reliability', 'reads'):
        equal(again[key], first[key], key)
    equal([model['version'] for model in home.json('train', '--list')], [2, 1], 'models')
    contains(home.run('train', '--list').out, '2', 'text')


def test_wrong_input_to_train(home):
    for line in (['word'], ['--seed', '-1'], ['--seed', 'x'], ['--sow', '1']):
        contains(home.run('train', *line, status=2).err, 'terracectl: ', f'{line}')
    done = home.run('train', status=1)
    contains(done.err, 'too little to learn from', 'an empty catalogue')
    equal(home.json('train', '--list'), [], 'models')


def test_predict_and_forecast(home):
    used(home)
    home.run('train')
    predictions = home.json('predict')
    equal(len(predictions), N_FILES, 'predictions')
    busy = home.json('predict', 'Files:f0.bin')[0]
    for key in ('tier', 'class', 'confidence', 'by_model', 'reads'):
        contains(busy, key, 'prediction')
    forecast = home.json('forecast', 'Files:f0.bin')
    idle = home.json('forecast', 'Files:f1.bin')
    equal([reads['days'] for reads in forecast['reads']], [7, 30, 90], 'horizons')
    for reads in forecast['reads']:
        true(reads['low'] <= reads['expected'] <= reads['high'], f'{reads}')
    true(forecast['reads'][1]['expected'] > idle['reads'][1]['expected'], 'more reads')
    true(8 < forecast['reads'][1]['expected'] < 30, 'every other day')
    # Old days were merged into weeks, or were not: each is one day here, and none is lost.
    equal(sum(day['reads'] for day in forecast['past']), N_DAYS // 2, 'past reads')
    contains(home.run('forecast', 'Files:f0.bin').out, '30', 'text')


def test_predict_without_a_model(home):
    used(home)
    equal({one['by_model'] for one in home.json('predict')}, {False}, 'decided by')


def test_wrong_input_to_predict_and_forecast(home):
    registered(home)
    for line in (['predict', 'nothing-like-it'], ['forecast', '4711'], ['why', '4711']):
        contains(home.run(*line, status=1).err, 'terracectl: ', f'{line}')
    for line in (['forecast'], ['forecast', '1', '2'], ['why', '1', '2'], ['predict', '--wrong']):
        contains(home.run(*line, status=2).err, 'terracectl: ', f'{line}')


def test_why(home):
    used(home)
    home.run('train')
    home.run('predict')
    why = home.json('why', 'Files:f1.bin')
    true(why['sentences'], 'sentences')
    for part in why['contributions']:
        true(part['label'] and part['value'], f'{part}')
    contains(home.run('why', 'Files:f1.bin').out, why['sentences'][0], 'text')
    ledger = home.json('why')
    equal((ledger['decisions'], ledger['saved'], ledger['lost']), ([], 0, 0), 'ledger')


def test_regret_is_exported(home):
    used(home)
    cold = os.path.join(home.path, 'cold')
    os.mkdir(cold)
    home.run('location', 'add', 'Cold', cold, '--kind', 'sandbox', '--class', 'aws/STANDARD_IA')
    home.run('move', 'Files:f1.bin', '--to', 'Cold')
    rows = list(csv.DictReader(io.StringIO(home.run('export', 'regret').out)))
    ledger = home.json('why')
    equal([row['name'] for row in rows], [one['name'] for one in ledger['decisions']], 'names')
    equal([(row['source_class'], row['destination_class']) for row in rows],
          [('aws/STANDARD', 'aws/STANDARD_IA')], 'classes')


def test_policy(home):
    policy = home.json('policy', 'show')
    equal((policy['risk'], policy['move_budget']), (0.5, 0), 'defaults')
    home.run('policy', 'set', 'risk=0.25', 'move-budget=12.5')
    policy = home.json('policy', 'show')
    equal((policy['risk'], policy['move_budget']), (0.25, 12.5), 'set')
    for wrong in ('risk=-0.1', 'risk=1.5', 'risk=much', 'risk=nan', 'move-budget=-1',
                  'move-budget=all', 'budget=1', 'risk'):
        done = home.run('policy', 'set', wrong, status=None)
        true(done.returncode in (1, 2), f'status of {wrong}: {done.returncode}')
        contains(done.err, 'terracectl: ', wrong)
    equal(home.json('policy', 'show'), policy, 'after what was refused')


if __name__ == '__main__':
    sys.exit(main(globals()))
