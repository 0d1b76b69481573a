# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed requests to the three kinds of clouds, by another hand than the program's: for tests that
make buckets and look at what lies there."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import time
import urllib.parse

TIMEOUT_SECONDS = 60
AZURE_VERSION = '2021-12-02'


def send(method, endpoint, path, headers, body):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(endpoint).netloc,
                                            timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise AssertionError(f'{method} {path}: {answer.status} {content[:300]!r}')
    return content


def s3(method, path, query='', body=b'', headers=()):
    """@path: of bucket and key, not encoded; @headers: pairs, which are not signed."""
    endpoint = os.environ['TERRACE_TEST_S3_ENDPOINT']
    encoded = urllib.parse.quote(path, safe='/-_.~')
    stamp = time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())
    scope = f'{stamp[:8]}/us-east-1/s3/aws4_request'
    host = urllib.parse.urlsplit(endpoint).netloc
    digest = hashlib.sha256(body).hexdigest()
    names = 'host;x-amz-content-sha256;x-amz-date'
    text = (f'{method}\n{encoded}\n{query}\nhost:{host}\nx-amz-content-sha256:{digest}\n'
            f'x-amz-date:{stamp}\n\n{names}\n{digest}')
    to_sign = f'AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(text.encode()).hexdigest()}'
    key = ('AWS4' + os.environ['TERRACE_TEST_S3_SECRET_KEY']).encode()
    for word in scope.split('/') + [to_sign]:
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return send(method, endpoint, encoded + ('?' + query if query else ''), {
        **dict(headers), 'x-amz-date': stamp, 'x-amz-content-sha256': digest,
        'Authorization': f'AWS4-HMAC-SHA256 Credential={os.environ["TERRACE_TEST_S3_ACCESS_KEY"]}'
                         f'/{scope},SignedHeaders={names},Signature={key.hex()}'}, body)


def make_container(name):
    account = os.environ['TERRACE_TEST_AZURE_ACCOUNT']
    path = f'/{account}/{name}'
    date = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime())
    text = ('PUT' + '\n' * 12 + f'x-ms-date:{date}\nx-ms-version:{AZURE_VERSION}\n'
            f'/{account}{path}\nrestype:container')
    mac = hmac.new(base64.b64decode(os.environ['TERRACE_TEST_AZURE_KEY']), text.encode(),
                   hashlib.sha256)
    send('PUT', os.environ['TERRACE_TEST_AZURE_ENDPOINT'], path + '?restype=container', {
        'x-ms-date': date, 'x-ms-version': AZURE_VERSION, 'Content-Length': '0',
        'Authorization': f'SharedKey {account}:{base64.b64encode(mac.digest()).decode()}'}, b'')


def google_token():
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding
    with open(os.environ['TERRACE_TEST_GCS_ACCOUNT'], encoding='utf-8') as file:
        account = json.load(file)
    now = int(time.time())
    claims = {'iss': account['client_email'], 'aud': account['token_uri'], 'iat': now,
              'exp': now + 600, 'scope': 'https://www.googleapis.com/auth/cloud-platform'}
    words = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b'=') for part in
             ({'alg': 'RS256', 'typ': 'JWT', 'kid': account['private_key_id']}, claims)]
    key = serialization.load_pem_private_key(account['private_key'].encode(), None)
    signature = key.sign(b'.'.join(words), padding.PKCS1v15(), hashes.SHA256())
    assertion = b'.'.join(words + [base64.urlsafe_b64encode(signature).rstrip(b'=')]).decode()
    form = urllib.parse.urlencode({'grant_type': 'urn:ietf:params:oauth:grant-type:jwt-bearer',
                                   'assertion': assertion})
    address = urllib.parse.urlsplit(account['token_uri'])
    answer = send('POST', account['token_uri'], address.path,
                  {'Content-Type': 'application/x-www-form-urlencoded'}, form)
    return json.loads(answer)['access_token']


def make_google_bucket(name):
    send('POST', os.environ['TERRACE_TEST_GCS_ENDPOINT'], '/storage/v1/b?project=terrace-test', {
        'Authorization': f'Bearer {google_token()}', 'Content-Type': 'application/json'},
        json.dumps({'name': name}))
