# SPDX-License-Identifier: GPL-3.0-or-later
"""A past for the tests of the window: files that were used for a year, and what they cost."""
import contextlib
import datetime
import os
import pathlib
import sqlite3

LOG_DAYS = 400
N_FILES = 200
SIZE = 2_000_000
COST_DAYS = 60


def names():
    return [f'f{number}.bin' for number in range(N_FILES)]


def write_files(folder):
    folder.mkdir(parents=True, exist_ok=True)
    long_ago = (datetime.datetime.now() - datetime.timedelta(days=LOG_DAYS)).timestamp()
    for number, name in enumerate(names()):
        path = folder / name
        with open(path, 'wb') as file:
            file.write(bytes([number]))
            file.truncate(SIZE)
        os.utime(path, (long_ago, long_ago))


def write_log(path, below):
    """A web server's log: the even files are read every other day, the others once, long ago."""
    now = datetime.datetime.now(datetime.timezone.utc)
    with open(path, 'w') as log:
        for day in range(LOG_DAYS, 0, -1):
            stamp = (now - datetime.timedelta(days=day)).strftime('%d/%b/%Y:12:00:00 +0000')
            for number, name in enumerate(names()):
                if day % 2 == 0 if number % 2 == 0 else day == LOG_DAYS:
                    log.write(f'192.0.2.{number} - - [{stamp}] "GET {below}/{name} HTTP/1.1" 200 '
                              f'{SIZE} "-" "curl"\n')


def write_costs():
    """Costs of the past days, as the program would have noted them. It must not be running."""
    catalogue = pathlib.Path(os.environ['XDG_DATA_HOME'], 'terrace', 'catalog.db')
    today = datetime.datetime.now(datetime.timezone.utc).date().toordinal() - 719163
    with contextlib.closing(sqlite3.connect(catalogue)) as connection, connection:
        for past in range(COST_DAYS, 0, -1):
            for tier, nanos in enumerate((200_000_000 - past * 700_000, 30_000_000, 11_000_000,
                                          past * 550_000)):
                connection.execute(
                    'INSERT OR REPLACE INTO cost_day '
                    '(day, location_id, tier, items, size_bytes, monthly_nanos) '
                    'VALUES (?, 0, ?, 10, 1000000, ?)', (today - past, tier, nanos))
