# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request is answered: a plain value, or a refusal in the form that Google documents."""
import json

REASONS = {400: 'invalid', 401: 'authError', 403: 'forbidden', 404: 'notFound',
           405: 'methodNotAllowed', 409: 'conflict', 410: 'gone', 411: 'lengthRequired',
           412: 'conditionNotMet', 416: 'requestedRangeNotSatisfiable', 429: 'rateLimitExceeded', 501: 'notImplemented'}


class Answer:
    def __init__(self, status, body=b'', headers=()):
        self.status = status
        self.body = body
        self.headers = list(headers)


class Refusal(Exception):
    """A request that is refused; @reason is JSON's, @code is XML's."""

    def __init__(self, status, message, reason=None, code=None, headers=()):
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason or REASONS.get(status, 'backendError')
        self.code = code or 'InvalidArgument'
        self.headers = list(headers)

    def to_json(self):
        error = {'code': self.status, 'message': self.message,
                 'errors': [{'message': self.message, 'domain': 'global', 'reason': self.reason}]}
        return json_answer({'error': error}, self.status, self.headers)

    def to_xml(self):
        text = ("<?xml version='1.0' encoding='UTF-8'?><Error>"
                f'<Code>{self.code}</Code><Message>{escape(self.message)}</Message></Error>')
        return Answer(self.status, text.encode(),
                      [('Content-Type', 'application/xml; charset=UTF-8'), *self.headers])


def escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')


def json_answer(value, status=200, headers=()):
    return Answer(status, json.dumps(value).encode(),
                  [('Content-Type', 'application/json; charset=UTF-8'), *headers])


def not_found(what='No such object'):
    return Refusal(404, what, code='NoSuchKey')


def precondition_failed():
    return Refusal(412, 'At least one of the pre-conditions you specified did not hold.',
                   code='PreconditionFailed')


# --- Partial answers -----------------------------------------------------------------------------

def parse_fields(text):
    """'a,b(c,d/e)' as a tree of dictionaries."""
    tree, rest = _parse_group(text)
    if rest:
        raise Refusal(400, f'Invalid field selection {text}', 'invalidParameter')
    return tree


def _parse_group(text):
    tree = {}
    while text and text[0] != ')':
        length = next((i for i, c in enumerate(text) if c in ',()/'), len(text))
        name, text = text[:length], text[length:]
        branch = {}
        if text[:1] == '/':
            length = next((i for i, c in enumerate(text) if c in ',)'), len(text))
            branch, _ = _parse_group(text[1:length])
            text = text[length:]
        elif text[:1] == '(':
            branch, text = _parse_group(text[1:])
            if text[:1] != ')':
                raise Refusal(400, 'Invalid field selection', 'invalidParameter')
            text = text[1:]
        if not name:
            raise Refusal(400, 'Invalid field selection', 'invalidParameter')
        tree[name] = branch
        text = text[1:] if text[:1] == ',' else text
    return tree, text


def select(value, tree):
    if not tree or '*' in tree:
        return value
    if isinstance(value, list):
        return [select(v, tree) for v in value]
    if isinstance(value, dict):
        return {k: select(value[k], tree[k]) for k in tree if k in value}
    return value
