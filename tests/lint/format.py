#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""clang-format has nothing to change in src and tests."""
import re
import subprocess

from lintlib import Fault, main, walk


def check(root, only=None):
    paths = only or walk(root, 'src', 'tests', suffixes=('.c', '.h'))
    result = subprocess.run(['clang-format', f'--style=file:{root}/.clang-format', '--dry-run',
                             '-Werror', *paths], cwd=root, capture_output=True, text=True)
    places = re.findall(r'^(.+?):(\d+):\d+: error', result.stderr, re.MULTILINE)
    lines = {}
    for path, line in places:
        lines.setdefault(path, line)
    findings = [f'{path}:{line}: is not formatted; run build-aux/dev format'
                for path, line in lines.items()]
    if result.returncode != 0 and not findings:
        findings.append(result.stderr)
    return findings


FAULTS = [
    Fault('src/base/terrace-planted.c', 'int  x;\n', 'is not formatted'),
    Fault('tests/unit/base/test-planted.c', 'static void f(void) {}\n', 'is not formatted'),
]

if __name__ == '__main__':
    main(check, FAULTS)
