#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects are written as CSV through the file dialog, and every cell survives a strict reader."""
import csv
import os
import pathlib

import sample_files
import terrace_app
from terrace_uitest import run


def read_strictly(path):
    raw = path.read_bytes()
    assert raw.endswith(b'\r\n'), 'the last row does not end as RFC 4180 has it'
    with open(path, encoding='utf-8', newline='') as file:
        rows = list(csv.reader(file, strict=True))
    assert len({len(row) for row in rows}) == 1, 'rows differ in length'
    return rows


def test_export():
    folder = pathlib.Path(os.environ['HOME'], 'Data')
    digests = sample_files.make(folder)
    written = pathlib.Path(os.environ['HOME'], 'list of objects.csv')

    with terrace_app.start(env=terrace_app.WHOLE_STACKS) as app:
        terrace_app.create_tiers(app)
        terrace_app.add_by_drop(app, folder, [os.path.basename(name) for name in digests])

        app.press_button('Export CSV')
        terrace_app.save_as(app, written, 'Export')
        app.find_toast('^6 rows written')

    header, *rows = read_strictly(written)
    assert len(rows) == len(digests), f'{len(rows)} rows for {len(digests)} files'
    assert len(header) == len(set(header)) and all(header), f'columns without names: {header}'
    names = [row[header.index('name')] for row in rows]
    wanted = {os.path.basename(name) for name in digests}
    assert set(names) == wanted - {'=1+1.csv'} | {"'=1+1.csv"}, f'names: {names}'
    sizes = {row[header.index('name')]: int(row[header.index('size_bytes')]) for row in rows}
    assert sizes['today.txt'] == 4000 and sizes['empty'] == 0, f'sizes: {sizes}'


if __name__ == '__main__':
    run(test_export)
