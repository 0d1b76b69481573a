# SPDX-License-Identifier: GPL-3.0-or-later
"""storage.objects of the JSON API but for insert: get, list, patch, delete, rewrite, compose."""
import base64
import bisect
import re
import secrets
import time

from answers import Answer, Refusal, json_answer, not_found
from store import (WRITABLE, Conditions, Stored, check_metadata, check_name, number)
from tokens import CONTROL, READ, WRITE

MAX_PAGE = 1000
MAX_COMPONENTS = 32
MEBIBYTE = 1 << 20


def hash_headers(stored):
    headers = [('x-goog-hash', f'crc32c={stored.crc32c}')]
    if not stored.components:
        headers.append(('x-goog-hash', f'md5={stored.md5}'))
    return headers


def media_headers(stored):
    return [('Content-Type', stored.resource.get('contentType', 'application/octet-stream')),
            ('ETag', stored.etag()),
            ('Last-Modified', time.strftime('%a, %d %b %Y %H:%M:%S GMT',
                                            time.gmtime(stored.updated))),
            ('x-goog-generation', str(stored.generation)),
            ('x-goog-metageneration', str(stored.metageneration)),
            ('x-goog-stored-content-encoding', stored.resource.get('contentEncoding', 'identity')),
            ('x-goog-stored-content-length', str(len(stored.data))),
            ('x-goog-storage-class', stored.storage_class), ('Accept-Ranges', 'bytes'),
            *hash_headers(stored)]


def media_answer(stored, range_text, extra=()):
    """The object's bytes, or those that a Range header asks for."""
    headers = media_headers(stored) + list(extra)
    size = len(stored.data)
    wanted = re.fullmatch(r'bytes=(\d*)-(\d*)', range_text or '')
    if wanted is None or wanted.group(0) == 'bytes=-':
        return Answer(200, stored.data, headers)
    first, last = wanted.groups()
    if first == '':
        begin, end = max(size - int(last), 0), size
    else:
        begin, end = int(first), min(int(last) + 1, size) if last else size
    if begin >= size or begin >= end:
        raise Refusal(416, 'Request range not satisfiable', code='InvalidRange',
                      headers=[('Content-Range', f'bytes */{size}')])
    headers.append(('Content-Range', f'bytes {begin}-{end - 1}/{size}'))
    return Answer(206, stored.data[begin:end], headers)


class Page:
    """What a listing gives: names in the order of their bytes, folded at a delimiter."""

    def __init__(self, bucket, prefix, delimiter, after, limit, first='', last=None):
        self.objects = []
        self.prefixes = []
        self.next = None
        start = max(prefix.encode(), first.encode())
        index = bisect.bisect_left(bucket.names, start)
        if after is not None:
            index = max(index, bisect.bisect_right(bucket.names, after))
        seen = None
        while index < len(bucket.names):
            encoded = bucket.names[index]
            name = encoded.decode()
            if not name.startswith(prefix) or last is not None and name.encode() >= last.encode():
                break
            cut = name.find(delimiter, len(prefix)) if delimiter else -1
            folded = name[:cut + len(delimiter)] if cut >= 0 else None
            if folded is None or folded != seen:
                if len(self.objects) + len(self.prefixes) == limit:
                    self.next = bucket.names[index - 1]
                    break
                if folded is None:
                    self.objects.append(bucket.objects[name])
                else:
                    self.prefixes.append(folded)
                    seen = folded
            index += 1


class Objects:
    """@rewrite_bytes: what one call of rewrite does, if it is more than a change of metadata."""

    def __init__(self, store, tokens, rewrite_bytes):
        self.store = store
        self.tokens = tokens
        self.rewrite_bytes = rewrite_bytes

    def get(self, request, bucket, name):
        self.tokens.check(request.authorization, READ, 'objects.get')
        stored = self.store.existing(bucket, name, request.query, reading=True)
        alt = request.query.get('alt', 'json')
        if alt == 'media':
            return media_answer(stored, request.headers.get('Range'))
        if alt != 'json':
            raise Refusal(400, f'Invalid value for alt: {alt}', 'invalidParameter')
        return json_answer(request.select(stored.to_json()))

    def list(self, request, bucket_name):
        self.tokens.check(request.authorization, READ, 'objects.list')
        query = request.query
        bucket = self.store.bucket(bucket_name)
        limit = number(query.get('maxResults', MAX_PAGE))
        if limit < 1:
            raise Refusal(400, 'Invalid value for maxResults', 'invalidParameter')
        try:
            after = base64.urlsafe_b64decode(query['pageToken']) if 'pageToken' in query else None
        except ValueError:
            raise Refusal(400, 'Invalid page token', 'invalidParameter') from None
        page = Page(bucket, query.get('prefix', ''), query.get('delimiter', ''), after,
                    min(limit, MAX_PAGE), query.get('startOffset', ''), query.get('endOffset'))
        value = {'kind': 'storage#objects'}
        if page.next is not None:
            value['nextPageToken'] = base64.urlsafe_b64encode(page.next).decode()
        if page.prefixes:
            value['prefixes'] = page.prefixes
        if page.objects:
            value['items'] = [stored.to_json() for stored in page.objects]
        return json_answer(request.select(value))

    def patch(self, request, bucket, name):
        self.tokens.check(request.authorization, CONTROL, 'objects.update')
        stored = self.store.existing(bucket, name, request.query)
        changes = request.json()
        check_metadata(changes)
        for key in WRITABLE:
            if key == 'metadata' and changes.get(key) is not None:
                merged = {**stored.resource.get(key, {}), **changes[key]}
                stored.resource[key] = {k: v for k, v in merged.items() if v is not None}
            elif key == 'customTime' and key in changes and \
                    (changes[key] or '') < stored.resource.get(key, ''):
                raise Refusal(400, 'customTime can only be set to a later time.')
            elif key in changes and changes[key] is None:
                stored.resource.pop(key, None)
            elif key in changes:
                stored.resource[key] = changes[key]
        stored.metageneration += 1
        stored.updated = time.time()
        return json_answer(request.select(stored.to_json()))

    def delete(self, request, bucket, name):
        self.tokens.check(request.authorization, WRITE, 'objects.delete')
        self.store.existing(bucket, name, request.query)
        self.store.bucket(bucket).remove(name)
        return Answer(204)

    # --- Rewrite ----------------------------------------------------------------------------------

    def rewrite(self, request, source_bucket, source_name, bucket_name, name):
        self.tokens.check(request.authorization, WRITE, 'objects.get', 'objects.create')
        query, resource = request.query, request.json()
        if number(query.get('maxBytesRewrittenPerCall', MEBIBYTE)) % MEBIBYTE != 0:
            raise Refusal(400, 'maxBytesRewrittenPerCall has to be a multiple of 1 MiB.')
        source = self.store.object(source_bucket, source_name, {
            'generation': query['sourceGeneration']} if 'sourceGeneration' in query else {})
        if source is None:
            raise not_found(f'No such object: {source_bucket}/{source_name}')
        Conditions(query, 'ifSource').check(source)
        check_name(name)
        bucket = self.store.bucket(bucket_name)
        existing = bucket.get(name)
        Conditions(query).check(existing)
        if existing is not None:
            self.tokens.check(request.authorization, WRITE, 'objects.delete')
        call = (source_bucket, source_name, bucket_name, name, request.body)
        done = self.advance(query, call, source, bucket, resource)
        value = {'kind': 'storage#rewriteResponse', 'objectSize': str(len(source.data))}
        if done < len(source.data):
            token = secrets.token_urlsafe(120)
            self.store.rewrites[token] = (call, source.generation, done)
            return json_answer({**value, 'done': False, 'totalBytesRewritten': str(done),
                                'rewriteToken': token})
        stored = self.copy(source, bucket, name, resource)
        return json_answer(request.select({**value, 'done': True, 'totalBytesRewritten': str(done),
                                           'resource': stored.to_json()}))

    def advance(self, query, call, source, bucket, resource):
        """How many bytes of @source are copied after this call."""
        done, size = 0, len(source.data)
        token = query.get('rewriteToken')
        if token is not None:
            before, generation, done = self.store.rewrites.pop(token, (None, 0, 0))
            if before != call or generation != source.generation:
                raise Refusal(400, 'The rewrite token does not belong to this request.')
        storage_class = bucket.class_for(resource.get('storageClass'))
        same_place = bucket.location == source.bucket.location and \
            storage_class == source.storage_class
        if same_place and 'maxBytesRewrittenPerCall' not in query:
            return size
        return min(size, done + number(query.get('maxBytesRewrittenPerCall', self.rewrite_bytes)))

    def copy(self, source, bucket, name, resource):
        """With what was sent as the new metadata, or with the source's if nothing was."""
        check_metadata(resource)
        if not any(key in resource for key in WRITABLE):
            resource = {**source.resource, **resource}
        stored = Stored(bucket, name, source.data, resource, self.store.next_generation())
        stored.resource.setdefault('contentType', 'application/octet-stream')
        stored.components = source.components
        bucket.put(stored)
        return stored

    # --- Compose ----------------------------------------------------------------------------------

    def compose(self, request, bucket_name, name):
        self.tokens.check(request.authorization, WRITE, 'objects.get', 'objects.create')
        bucket, body = self.store.bucket(bucket_name), request.json()
        sources = body.get('sourceObjects', [])
        if not 1 <= len(sources) <= MAX_COMPONENTS:
            raise Refusal(400, 'The number of source components provided has to be 1 to 32.')
        parts = []
        for source in sources:
            query = {'generation': source['generation']} if 'generation' in source else {}
            wanted = source.get('objectPreconditions', {}).get('ifGenerationMatch')
            found = self.store.object(bucket_name, source.get('name', ''), query)
            Conditions({'ifGenerationMatch': wanted} if wanted is not None else {}).check(found)
            if found is None:
                raise not_found(f'Object {source.get("name")} not found')
            parts.append(found)
        resource = body.get('destination', {})
        if not any(key in resource for key in WRITABLE):
            resource = {**parts[0].resource, **resource}
        data = b''.join(part.data for part in parts)
        stored = self.store.insert(bucket, name, data, resource, Conditions(request.query))
        stored.components = sum(max(part.components, 1) for part in parts)
        return json_answer(request.select(stored.to_json()))
