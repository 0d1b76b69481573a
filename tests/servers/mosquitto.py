# SPDX-License-Identifier: GPL-3.0-or-later
"""A mosquitto broker of a test's own, on loopback, with users, TLS and client certificates; it can die
and come back with what it kept. For tests to import."""
import json
import os
import shutil
import signal
import socket
import subprocess
import time

from ceph import die_with_parent, free_port

NEEDED = ('mosquitto', 'mosquitto_passwd', 'mosquitto_pub', 'mosquitto_sub', 'openssl')
PATIENCE_SECONDS = 60

CONFIG = '''\
user {user}
per_listener_settings true
persistence true
persistence_location {folder}/
max_queued_messages 200000
max_inflight_messages 0
log_dest file {folder}/log
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwd
listener {tls_port} 127.0.0.1
cafile {folder}/ca.pem
certfile {folder}/server.pem
keyfile {folder}/server.key
require_certificate true
use_identity_as_username true
'''


def missing():
    return [program for program in NEEDED if shutil.which(program) is None]


def wait_until(condition, what, seconds=PATIENCE_SECONDS):
    """Other processes tell nobody when they are done: they are asked until they are."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f'{what} did not happen')
        time.sleep(0.05)


class Mosquitto:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.tls_port = free_port()
        self.process = None
        self.make_certificates()
        for option, user, password in (('-c', 'alice', 'secret'), ('', 'bob', 'pw')):
            subprocess.run(['mosquitto_passwd', '-b', *filter(None, [option]), f'{folder}/passwd',
                            user, password], check=True, capture_output=True)
        os.chmod(f'{folder}/passwd', 0o600)
        with open(f'{folder}/conf', 'w', encoding='utf-8') as config:
            config.write(CONFIG.format(folder=folder, port=self.port, tls_port=self.tls_port,
                                       user='root' if os.getuid() == 0 else 'mosquitto'))

    def openssl(self, *args):
        subprocess.run(['openssl', *args], cwd=self.folder, check=True, capture_output=True)

    def make_certificates(self):
        with open(f'{self.folder}/san', 'w', encoding='utf-8') as names:
            names.write('subjectAltName=IP:127.0.0.1,DNS:localhost\n')
        self.openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj',
                     '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.pem')
        for name, subject in (('server', '127.0.0.1'), ('client', 'client1')):
            self.openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', f'/CN={subject}',
                         '-keyout', f'{name}.key', '-out', f'{name}.csr')
            self.openssl('x509', '-req', '-in', f'{name}.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key',
                         '-CAcreateserial', '-days', '2', '-extfile', 'san', '-out', f'{name}.pem')

    def start(self):
        self.process = subprocess.Popen(['mosquitto', '-c', f'{self.folder}/conf'],
                                        preexec_fn=die_with_parent, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_until(self.answers, 'the start of mosquitto')

    def answers(self):
        try:
            socket.create_connection(('127.0.0.1', self.port), timeout=2).close()
        except OSError:
            return False
        return True

    def stop(self):
        """As its administrator stops it: sessions and what waits in them are kept."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        self.process = None

    def publish(self, topic, lines, qos=1):
        """Returns when the broker has them all."""
        subprocess.run(['mosquitto_pub', '-h', '127.0.0.1', '-p', str(self.port), '-u', 'alice',
                        '-P', 'secret', '-q', str(qos), '-t', topic, '-l'],
                       input='\n'.join(lines) + '\n', text=True, check=True, timeout=120)

    def subscribe(self, topic):
        """The broker keeps what comes there from now on, for received()."""
        self.watch('-t', topic, '-E')

    def received(self):
        """What came since the last time, as it was read from JSON."""
        return [json.loads(line) for line in self.watch('-t', 'none', '-W', '1').splitlines()]

    def watch(self, *args):
        return subprocess.run(['mosquitto_sub', '-h', '127.0.0.1', '-p', str(self.port), '-u',
                               'alice', '-P', 'secret', '-q', '1', '-c', '-i', 'watcher', *args],
                              stdout=subprocess.PIPE, text=True, check=False, timeout=60).stdout
