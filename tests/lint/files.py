#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file that can hold a comment says its licence, and none names a place of one machine."""
import re

from lintlib import Fault, line_of, main, read, walk

FOLDERS = ('src', 'data', 'po', 'tests', 'build-aux', 'docs')
# What cannot hold a comment, and what LICENSE covers: build descriptions, prose, recorded data.
WITHOUT_LICENCE = ('.json', '.png', '.md', '.csv', '.db', '.txt', '.mo', '.po', '.pot', '.pem',
                   'meson.build', 'meson.options')
# What parsers are fed is what it is, to the byte.
CORPUS = 'tests/fuzz/corpus/'
BINARY = ('.png', '.db', '.mo')
# The beginning of a file is enough for both to see.
HEAD_LINES = 5

MACHINE = re.compile(r'(?<![\w.])/(?:(?:work|home)/|tmp/b-)[\w./-]*')


def check(root, only=None):
    findings = []
    for path in only or walk(root, *FOLDERS):
        if path.endswith(BINARY) or path.startswith(CORPUS) or path == 'src/LAYERS':
            continue
        text = read(root, path)
        head = '\n'.join(text.splitlines()[:HEAD_LINES])
        if 'SPDX-License-Identifier:' not in head and not path.endswith(WITHOUT_LICENCE):
            findings.append(f'{path}:1: has no SPDX-License-Identifier')
        for match in MACHINE.finditer(text):
            findings.append(f'{path}:{line_of(text, match.start())}: {match.group()}: '
                            'a place of one machine')
    return findings


# Put together here, so that this file itself names no such place.
PLACES = ['/' + place for place in ('work/me', 'tmp/b-me/log', 'home/me/x')]
FAULTS = [
    Fault('src/ui/terrace-planted.ui', '<interface/>\n', 'has no SPDX'),
    Fault('tests/unit/base/test-planted.c', 'int x;\n', 'has no SPDX'),
    Fault('tests/planted.sh', f'# SPDX-License-Identifier: GPL-3.0-or-later\ncd {PLACES[0]}\n',
          f'{PLACES[0]}: a place'),
    Fault('src/base/terrace-csv.c', f'/* see {PLACES[1]} */\n', 'a place of one machine'),
    Fault('src/base/terrace-csv.c', f'open ("{PLACES[2]}");\n', 'a place of one machine'),
]

if __name__ == '__main__':
    main(check, FAULTS)
