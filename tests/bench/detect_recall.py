#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How much of what was planted the engine finds, file by file.

  detect_recall.py BENCH DATA [CONTAINER [raw]]

BENCH is detect_bench, DATA the folder of the input generator (tree/, planted.csv); CONTAINER is
"plain" (default) or "sqlite" (raw bytes).  A value counts when a finding of its file has it.
Deterministic: files in the order of planted.csv."""
import collections
import csv
import subprocess
import sys

bench, data = sys.argv[1:3]
container = sys.argv[3] if len(sys.argv) > 3 else 'plain'
raw = len(sys.argv) > 4    # any fourth word: as raw bytes, nothing known
planted = collections.OrderedDict()
for row in csv.DictReader(open(data + '/planted.csv', encoding='utf-8', newline='')):
    if row['container'] == container and row['kind'] != 'name':
        planted.setdefault((row['path'], row['encoding']), []).append((row['kind'], row['value']))


def norm(kind, value):
    if kind in ('jpphone', 'intlphone', 'card', 'mynumber', 'ssn', 'postal'):
        return ''.join(c for c in value if c.isdigit())
    return value.lower() if kind == 'email' else value.replace(' ', '')


total, found_count, missed = collections.Counter(), collections.Counter(), {}
groups = collections.OrderedDict()
for (path, encoding) in planted:
    key = (encoding, ',' if path.endswith('.csv') else '')
    groups.setdefault(key, []).append(path)
for (encoding, delimiter), paths in groups.items():
    for at in range(0, len(paths), 200):
        part = paths[at:at + 200]
        command = [bench, '--values']
        if encoding and container == 'plain' and not raw:
            command += ['--encoding', encoding]
        if delimiter and not raw:
            command += ['--delimiter', delimiter]
        out = subprocess.run(command + [data + '/tree/' + p for p in part], check=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        values, current = {}, None
        for line in out.decode('utf-8', 'replace').split('\n'):
            cells = line.split('\t')
            if cells[0] == '=':
                current = values.setdefault(cells[1][len(data) + 6:], set())
            elif len(cells) > 3:
                for kind in ('email', 'jpphone', 'other'):
                    current.add(norm(kind, cells[3]))
        for path in part:
            enc = encoding
            have = values.get(path, set())
            for kind, value in planted[(path, encoding)]:
                total[(kind, enc)] += 1
                if norm(kind, value) in have:
                    found_count[(kind, enc)] += 1
                else:
                    missed.setdefault((kind, enc), []).append((path, value))
for key in sorted(total):
    print('%-10s %-9s %7d of %7d  %.4f' % (key + (found_count[key], total[key],
                                                   found_count[key] / total[key])))
for key in sorted(missed):
    for path, value in missed[key][:6]:
        print('missed', key, path, value[:90])
