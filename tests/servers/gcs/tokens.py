# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts: their key files, the token endpoint that verifies what they sign, and what a
token may do. From "Using OAuth 2.0 for Server to Server Applications" and the list of IAM roles."""
import base64
import json
import secrets
import threading
import time
import urllib.parse

from answers import Refusal, json_answer
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
SCOPES = 'https://www.googleapis.com/auth/'
READ = {'devstorage.read_only', 'devstorage.read_write', 'devstorage.full_control',
        'cloud-platform', 'cloud-platform.read-only'}
WRITE = {'devstorage.read_write', 'devstorage.full_control', 'cloud-platform'}
CONTROL = {'devstorage.full_control', 'cloud-platform'}
MAX_LIFE_SECONDS = 3600
SKEW_SECONDS = 300

OBJECT_USER = {'objects.create', 'objects.delete', 'objects.get', 'objects.list', 'objects.update'}
OBJECT_VIEWER = {'objects.get', 'objects.list'}
ADMIN = OBJECT_USER | {'buckets.get', 'buckets.create', 'buckets.update', 'buckets.delete'}


class Account:
    """@known: whether the server has its public key."""

    def __init__(self, name, permissions, known=True):
        self.email = f'{name}@terrace-test.iam.gserviceaccount.com'
        self.permissions = permissions
        self.known = known
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = secrets.token_hex(20)

    def to_file(self, token_uri):
        pem = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption()).decode()
        return json.dumps({'type': 'service_account', 'project_id': 'terrace-test',
                           'private_key_id': self.key_id, 'private_key': pem,
                           'client_email': self.email, 'client_id': '1', 'token_uri': token_uri,
                           'universe_domain': 'googleapis.com'}, indent=2)


def refuse(error, description, status=400):
    return json_answer({'error': error, 'error_description': description}, status)


def decode(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


class Tokens:
    def __init__(self, accounts):
        self.accounts = {account.email: account for account in accounts if account.known}
        self.issued = {}
        self.lock = threading.Lock()
        self.token_uri = None

    # --- Giving -----------------------------------------------------------------------------------

    def give(self, body):
        form = dict(urllib.parse.parse_qsl(body.decode('ascii', 'replace')))
        if form.get('grant_type') != GRANT:
            return refuse('unsupported_grant_type', f'Invalid grant_type: {form.get("grant_type")}')
        try:
            head, claims, signature = form.get('assertion', '').split('.')
            header, claim_set = json.loads(decode(head)), json.loads(decode(claims))
            signature = decode(signature)
        except (ValueError, TypeError):
            return refuse('invalid_grant', 'Invalid JWT: malformed assertion')
        return self.judge(header, claim_set, f'{head}.{claims}'.encode(), signature)

    def judge(self, header, claims, signed, signature):
        account = self.accounts.get(claims.get('iss'))
        if header.get('alg') != 'RS256' or header.get('typ', 'JWT') != 'JWT':
            return refuse('invalid_grant', 'Invalid JWT: unsupported algorithm')
        if account is None:
            return refuse('invalid_grant', 'Invalid grant: account not found')
        if header.get('kid', account.key_id) != account.key_id:
            return refuse('invalid_grant', 'Invalid JWT Signature.')
        try:
            account.key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return refuse('invalid_grant', 'Invalid JWT Signature.')
        if claims.get('aud') != self.token_uri:
            return refuse('invalid_grant', 'Invalid JWT: Failed audience check.')
        now, issued, expires = time.time(), claims.get('iat'), claims.get('exp')
        if not isinstance(issued, int) or not isinstance(expires, int) or \
                expires - issued > MAX_LIFE_SECONDS or expires <= issued or \
                issued > now + SKEW_SECONDS or expires < now:
            return refuse('invalid_grant', 'Invalid JWT: Token must be a short-lived token (60 '
                          'minutes) and in a reasonable timeframe. Check your iat and exp values '
                          'in the JWT claim.')
        scopes = claims.get('scope', '').split()
        names = {scope[len(SCOPES):] for scope in scopes if scope.startswith(SCOPES)}
        if not scopes or len(names) != len(scopes) or not names <= READ | WRITE | CONTROL:
            return refuse('invalid_scope', 'Invalid OAuth scope or ID token audience provided.')
        return self.issue(account, names, int(expires - now))

    def issue(self, account, scopes, seconds):
        token = 'ya29.' + secrets.token_urlsafe(60)
        with self.lock:
            self.issued[token] = (account, scopes, time.time() + seconds)
        return json_answer({'access_token': token, 'expires_in': seconds, 'token_type': 'Bearer'})

    def revoke_all(self):
        with self.lock:
            self.issued.clear()

    # --- Taking -----------------------------------------------------------------------------------

    def account(self, authorization, scopes):
        """The account whose token it is, if it is good for one of @scopes."""
        if authorization is None:
            raise Refusal(401, 'Anonymous caller does not have access to the Google Cloud Storage '
                               'object.', 'required')
        kind, _, token = authorization.partition(' ')
        with self.lock:
            account, granted, expires = self.issued.get(token, (None, set(), 0))
        if kind != 'Bearer' or account is None or expires <= time.time():
            raise Refusal(401, 'Invalid Credentials', 'authError', headers=[
                ('WWW-Authenticate', 'Bearer realm="https://accounts.google.com/", '
                                     'error="invalid_token"')])
        if not granted & scopes:
            raise Refusal(403, 'Request had insufficient authentication scopes.',
                          'insufficientPermissions')
        return account

    def check(self, authorization, scopes, *permissions):
        account = self.account(authorization, scopes)
        for permission in permissions:
            if permission not in account.permissions:
                raise Refusal(403, f'{account.email} does not have storage.{permission} access to '
                              f'the Google Cloud Storage resource. Permission \'storage.'
                              f'{permission}\' denied on resource (or it may not exist).')
        return account
