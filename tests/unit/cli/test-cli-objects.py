#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl on real files: registering, listing, showing, accesses, verifying, exporting, and
what it says when something is wrong."""
import base64
import csv
import io
import os
import sqlite3
import stat
import sys

from clisupport import contains, equal, main, true


def some_files(home):
    home.write('a/report.pdf', b'r' * 5000)
    home.write('a/film.mov', b'f' * 300000)
    home.write('b/notes.txt', b'n')
    return home.json('add', home.files)


def test_add_registers_a_folder(home):
    report = some_files(home)
    equal((report['added'], report['size_bytes'], report['problem_count']), (3, 305001, 0), 'report')
    again = home.json('add', home.files)
    equal((again['added'], again['unchanged']), (0, 3), 'again')
    home.write('b/notes.txt', b'longer')
    equal(home.json('add', home.files)['updated'], 1, 'changed')
    contains(home.run('add', home.files).out, '0 new objects')


def test_add_of_what_is_not_there(home):
    home.write('x', b'x')
    done = home.run('add', os.path.join(home.files, 'gone'), os.path.join(home.files, 'x'), status=1)
    contains(done.err, 'gone')
    equal([item['name'] for item in home.json('list')], ['x'], 'objects')


def test_add_passes_over_links(home):
    home.write('real', b'x')
    os.symlink('real', os.path.join(home.files, 'link'))
    os.mkfifo(os.path.join(home.files, 'pipe'))
    report = home.json('add', home.files)
    equal((report['added'], report['skipped']), (1, 2), 'report')


def test_list_of_nothing(home):
    contains(home.run('list').out, 'Nothing is registered yet')
    equal(home.json('list'), [], 'JSON')
    equal(home.json('plan')['moves'], [], 'plan')
    equal(home.json('status')['objects'], 0, 'status')


def test_list_sorts_filters_and_limits(home):
    some_files(home)
    by_size = home.json('list', '--sort', 'size', '--reverse')
    equal([item['name'] for item in by_size], ['film.mov', 'report.pdf', 'notes.txt'], 'by size')
    equal(len(home.json('list', '--limit', '2')), 2, 'limit')
    equal([item['name'] for item in home.json('list', '--search', 'FILM')], ['film.mov'], 'search')
    contains(home.run('list', '--search', 'nowhere').out, 'No object is like that')
    equal(home.json('list', '--tier', 'archive'), [], 'tier')
    equal(len(home.json('list', '--location', by_size[0]['location'])), 3, 'location')
    for wrong in (['--tier', 'lukewarm'], ['--temperature', 'boiling'], ['--location', 'Nowhere'],
                  ['--sort', 'beauty']):
        home.run('list', *wrong, status=2)


def test_list_longer_than_a_page(home):
    for i in range(1203):
        home.write(f'many/{i:04}', b'')
    equal(home.json('add', home.files)['added'], 1203, 'added')
    ids = [item['id'] for item in home.json('list', '--sort', 'name')]
    equal((len(ids), len(set(ids))), (1203, 1203), 'ids')
    equal(len(home.run('list').out.splitlines()), 1204, 'lines')


def test_object_by_number_path_and_key(home):
    some_files(home)
    item = home.json('list', '--search', 'film')[0]
    path = os.path.join(home.files, 'a', 'film.mov')
    for name in (str(item['id']), path, f'{item["location"]}:{item["key"]}'):
        equal(home.json('show', name)['object']['id'], item['id'], name)
    equal(home.json('show', os.path.relpath(path, home.files), cwd=home.files)['object']['id'],
          item['id'], 'relative path')


def test_unknown_objects(home):
    some_files(home)
    for name in ('999', '/nowhere/at/all', 'Nowhere:key', ''):
        for command in ('show', 'access', 'verify', 'forget'):
            done = home.run(command, name, status=1)
            true(done.err.startswith('terracectl: '), f'{command} {name}: {done.err}')


def test_show_has_bills_reason_copies_and_history(home):
    some_files(home)
    home.run('location', 'sandbox')
    home.run('plan')
    path = os.path.join(home.files, 'a', 'film.mov')
    shown = home.json('show', path)
    true(len(shown['options']) >= 5, 'an option for each place')
    equal(sum(option['current'] for option in shown['options']), 1, 'current')
    for option in shown['options']:
        monthly = sum(option['terms'][term] for term in (
            'storage', 'minimum_size', 'overhead', 'monitoring', 'requests', 'retrieval', 'egress'))
        true(abs(monthly - option['cost_per_month']) < 1e-12, 'the terms make the bill')
    equal(len(shown['copies']), 1, 'copies')
    true(shown['reason'] and shown['temperature_reason'], 'reasons')
    text = home.run('show', path).out
    for part in ('film.mov', shown['reason'], 'Bills', 'Copies', 'History', 'Hot'):
        contains(text, part, 'show')


def test_access_heats(home):
    some_files(home)
    path = os.path.join(home.files, 'b', 'notes.txt')
    before = home.json('show', path)['object']
    contains(home.run('access', path, '--reads', '40').out, 'hot')
    after = home.json('show', path)['object']
    equal(after['temperature'], 'hot', 'temperature')
    equal(after['total_reads'], before['total_reads'] + 40, 'reads')
    home.run('access', path, '--at', '2026-01-02')
    home.run('access', path, '--at', '2026-01-02T10:00:00Z', '--write')
    contains(home.run('access', path, '--at', '2199-01-01', status=2).err, 'future')


def test_verify_learns_and_compares(home):
    path = home.write('x', b'good')
    home.run('add', home.files)
    home.run('verify', '1')
    contains(home.run('verify', '1').out, 'as it should be')
    true(home.json('show', '1')['object']['checksum'].startswith('sha256:'), 'checksum')
    status = os.stat(path)
    with open(path, 'r+b') as f:
        f.write(b'evil')
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    home.run('verify', '1', status=1)
    os.unlink(path)
    contains(home.run('verify', '1', status=1).err, 'x')


def test_forget_leaves_the_file(home):
    path = home.write('x', b'x')
    home.run('add', home.files)
    contains(home.run('forget', path).out, 'Forgot 1 object')
    equal(home.json('list'), [], 'objects')
    true(os.path.exists(path), 'the file')


def test_names_that_are_not_text(home):
    names = [b'caf\xe9', b'\xff\xfe', 'Größe ✈'.encode(), b'two\nlines', b'\x1b[31mred', b'-n',
             b'=SUM(1)', b'a,b"c']
    for name in names:
        home.write(name, name)
    home.run('add', home.files)
    items = home.json('list')
    seen = {base64.b64decode(item['key_base64']) if 'key_base64' in item else
            item['key'].encode() for item in items}
    equal({os.path.basename(key) for key in seen}, set(names), 'keys')
    for name in names:
        path = os.path.join(os.fsencode(home.files), name)
        equal(home.run(b'access', path, env={'LC_ALL': 'C'}).returncode, 0, 'access')
    text = home.run('list').stdout
    true(b'\x1b' not in text, 'an escape sequence reaches the terminal')
    contains(text, b'\\x1b[31mred')
    equal(len(text.splitlines()), len(names) + 1, 'lines')


def test_export(home):
    some_files(home)
    home.write('=cmd', b'')
    home.run('add', home.files)
    rows = list(csv.reader(io.StringIO(home.run('export', 'objects').out, newline='')))
    equal(len(rows), 5, 'rows')
    equal({len(row) for row in rows}, {len(rows[0])}, 'columns')
    true(any("'=cmd" in cell for row in rows for cell in row), 'formula')
    path = os.path.join(home.path, 'out.csv')
    contains(home.run('export', 'objects', '--output', path, '--search', 'film').out, '1 row')
    with open(path, encoding='utf-8', newline='') as f:
        equal(len(list(csv.reader(f))), 2, 'rows in the file')
    for kind in ('plan', 'migrations', 'events'):
        contains(home.run('export', kind).out, '\r\n', kind)
    home.run('export', 'objects', '-o', os.path.join(home.path, 'no', 'such', 'folder'), status=1)


def test_locations(home):
    home.run('location', 'sandbox')
    names = {place['name']: place for place in home.json('location', 'list')}
    for name in ('Hot', 'Warm', 'Cold', 'Archive'):
        equal(names[name]['kind'], 'sandbox', name)
    folder = os.path.join(home.path, 'disk')
    os.mkdir(folder)
    home.run('location', 'add', 'Disk', folder, '--class', 'local/nas', '--capacity', '5M')
    disk = next(p for p in home.json('location', 'probe') if p['name'] == 'Disk')
    equal((disk['classes'], disk['capacity_bytes'], disk['state']),
          (['local/nas'], 5 * 1024 * 1024, 'ready'), 'disk')
    home.run('location', 'add', 'Disk', home.files, status=1)
    home.run('location', 'add', 'Other', folder, status=1)
    home.run('location', 'add', 'Nowhere', os.path.join(home.path, 'nowhere'), status=1)
    home.run('location', 'add', 'Odd', home.files, '--class', 'local/gold', status=2)
    home.run('location', 'add', 'Odd', home.files, '--capacity', 'lots', status=2)
    home.run('location', 'add', 'Odd', home.files, '--kind', 's3', status=2)
    home.run('location', 'add', 'Odd', home.files, '--bandwidth', '1M', status=2)
    home.run('location', 'add', 'Odd', home.files, '--latency', '5', status=2)
    home.run('location', 'remove', 'Disk')
    home.run('location', 'remove', 'Disk', status=1)
    contains(home.run('location', 'classes').out, 'aws/STANDARD_IA')
    contains(home.run('location', 'list').out, 'Archive')


def test_a_location_that_went_away(home):
    folder = os.path.join(home.path, 'disk')
    os.mkdir(folder)
    home.run('location', 'add', 'Disk', folder)
    os.rmdir(folder)
    contains(home.run('location', 'probe', status=1).err, 'Disk')


def test_scan_and_test_a_place(home):
    home.write('in/one', b'1')
    home.write('in/two', b'22')
    home.write('out/three', b'333')
    home.run('location', 'add', 'Files', home.files)
    contains(home.run('location', 'test', 'Files').out, 'can be written to')
    contains(home.run('location', 'scan', 'Files', 'in/').out, '2 objects')
    contains(home.run('location', 'scan', 'Files').out, '3 objects')
    equal(len(home.json('list')), 3, 'objects')
    contains(home.run('location', 'scan', 'Nowhere', status=1).err, 'Nowhere')
    contains(home.run('location', 'test', 'Nowhere', status=1).err, 'Nowhere')


def test_orphans(home):
    home.run('location', 'add', 'Files', home.files)
    contains(home.run('orphans').out, 'No upload')
    left = home.write('.terrace-0123456789abcdef.part', b'x' * 5000)
    found = home.json('orphans')
    equal([(o['location'], o['in_use'], o['removed']) for o in found],
          [('Files', False, False)], 'found')
    true(os.path.exists(left), 'looking removes nothing')
    equal([o['removed'] for o in home.json('orphans', '--remove', '--location', 'Files')], [True],
          'removed')
    true(not os.path.exists(left), 'gone')
    contains(home.run('orphans', '--location', 'Nowhere', status=1).err, 'Nowhere')


def test_policy(home):
    home.run('policy', 'set', 'hot-reads-per-month=10', 'egress-counts=no', 'min-saving=0.5')
    policy = home.json('policy', 'show')
    equal((policy['hot_reads_per_month'], policy['egress_counts'], policy['min_saving']),
          (10.0, False, 0.5), 'policy')
    contains(home.run('policy', 'show').out, 'hot-reads-per-month')


def test_catalogue_is_private(home):
    home.run('list')
    mode = stat.S_IMODE(os.stat(os.path.join(home.data, 'catalog.db')).st_mode)
    equal(mode, 0o600, 'mode')


def test_corrupt_catalogue(home):
    os.mkdir(home.data)
    path = os.path.join(home.data, 'catalog.db')
    junk = b'this is no catalogue, and was never one ' * 300
    with open(path, 'wb') as f:
        f.write(junk)
    done = home.run('list', status=1)
    true(done.err.startswith('terracectl: '), done.err)
    with open(path, 'rb') as f:
        equal(f.read(), junk, 'the file')


def test_catalogue_of_a_newer_version(home):
    home.run('list')
    with sqlite3.connect(os.path.join(home.data, 'catalog.db')) as database:
        database.execute('PRAGMA user_version = 9999')
    database.close()
    contains(home.run('list', status=1).err.lower(), 'newer')


def test_data_folder_that_cannot_be_made(home):
    home.write('file', b'')
    done = home.run('--data-dir', os.path.join(home.files, 'file', 'data'), 'list', status=1)
    true(done.err.startswith('terracectl: '), done.err)
    home.run('list', '--data-dir=/proc/terrace', status=1)


def test_data_dir_option(home):
    other = os.path.join(home.path, 'other')
    home.write('x', b'x')
    home.run('--data-dir', other, 'add', home.files)
    equal(len(home.json('list', '--data-dir', other)), 1, 'there')
    equal(home.json('list'), [], 'here')


if __name__ == '__main__':
    sys.exit(main(dict(globals())))
