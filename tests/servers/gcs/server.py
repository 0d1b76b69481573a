# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: takes requests apart, finds who answers them, and writes the answers."""
import http.server
import json
import re
import sys
import time
import urllib.parse

from answers import Answer, Refusal, json_answer, parse_fields, select
from buckets import Buckets
from objects import Objects
from store import Store
from uploads import Uploads
from xmlapi import Signatures, Xml

MAX_BODY_BYTES = 1 << 30
JSON_API = re.compile(r'/storage/v1/b(?:/([^/]+)(?:/(o|iam/testPermissions)(?:/([^/]+)(/.*)?)?)?)?')
UPLOAD_API = re.compile(r'/upload/storage/v1/b/([^/]+)/o')
REWRITE = re.compile(r'/rewriteTo/b/([^/]+)/o/([^/]+)')


def decode(text):
    try:
        return urllib.parse.unquote(text, errors='strict')
    except UnicodeDecodeError:
        raise Refusal(400, 'The name is not valid UTF-8.') from None


class Request:
    """@path, @raw_query: as they came; @whole: whether all of the body that was announced came."""

    def __init__(self, handler):
        self.method = handler.command
        self.path, _, self.raw_query = handler.path.partition('?')
        self.headers = handler.headers
        self.authorization = handler.headers.get('Authorization')
        self.length = int(handler.headers.get('Content-Length') or 0)
        self.stream = handler.rfile
        self.body = b''
        self.whole = True
        self.unread = self.length
        self.query = {}
        self.query_lists = {}

    def parse_query(self):
        try:
            self.query_lists = urllib.parse.parse_qs(self.raw_query, keep_blank_values=True,
                                                     errors='strict')
        except UnicodeDecodeError:
            raise Refusal(400, 'The query is not valid UTF-8.') from None
        self.query = {name: values[-1] for name, values in self.query_lists.items()}

    def read_body(self, limit=None):
        """@limit: behave as if the connection ended after so many bytes."""
        if self.length > MAX_BODY_BYTES:
            raise Refusal(400, 'The request is too large.')
        wanted = self.length if limit is None else min(limit, self.length)
        pieces = []
        while wanted > 0:
            piece = self.stream.read1(min(wanted, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            wanted -= len(piece)
            self.unread -= len(piece)
        self.body = b''.join(pieces)
        self.whole = self.unread == 0

    def json(self):
        try:
            value = json.loads(self.body or b'{}')
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Refusal(400, 'Parse Error', 'parseError')
        return value

    def select(self, value):
        return select(value, parse_fields(self.query.get('fields', '')))


class Service:
    """All of it: what is stored, who may, and who answers what."""

    def __init__(self, tokens, rewrite_bytes):
        self.store = Store()
        self.tokens = tokens
        self.signatures = Signatures()
        self.buckets = Buckets(self.store, tokens)
        self.objects = Objects(self.store, tokens, rewrite_bytes)
        self.uploads = Uploads(self.store, tokens)
        self.xml = Xml(self.store, self.signatures)

    def answer(self, request):
        is_json = request.path.startswith(('/storage/v1/', '/upload/', '/token', '/control'))
        try:
            request.parse_query()
            upload = UPLOAD_API.fullmatch(request.path)
            is_chunk = upload is not None and request.method == 'PUT'
            request.read_body(self.uploads.next_drop(request) if is_chunk else None)
            if not request.whole and not is_chunk:
                return None
            if request.path == '/token' and request.method == 'POST':
                return self.tokens.give(request.body)
            with self.store.lock:
                if request.path == '/control':
                    return self.control(request)
                if upload is not None:
                    return self.answer_upload(request, decode(upload.group(1)))
                return self.answer_json(request) if is_json else self.xml.answer(request)
        except Refusal as refusal:
            return refusal.to_json() if is_json else refusal.to_xml()

    def control(self, request):
        """No part of Google's: for tests of what happens when tokens end and connections drop."""
        wish = request.json()
        self.uploads.drop_after += wish.get('drop_after', [])
        if wish.get('revoke_tokens'):
            self.tokens.revoke_all()
        return json_answer({'sessions': len([s for s in self.store.sessions.values()
                                             if s.state == 1])})

    def answer_upload(self, request, bucket):
        if request.method == 'POST':
            return self.uploads.insert(request, bucket)
        if request.method == 'PUT':
            return self.uploads.receive(request)
        if request.method == 'DELETE':
            return self.uploads.cancel(request)
        raise Refusal(405, 'Method not allowed')

    def answer_json(self, request):
        found = JSON_API.fullmatch(request.path)
        if found is None:
            raise Refusal(404, 'Not Found')
        bucket, what, name, rest = found.groups()
        bucket = decode(bucket) if bucket else None
        if bucket is None:
            table = {'POST': self.buckets.insert, 'GET': self.buckets.list}
            arguments = []
        elif what is None:
            table = {'GET': self.buckets.get, 'PATCH': self.buckets.patch,
                     'DELETE': self.buckets.delete}
            arguments = [bucket]
        elif what != 'o':
            table, arguments = {'GET': self.buckets.test_permissions}, [bucket]
        elif name is None:
            table, arguments = {'GET': self.objects.list}, [bucket]
        else:
            table, arguments = self.object_methods(bucket, decode(name), rest)
        if request.method not in table:
            raise Refusal(405, 'Method not allowed')
        return table[request.method](request, *arguments)

    def object_methods(self, bucket, name, rest):
        if not rest:
            return {'GET': self.objects.get, 'PATCH': self.objects.patch,
                    'DELETE': self.objects.delete}, [bucket, name]
        if rest == '/compose':
            return {'POST': self.objects.compose}, [bucket, name]
        to = REWRITE.fullmatch(rest)
        if to is None:
            raise Refusal(404, 'Not Found')
        return {'POST': self.objects.rewrite}, [bucket, name, decode(to.group(1)),
                                                decode(to.group(2))]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    service = None

    def handle_request(self):
        request = Request(self)
        answer = self.service.answer(request)
        if answer is None:
            self.close_connection = True
            return
        if request.unread:
            self.close_connection = True
        self.write(answer)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = handle_request

    def write(self, answer):
        has_body = self.command != 'HEAD' and answer.status != 304
        lines = [f'HTTP/1.1 {answer.status} {self.responses.get(answer.status, ("Answer",))[0]}',
                 time.strftime('Date: %a, %d %b %Y %H:%M:%S GMT', time.gmtime())]
        lines += [f'{name}: {value}' for name, value in answer.headers]
        if answer.status not in (204, 304):
            lines.append(f'Content-Length: {len(answer.body)}')
        if self.close_connection:
            lines.append('Connection: close')
        head = ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1', 'replace')
        self.wfile.write(head + answer.body if has_body else head)

    def log_message(self, format, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def make_server(service):
    handler = type('BoundHandler', (Handler,), {'service': service})
    server = Server(('127.0.0.1', 0), handler)
    return server, f'http://127.0.0.1:{server.server_address[1]}'
