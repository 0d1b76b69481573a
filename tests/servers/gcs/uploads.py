# SPDX-License-Identifier: GPL-3.0-or-later
"""storage.objects.insert: in one piece, with its metadata, or in a session that can be taken up
again. From https://cloud.google.com/storage/docs/resumable-uploads and -performing-resumable-."""
import json
import re
import secrets
import urllib.parse

from answers import Answer, Refusal, json_answer
from store import Conditions, check_metadata, check_name, check_sums
from tokens import WRITE

GRANULE = 256 * 1024
CANCELLED, ACTIVE, COMPLETE = range(3)


class Session:
    def __init__(self, bucket, name, resource, query, size):
        self.bucket = bucket
        self.name = name
        self.resource = resource
        self.query = query
        self.size = size
        self.data = bytearray()
        self.state = ACTIVE
        self.stored = None


def parse_hash(text):
    """'crc32c=...,md5=...' as a dictionary."""
    return dict(pair.strip().split('=', 1) for pair in (text or '').split(',') if '=' in pair)


class Uploads:
    def __init__(self, store, tokens):
        self.store = store
        self.tokens = tokens
        self.drop_after = []  # for tests: body bytes after which the connection of a chunk ends

    def insert(self, request, bucket_name):
        self.tokens.check(request.authorization, WRITE, 'objects.create')
        kind = request.query.get('uploadType')
        bucket = self.store.bucket(bucket_name)
        if kind == 'resumable':
            return self.begin(request, bucket)
        if kind == 'media':
            resource = {'contentType': request.headers.get('Content-Type')}
            return self.insert_whole(request, bucket, resource, request.body)
        if kind == 'multipart':
            resource, data = split_multipart(request)
            return self.insert_whole(request, bucket, resource, data)
        raise Refusal(400, f'Invalid upload type: {kind}', 'invalidParameter')

    def insert_whole(self, request, bucket, resource, data):
        name = name_of(request, resource)
        sums = parse_hash(request.headers.get('x-goog-hash'))
        resource = {'crc32c': sums.get('crc32c'), 'md5Hash': sums.get('md5'), **resource}
        if bucket.get(name) is not None:
            self.tokens.check(request.authorization, WRITE, 'objects.delete')
        stored = self.store.insert(bucket, name, data, resource, Conditions(request.query))
        return json_answer(request.select(stored.to_json()))

    # --- Sessions ---------------------------------------------------------------------------------

    def begin(self, request, bucket):
        resource = request.json()
        name = name_of(request, resource)
        check_name(name)
        check_metadata(resource)
        bucket.class_for(resource.get('storageClass'))
        Conditions(request.query).check(bucket.get(name))
        size = request.headers.get('X-Upload-Content-Length')
        resource.setdefault('contentType', request.headers.get('X-Upload-Content-Type'))
        upload_id = secrets.token_urlsafe(64)
        self.store.sessions[upload_id] = Session(bucket, name, resource, request.query,
                                                 int(size) if size else None)
        query = urllib.parse.urlencode({**request.query, 'name': name, 'upload_id': upload_id})
        path = f'/upload/storage/v1/b/{bucket.name}/o?{query}'
        return Answer(200, headers=[('Location', f'http://{request.headers["Host"]}{path}'),
                                    ('X-GUploader-UploadID', upload_id)])

    def session(self, request):
        session = self.store.sessions.get(request.query.get('upload_id'))
        if session is None:
            raise Refusal(404, 'No such upload session')
        if session.state == CANCELLED:
            raise Refusal(499, 'Client Closed Request', 'clientClosedRequest')
        return session

    def cancel(self, request):
        session = self.session(request)
        if session.state == COMPLETE:
            raise Refusal(400, 'The upload has been completed.')
        session.state = CANCELLED
        session.data.clear()
        return Answer(499)

    def next_drop(self, request):
        return self.drop_after.pop(0) if self.drop_after and request.length else None

    def receive(self, request):
        """One request with bytes, or with the question how many have come. The session's address
        is what authorizes it."""
        session = self.session(request)
        if session.state == COMPLETE:
            return json_answer(session.stored.to_json())
        text = request.headers.get('Content-Range')
        if text is None:
            session.data[:] = request.body
            if not request.whole:
                return self.interrupted(session)
            return self.complete(request, session)
        parts = re.fullmatch(r'bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)', text)
        if parts is None:
            raise Refusal(400, f'Invalid Content-Range: {text}')
        return self.take(request, session, *parts.groups())

    def take(self, request, session, first, last, total):
        if total != '*':
            if session.size not in (None, int(total)):
                raise Refusal(400, 'The size differs from the one that was announced.')
            session.size = int(total)
        if first is None:
            if request.length:
                raise Refusal(400, 'A status check has no body.')
            if session.size == len(session.data):
                return self.complete(request, session)
            return status(session)
        begin, end = int(first), int(last) + 1
        if end - begin != request.length or session.size is not None and end > session.size:
            raise Refusal(400, 'Content-Range and Content-Length do not agree.')
        is_last = end == session.size
        if not is_last and (end - begin) % GRANULE != 0:
            raise Refusal(400, 'All chunks but the last have a multiple of 256 KiB.')
        if begin > len(session.data):
            raise Refusal(400, f'Bytes {len(session.data)} to {begin} are missing.')
        # What is there already is not looked at again.
        session.data += request.body[len(session.data) - begin:]
        if not request.whole:
            return self.interrupted(session)
        return self.complete(request, session) if is_last else status(session)

    def interrupted(self, session):
        """Of bytes that ended in the middle, whole granules are kept."""
        del session.data[len(session.data) // GRANULE * GRANULE:]
        return None

    def complete(self, request, session):
        sums = parse_hash(request.headers.get('x-goog-hash'))
        try:
            stored = self.store.insert(session.bucket, session.name, session.data,
                                       {**session.resource, **({'crc32c': sums['crc32c']}
                                                               if 'crc32c' in sums else {})},
                                       Conditions(session.query))
            check_sums(stored, None, sums.get('md5'))
        except Refusal:
            session.state = CANCELLED
            raise
        session.stored = stored
        session.state = COMPLETE
        session.data.clear()
        return json_answer(stored.to_json())


def status(session):
    headers = []
    if session.data:
        headers.append(('Range', f'bytes=0-{len(session.data) - 1}'))
    return Answer(308, headers=headers)


def name_of(request, resource):
    name = request.query.get('name', resource.get('name'))
    if not name:
        raise Refusal(400, 'Required', 'required')
    if resource.get('name', name) != name:
        raise Refusal(400, 'The name in the body differs from the one in the address.')
    return name


def split_multipart(request):
    """The metadata and the bytes of a multipart/related body (RFC 2387)."""
    content_type = request.headers.get('Content-Type', '')
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if not content_type.startswith('multipart/related') or boundary is None:
        raise Refusal(400, 'Invalid multipart request: no boundary')
    line = b'--' + boundary.group(1).encode()
    body = b'\r\n' + request.body
    pieces = body.split(b'\r\n' + line)
    if len(pieces) != 4 or not pieces[3].startswith(b'--'):
        raise Refusal(400, 'Invalid multipart request with %d parts.' % (len(pieces) - 2))
    parts = []
    for piece in pieces[1:3]:
        head, separator, data = piece.lstrip(b' \t').partition(b'\r\n\r\n')
        if not separator:
            raise Refusal(400, 'Invalid multipart request: a part without an end of its headers')
        parts.append((head.decode('latin-1'), data))
    try:
        resource = json.loads(parts[0][1] or b'{}')
    except ValueError:
        raise Refusal(400, 'Parse Error', 'parseError') from None
    content_type = re.search(r'(?im)^content-type:\s*(\S.*?)\s*$', parts[1][0])
    if content_type is not None:
        resource.setdefault('contentType', content_type.group(1))
    return resource, parts[1][1]
