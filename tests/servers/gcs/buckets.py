# SPDX-License-Identifier: GPL-3.0-or-later
"""storage.buckets of the JSON API: insert, list, get, patch, delete, testIamPermissions."""
import time

from answers import Answer, Refusal, json_answer
from store import CLASSES, Bucket, Conditions, check_class
from tokens import CONTROL, READ, WRITE

ACTIONS = ('Delete', 'SetStorageClass', 'AbortIncompleteMultipartUpload')
CONDITIONS = ('age', 'createdBefore', 'customTimeBefore', 'daysSinceCustomTime',
              'daysSinceNoncurrentTime', 'isLive', 'matchesPrefix', 'matchesSuffix',
              'matchesStorageClass', 'noncurrentTimeBefore', 'numNewerVersions')
MAX_RULES = 100


def check_lifecycle(lifecycle, autoclass):
    rules = lifecycle.get('rule', [])
    if not isinstance(rules, list) or len(rules) > MAX_RULES:
        raise Refusal(400, f'A bucket has at most {MAX_RULES} rules.')
    for rule in rules:
        action, condition = rule.get('action', {}), rule.get('condition', {})
        if action.get('type') not in ACTIONS:
            raise Refusal(400, f'Invalid action type {action.get("type")}')
        if not condition or any(key not in CONDITIONS for key in condition):
            raise Refusal(400, 'A lifecycle management rule condition is required.')
        if action['type'] == 'SetStorageClass':
            check_class(action.get('storageClass'))
            if autoclass is not None and autoclass.get('enabled'):
                raise Refusal(400, 'SetStorageClass cannot be used with Autoclass.')


class Buckets:
    def __init__(self, store, tokens):
        self.store = store
        self.tokens = tokens

    def insert(self, request):
        self.tokens.check(request.authorization, WRITE, 'buckets.create')
        resource = request.json()
        if 'project' not in request.query:
            raise Refusal(400, 'Required parameter: project', 'required')
        if not resource.get('name'):
            raise Refusal(400, 'Required', 'required')
        if resource['name'] in self.store.buckets:
            raise Refusal(409, 'Your previous request to create the named bucket succeeded and '
                               'you already own it.')
        bucket = Bucket(resource, self.store.next_generation())
        self.store.buckets[bucket.name] = bucket
        return json_answer(bucket.to_json())

    def list(self, request):
        self.tokens.check(request.authorization, READ, 'buckets.get')
        prefix = request.query.get('prefix', '')
        items = [self.store.buckets[name].to_json() for name in sorted(self.store.buckets)
                 if name.startswith(prefix)]
        return json_answer({'kind': 'storage#buckets', 'items': items})

    def get(self, request, name):
        self.tokens.check(request.authorization, READ, 'buckets.get')
        bucket = self.store.bucket(name)
        Conditions(request.query).check(bucket, reading=True)
        return json_answer(request.select(bucket.to_json()))

    def patch(self, request, name):
        self.tokens.check(request.authorization, CONTROL, 'buckets.update')
        bucket = self.store.bucket(name)
        Conditions(request.query).check(bucket)
        changes = request.json()
        autoclass = bucket.autoclass
        if 'autoclass' in changes:
            autoclass = changes['autoclass']
            if autoclass is not None and \
                    autoclass.get('terminalStorageClass', 'NEARLINE') not in CLASSES:
                raise Refusal(400, 'Invalid terminal storage class.')
        lifecycle = changes.get('lifecycle', bucket.lifecycle)
        if lifecycle is not None:
            check_lifecycle(lifecycle, autoclass)
        if 'storageClass' in changes:
            check_class(changes['storageClass'])
            bucket.storage_class = changes['storageClass']
        # An empty object is what "no rules" looks like from outside.
        bucket.lifecycle = lifecycle if lifecycle and lifecycle.get('rule') else None
        bucket.autoclass = autoclass
        bucket.labels = changes.get('labels', bucket.labels)
        bucket.metageneration += 1
        bucket.updated = time.time()
        return json_answer(request.select(bucket.to_json()))

    def delete(self, request, name):
        self.tokens.check(request.authorization, WRITE, 'buckets.delete')
        bucket = self.store.bucket(name)
        Conditions(request.query).check(bucket)
        if bucket.objects:
            raise Refusal(409, 'The bucket you tried to delete is not empty.')
        del self.store.buckets[name]
        return Answer(204)

    def test_permissions(self, request, name):
        account = self.tokens.account(request.authorization, READ)
        self.store.bucket(name)
        granted = [p for p in request.query_lists.get('permissions', [])
                   if p.removeprefix('storage.') in account.permissions]
        value = {'kind': 'storage#testIamPermissionsResponse'}
        if granted:
            value['permissions'] = granted
        return json_answer(value)
