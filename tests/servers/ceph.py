#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command beside a Ceph object gateway of its own.

    ceph.py COMMAND [ARGUMENT...]

Ceph is started on loopback, on ports that are free, with all its data in a temporary folder and in
memory (or on disk, for tests that import this file and kill what they started): one monitor, one
OSD, one gateway, in the foreground as children of this script. The command
finds it by TERRACE_TEST_S3_ENDPOINT, TERRACE_TEST_S3_ACCESS_KEY and TERRACE_TEST_S3_SECRET_KEY.
Whatever happens, the three are gone, and the folder too, when this script ends; the command's exit
status is its own, and 77 (skipped) says that Ceph is not installed."""
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
import uuid

SKIPPED = 77
PATIENCE_SECONDS = 120
CLASSES = ('STANDARD_IA', 'GLACIER')
NEEDED = ('ceph', 'ceph-mon', 'ceph-osd', 'ceph-authtool', 'monmaptool', 'radosgw',
          'radosgw-admin')

CONFIG = '''\
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_port}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind ipv6 = false
keyring = {folder}/keyring
auth allow insecure global id reclaim = false
run dir = {folder}
log file = {folder}/$name.log
admin socket = {folder}/$name.asok
crash dir = {folder}
pid file =
setuser match path =
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
osd crush chooseleaf type = 0
osd crush update on start = false
[mon]
mon data = {folder}/mon
mon data avail crit = 1
mon data avail warn = 2
[osd]
osd data = {folder}/osd
{store}
osd op num shards = 2
[client]
rgw enable usage log = false
rgw enable ops log = false
rgw thread pool size = 32
rgw gc max objs = 8
rgw data = {folder}
# Amazon's smallest part has 5 MiB; the contract's objects are small.
rgw multipart min part size = 1
'''

IN_MEMORY = '''\
osd objectstore = memstore
memstore device bytes = 4G'''
# In one file, which grows as it is needed, and which a crash leaves whole.
ON_DISK = '''\
osd objectstore = bluestore
bluestore block size = 64G
osd memory target = 939524096'''


def die_with_parent():
    """Also when this script is killed, nothing stays behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Ceph:
    def __init__(self, folder, store=IN_MEMORY):
        self.folder = folder
        self.store = store
        self.config = f'{folder}/ceph.conf'
        self.servers = []
        self.access_key = 'terracetest' + secrets.token_hex(4)
        self.secret_key = secrets.token_hex(20)
        self.port = free_port()

    def run(self, program, *arguments, check=True):
        done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=PATIENCE_SECONDS, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f'{program} {" ".join(arguments)}: {done.stdout}')
        return done.stdout

    def ceph(self, *arguments):
        return self.run('ceph', '-c', self.config, '--connect-timeout', '30', *arguments)

    def admin(self, *arguments):
        return self.run('radosgw-admin', '-c', self.config, *arguments)

    def serve(self, program, *arguments):
        with open(f'{self.folder}/{program}.out', 'ab') as out:
            server = subprocess.Popen([program, '-f', '-c', self.config, *arguments],
                                      stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                      preexec_fn=die_with_parent, start_new_session=True)
        self.servers.append(server)
        return server

    def wait(self, what, is_there):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_there():
            for server in self.servers:
                if server.poll() is not None:
                    raise RuntimeError(f'{server.args[0]} ended while waiting for {what}')
            if time.monotonic() > deadline:
                raise RuntimeError(f'waited {PATIENCE_SECONDS} s for {what}')
            time.sleep(0.1)

    def start(self):
        fsid = str(uuid.uuid4())
        mon_port = free_port()
        os.mkdir(f'{self.folder}/mon')
        os.mkdir(f'{self.folder}/osd')
        with open(self.config, 'w', encoding='utf-8') as config:
            config.write(CONFIG.format(fsid=fsid, folder=self.folder, mon_port=mon_port,
                                       store=self.store))
        self.make_keys()
        self.run('monmaptool', '--create', '--addv', 'a', f'[v2:127.0.0.1:{mon_port}/0]',
                 '--fsid', fsid, f'{self.folder}/monmap')
        self.run('ceph-mon', '-c', self.config, '-i', 'a', '--mkfs', '--monmap',
                 f'{self.folder}/monmap', '--keyring', f'{self.folder}/keyring')
        self.serve('ceph-mon', '-i', 'a')
        self.start_osd()
        self.make_zone()
        self.serve('radosgw', '-n', 'client.rgw', '--rgw-frontends',
                   f'beast endpoint=127.0.0.1:{self.port}')
        self.wait('the gateway', self.answers)

    def make_keys(self):
        keyring = f'{self.folder}/keyring'
        self.run('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap',
                 'mon', 'allow *')
        for name in ('client.admin', 'client.rgw', 'osd.0'):
            self.run('ceph-authtool', keyring, '--gen-key', '-n', name, '--cap', 'mon', 'allow *',
                     '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *')

    def start_osd(self):
        osd = str(uuid.uuid4())
        self.ceph('osd', 'new', osd)
        self.run('ceph-osd', '-c', self.config, '-i', '0', '--mkfs', '--osd-uuid', osd)
        self.ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'host=local', 'root=default')
        self.serve('ceph-osd', '-i', '0')
        self.wait('the OSD', lambda: '1 up' in self.ceph('osd', 'stat'))

    def make_zone(self):
        self.admin('user', 'create', '--uid=test', '--display-name=test',
                   f'--access-key={self.access_key}', f'--secret={self.secret_key}')
        for name in CLASSES:
            self.admin('zonegroup', 'placement', 'add', '--rgw-zonegroup', 'default',
                       '--placement-id', 'default-placement', '--storage-class', name)
            self.admin('zone', 'placement', 'add', '--rgw-zone', 'default', '--placement-id',
                       'default-placement', '--storage-class', name, '--data-pool',
                       'default.rgw.' + name.lower())

    def answers(self):
        try:
            urllib.request.urlopen(f'http://127.0.0.1:{self.port}/', timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def crash(self, *programs):
        """Kills these programs at once and starts them again."""
        killed = [server for server in self.servers if server.args[0] in programs]
        for server in killed:
            server.kill()
        for server in killed:
            server.wait()
            self.servers.remove(server)
        for server in killed:
            self.serve(server.args[0], *server.args[4:])
        self.wait('the gateway', self.answers)

    def stop(self):
        for server in reversed(self.servers):
            server.kill()
        for server in self.servers:
            server.wait()

    def environment(self):
        return dict(os.environ, TERRACE_TEST_S3_ENDPOINT=f'http://127.0.0.1:{self.port}',
                    TERRACE_TEST_S3_ACCESS_KEY=self.access_key,
                    TERRACE_TEST_S3_SECRET_KEY=self.secret_key)


def main(command):
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        print(f'1..0 # SKIP {", ".join(missing)} not installed: build-aux/install-deps test')
        return SKIPPED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix='terrace-ceph-') as folder:
        ceph = Ceph(folder)
        try:
            ceph.start()
            return subprocess.run(command, env=ceph.environment(), preexec_fn=die_with_parent,
                                  check=False).returncode
        finally:
            ceph.stop()


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
