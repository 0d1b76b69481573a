#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each header of src compiles alone and strictly, seeing only the folders and the packages of its
own layer: <gtk/gtk.h> or "ui/..." in insight is not even found."""
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

from lintlib import Fault, main, read_layers, walk

# What a folder's headers may lean on, apart from GIO. Its .c files may use more (see layers.py).
PACKAGES = {
    'catalog': ['sqlite3'],
    'provider': ['libsoup-3.0', 'libsecret-1', 'libxml-2.0', 'json-glib-1.0'],
    'insight': ['json-glib-1.0'],
    'engine': ['json-glib-1.0'],
    'cli': ['json-glib-1.0'],
    'api': ['libsoup-3.0', 'json-glib-1.0'],
    'ui': ['gtk4', 'libadwaita-1'],
}
STRICT = ['-std=gnu11', '-Wall', '-Wextra', '-Wstrict-prototypes', '-Werror',
          '-Wno-unused-parameter', '-fsyntax-only']


def package_flags(layer):
    """Packages that are not installed are not yet used either."""
    flags = []
    for package in ['gio-2.0'] + PACKAGES.get(layer, []):
        found = subprocess.run(['pkg-config', '--cflags', package], capture_output=True, text=True)
        if found.returncode == 0:
            flags += found.stdout.split()
    return [flag.replace('-I', '-isystem', 1) for flag in flags]


def visible_folders(root, layer, ranks, top):
    """A folder that holds only what the layer may include."""
    folder = os.path.join(top, layer)
    os.mkdir(folder)
    for other, rank in ranks.items():
        source = os.path.join(os.path.abspath(root), 'src', other)
        if (other == layer or rank < ranks[layer]) and os.path.isdir(source):
            os.symlink(source, os.path.join(folder, other))
    return folder


def compile_alone(path, include_folder, flags):
    header = path.split('/', 1)[1]
    compiler = os.environ.get('CC', 'cc').split()
    result = subprocess.run(
        [*compiler, '-x', 'c', *STRICT, *flags, '-I', include_folder, '-'],
        input=f'#include "{header}"\n', capture_output=True, text=True, env={**os.environ, 'LC_ALL': 'C'})
    if result.returncode == 0:
        return []
    lines = [line for line in result.stderr.splitlines() if 'error' in line]
    return [f'{path}:1: does not compile alone: {line.replace(include_folder + "/", "src/")}'
            for line in lines[:1] or ['?']]


def check(root, only=None):
    ranks = read_layers(root)
    headers = [p for p in only or walk(root, 'src', suffixes=('.h',)) if p.split('/')[1] in ranks]
    layers = sorted({path.split('/')[1] for path in headers})
    flags = {layer: package_flags(layer) for layer in layers}

    with tempfile.TemporaryDirectory(prefix='terrace-headers-') as top, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        folders = {layer: visible_folders(root, layer, ranks, top) for layer in layers}
        jobs = [pool.submit(compile_alone, path, folders[path.split('/')[1]],
                            flags[path.split('/')[1]]) for path in headers]
        return [finding for job in jobs for finding in job.result()]


FAULTS = [
    Fault('src/insight/terrace-cost.h', '#include "ui/terrace-settings.h"\n',
          'ui/terrace-settings.h: No such file'),
    Fault('src/insight/terrace-cost.h', '#include <gtk/gtk.h>\n', 'gtk/gtk.h: No such file'),
    Fault('src/catalog/terrace-planted.h', '#include "provider/terrace-provider.h"\n',
          'provider/terrace-provider.h: No such file'),
    Fault('src/model/terrace-planted.h', 'void planted (GObject *x);\n', "'GObject'"),
    Fault('src/base/terrace-planted.h', 'void planted ();\n', "isn't a prototype"),
]

if __name__ == '__main__':
    if shutil.which('pkg-config') is None:
        sys.exit('pkg-config is needed')
    main(check, FAULTS)
