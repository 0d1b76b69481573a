#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of at most 600 lines, functions of at most 70, lines of at most 100 columns, in src.
A class_init is a table and may be long. Tests are exempt: a table of cases is best read whole."""
import re

from lintlib import Fault, main, read, walk

FILE_LINES = 600
FUNCTION_LINES = 70
COLUMNS = 100

# The formatter puts the name of a function, and the braces of its body, in the first column.
NAME = re.compile(r'^([A-Za-z_]\w*) \(')
EXEMPT = re.compile(r'_class_init$')


def measure_functions(lines):
    """(name, number of its first line, how many lines from the name to the closing brace)"""
    name = start = None
    inside = False
    for number, line in enumerate(lines, 1):
        match = NAME.match(line)
        if match and not inside:
            name, start = match.group(1), number
        elif not line and not inside:
            name = None  # a macro, not a function
        elif line == '{' and name:
            inside = True
        elif line.startswith('}'):
            if inside:
                yield name, start, number - start + 1
            name, inside = None, False


def check(root, only=None):
    findings = []
    for path in only or walk(root, 'src', suffixes=('.c', '.h')):
        lines = read(root, path).splitlines()
        if len(lines) > FILE_LINES:
            findings.append(f'{path}:{FILE_LINES}: the file has {len(lines)} lines; '
                            f'split it by concern ({FILE_LINES} at most)')
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS:
                findings.append(f'{path}:{number}: {len(line)} columns ({COLUMNS} at most)')
        for name, start, length in measure_functions(lines):
            if length > FUNCTION_LINES and not EXEMPT.search(name):
                findings.append(f'{path}:{start}: {name}() has {length} lines '
                                f'({FUNCTION_LINES} at most)')
    return findings


def function(name, n_lines):
    return f'\nstatic void\n{name} (void)\n{{\n' + '  ;\n' * (n_lines - 3) + '}\n'


FAULTS = [
    Fault('src/ui/terrace-planted.c', '\n' * 601, 'the file has 601 lines'),
    Fault('src/base/terrace-csv.c', function('long', 71), 'long() has 71 lines'),
    Fault('src/base/terrace-csv.c', function('x', 70) + function('y_class_initial', 71),
          'y_class_initial() has 71 lines'),
    Fault('src/base/terrace-csv.h', '/* ' + 'ä' * 96 + ' */\n', '102 columns'),
]

if __name__ == '__main__':
    main(check, FAULTS)
