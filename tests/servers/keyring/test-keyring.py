#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's keyring against a real Secret Service: gnome-keyring on a session bus of its own,
with no display. Usage: test-keyring.py KEYRING-CLIENT"""
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile

CLIENT = sys.argv[1]
SKIPPED = 77
PATIENCE_SECONDS = 30
ROOT = 'https://s3.example.org/bucket'
BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
'''


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Session:
    """A bus that starts nothing by itself, and a home that is nobody's."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='terrace-keyring-')
        self.env = {'PATH': os.environ['PATH'], 'HOME': self.folder, 'LC_ALL': 'C.UTF-8',
                    'XDG_RUNTIME_DIR': self.make('run'), 'XDG_DATA_HOME': self.make('share'),
                    'XDG_CONFIG_HOME': self.make('config')}
        self.env.update({name: value for name, value in os.environ.items()
                         if name.startswith(('ASAN_', 'LSAN_', 'UBSAN_'))})
        config = os.path.join(self.folder, 'bus.conf')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(BUS.format(folder=self.folder))
        # pylint: disable-next=consider-using-with
        self.bus = subprocess.Popen(['dbus-daemon', '--nofork', '--print-address=1',
                                     f'--config-file={config}'], stdout=subprocess.PIPE, text=True,
                                    env=self.env, preexec_fn=die_with_parent)
        self.env['DBUS_SESSION_BUS_ADDRESS'] = self.bus.stdout.readline().strip()
        self.daemon = None

    def make(self, name):
        path = os.path.join(self.folder, name)
        os.mkdir(path, 0o700)
        return path

    def unlock(self, password):
        # pylint: disable-next=consider-using-with
        self.daemon = subprocess.Popen(['gnome-keyring-daemon', '--foreground', '--unlock',
                                        '--components=secrets'], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=self.env, preexec_fn=die_with_parent)
        self.daemon.stdin.write(password.encode())
        self.daemon.stdin.close()
        subprocess.run(['gdbus', 'wait', '--session', '--timeout', str(PATIENCE_SECONDS),
                        'org.freedesktop.secrets'], env=self.env, check=True)

    def lock(self):
        if self.daemon is not None:
            self.daemon.terminate()
            self.daemon.wait(PATIENCE_SECONDS)
            self.daemon = None

    def client(self, *arguments):
        return subprocess.run([CLIENT, *arguments], env=self.env, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS, check=False)

    def files(self):
        for root, _folders, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(root, name)
                if os.path.isfile(path):
                    with open(path, 'rb') as file:
                        yield name, file.read()

    def close(self):
        self.lock()
        self.bus.terminate()
        self.bus.wait(PATIENCE_SECONDS)
        self.bus.stdout.close()
        shutil.rmtree(self.folder)


def equal(found, wanted, what):
    if found != wanted:
        raise AssertionError(f'{what}: {found!r} instead of {wanted!r}')


def store(session, secret='very secret'):
    done = session.client('store', ROOT, 'AK1', secret, 'token')
    equal((done.returncode, done.stderr), (0, ''), 'stored')


def test_there_and_back(session):
    """What is stored is found, replaced and cleared."""
    session.unlock('a password')
    store(session, 'first')
    store(session, 'second')
    equal(session.client('lookup', ROOT).stdout, 'AK1\nsecond\ntoken\n', 'found')
    missing = session.client('lookup', ROOT + 's')
    equal(missing.returncode, 1, 'another root')
    assert 'has no key for' in missing.stderr, missing.stderr
    equal(session.client('clear', ROOT).returncode, 0, 'cleared')
    equal(session.client('lookup', ROOT).returncode, 1, 'gone')
    equal(session.client('clear', ROOT).returncode, 0, 'nothing to clear')


def test_lasts(session):
    """It outlives the daemon, and on disk nobody can read it."""
    session.unlock('a password')
    store(session)
    session.lock()
    keyrings = list(session.files())
    assert any(name.endswith('.keyring') for name, _bytes in keyrings), keyrings
    for name, contents in keyrings:
        assert b'very secret' not in contents, name
    session.unlock('a password')
    equal(session.client('lookup', ROOT).stdout, 'AK1\nvery secret\ntoken\n', 'found')


def test_wrong_password(session):
    """A keyring that stays locked is said to be, and nothing is lost."""
    session.unlock('a password')
    store(session)
    session.lock()
    session.unlock('another password')
    locked = session.client('lookup', ROOT)
    equal(locked.returncode, 1, 'locked')
    assert 'locked' in locked.stderr, locked.stderr
    session.lock()
    session.unlock('a password')
    equal(session.client('lookup', ROOT).stdout, 'AK1\nvery secret\ntoken\n', 'found')


def test_none(session):
    """Where there is no keyring, that is the reason that is given."""
    for arguments in (('lookup', ROOT), ('store', ROOT, 'AK1', 'very secret')):
        done = session.client(*arguments)
        equal(done.returncode, 1, 'status')
        assert 'no keyring' in done.stderr, done.stderr
        assert 'very secret' not in done.stderr, done.stderr


def main():
    needed = ('dbus-daemon', 'gnome-keyring-daemon', 'gdbus')
    if not all(shutil.which(name) for name in needed):
        print(f'1..0 # SKIP {", ".join(needed)} are needed: build-aux/install-deps test')
        return SKIPPED
    tests = [value for name, value in globals().items() if name.startswith('test_')]
    failed = 0
    print(f'1..{len(tests)}')
    for number, test in enumerate(tests, 1):
        session = Session()
        try:
            test(session)
            print(f'ok {number} {test.__name__}: {test.__doc__}', flush=True)
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            failed += 1
            print(f'not ok {number} {test.__name__}: {error}', flush=True)
        finally:
            session.close()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
