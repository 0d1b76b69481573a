#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command beside an emulator of Azure Blob Storage (Azurite) of its own.

    azurite.py COMMAND [ARGUMENT...]

Azurite is started on loopback, on a port that is free, with an account and a key of this run's own
and with all its data in memory, in the foreground as a child of this script. The command finds it by
TERRACE_TEST_AZURE_ENDPOINT (with the account in its path), TERRACE_TEST_AZURE_ACCOUNT and
TERRACE_TEST_AZURE_KEY. Whatever happens, it is gone when this script ends; the command's exit status
is its own, and 77 (skipped) says that Azurite is not installed."""
import base64
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SKIPPED = 77
PATIENCE_SECONDS = 60
CACHE = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
PROGRAM = os.path.join(CACHE, 'terrace-test-servers', 'node_modules', 'azurite', 'dist', 'src',
                       'blob', 'main.js')


def die_with_parent():
    """Also when this script is killed, nothing stays behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Azurite:
    def __init__(self, folder):
        self.folder = folder
        self.account = 'terrace' + secrets.token_hex(4)
        self.key = base64.b64encode(secrets.token_bytes(64)).decode()
        self.port = free_port()
        self.server = None

    def start(self):
        with open(f'{self.folder}/azurite.out', 'wb') as out:
            self.server = subprocess.Popen(
                ['node', PROGRAM, '--blobHost', '127.0.0.1', '--blobPort', str(self.port),
                 '--inMemoryPersistence', '--disableTelemetry', '--silent'],
                env=dict(os.environ, AZURITE_ACCOUNTS=f'{self.account}:{self.key}'),
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                preexec_fn=die_with_parent, start_new_session=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            if self.server.poll() is not None:
                with open(f'{self.folder}/azurite.out', encoding='utf-8') as out:
                    raise RuntimeError(f'Azurite ended: {out.read()}')
            if time.monotonic() > deadline:
                raise RuntimeError(f'waited {PATIENCE_SECONDS} s for Azurite')
            time.sleep(0.05)

    def answers(self):
        try:
            urllib.request.urlopen(f'http://127.0.0.1:{self.port}/', timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def stop(self):
        if self.server is not None:
            self.server.kill()
            self.server.wait()

    def environment(self):
        return dict(os.environ,
                    TERRACE_TEST_AZURE_ENDPOINT=f'http://127.0.0.1:{self.port}/{self.account}',
                    TERRACE_TEST_AZURE_ACCOUNT=self.account, TERRACE_TEST_AZURE_KEY=self.key)


def main(command):
    if shutil.which('node') is None or not os.path.exists(PROGRAM):
        print('1..0 # SKIP Azurite not installed: build-aux/install-deps test')
        return SKIPPED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix='terrace-azurite-') as folder:
        azurite = Azurite(folder)
        try:
            azurite.start()
            return subprocess.run(command, env=azurite.environment(), preexec_fn=die_with_parent,
                                  check=False).returncode
        finally:
            azurite.stop()


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
