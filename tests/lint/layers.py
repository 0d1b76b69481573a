#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every include in src keeps to src/LAYERS: own folder or a lower line, outside headers only where
DESIGN puts them, a provider's own folder only from the registry; and each folder's meson.build
names only libraries and packages that the folder may use."""
import os
import re

from lintlib import Fault, line_of, main, read, read_layers, strip_code, walk

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"\n]+)[>"]', re.MULTILINE)

# Headers of GLib and of the C library, which every folder may use.
EVERYWHERE = re.compile(r'''(
    glib\.h | glib-object\.h | glib-unix\.h | gmodule\.h | glib/.+ | gio/.+ |
    (sys|linux|netinet|arpa|net)/.+ |
    (assert|ctype|dirent|dlfcn|errno|fcntl|fenv|float|ftw|inttypes|langinfo|limits|locale|math|
     poll|pthread|sched|setjmp|signal|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|
     stdnoreturn|string|strings|termios|time|unistd|utime|wchar)\.h
)''', re.VERBOSE)

# Header, pkg-config package or library -> the folders that may use it.
OUTSIDE = [
    (r'sqlite3(\.h)?', {'catalog'}),
    (r'libsoup(/.+|-3\.0)', {'provider', 'api'}),
    (r'libsecret(/.+|-1)', {'provider'}),
    (r'libxml2?(/.+|-2\.0)?', {'provider'}),
    (r'xgboost(/.+)?', {'insight'}),
    (r'((lib)?mosquitto(\.h)?|mqtt_protocol\.h)', {'stream'}),
    (r'(lib)?rdkafka(/.+|\.h)?', {'stream'}),
    (r'(gtk4?|gdk|gsk|gtk4-unix-print|pango|cairo|graphene)([-/].+|\.h|-gobject)?', {'ui'}),
    (r'(adwaita\.h|libadwaita-1)', {'ui'}),
    (r'gnutls(/.+)?', {'base', 'provider'}),
    (r'(isa-l\.h|libisal|immintrin\.h)', {'base'}),
    (r'json-glib(/.+|-1\.0)', {'provider', 'stream', 'insight', 'engine', 'cli', 'api'}),
    (r'(zlib(\.h)?|archive.*)', {'stream'}),
    (r'(gio|gio-unix|gobject|glib)-2\.0', None),
]

# The programs' mains stand above the top line.
TOP = {'api', 'cli', 'ui'}
GENERATED = re.compile(r'terrace-[a-z-]+-resources\.h')


def may_use(layer, name):
    """True, False, or None for a name that nobody has thought about."""
    for pattern, layers in OUTSIDE:
        if re.fullmatch(pattern, name):
            return layers is None or layer in layers
    return None


def check_outside(layer, header):
    if EVERYWHERE.fullmatch(header):
        return None
    allowed = may_use(layer, header)
    if allowed is None:
        return f'<{header}> is not known here: decide in tests/lint/layers.py who may use it'
    return None if allowed else f'<{header}> does not belong in {layer}'


def check_own(root, ranks, path, header):
    parts = path.split('/')
    layer = parts[1] if len(parts) > 2 else None

    if header == 'config.h':
        return None
    if '/' not in header:
        return None if GENERATED.fullmatch(header) else f'"{header}" is not written from src/'
    if not os.path.exists(os.path.join(root, 'src', header)):
        return f'"{header}" is not there, or not written from src/'

    target = header.split('/')[0]
    if target not in ranks:
        return f'"{header}" is in no folder of LAYERS'
    if layer is None:
        return None if target in TOP else f'a main may include one of {sorted(TOP)} only'
    if target != layer and ranks[target] >= ranks[layer]:
        how = 'a stranger of' if ranks[target] == ranks[layer] else 'above'
        return f'"{header}": {target} is {how} {layer}'

    # The folder of one provider is its own affair.
    inner = header.split('/')[1:-1]
    if (target == 'provider' and inner and parts[2:-1][:1] != inner[:1] and
            path != 'src/provider/terrace-provider-registry.c'):
        return f'"{header}": only the registry may include what is inside a provider'
    return None


def check_includes(root, ranks, path):
    text = strip_code(read(root, path), keep_strings=True)
    layer = path.split('/')[1] if path.count('/') > 1 else 'the mains'
    findings = []
    if path.count('/') > 1 and layer not in ranks:
        return [f'{path}:1: {layer} is not in LAYERS']
    for match in INCLUDE.finditer(text):
        kind, header = match.groups()
        fault = (check_outside(layer, header) if kind == '<'
                 else check_own(root, ranks, path, header))
        if fault:
            findings.append(f'{path}:{line_of(text, match.start())}: {fault}')
    return findings


def check_build(root, ranks, path):
    text = re.sub(r'#[^\n]*', '', read(root, path))
    layer = path.split('/')[1]
    findings = []

    def add(match, fault):
        findings.append(f'{path}:{line_of(text, match.start())}: {fault}')

    for match in re.finditer(r"\b(?:dependency|find_library) *\( *'([^']+)'", text):
        if not may_use(layer, match.group(1)):
            add(match, f'{match.group(1)} does not belong in {layer}')
    own = set(re.findall(r'^ *(\w+) *=', text, re.MULTILINE))
    for match in re.finditer(r'\b(\w+)_(?:dep|lib|packages)\b', text):
        name = match.group()
        other = match.group(1).removeprefix('terrace_')
        if name in own or name in ('gio_dep', 'gio_unix_dep', 'math_dep'):
            continue
        if other not in ranks or ranks[other] >= ranks[layer]:
            add(match, f'{name} is not for {layer}')
    return findings


def check(root, only=None):
    ranks = read_layers(root)
    findings = []
    for path in only or walk(root, 'src', suffixes=('.c', '.h', 'meson.build')):
        if path.endswith('meson.build'):
            if path.count('/') > 1:
                findings += check_build(root, ranks, path)
        else:
            findings += check_includes(root, ranks, path)
    return findings


def included(path, header, expected):
    return Fault(path, f'\n#include {header}\n', expected)


FAULTS = [
    included('src/base/terrace-csv.c', '"model/terrace-item.h"', 'model is above base'),
    included('src/insight/terrace-cost.c', '"ui/terrace-format.h"', 'ui is above insight'),
    included('src/catalog/terrace-planted.c', '"provider/terrace-provider.h"', 'a stranger of'),
    included('src/insight/terrace-planted.c', '"transfer/terrace-queue.h"', 'a stranger of'),
    included('src/cli/terrace-planted.c', '"ui/terrace-format.h"', 'a stranger of'),
    included('src/engine/terrace-planted.c', '"cli/terrace-cli-common.h"', 'cli is above engine'),
    included('src/model/terrace-item.c', '"terrace-item.h"', 'not written from src/'),
    included('src/model/terrace-item.c', '"../base/terrace-csv.h"', 'not written from src/'),
    included('src/model/terrace-item.c', '"model/terrace-nothing.h"', 'is not there'),
    included('src/nowhere/terrace-x.c', '<glib.h>', 'nowhere is not in LAYERS'),
    included('src/terrace-main.c', '"engine/terrace-engine.h"', 'a main may include'),
    included('src/transfer/terrace-planted.c', '"provider/local/terrace-local-path.h"',
             'only the registry'),
    included('src/provider/terrace-provider.c', '"provider/local/terrace-local-path.h"',
             'only the registry'),
    included('src/provider/s3/terrace-planted.c', '"provider/local/terrace-local-path.h"',
             'only the registry'),
    included('src/engine/terrace-planted.c', '<sqlite3.h>', 'does not belong in engine'),
    included('src/transfer/terrace-planted.c', '<libsoup/soup.h>', 'does not belong'),
    included('src/engine/terrace-planted.c', '<libsecret/secret.h>', 'does not belong'),
    included('src/engine/terrace-planted.c', '<xgboost/c_api.h>', 'does not belong'),
    included('src/insight/terrace-planted.c', '<mosquitto.h>', 'does not belong'),
    included('src/insight/terrace-planted.c', '<librdkafka/rdkafka.h>', 'does not belong'),
    included('src/insight/terrace-cost.h', '<gtk/gtk.h>', 'does not belong in insight'),
    included('src/cli/terrace-planted.c', '<adwaita.h>', 'does not belong in cli'),
    included('src/api/terrace-planted.c', '<gdk/x11/gdkx.h>', 'does not belong in api'),
    included('src/ui/terrace-planted.c', '<curl/curl.h>', 'is not known here'),
    Fault('src/insight/meson.build', "x = dependency('gtk4')\n", 'gtk4 does not belong'),
    Fault('src/engine/meson.build', "x = [dependency('sqlite3')]\n", 'sqlite3 does not belong'),
    Fault('src/insight/meson.build', 'x = [terrace_engine_dep]\n', 'terrace_engine_dep is not'),
    Fault('src/catalog/meson.build', 'x = [terrace_provider_dep]\n', 'terrace_provider_dep is not'),
    Fault('src/insight/meson.build', 'x = [ui_packages]\n', 'ui_packages is not'),
]

if __name__ == '__main__':
    main(check, FAULTS)
