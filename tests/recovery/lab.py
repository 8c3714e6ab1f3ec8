#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Scores the recovery on quick-formatted images whose truth is known.

    lab.py --lab LAB --images I --corpus C [--bin build/gcc/bin] [--work DIR] [CASE ...]

LAB holds the laboratory's score.py; I has CASE.img and CASE.truth.tsv, C/store the documents (made with
its corpus.py and mkcase.py).  Each image is scanned and written out with remnant-recover; score.py says
what is right.  Prints one row a case beside what is asked for and the best other tool, then recall by
type, contiguous and fragmented.  --misses CASE lists what was not found."""
import argparse
import collections
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

# recall / name / date / precision in percent, then the folder's name; None: not asked.
WANTED = {
    'hfs_exfat': (98, 94, 94, 98, None), 'hfs_ntfs': (98, 94, 94, 98, None),
    'hfs_apfs': (98, 94, 94, 98, None), 'hfs_hfs': (85, None, None, 95, None),
    'hfs_hfs_used': (85, None, None, 95, None), 'hfs_hfs_tm': (98, 92, 92, 98, None),
    'ntfs_exfat': (100, 100, 100, 99, 90), 'ntfs_fat32': (100, 100, 100, 99, 90),
    'ntfs_ntfs': (100, 100, 100, 99, 90), 'ntfs_ntfs_used': (99, 98, 98, 98, 60),
    'fat32_fat32': (93, 85, 85, 96, None), 'exfat_exfat': (93, 85, 85, 96, None),
    'ext4_ntfs': (99, 93, 93, 98, None), 'ext4_ext4': (99, 93, 93, 98, None),
    'ext4_ext4m': (88, None, None, 95, None),
}
# The best other tool on its own seed: recall / name / date.
PEERS = {
    'hfs_exfat': 'hfsprescue 93/93/93', 'hfs_ntfs': 'hfsprescue 93/93/93',
    'hfs_apfs': 'hfsprescue 92/92/92', 'hfs_hfs': 'PhotoRec 64-66/0/17',
    'hfs_hfs_used': 'PhotoRec 65-66/0/18', 'hfs_hfs_tm': 'hfsprescue 93/91/92',
    'ntfs_exfat': 'RecuperaBit 100/100/100', 'ntfs_fat32': 'RecuperaBit 100/100/100',
    'ntfs_ntfs': 'RecuperaBit 100/100/100', 'ntfs_ntfs_used': 'RecuperaBit 98/98/98',
    'fat32_fat32': 'tsk_recover -e 84/84/0', 'exfat_exfat': 'tsk_recover -e 81/81/0',
    'ext4_ntfs': 'tsk_recover on a copy 92/92/0', 'ext4_ext4': 'tsk_recover -e 92/92/0',
    'ext4_ext4m': 'PhotoRec 76-77/0/21',
}
LEFT_OUT = {'manifest.tsv'}


def recover(options, case):
    """Scans and writes out one case; returns the folder, seconds of both steps."""
    database = os.path.join(options.work, case + '.db')
    folder = os.path.join(options.work, case)
    for suffix in ('', '-wal', '-shm'):
        if os.path.exists(database + suffix):
            os.unlink(database + suffix)
    shutil.rmtree(folder, ignore_errors=True)
    begin = time.time()
    scan = subprocess.run([options.bin + '/remnant-scan', f'{options.images}/{case}.img', '--case',
                           database, '--no-hash', '--quiet'], capture_output=True, text=True)
    scanned = time.time()
    if scan.returncode not in (0, 3):
        sys.exit(f'{case}: remnant-scan gave {scan.returncode}: {scan.stderr}')
    write = subprocess.run([options.bin + '/remnant-recover', database, '-o', folder, '--quiet'],
                           capture_output=True, text=True)
    if write.returncode not in (0, 3):
        sys.exit(f'{case}: remnant-recover gave {write.returncode}: {write.stderr}')
    return folder, scanned - begin, time.time() - scanned


def score(options, case, folder, *more):
    manifest = os.path.join(folder, 'manifest.tsv')
    if os.path.exists(manifest):        # it is no recovered file
        os.replace(manifest, folder + '.manifest.tsv')
    return subprocess.run([sys.executable, options.lab + '/score.py',
                           f'{options.images}/{case}.truth.tsv', folder, '--store',
                           options.corpus + '/store', *more], capture_output=True, text=True,
                          check=True).stdout


def digests(folder):
    found = set()
    for place, _, names in os.walk(os.fsencode(folder)):
        for name in names:
            with open(os.path.join(place, name), 'rb') as file:
                found.add(hashlib.sha256(file.read()).hexdigest())
    return found


def by_type(options, case, found):
    """{type: [contiguous got, all, fragmented got, all]} of documents that are whole on the disk."""
    result = collections.defaultdict(lambda: [0, 0, 0, 0])
    seen = set()
    for line in open(f'{options.images}/{case}.truth.tsv', encoding='utf8'):
        if line.startswith('#'):
            continue
        path, digest, size, _, state, kind, _, intact, pieces = line.split('\t')[:9]
        if kind != 'doc' or intact != size or state == 'allocated' or digest in seen:
            continue
        seen.add(digest)
        name = os.path.basename(path)
        row = result[name.rsplit('.', 1)[-1].lower() if '.' in name else '']
        at = 2 if int(pieces) > 1 else 0
        row[at] += digest in found
        row[at + 1] += 1
    return result


def mark(value, wanted):
    if wanted is None:
        return f'{value:6.1f} '
    return f'{value:6.1f}{" " if value >= wanted - 0.05 else "<"}'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('cases', nargs='*')
    parser.add_argument('--lab', default='../shared/lab')
    parser.add_argument('--images', required=True)
    parser.add_argument('--corpus', required=True)
    parser.add_argument('--bin', default='build/gcc/bin')
    parser.add_argument('--work', default='/tmp/remnant-lab')
    parser.add_argument('--misses', action='store_true')
    parser.add_argument('--keep', action='store_true', help='keep the recovered files')
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    print(f'{"case":15} {"recall":>7}{"name":>7}{"folder":>7}{"path":>7}{"date":>7}{"prec":>7} '
          f'{"contig":>7}{"fragm":>7}{"deleted":>8} {"scan s":>7}{"write s":>8}  wanted '
          f'(recall/name/date/precision/folder); best other')
    types = {}
    missed = 0
    for case in options.cases or WANTED:
        folder, scan_seconds, write_seconds = recover(options, case)
        r = json.loads(score(options, case, folder, '--json'))
        wanted = WANTED[case]
        figures = [100 * r[k] for k in ('recall', 'name', 'folder', 'path', 'date')]
        figures.append(100 * (r['precision_doc'] or 0))
        asked = [wanted[0], wanted[1], wanted[4], None, wanted[2], wanted[3]]
        missed += sum(a is not None and f < a - 0.05 for f, a in zip(figures, asked))
        print(f'{case:15} ' + ''.join(mark(f, a) for f, a in zip(figures, asked)) +
              f' {100 * r["contiguous"]:7.1f}{100 * r["fragmented"]:7.1f}{100 * r["deleted"]:8.1f} '
              f'{scan_seconds:7.1f}{write_seconds:8.1f}  '
              + '/'.join('-' if w is None else str(w) for w in wanted) + f'; {PEERS[case]}',
              flush=True)
        types[case] = by_type(options, case, digests(folder))
        if options.misses:
            print('\n'.join(line for line in score(options, case, folder, '--misses').splitlines()
                            if line.startswith('MISS')))
        if not options.keep:
            shutil.rmtree(folder)
    for case, rows in types.items():
        print(f'\n{case} by type: contiguous got/all, fragmented got/all')
        for name, (a, b, c, d) in sorted(rows.items(), key=lambda row: -sum(row[1])):
            if b + d >= 3:
                print(f'  {name:6} {a:5}/{b:<5} {100 * a / b if b else 100:5.1f} %   {c:4}/{d:<4} '
                      f'{100 * c / d if d else 100:5.1f} %')
    print(f'\n{missed} figures below what is wanted')
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
