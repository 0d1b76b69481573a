# SPDX-License-Identifier: GPL-3.0-or-later
"""Buckets and objects in memory, with generations and preconditions. Every caller holds the
store's lock."""
import base64
import bisect
import threading
import time

import checksums
from answers import Refusal, not_found, precondition_failed

CLASSES = ('STANDARD', 'NEARLINE', 'COLDLINE', 'ARCHIVE')
MAX_NAME_BYTES = 1024
MAX_METADATA_BYTES = 8192
# What a person may set of an object.
WRITABLE = ('contentType', 'contentEncoding', 'contentDisposition', 'contentLanguage',
            'cacheControl', 'customTime', 'metadata')
KEYS = ('ifGenerationMatch', 'ifGenerationNotMatch', 'ifMetagenerationMatch',
        'ifMetagenerationNotMatch')


def time_text(seconds):
    whole = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))
    return f'{whole}.{int(seconds % 1 * 1000):03}Z'


def check_name(name):
    """The rules of https://cloud.google.com/storage/docs/objects#naming."""
    if not 1 <= len(name.encode()) <= MAX_NAME_BYTES:
        raise Refusal(400, 'The object name has to be 1 to 1024 bytes long.')
    if '\r' in name or '\n' in name or name in ('.', '..') or \
            name.startswith('.well-known/acme-challenge/'):
        raise Refusal(400, f'Disallowed object name {name!r}')


def check_class(name):
    if name not in CLASSES:
        raise Refusal(400, f'Invalid storage class: {name}', 'invalidArgument',
                      'InvalidStorageClass')


def number(text):
    try:
        return int(text)
    except (TypeError, ValueError):
        raise Refusal(400, f'Invalid value: {text!r} is no number', 'invalidParameter') from None


class Conditions:
    """The four of the query, or of their namesakes of a source ("ifSourceGenerationMatch")."""

    def __init__(self, query, prefix='if'):
        names = [key.replace('if', prefix, 1) for key in KEYS]
        self.wanted = [number(query[name]) if name in query else None for name in names]

    def check(self, found, reading=False):
        """@found: an object or a bucket, or None if there is none."""
        generation = getattr(found, 'generation', 0) if found is not None else 0
        metageneration = found.metageneration if found is not None else None
        match, not_match, meta_match, meta_not_match = self.wanted
        if match is not None and match != generation or \
                meta_match is not None and meta_match != metageneration:
            raise precondition_failed()
        if not_match is not None and not_match == generation or \
                meta_not_match is not None and meta_not_match == metageneration:
            if reading:
                raise Refusal(304, 'Not Modified', 'notModified')
            raise precondition_failed()


class Stored:
    """One generation of an object."""

    def __init__(self, bucket, name, data, resource, generation):
        self.bucket = bucket
        self.name = name
        self.data = data
        self.generation = generation
        self.metageneration = 1
        self.resource = {k: resource[k] for k in WRITABLE if resource.get(k) is not None}
        self.storage_class = bucket.class_for(resource.get('storageClass'))
        self.created = self.updated = self.class_updated = generation / 1e6
        self.crc32c = checksums.crc32c_text(data)
        self.md5 = checksums.md5_text(data)
        self.components = 0

    def etag(self):
        return base64.b64encode(f'{self.generation}/{self.metageneration}'.encode()).decode()

    def to_json(self):
        value = {'kind': 'storage#object',
                 'id': f'{self.bucket.name}/{self.name}/{self.generation}', 'name': self.name,
                 'bucket': self.bucket.name, 'generation': str(self.generation),
                 'metageneration': str(self.metageneration), 'size': str(len(self.data)),
                 'storageClass': self.storage_class, 'crc32c': self.crc32c, 'etag': self.etag(),
                 'timeCreated': time_text(self.created), 'updated': time_text(self.updated),
                 'timeStorageClassUpdated': time_text(self.class_updated), **self.resource}
        if self.components:
            value['componentCount'] = self.components
        else:
            value['md5Hash'] = self.md5
        return value


class Bucket:
    def __init__(self, resource, generation):
        self.name = resource['name']
        self.location = resource.get('location', 'US')
        self.storage_class = resource.get('storageClass', 'STANDARD')
        self.created = self.updated = generation / 1e6
        self.metageneration = 1
        self.lifecycle = resource.get('lifecycle')
        self.autoclass = resource.get('autoclass')
        self.labels = resource.get('labels')
        self.objects = {}
        self.names = []  # encoded, in order
        check_class(self.storage_class)

    def class_for(self, wanted):
        if wanted is not None:
            check_class(wanted)
        if self.autoclass is not None and self.autoclass.get('enabled'):
            return 'STANDARD'
        return wanted or self.storage_class

    def get(self, name):
        return self.objects.get(name)

    def put(self, stored):
        if stored.name not in self.objects:
            bisect.insort(self.names, stored.name.encode())
        self.objects[stored.name] = stored

    def remove(self, name):
        del self.objects[name]
        del self.names[bisect.bisect_left(self.names, name.encode())]

    def to_json(self):
        value = {'kind': 'storage#bucket', 'id': self.name, 'name': self.name,
                 'location': self.location, 'storageClass': self.storage_class,
                 'metageneration': str(self.metageneration), 'timeCreated': time_text(self.created),
                 'updated': time_text(self.updated), 'projectNumber': '1',
                 'etag': base64.b64encode(str(self.metageneration).encode()).decode()}
        for key, member in (('lifecycle', self.lifecycle), ('autoclass', self.autoclass),
                            ('labels', self.labels)):
            if member is not None:
                value[key] = member
        return value


class Store:
    def __init__(self):
        self.lock = threading.RLock()
        self.buckets = {}
        self.sessions = {}
        self.rewrites = {}
        self.last_generation = 0

    def next_generation(self):
        self.last_generation = max(int(time.time() * 1e6), self.last_generation + 1)
        return self.last_generation

    def bucket(self, name):
        if name not in self.buckets:
            raise Refusal(404, 'The specified bucket does not exist.', code='NoSuchBucket')
        return self.buckets[name]

    def object(self, bucket_name, name, query):
        found = self.bucket(bucket_name).get(name)
        if 'generation' in query and found is not None and \
                number(query['generation']) != found.generation:
            found = None
        return found

    def existing(self, bucket_name, name, query, reading=False):
        """The object, which has to be there and to fulfil the conditions of @query."""
        found = self.object(bucket_name, name, query)
        if found is None:
            raise not_found(f'No such object: {bucket_name}/{name}')
        Conditions(query).check(found, reading)
        return found

    def insert(self, bucket, name, data, resource, conditions):
        """@resource: what was sent, whose checksums have to be right."""
        check_name(name)
        check_metadata(resource)
        conditions.check(bucket.get(name))
        stored = Stored(bucket, name, bytes(data), resource, self.next_generation())
        check_sums(stored, resource.get('crc32c'), resource.get('md5Hash'))
        stored.resource.setdefault('contentType', 'application/octet-stream')
        bucket.put(stored)
        return stored


def check_metadata(resource):
    metadata = resource.get('metadata') or {}
    if not isinstance(metadata, dict) or \
            any(v is not None and not isinstance(v, str) for v in metadata.values()):
        raise Refusal(400, 'Invalid value for field metadata', 'invalid')
    if sum(len(k.encode()) + len((v or '').encode()) for k, v in metadata.items()) > \
            MAX_METADATA_BYTES:
        raise Refusal(400, 'Metadata is larger than 8 KiB', 'invalid', 'MetadataTooLarge')


def check_sums(stored, crc32c, md5):
    if crc32c is not None and crc32c != stored.crc32c:
        raise Refusal(400, f'Provided CRC32C "{crc32c}" doesn\'t match calculated CRC32C '
                           f'"{stored.crc32c}".', code='BadDigest')
    if md5 is not None and md5 != stored.md5:
        raise Refusal(400, f'Provided MD5 hash "{md5}" doesn\'t match calculated MD5 hash '
                           f'"{stored.md5}".', code='BadDigest')
