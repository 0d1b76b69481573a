#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""po/POTFILES lists every file with text for people, once, sorted, and nothing else."""
import os
import re

from lintlib import Fault, main, read, strip_code, walk

MARKS = re.compile(r'(?<![\w])(_|N_|C_|NC_|Q_|ngettext|gettext|g_dngettext|g_dpgettext2?) ?\("')
TEMPLATE_MARKS = re.compile(r'translatable="(yes|true|1)"')


def needs_listing(root, path):
    text = read(root, path)
    if path.endswith('.ui'):
        return bool(TEMPLATE_MARKS.search(text))
    # A call may be broken before its text.
    return bool(MARKS.search(re.sub(r'\((GETTEXT_PACKAGE,)?\s+"', '("', strip_code(text, keep_strings=True))))


def check(root, only=None):
    listed = [line.strip() for line in read(root, 'po/POTFILES').splitlines()
              if line.strip() and not line.startswith('#')]
    findings = [f'{path}:1: has text for people and is not in po/POTFILES'
                for path in walk(root, 'src', suffixes=('.c', '.h', '.ui'))
                if needs_listing(root, path) and path not in listed]
    for number, path in enumerate(listed):
        if not os.path.exists(os.path.join(root, path)):
            findings.append(f'po/POTFILES:1: {path} is not there')
        elif path.startswith('src/') and not needs_listing(root, path):
            findings.append(f'po/POTFILES:1: {path} has no text for people')
        if path in listed[:number]:
            findings.append(f'po/POTFILES:1: {path} is listed twice')
    if listed != sorted(listed):
        findings.append('po/POTFILES:1: is not sorted')
    return findings


FAULTS = [
    Fault('src/base/terrace-planted.c', 'x = _("Hello");\n', 'src/base/terrace-planted.c:1: has'),
    Fault('src/base/terrace-planted.c', 'x = ngettext (\n    "a", "b", n);\n', 'planted.c:1: has'),
    Fault('src/ui/terrace-planted.ui', '<p translatable="yes">a</p>\n', 'planted.ui:1: has'),
    Fault('po/POTFILES', 'src/zz-nothing.c\n', 'src/zz-nothing.c is not there'),
    Fault('po/POTFILES', 'src/base/terrace-error.c\n', 'terrace-error.c has no text for people'),
    Fault('po/POTFILES', 'src/base/terrace-units.c\n', 'terrace-units.c is listed twice'),
    Fault('po/POTFILES', 'data/io.github.terracedata.Terrace.desktop.in\n', 'is not sorted'),
]

if __name__ == '__main__':
    main(check, FAULTS)
