# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks of this folder share: walking the tree, reading LAYERS, and proving themselves.

A check is a function check(root, only=None) that returns findings as text, "path:line: what", for
the whole tree or for the paths in `only`. Each check brings faults: with --self-test a copy of the
tree gets one after the other planted, and each must be found there.
"""
import argparse
import os
import re
import shutil
import sys
import tempfile
from typing import NamedTuple

# Build folders and what other tools leave behind.
SKIPPED_FOLDERS = {'build', '_build', 'builddir', '__pycache__', 'node_modules', 'subprojects'}


class Fault(NamedTuple):
    """`text` is put at the end of `path`, which is made if need be; a finding must then contain
    `expected`. With `replaces`, that text is replaced instead."""
    path: str
    text: str
    expected: str
    replaces: str = ''


def walk(root, *folders, suffixes=('',)):
    """Paths relative to `root` of all files below `folders`, sorted."""
    found = []
    for folder in folders:
        for where, names, files in os.walk(os.path.join(root, folder)):
            names[:] = [n for n in names if n not in SKIPPED_FOLDERS and not n.startswith('.')]
            found += [os.path.relpath(os.path.join(where, f), root) for f in files
                      if f.endswith(suffixes) and not f.endswith('~')]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def read_layers(root):
    """The rank of each folder of src: strangers share one."""
    ranks = {}
    lines = [line for line in read(root, 'src/LAYERS').splitlines()
             if line.strip() and not line.startswith('#')]
    for rank, line in enumerate(lines):
        ranks.update((layer, rank) for layer in line.split())
    return ranks


CODE_PART = re.compile(
    r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def strip_code(text, keep_strings=False):
    """`text` without comments and contents of strings; lines stay where they are."""
    def blank(match):
        part = match.group()
        if part[0] in '"\'':
            return part if keep_strings else part[0] + part[0]
        return '\n' * part.count('\n') or ' '
    return CODE_PART.sub(blank, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def plant(tree, fault):
    path = os.path.join(tree, fault.path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    before = read(tree, fault.path) if os.path.exists(path) else None
    after = ((before or '') + fault.text if not fault.replaces
             else before.replace(fault.replaces, fault.text))
    assert after != before, f'{fault.path}: nothing to replace'
    with open(path, 'w', encoding='utf-8') as file:
        file.write(after)
    return before


def remove(tree, fault, before):
    path = os.path.join(tree, fault.path)
    if before is None:
        os.unlink(path)
    else:
        with open(path, 'w', encoding='utf-8') as file:
            file.write(before)


def self_test(check, faults, root):
    """Counts the faults that went unnoticed."""
    missed = 0
    with tempfile.TemporaryDirectory(prefix='terrace-lint-') as tree:
        for folder in ('src', 'po', 'data', 'tests'):
            shutil.copytree(os.path.join(root, folder), os.path.join(tree, folder),
                            ignore=shutil.ignore_patterns(*SKIPPED_FOLDERS))
        shutil.copy(os.path.join(root, '.clang-format'), tree)
        for fault in faults:
            exists = os.path.exists(os.path.join(tree, fault.path))
            known = set(check(tree, [fault.path])) if exists else set()
            before = plant(tree, fault)
            found = [f for f in check(tree, [fault.path]) if f not in known]
            remove(tree, fault, before)
            if any(fault.expected in finding for finding in found):
                continue
            missed += 1
            print(f'planted in {fault.path}, not found: {fault.expected}\n  {found}')
    print(f'{len(faults) - missed} of {len(faults)} planted faults found')
    return missed


def main(check, faults):
    parser = argparse.ArgumentParser()
    parser.add_argument('root', help='top of the source tree')
    parser.add_argument('--self-test', action='store_true')
    options = parser.parse_args()

    if options.self_test:
        sys.exit(1 if self_test(check, faults, options.root) else 0)

    findings = check(options.root)
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
