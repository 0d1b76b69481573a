# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line's tests share: a folder of their own, runs of the real terracectl in it,
and a reporter that speaks TAP."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

TERRACECTL = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
SOURCE_ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', '..'))
# A program that hangs must not hang the suite; sanitizers and Valgrind are slow.
TIMEOUT_SECONDS = 120


class Home:
    """A home of its own: nothing outside it is read or written."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix='terrace-cli-')
        self.files = os.path.join(self.path, 'files')
        self.data = os.path.join(self.path, 'data')
        os.mkdir(self.files)
        self.env = dict(os.environ, HOME=self.path, TERRACE_DATA_DIR=self.data,
                        XDG_CONFIG_HOME=os.path.join(self.path, 'config'),
                        XDG_DATA_HOME=os.path.join(self.path, 'share'),
                        XDG_CACHE_HOME=os.path.join(self.path, 'cache'),
                        TMPDIR=self.path, LC_ALL='C.UTF-8', LANGUAGE='', TZ='UTC',
                        G_DEBUG='fatal-warnings')
        for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'DBUS_SESSION_BUS_ADDRESS'):
            self.env.pop(name, None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name, data):
        """Writes a file (name str or bytes) below files/; returns its path in bytes."""
        path = os.path.join(os.fsencode(self.files), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(data)
        return path

    def run(self, *args, status=0, **options):
        """Runs terracectl; checks the exit status; returns the completed process."""
        done = subprocess.run([TERRACECTL, *args], env=dict(self.env, **options.pop('env', {})),
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT_SECONDS, check=False, **options)
        done.out = done.stdout.decode('utf-8', 'surrogateescape')
        done.err = done.stderr.decode('utf-8', 'surrogateescape')
        if status is not None:
            equal(done.returncode, status,
                  f'status of {args!r}\nstdout: {done.out}\nstderr: {done.err}')
        return done

    def json(self, *args, **options):
        return json.loads(self.run(*args, '--json', **options).stdout)

    def use_file_keyring(self):
        """A keyring in a file of the test, kept by libsecret itself."""
        self.env.update(SECRET_BACKEND='file', SECRET_FILE_TEST_PASSWORD='a password',
                        SECRET_FILE_TEST_PATH=os.path.join(self.path, 'keyring'))
        # Libsecret 0.20 loses the tag of the file that it replaces: 28 bytes, allocated by GIO with
        # no frame of libsecret's above it that a suppression could name.
        if 'ASAN_OPTIONS' in self.env:
            self.env['ASAN_OPTIONS'] += ':detect_leaks=0'

    @contextlib.contextmanager
    def start(self, *args):
        """A terracectl that runs beside the test."""
        with subprocess.Popen([TERRACECTL, *args], env=self.env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)


def equal(seen, expected, what=''):
    if seen != expected:
        raise AssertionError(f'{what}: {seen!r} is not {expected!r}')


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def contains(text, part, what=''):
    if part not in text:
        raise AssertionError(f'{what}: {part!r} is not in {text!r}')


def main(namespace):
    """Runs every function named test_* and reports."""
    tests = [(name, test) for name, test in namespace.items() if name.startswith('test_')]
    print(f'1..{len(tests)}')
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        title = (test.__doc__ or name).strip().split('\n', maxsplit=1)[0].replace('#', '')
        try:
            with Home() as home:
                test(home)
            print(f'ok {number} {title}', flush=True)
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f'# {line}')
            print(f'not ok {number} {title}', flush=True)
    return 1 if failed else 0
