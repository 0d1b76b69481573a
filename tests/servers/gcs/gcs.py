#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command beside a Google Cloud Storage of its own.

    gcs.py COMMAND [ARGUMENT...]

No packaged server is faithful enough, so this is one of our own, written from Google's documents:
on loopback, on a port that is free, with everything in memory. The command finds it by
TERRACE_TEST_GCS_ENDPOINT. Key files of service accounts, whose token_uri is the server's, lie in a
temporary folder: TERRACE_TEST_GCS_ACCOUNT may do everything, _USER has the role Storage Object
User, _VIEWER Storage Object Viewer, and the key of _STRANGER is not known to the server.
TERRACE_TEST_GCS_ACCESS_KEY and _SECRET_KEY are an HMAC key for the XML API. The command's exit
status is this script's; 77 (skipped) says that Python's cryptography is not installed."""
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading

try:
    import cryptography  # noqa: F401
except ImportError:
    print('1..0 # SKIP python3-cryptography not installed: build-aux/install-deps test')
    sys.exit(77)

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Service, make_server  # noqa: E402
from tokens import ADMIN, OBJECT_USER, OBJECT_VIEWER, Account, Tokens  # noqa: E402

# Small, so that a few megabytes take more than one call.
REWRITE_BYTES = 1 << 20


def die_with_parent():
    """Also when this script is killed, nothing stays behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def main(command):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    accounts = {'ACCOUNT': Account('owner', ADMIN), 'USER': Account('user', OBJECT_USER),
                'VIEWER': Account('viewer', OBJECT_VIEWER),
                'STRANGER': Account('stranger', ADMIN, known=False)}
    tokens = Tokens(accounts.values())
    service = Service(tokens, REWRITE_BYTES)
    server, endpoint = make_server(service)
    tokens.token_uri = endpoint + '/token'
    environment = dict(os.environ, TERRACE_TEST_GCS_ENDPOINT=endpoint,
                       TERRACE_TEST_GCS_ACCESS_KEY=service.signatures.access_key,
                       TERRACE_TEST_GCS_SECRET_KEY=service.signatures.secret_key)
    with tempfile.TemporaryDirectory(prefix='terrace-gcs-') as folder:
        for name, account in accounts.items():
            path = os.path.join(folder, name.lower() + '.json')
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), 'w', encoding='utf-8') as f:
                f.write(account.to_file(tokens.token_uri))
            environment[f'TERRACE_TEST_GCS_{name}'] = path
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            return subprocess.run(command, env=environment, preexec_fn=die_with_parent,
                                  check=False).returncode
        finally:
            server.shutdown()


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
