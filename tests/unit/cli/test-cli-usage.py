#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How terracectl is called, rightly and wrongly, and whether what is written about it is true."""
import os
import re
import subprocess
import sys

from clisupport import SOURCE_ROOT, TERRACECTL, TIMEOUT_SECONDS, contains, equal, main, true

VERBS = {
    'location': ['list', 'add', 'remove', 'sandbox', 'test', 'scan', 'probe', 'classes'],
}


def commands(home):
    listed = home.run('--help').out.split('Commands:')[1].split('Options:')[0]
    return [line.split()[0] for line in listed.strip().splitlines()]


def helps(home):
    """Every command line that has a help of its own, with that help."""
    for command in commands(home):
        yield [command], home.run(command, '--help').out
        for verb in VERBS.get(command, []):
            yield [command, verb], home.run(command, verb, '--help').out


def read(*path):
    with open(os.path.join(SOURCE_ROOT, *path), encoding='utf-8') as f:
        return f.read()


def test_version(home):
    contains(home.run('--version').out, 'terracectl ')


def test_help_lists_the_commands(home):
    found = commands(home)
    for name in ('add', 'list', 'show', 'access', 'plan', 'move', 'status', 'undo', 'location',
                 'export', 'tour'):
        contains(found, name, 'command')
    equal(home.run('help').out, home.run('--help').out, 'help')


def test_every_help_is_complete(home):
    for line, text in helps(home):
        contains(text, 'Usage:', f'{line}')
        contains(text, f'terracectl {" ".join(line)}', f'{line}')
        if line not in (['location'],):
            contains(text, 'Examples:', f'{line}')
            contains(text, '--help', f'{line}')
            true(max(len(part) for part in text.splitlines()) <= 120, f'{line} has a long line')
    equal(home.run('help', 'list').out, home.run('list', '--help').out, 'help list')


def test_help_makes_no_catalogue(home):
    for _line, _text in helps(home):
        pass
    true(not os.path.exists(home.data), 'help touched the disk')


def man_page():
    path = os.path.join(SOURCE_ROOT, 'data', 'man', 'terracectl.1')
    page = subprocess.run(['mandoc', '-T', 'utf8', path], capture_output=True, check=True)
    return re.sub('.\b', '', page.stdout.decode())


def options_of(text):
    return set(re.findall(r'(?<![\w-])--[a-z][\w-]*', text))


def test_man_page_and_docs_name_every_command_and_option(home):
    page = man_page()
    docs = read('docs', 'cli.md')
    for line, text in helps(home):
        contains(page, '\n   ' + ' '.join(line), 'man page')
        true(re.search('`' + line[0] + '[ `]', docs), f'{line[0]} in docs/cli.md')
        missing = options_of(text.split('Options:')[-1]) - options_of(page)
        equal(missing, set(), f'options of {line} that the man page lacks')


def test_man_page_and_docs_name_nothing_that_is_not_there(home):
    known = {'--version'}.union(*(options_of(text) for _line, text in helps(home)))
    equal(options_of(man_page()) - known, set(), 'options of the man page')
    equal(options_of(read('docs', 'cli.md')) - known, set(), 'options of docs/cli.md')
    headings = set(re.findall(r'\n   ([a-z]+)', man_page().split('\nCOMMANDS')[1]
                              .split('\nENVIRONMENT')[0]))
    equal(headings - {'help'}, set(commands(home)), 'commands of the man page')


def test_man_page_is_well_formed(home):
    done = subprocess.run(['mandoc', '-T', 'lint', '-W', 'style',
                           os.path.join(SOURCE_ROOT, 'data', 'man', 'terracectl.1')],
                          capture_output=True, check=False)
    equal(done.stdout.decode(), '', 'mandoc')


def test_no_command(home):
    contains(home.run(status=2).out, 'Commands:')


def test_unknown_command(home):
    done = home.run('lst', status=2)
    contains(done.err, "terracectl: There is no command 'lst'")
    contains(done.err, '--help')
    equal(done.out, '', 'stdout')
    contains(home.run('location', 'lst', status=2).err, "'location lst'")
    home.run('help', 'lst', status=2)


def test_unknown_option(home):
    for command in commands(home):
        line = [command, 'list'] if command == 'location' else [command]
        contains(home.run(*line, '--no-such', status=2).err, '--no-such', command)
    home.run('--no-such', 'list', status=2)
    home.run('--data-dir', status=2)


def test_missing_and_superfluous_arguments(home):
    for line in (['add'], ['show'], ['show', '1', '2'], ['access'], ['move'], ['move', '1'],
                 ['move', '--to', 'Cold'], ['undo'], ['verify'], ['forget'], ['export'],
                 ['export', 'nothing'], ['list', 'word'], ['plan', 'word'], ['tour', 'word'],
                 ['location'], ['location', 'add', 'A'], ['location', 'remove'], ['policy'],
                 ['policy', 'set'], ['policy', 'show', 'x'], ['location', 'list', 'x'],
                 ['transfers', 'x'], ['orphans', 'x'],
                 ['location', 'test'], ['location', 'scan'], ['location', 'scan', 'a', 'b', 'c'],
                 ['location', 'test', 'x', '--kind', 'local']):
        done = home.run(*line, status=2)
        contains(done.err, 'terracectl: ', f'{line}')
    true(not os.path.exists(home.data), 'a wrong call touched the disk')


def test_bad_numbers(home):
    for line in (['list', '--limit', '0'], ['list', '--limit', 'many'], ['list', '--limit', '-3'],
                 ['plan', '--limit', '0'], ['status', '--limit', '-1'], ['status', 'seven'],
                 ['undo', '-1'], ['undo', '0'], ['undo', '99999999999999999999'],
                 ['move', '--pause', 'x'], ['move', '--priority', 'x', '1', '--to', 'Cold'],
                 ['access', '--reads', '0', 'x'], ['access', '--reads', '2000000', 'x'],
                 ['access', '--at', 'yesterday', 'x'], ['access', '--at', '2026-13-40', 'x'],
                 ['location', 'add', 'A', '.', '--latency', '-1'],
                 ['policy', 'set', 'horizon-months'], ['policy', 'set', 'horizon-months=x'],
                 ['policy', 'set', 'horizon-months=-1'], ['policy', 'set', 'nonsense=1'],
                 ['policy', 'set', 'egress-counts=maybe'], ['transfers', '--limit', 'fast'],
                 ['transfers', '--timetable', '25:00 1M'], ['transfers', '--parallel', '0'],
                 ['transfers', '--parallel', '17'], ['transfers', '--spend-cap', '-1'], ['policy', 'set', 'wanted-copies=1.5']):
        home.run(*line, status=2)


def test_options_that_do_not_go_together(home):
    for line in (['move', '--pause', '--resume', '1'], ['move', '--pause', '1', '--to', 'Cold'],
                 ['move', '--continue', '1'], ['move', '--cancel'], ['plan', '--queue-only'],
                 ['plan', '--apply', '--json']):
        home.run(*line, status=2)


def test_closed_output(home):
    for i in range(40):
        home.write(f'{i}', b'')
    home.run('add', home.files)
    for line in (['--help'], ['list'], ['list', '--json'], ['export', 'objects']):
        reader, writer = os.pipe()
        os.close(reader)
        with subprocess.Popen([TERRACECTL, *line], env=home.env, stdout=writer,
                              stderr=subprocess.PIPE) as process:
            os.close(writer)
            _out, err = process.communicate(timeout=TIMEOUT_SECONDS)
        equal(process.returncode, 141, f'status of {line}')
        equal(err, b'', f'stderr of {line}')


def test_full_output(home):
    with open('/dev/full', 'wb') as full:
        done = subprocess.run([TERRACECTL, '--help'], env=home.env, stdout=full,
                              stderr=subprocess.PIPE, timeout=TIMEOUT_SECONDS, check=False)
    equal(done.returncode, 1, 'status')
    contains(done.stderr.decode(), 'could not be written')


if __name__ == '__main__':
    sys.exit(main(dict(globals())))
