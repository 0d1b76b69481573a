#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""terracectl tour: ends well, leaves nothing, touches nothing else, and fails when it should."""
import os
import re
import sys

from clisupport import contains, equal, main, true


def snapshot(home):
    return {os.path.join(folder, name) for folder, folders, names in os.walk(home.path)
            for name in folders + names}


def test_tour_ends_well_and_leaves_nothing(home):
    before = snapshot(home)
    done = home.run('tour')
    equal(done.err, '', 'stderr')
    contains(done.out, 'Everything was as it should be')
    saving = re.search(r'(\d+) % less', done.out)
    true(saving and int(saving[1]) > 0, 'it saves something')
    equal(snapshot(home), before, 'files')


def test_tour_keeps_its_folder_when_asked(home):
    done = home.run('tour', '--keep')
    folder = re.search(r'It was kept: (.*)', done.out)[1]
    equal(os.path.dirname(folder), home.path, 'folder')
    data = os.path.join(folder, 'data')
    items = home.json('list', '--data-dir', data)
    equal({item['tier'] for item in items}, {'hot', 'warm', 'cold', 'archive'}, 'tiers')
    true(all(os.path.exists(item['path']) for item in items if 'path_base64' not in item), 'paths')
    moves = home.json('status', '--data-dir', data, '--limit', '1000')['moves']
    equal({move['state'] for move in moves}, {'done'}, 'states')
    true(not os.path.exists(home.data), 'the data folder of the person')


def test_tour_speaks_other_locales(home):
    for locale in ('C', 'de_DE.UTF-8'):
        home.run('tour', env={'LC_ALL': locale, 'LANGUAGE': 'de'})


def test_tour_without_a_place_fails(home):
    done = home.run('tour', status=1, env={'TMPDIR': os.path.join(home.path, 'nowhere')})
    true(done.err.startswith('terracectl: '), done.err)


if __name__ == '__main__':
    sys.exit(main(dict(globals())))
