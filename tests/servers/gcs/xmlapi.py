# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of the XML API as a client with an HMAC key needs: requests signed by V4 (in Amazon's
words or in Google's), and PUT, GET, HEAD, DELETE and list. From
https://cloud.google.com/storage/docs/authentication/signatures and /docs/xml-api."""
import base64
import calendar
import hashlib
import hmac
import re
import secrets
import time
import urllib.parse

from answers import Answer, Refusal, escape, not_found
from objects import Page, media_answer, media_headers
from store import Conditions, Stored

SKEW_SECONDS = 15 * 60
DIALECTS = {'AWS4-HMAC-SHA256': ('AWS4', 'x-amz-', 'aws4_request'),
            'GOOG4-HMAC-SHA256': ('GOOG4', 'x-goog-', 'goog4_request')}
META = ('x-amz-meta-', 'x-goog-meta-')


def denied(code, message):
    return Refusal(403, message, code=code)


class Signatures:
    def __init__(self):
        self.access_key = 'GOOG1E' + secrets.token_hex(28).upper()
        self.secret_key = base64.b64encode(secrets.token_bytes(30)).decode()

    def check(self, request):
        """Raises unless @request is signed by the key."""
        found = re.fullmatch(r'(\S+) Credential=([^,/]+)/([^,]+), ?SignedHeaders=([^,]+), ?'
                             r'Signature=([0-9a-f]+)', request.authorization or '')
        if found is None or found.group(1) not in DIALECTS:
            raise denied('AccessDenied', 'Access denied.')
        algorithm, access_key, scope, names, signature = found.groups()
        prefix, header, terminator = DIALECTS[algorithm]
        if access_key != self.access_key:
            raise denied('InvalidAccessKeyId', 'The access key is not known.')
        stamp = request.headers.get(header + 'date', '')
        self.check_time(stamp)
        words = scope.split('/')
        if len(words) != 4 or words[0] != stamp[:8] or words[2] not in ('s3', 'storage') or \
                words[3] != terminator:
            raise denied('InvalidArgument', 'The scope of the signature is wrong.')
        payload = request.headers.get(header + 'content-sha256', 'UNSIGNED-PAYLOAD')
        if payload != 'UNSIGNED-PAYLOAD' and hashlib.sha256(request.body).hexdigest() != payload:
            raise Refusal(400, 'The payload is not what was signed.', code='BadDigest')
        text = canonical_request(request, names.split(';'), payload)
        to_sign = f'{algorithm}\n{stamp}\n{scope}\n{hashlib.sha256(text.encode()).hexdigest()}'
        key = (prefix + self.secret_key).encode()
        for word in [*words, to_sign]:
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(key.hex(), signature):
            raise denied('SignatureDoesNotMatch', 'Access denied.')

    def check_time(self, stamp):
        try:
            seconds = calendar.timegm(time.strptime(stamp, '%Y%m%dT%H%M%SZ'))
        except ValueError:
            raise denied('AccessDenied', 'There is no date.') from None
        if abs(seconds - time.time()) > SKEW_SECONDS:
            raise denied('RequestTimeTooSkewed', 'The difference between the request time and the '
                                                 'server\'s time is too large.')


def canonical_request(request, names, payload):
    lines = []
    for name in names:
        value = re.sub(' +', ' ', request.headers.get(name, '').strip())
        lines.append(f'{name}:{value}\n')
    pairs = sorted(pair if '=' in pair else pair + '='
                   for pair in request.raw_query.split('&') if pair)
    return '\n'.join([request.method, request.path, '&'.join(pairs), ''.join(lines),
                      ';'.join(names), payload])


class Xml:
    def __init__(self, store, signatures):
        self.store = store
        self.signatures = signatures

    def answer(self, request):
        self.signatures.check(request)
        path = urllib.parse.unquote(request.path, errors='strict')[1:]
        bucket, _, name = path.partition('/')
        if not bucket:
            raise Refusal(501, 'Not implemented', code='NotImplemented')
        act = getattr(self, ('object_' if name else 'bucket_') + request.method.lower(), None)
        if act is None or any(q in request.query for q in ('uploads', 'uploadId', 'restore')):
            raise Refusal(501, 'Not implemented', code='NotImplemented')
        return act(request, bucket, name)

    # --- Buckets ----------------------------------------------------------------------------------

    def bucket_head(self, _request, bucket, _name):
        self.store.bucket(bucket)
        return Answer(200)

    def bucket_get(self, request, bucket_name, _name):
        query = request.query
        if query.get('list-type') != '2':
            raise Refusal(501, 'Not implemented', code='NotImplemented')
        limit = min(int(query.get('max-keys', 1000)), 1000)
        after = query.get('start-after')
        after = after.encode() if after is not None else None
        if 'continuation-token' in query:
            after = base64.urlsafe_b64decode(query['continuation-token'])
        page = Page(self.store.bucket(bucket_name), query.get('prefix', ''),
                    query.get('delimiter', ''), after, limit)
        quote = urllib.parse.quote if query.get('encoding-type') == 'url' else escape
        text = ["<?xml version='1.0' encoding='UTF-8'?><ListBucketResult "
                "xmlns='http://doc.s3.amazonaws.com/2006-03-01'>"
                f'<Name>{bucket_name}</Name><Prefix>{quote(query.get("prefix", ""))}</Prefix>'
                f'<IsTruncated>{"true" if page.next else "false"}</IsTruncated>'
                f'<KeyCount>{len(page.objects) + len(page.prefixes)}</KeyCount>']
        if page.next:
            token = base64.urlsafe_b64encode(page.next).decode()
            text.append(f'<NextContinuationToken>{token}</NextContinuationToken>')
        for stored in page.objects:
            when = time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime(stored.updated))
            text.append(f'<Contents><Key>{quote(stored.name)}</Key><Generation>{stored.generation}'
                        f'</Generation><LastModified>{when}</LastModified>'
                        f'<ETag>"{etag(stored)}"</ETag><Size>{len(stored.data)}</Size>'
                        f'<StorageClass>{stored.storage_class}</StorageClass></Contents>')
        for prefix in page.prefixes:
            text.append(f'<CommonPrefixes><Prefix>{quote(prefix)}</Prefix></CommonPrefixes>')
        text.append('</ListBucketResult>')
        return Answer(200, ''.join(text).encode(), [('Content-Type', 'application/xml')])

    # --- Objects ----------------------------------------------------------------------------------

    def find(self, request, bucket, name):
        found = self.store.bucket(bucket).get(name)
        Conditions(conditions_of(request.headers)).check(found)
        if found is None:
            raise not_found('The specified key does not exist.')
        wanted = request.headers.get('If-Match')
        if wanted is not None and wanted.strip('"') not in ('*', etag(found)):
            raise Refusal(412, 'At least one of the pre-conditions you specified did not hold.',
                          code='PreconditionFailed')
        return found

    def object_get(self, request, bucket, name):
        found = self.find(request, bucket, name)
        return media_answer(found, request.headers.get('Range'), extra_headers(found))

    def object_head(self, request, bucket, name):
        found = self.find(request, bucket, name)
        headers = [h for h in media_headers(found) if h[0] != 'ETag'] + extra_headers(found)
        return Answer(200, found.data, headers)

    def object_put(self, request, bucket_name, name):
        bucket = self.store.bucket(bucket_name)
        headers = request.headers
        resource = {'contentType': headers.get('Content-Type'),
                    'md5Hash': headers.get('Content-MD5'),
                    'storageClass': header(headers, 'storage-class'),
                    'metadata': {key.lower()[len(prefix):]: value for key, value in headers.items()
                                 for prefix in META if key.lower().startswith(prefix)}}
        conditions = Conditions(conditions_of(headers))
        source = header(headers, 'copy-source')
        if source is None:
            stored = self.store.insert(bucket, name, request.body, resource, conditions)
            return Answer(200, headers=[*media_headers(stored)[2:], ('ETag', f'"{etag(stored)}"')])
        return self.copy(bucket, name, resource, conditions, source, headers)

    def copy(self, bucket, name, resource, conditions, source, headers):
        source = urllib.parse.unquote(source, errors='strict').lstrip('/')
        found = self.store.bucket(source.partition('/')[0]).get(source.partition('/')[2])
        if found is None:
            raise not_found('The specified key does not exist.')
        wanted = header(headers, 'copy-source-if-match')
        if wanted is not None and wanted.strip('"') != etag(found):
            raise Refusal(412, 'At least one of the pre-conditions you specified did not hold.',
                          code='PreconditionFailed')
        conditions.check(bucket.get(name))
        if header(headers, 'metadata-directive') != 'REPLACE':
            resource = {**found.resource, 'storageClass': resource['storageClass']}
        stored = Stored(bucket, name, found.data, resource, self.store.next_generation())
        bucket.put(stored)
        text = f'<CopyObjectResult><ETag>"{etag(stored)}"</ETag></CopyObjectResult>'
        return Answer(200, text.encode(), [('Content-Type', 'application/xml')])

    def object_delete(self, request, bucket, name):
        self.find(request, bucket, name)
        self.store.bucket(bucket).remove(name)
        return Answer(204)


def etag(stored):
    """The XML API tells the MD5, as S3 does."""
    return base64.b64decode(stored.md5).hex()


def extra_headers(stored):
    metadata = stored.resource.get('metadata', {})
    return [('ETag', f'"{etag(stored)}"'), *(('x-goog-meta-' + k, v) for k, v in metadata.items()),
            *(('x-amz-meta-' + k, v) for k, v in metadata.items()),
            ('x-amz-storage-class', stored.storage_class)]


def header(headers, name):
    return headers.get('x-amz-' + name, headers.get('x-goog-' + name))


def conditions_of(headers):
    names = {'ifGenerationMatch': 'x-goog-if-generation-match',
             'ifMetagenerationMatch': 'x-goog-if-metageneration-match'}
    return {key: headers[name] for key, name in names.items() if name in headers}
