# SPDX-License-Identifier: GPL-3.0-or-later
"""Files for the tests of the window: some large and long unused, some small and used today."""
import hashlib
import os
import random
import time

DAY_SECONDS = 86400
MIB = 1024 * 1024

# name, size, days since it was used
OLD = [('Film/rushes 2019.mov', 80 * MIB, 900), ('Film/café, “final”.mov', 64 * MIB, 700),
       ('Scans/atlas.tif', 56 * MIB, 400)]
RECENT = [('Notes/today.txt', 4000, 0), ('Notes/=1+1.csv', 2500, 1), ('Notes/empty', 0, 3)]


def digest_of(path):
    with open(path, 'rb') as file:
        return hashlib.file_digest(file, 'sha256').hexdigest()


def make(folder):
    """Writes the files below `folder`; returns {relative path: SHA-256}."""
    digests = {}
    for seed, (name, size, age_days) in enumerate(OLD + RECENT):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        data = random.Random(seed).randbytes(size)
        with open(path, 'wb') as file:
            file.write(data)
        # Last, because reading would count as a use.
        then = time.time() - age_days * DAY_SECONDS
        os.utime(path, (then, then))
        digests[name] = hashlib.sha256(data).hexdigest()
    return digests


def contents(folder):
    """{relative path: SHA-256} of all files below `folder`, those in the making too; nothing if one
    goes away while it is looked at, because such a moment is no state to judge."""
    paths = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    try:
        return {os.path.relpath(path, folder): digest_of(path) for path in paths}
    except FileNotFoundError:
        return {}
