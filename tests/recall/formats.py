#!/usr/bin/env python3
"""How completely documents are read: scans folders and prints a table by format.

    python3 tests/recall/formats.py build/gcc/bin FOLDER... [--reasons] [--keep CASE.db]

A row a format: items, then how many of them were read complete, partial, encrypted, unsupported, failed.
--reasons adds a line for each reading that is not complete, with its reason.  Members of archives and
mails count like files."""
import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile

STATES = ('complete', 'partial', 'encrypted', 'unsupported', 'failed', 'skipped')


def scan(programs, folders, case):
    command = [os.path.join(programs, 'remnant-scan'), *folders, '--case', case, '--no-hash']
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f'{command[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}')
    return done.returncode


def table(case):
    rows = {}
    for name, status, count in case.execute(
            "SELECT coalesce(format, media_type, '-'), status, count(*) FROM v_item"
            " WHERE kind IN ('file', 'member') AND size_bytes > 0 GROUP BY 1, 2"):
        rows.setdefault(name, dict.fromkeys(STATES, 0))[status] = count
    print(f'{"format":42s}{"items":>8s}' + ''.join(f'{s:>12s}' for s in STATES))
    for name, counts in sorted(rows.items(), key=lambda r: -sum(r[1].values())):
        print(f'{name[:41]:42s}{sum(counts.values()):8d}' + ''.join(f'{counts[s]:12d}' for s in STATES))


def reasons(case):
    print()
    for row in case.execute(
            "SELECT coalesce(format, media_type, '-'), status, status_reason, forensic_path FROM v_item"
            " WHERE kind IN ('file', 'member') AND status NOT IN ('complete', 'pending') AND size_bytes > 0"
            " ORDER BY 1, 2, 4"):
        print('\t'.join(str(field) for field in row))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('programs')
    parser.add_argument('folders', nargs='+')
    parser.add_argument('--reasons', action='store_true')
    parser.add_argument('--keep', metavar='CASE.db')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = options.keep or os.path.join(scratch, 'case.db')
        status = scan(options.programs, options.folders, path)
        case = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
        print(f'remnant-scan ended with {status}')
        table(case)
        if options.reasons:
            reasons(case)


if __name__ == '__main__':
    main()
