#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API of the real program: who is let in, what each path answers, and what is pushed."""
import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import stat
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))
from clisupport import TIMEOUT_SECONDS, contains, equal, main, true  # noqa: E402


class Server:
    def __init__(self, home, process):
        self.process = process
        line = process.stdout.readline().decode()
        if '127.0.0.1:' not in line:
            raise AssertionError(f'{line!r}: {process.stderr.read().decode()}')
        self.port = int(line.split('127.0.0.1:')[1].split('/')[0])
        with open(token_path(home), encoding='ascii') as f:
            self.token = f.read().strip()

    def ask(self, method, path, body=None, token=None, headers=None):
        """Returns the status and the answer's JSON."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=TIMEOUT_SECONDS)
        fields = {'Authorization': f'Bearer {self.token if token is None else token}'}
        fields.update(headers or {})
        if body is not None and not isinstance(body, (bytes, type(iter([])))):
            body = json.dumps(body).encode()
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=fields)
            answer = connection.getresponse()
            text = answer.read()
            self.headers = answer.headers
            return answer.status, json.loads(text)

    def listen(self, **headers):
        """A WebSocket by hand; returns the socket's file after a good handshake, else the status."""
        sock = socket.create_connection(('127.0.0.1', self.port), timeout=TIMEOUT_SECONDS)
        fields = {'Host': f'127.0.0.1:{self.port}', 'Upgrade': 'websocket',
                  'Connection': 'Upgrade', 'Sec-WebSocket-Version': '13',
                  'Sec-WebSocket-Key': base64.b64encode(os.urandom(16)).decode(),
                  'Authorization': f'Bearer {self.token}', **headers}
        lines = ''.join(f'{name}: {value}\r\n' for name, value in fields.items() if value)
        sock.sendall(f'GET /api/live HTTP/1.1\r\n{lines}\r\n'.encode())
        file = sock.makefile('rb')
        status = int(file.readline().split()[1])
        while file.readline().strip():
            pass
        return status, sock, file


def token_path(home):
    return os.path.join(home.path, 'token')


@contextlib.contextmanager
def serving(home, *options):
    with home.start('serve', '--port', '0', '--token-file', token_path(home), *options) as process:
        yield Server(home, process)
        process.send_signal(signal.SIGTERM)
        error = process.communicate(timeout=TIMEOUT_SECONDS)[1].decode()
        equal(process.returncode, 128 + signal.SIGTERM, f'ends by the signal: {error}')


def next_message(file):
    head = file.read(2)
    length = head[1] & 0x7f
    if length == 126:
        length = struct.unpack('>H', file.read(2))[0]
    elif length == 127:
        length = struct.unpack('>Q', file.read(8))[0]
    return json.loads(file.read(length)) if head[0] & 0x0f == 1 else None


def next_of(file, kind, wanted=lambda message: True):
    """The next message of a kind; the socket's time-out ends a wait in vain."""
    while True:
        message = next_message(file)
        if message is not None and message['type'] == kind and wanted(message):
            return message


def test_only_who_knows_the_token_is_let_in(home):
    with serving(home) as server:
        for token in ('', 'wrong', server.token[:-1], server.token + 'x'):
            status, answer = server.ask('GET', '/api/stats', token=token)
            equal((status, answer['error']['code']), (401, 'token'), token)
            contains(server.headers['WWW-Authenticate'], 'Bearer')
            true(server.token not in json.dumps(answer), 'nothing tells the token')
        equal(server.ask('GET', '/api/stats')[0], 200, 'with the token')
        status, sock, _file = server.listen(Authorization='Bearer wrong')
        sock.close()
        equal(status, 401, 'a listener')


def test_the_token_is_in_a_file_of_its_owner(home):
    with serving(home) as server:
        info = os.stat(token_path(home))
        equal(stat.S_IMODE(info.st_mode), 0o600, 'mode')
        first = server.token
    with serving(home) as server:
        equal(server.token, first, 'the same the next time')
    os.chmod(token_path(home), 0o644)
    done = home.run('serve', '--token-file', token_path(home), status=1)
    contains(done.err, 'Others can read')
    true(first not in done.err + done.out, 'nothing tells the token')
    os.chmod(token_path(home), 0o600)
    equal(home.run('serve', '--token-file', token_path(home), '--show-token').out.strip(), first)
    with open(token_path(home), 'w', encoding='ascii') as f:
        f.write('short\n')
    contains(home.run('serve', '--token-file', token_path(home), status=1).err, 'fewer than')


def test_pages_of_the_web_are_kept_out(home):
    with serving(home) as server:
        for host in ('evil.example', f'evil.example:{server.port}', '127.0.0.1:1'):
            status, answer = server.ask('GET', '/api/stats', headers={'Host': host})
            equal((status, answer['error']['code']), (421, 'host'), host)
        for origin in ('https://evil.example', 'null', f'http://127.0.0.1:{server.port}.evil.example'):
            status, answer = server.ask('GET', '/api/stats', headers={'Origin': origin})
            equal((status, answer['error']['code']), (403, 'origin'), origin)
            status, sock, _file = server.listen(Origin=origin)
            sock.close()
            equal(status, 403, origin)
        own = {'Origin': f'http://localhost:{server.port}', 'Host': f'localhost:{server.port}'}
        equal(server.ask('GET', '/api/stats', headers=own)[0], 200, 'its own')


def test_wrong_requests_are_answered_in_words(home):
    with serving(home) as server:
        for method, path, body, status, part in (
                ('GET', '/api/nothing', None, 404, 'no such path'),
                ('GET', '/', None, 404, 'no such path'),
                ('GET', '/api/data-objects/0', None, 404, 'no such path'),
                ('GET', '/api/data-objects/7', None, 404, 'not registered'),
                ('DELETE', '/api/stats', None, 405, 'method'),
                ('GET', '/api/data-objects?tier=lukewarm', None, 400, 'lukewarm'),
                ('GET', '/api/data-objects?limit=0', None, 400, 'limit'),
                ('GET', '/api/data-objects?sort=colour', None, 400, 'colour'),
                ('GET', '/api/data-objects?location=Nowhere', None, 404, 'Nowhere'),
                ('POST', '/api/data-objects', b'{"paths": ', 400, 'not JSON'),
                ('POST', '/api/data-objects', b'\xff', 400, 'not JSON'),
                ('POST', '/api/data-objects', b'[' * 100000, 400, 'not JSON'),
                ('POST', '/api/data-objects', {'paths': 'x'}, 400, 'paths'),
                ('POST', '/api/data-objects', {'paths': ['../x']}, 400, 'absolute'),
                ('POST', '/api/data-objects', {'paths': [{}]}, 400, 'absolute'),
                ('POST', '/api/optimize/batch', {'ids': [1, 'x']}, 400, 'ids'),
                ('POST', '/api/optimize/batch', {'ids': list(range(1, 10002))}, 413, '10000'),
                ('POST', '/api/migrations', {'ids': [1], 'to': 'Nowhere'}, 400, 'to'),
                ('POST', '/api/migrations', {'ids': [1], 'to': 7}, 400, 'to'),
                ('POST', '/api/migrations/7/retry', None, 404, 'not known'),
                ('POST', '/api/migrations/7/fly', None, 404, 'fly'),
                ('POST', '/api/data-objects/7/access', {'kind': 'sniff'}, 400, 'kind'),
                ('POST', '/api/data-objects/7/access', {'count': -1}, 400, 'count'),
                ('POST', '/api/data-objects/7/access', {}, 404, 'no such object')):
            seen, answer = server.ask(method, path, body)
            equal(seen, status, f'{method} {path}: {answer}')
            contains(answer['error']['message'], part, path)
        equal(server.headers['Content-Type'], 'application/json')
        equal(server.ask('GET', '/api/stats')[0], 200, 'it goes on')


def test_long_bodies_are_cut_off(home):
    with serving(home) as server:
        status, answer = server.ask('POST', '/api/data-objects', b'[' + b' ' * (5 << 20) + b']')
        equal((status, answer['error']['code']), (413, 'limit'), 'announced')
        try:
            server.ask('POST', '/api/data-objects', iter([b' ' * 65536] * 200),
                       headers={'Transfer-Encoding': 'chunked'})
            raise AssertionError('a body without end was taken')
        except (OSError, http.client.HTTPException):
            pass
        equal(server.ask('GET', '/api/stats')[0], 200, 'it goes on')


def test_objects_are_registered_shown_used_and_forgotten(home):
    names = ['one.txt', 'two.txt', 'three.txt']
    for number, name in enumerate(names):
        home.write(name, b'x' * (1000 * (number + 1)))
    with serving(home) as server:
        status, report = server.ask('POST', '/api/data-objects', {'paths': [home.files]})
        equal((status, report['added']), (200, 3), 'registered')
        listed = server.ask('GET', '/api/data-objects?sort=size&reverse=true&limit=2')[1]
        equal([o['name'] for o in listed['objects']], ['three.txt', 'two.txt'], 'a page')
        rest = server.ask('GET', '/api/data-objects?sort=size&reverse=true&limit=2&after='
                          f'{listed["next_after"]}')[1]
        equal([o['name'] for o in rest['objects']], ['one.txt'], 'the next page')
        equal(rest['next_after'], None, 'the end')
        number = listed['objects'][0]['id']
        equal(server.ask('POST', f'/api/data-objects/{number}/access',
                         {'kind': 'read', 'count': 3})[0], 200, 'used')
        shown = server.ask('GET', f'/api/data-objects/{number}')[1]
        printed = home.json('show', str(number))
        for part in ('copies', 'options', 'accesses', 'events'):
            equal(shown[part], printed[part], 'as the command line tells it')
        equal(sorted(shown['object']), sorted(printed['object']), 'the same members')
        equal(sum(day['reads'] for day in shown['accesses']), 3, 'counted')
        equal(server.ask('DELETE', f'/api/data-objects/{number}')[0], 200, 'forgotten')
        equal(server.ask('GET', f'/api/data-objects/{number}')[0], 404, 'gone')
        true(os.path.exists(os.path.join(home.files, 'three.txt')), 'the file stays')
        equal(server.ask('GET', '/api/stats')[1]['objects'], 2, 'totals')


def test_moves_are_made_followed_and_taken_back(home):
    data = os.urandom(300000)
    path = home.write('film.mov', data)
    home.run('location', 'sandbox')
    with serving(home) as server:
        server.ask('POST', '/api/data-objects', {'paths': [os.fsdecode(path)]})
        number = server.ask('GET', '/api/data-objects')[1]['objects'][0]['id']
        true('Cold' in [p['name'] for p in server.ask('GET', '/api/locations')[1]['locations']],
             'locations')
        status, sock, file = server.listen()
        equal(status, 101, 'a listener')
        with sock, file:
            equal(next_of(file, 'stats')['stats']['objects'], 1, 'totals at once')
            status, made = server.ask('POST', '/api/migrations', {'ids': [number], 'to': 'Cold'})
            equal((status, len(made['migrations'])), (202, 1), 'made')
            move = made['migrations'][0]

            def is_done(message):
                return message['migration']['state'] == 'done'
            seen = next_of(file, 'migration', is_done)['migration']
            equal((seen['id'], seen['to']), (move, 'Cold'), 'pushed')
            true(not os.path.exists(path), 'the source is gone')
            equal(server.ask('GET', f'/api/migrations/{move}')[1]['state'], 'done')
            equal([m['id'] for m in server.ask('GET', '/api/migrations?state=final')[1]
                   ['migrations']], [move], 'listed')
            equal(server.ask('POST', f'/api/migrations/{move}/pause')[0], 400, 'too late')
            undone = server.ask('POST', f'/api/migrations/{move}/undo')[1]['undone_by']
            seen = next_of(file, 'migration', is_done)['migration']
            equal(seen['id'], undone, 'taken back')
        with open(path, 'rb') as f:
            equal(f.read(), data, 'as it was')


def test_events_are_handed_in_and_counted(home):
    path = home.write('a.mov', b'x' * 1000)
    with serving(home) as server:
        server.ask('POST', '/api/data-objects', {'paths': [os.fsdecode(path)]})
        number = server.ask('GET', '/api/data-objects')[1]['objects'][0]['id']
        status, answer = server.ask('POST', '/api/streaming/events',
                                    [{'event': 'read', 'object': number, 'id': 'one'},
                                     {'event': 'read', 'object': number, 'id': 'two'},
                                     {'event': 'read', 'object': number, 'id': 'one'}])
        equal((status, answer), (200, {'events': 3}), 'handed in')
        listed = server.ask('GET', '/api/streaming/events?limit=10')[1]['events']
        true(all(event['source'] for event in listed), 'the live log')
        for body in (None, {'event': 'sniff'}, {'nothing': 1}):
            status, answer = server.ask('POST', '/api/streaming/events', body)
            equal(status, 400, f'{body}: {answer}')
        equal(server.ask('POST', '/api/streaming/start', {'source': 'nowhere'})[0], 404)
        equal(server.ask('POST', '/api/streaming/start', {'rate': 0})[0], 400)
        equal(server.ask('POST', '/api/streaming/start', {'rate': 50, 'seed': 3})[0], 202)
        equal(server.ask('POST', '/api/streaming/stop', {'source': 'simulator'})[0], 200)


def test_predictions_say_what_is_missing(home):
    path = home.write('a.mov', b'x' * 1000)
    home.run('location', 'sandbox')
    with serving(home) as server:
        server.ask('POST', '/api/data-objects', {'paths': [os.fsdecode(path)]})
        number = server.ask('GET', '/api/data-objects')[1]['objects'][0]['id']
        status, answer = server.ask('POST', '/api/ml/train', {'seed': 1})
        equal((status, answer['error']['code']), (400, 'invalid'), 'too little to learn from')
        equal(server.ask('POST', '/api/ml/train', {'seed': 'x'})[0], 400, 'a wrong seed')
        status, answer = server.ask('POST', f'/api/predict/{number}')
        equal((status, answer['predicted']), (200, 1), f'the plain rule: {answer}')
        equal(server.ask('POST', '/api/predict/batch', {'ids': [number]})[1], answer, 'a batch')
        equal(server.ask('POST', '/api/predict/4711')[0], 404, 'an unknown one')
        status, answer = server.ask('GET', f'/api/data-objects/{number}/forecast')
        equal(status, 200, f'{answer}')
        status, answer = server.ask('GET', f'/api/data-objects/{number}/why')
        equal(status, 200, f'{answer}')


def test_the_port_can_be_taken(home):
    with serving(home) as server:
        done = home.run('serve', '--port', str(server.port), '--token-file', token_path(home),
                        status=1)
        contains(done.err, f'Port {server.port}')
    contains(home.run('serve', '--port', '70000', status=2).err, '--port')


if __name__ == '__main__':
    sys.exit(main(dict(globals())))
