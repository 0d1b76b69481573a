#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that this project does not make. Each rule says why and where it counts; an exception is
one file and one reason in ALLOWED."""
import re

from lintlib import Fault, line_of, main, read, strip_code, walk

SRC = ('src/',)
BELOW_FACES = ('src/model/', 'src/catalog/', 'src/provider/', 'src/stream/', 'src/insight/',
               'src/transfer/', 'src/engine/')
NOT_CATALOG = tuple(f'src/{layer}/' for layer in ('base', 'model', 'provider', 'stream', 'insight',
                                                  'transfer', 'engine', 'api', 'cli', 'ui'))
ALL = ('src/', 'tests/')

# name of the rule, what matches, where it counts, why
RULES = [
    ('sync', r'\b\w+_sync \(', SRC, 'blocks: use the asynchronous call or a TerraceWorker'),
    ('iteration', r'\bg_main_context_iteration \(', SRC, 'no nested main loops'),
    ('loop', r'\bg_main_loop_(new|run) \(', SRC, 'no nested main loops'),
    ('task-thread', r'\bg_task_run_in_thread', ALL, 'blocking work goes through a TerraceWorker'),
    ('thread', r'\bg_thread_(try_)?new \(|\bg_thread_pool_|\bpthread_create \(', SRC,
     'threads are TerraceWorkers'),
    ('signal', r'\bg_signal_connect(_swapped|_after|_data|_closure)? \(', SRC,
     'can outlive its owner: g_signal_connect_object or GSignalGroup'),
    ('sqlite-exec', r'\bsqlite3_exec\b', NOT_CATALOG, 'statements are prepared, in catalog only'),
    ('goto', r'\bgoto\b', ALL, 'g_autoptr cleans up'),
    ('shell', r'\b(system|popen) \(', ALL, 'no shell: GSubprocess'),
    ('overflow', r'\b(v?sprintf|strcpy|stpcpy|strcat|strncpy|strncat|gets|alloca|g_alloca)\b \(',
     ALL, 'can write past the end'),
    ('sleep', r'\b(sleep|usleep|nanosleep|clock_nanosleep|g_usleep) \(', ALL,
     'wait for the thing itself, time comes from TerraceClock'),
    ('checksum', r'\bg_(checksum|compute_checksum)_', SRC,
     'eight times slower than terrace_checksum_update()'),
    ('wall-clock', r'\bg_get_real_time \(|\bg_date_time_new_now|(?<![\w.>])time \(', BELOW_FACES,
     'time is injected: TerraceClock'),
    # A seed that is handed in is a number like any other.
    ('pure', r'\b(g_random_\w+|g_rand_new|g_file_\w+|fopen|open|g_open|g_get_\w+_time|'
     r'terrace_clock_\w+|terrace_worker_queue) \(', ('src/insight/',),
     'insight is pure: numbers in, decisions out'),
    ('old-widgets', r'\b(adw_(leaflet|flap|view_switcher_title)|gtk_(tree_view|dialog|message_dialog'
     r'|file_chooser|combo_box|info_bar))_\w+ \(', ('src/ui/',), 'deprecated in newer GTK'),
    ('assert-in-test', r'\bg_assert \(', ('tests/',), 'says nothing: g_assert_true, g_assert_cmp*'),
]

OLD_CLASSES = re.compile(r'class="(AdwLeaflet|AdwFlap|AdwViewSwitcherTitle|GtkTreeView|GtkDialog|'
                         r'GtkMessageDialog|GtkComboBox\w*|GtkInfoBar)"')

# path, rule, reason
ALLOWED = [
    ('src/base/terrace-worker.c', 'thread', 'the worker is where threads come from'),
    ('src/cli/terrace-cli-common.c', 'iteration',
     'a command line has no main loop of its own: its one helper waits for a result'),
    ('src/ui/terrace-chooser.c', 'old-widgets',
     'GTK 4.8 has no other file dialog; this file is the only one that opens any'),
]


def check_code(root, path):
    text = strip_code(read(root, path))
    findings = []
    for name, pattern, folders, why in RULES:
        if not path.startswith(folders) or any((path, name) == a[:2] for a in ALLOWED):
            continue
        for match in re.finditer(pattern, text):
            findings.append(f'{path}:{line_of(text, match.start())}: {match.group().strip(" (")}: '
                            f'{why} [{name}]')
    return findings


def check_template(root, path):
    text = read(root, path)
    return [f'{path}:{line_of(text, match.start())}: {match.group(1)}: deprecated in newer GTK'
            for match in OLD_CLASSES.finditer(text)]


def check(root, only=None):
    findings = []
    for path in only or walk(root, 'src', 'tests', suffixes=('.c', '.h', '.ui')):
        findings += (check_template if path.endswith('.ui') else check_code)(root, path)
    if only is None:
        for path, name, reason in ALLOWED:
            pattern = next(rule[1] for rule in RULES if rule[0] == name)
            try:
                needed = re.search(pattern, strip_code(read(root, path)))
            except FileNotFoundError:
                needed = None
            if not needed:
                findings.append(f'{path}:1: has an exception that it does not need [{name}]')
    return findings


def called(path, code, rule):
    return Fault(path, f'\nstatic void\nplanted (void)\n{{\n  {code}\n}}\n', f'[{rule}]')


FAULTS = [
    called('src/ui/terrace-planted.c', 'secret_password_lookup_sync (x);', 'sync'),
    called('src/engine/terrace-planted.c', 'g_main_context_iteration (NULL, TRUE);', 'iteration'),
    called('src/ui/terrace-planted.c', 'g_main_loop_run (loop);', 'loop'),
    called('src/provider/terrace-planted.c', 'g_task_run_in_thread (task, work);', 'task-thread'),
    called('tests/unit/base/test-planted.c', 'g_task_run_in_thread_sync (t, w);', 'task-thread'),
    called('src/provider/terrace-planted.c', 'g_thread_new ("x", run, NULL);', 'thread'),
    called('src/ui/terrace-planted.c', 'g_signal_connect (a, "b", c, d);', 'signal'),
    called('src/ui/terrace-planted.c', 'g_signal_connect_swapped (a, "b", c, d);', 'signal'),
    called('src/engine/terrace-planted.c', 'sqlite3_exec (db, sql, 0, 0, 0);', 'sqlite-exec'),
    called('src/base/terrace-csv.c', 'goto out;', 'goto'),
    called('src/cli/terrace-planted.c', 'system ("ls");', 'shell'),
    called('src/cli/terrace-planted.c', 'sprintf (a, "x");', 'overflow'),
    called('src/cli/terrace-planted.c', 'strcpy (a, b);', 'overflow'),
    called('src/transfer/terrace-planted.c', 'g_usleep (1);', 'sleep'),
    called('tests/unit/base/test-planted.c', 'sleep (1);', 'sleep'),
    called('src/transfer/terrace-planted.c', 'g_checksum_update (c, d, 1);', 'checksum'),
    called('src/engine/terrace-planted.c', 'now = g_get_real_time ();', 'wall-clock'),
    called('src/catalog/terrace-planted.c', 'now = time (NULL);', 'wall-clock'),
    called('src/insight/terrace-cost.c', 'x = g_random_double ();', 'pure'),
    called('src/insight/terrace-cost.c', 'x = g_rand_new ();', 'pure'),
    called('src/insight/terrace-cost.c', 'x = terrace_clock_get_now_us (c);', 'pure'),
    called('src/ui/terrace-planted.c', 'gtk_dialog_new_with_buttons (x);', 'old-widgets'),
    called('tests/unit/base/test-planted.c', 'g_assert (x);', 'assert-in-test'),
    Fault('src/ui/terrace-planted.ui', '<object class="AdwFlap"/>', 'AdwFlap'),
]

if __name__ == '__main__':
    main(check, FAULTS)
