#!/usr/bin/env python3
"""How fast documents are read, beside the usual reader of each format, in one run and on one processor.

    tests/bench/readers.py build/gcc/bin [--runs 5] [--keep DIR] [--pst FILE]

One long document and one long workbook, written by tests/recall/made.py and saved by LibreOffice in each
format, and a store of Outlook by stores.py.  A figure is the time for the long file less the time for a short
one of the same kind: the start of a process is not counted.  Medians.  pffexport writes files: into memory,
where there is /dev/shm.  A store that is named (--pst) is compared with the same short one."""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'recall'))
import made  # noqa: E402
import stores  # noqa: E402

STORE_MESSAGES = 3000
MEMORY = '/dev/shm' if os.path.isdir('/dev/shm') else None

PEERS = {
    'doc': [('antiword', ['antiword', '-m', 'UTF-8.txt', '{}']), ('catdoc', ['catdoc', '-d', 'utf-8', '{}'])],
    'xls': [('xls2csv', ['xls2csv', '-d', 'utf-8', '{}'])],
    'ppt': [('catppt', ['catppt', '-d', 'utf-8', '{}'])],
    'rtf': [('unrtf', ['unrtf', '--text', '{}'])],
    'pdf': [('pdftotext', ['pdftotext', '-layout', '{}', '-'])],
    'docx': [('unzip -p', ['unzip', '-p', '{}'])],
    'xlsx': [('unzip -p', ['unzip', '-p', '{}'])],
    'pptx': [('unzip -p', ['unzip', '-p', '{}'])],
    'odt': [('unzip -p', ['unzip', '-p', '{}'])],
    'ods': [('unzip -p', ['unzip', '-p', '{}'])],
    'pst': [('pffexport', ['pffexport', '-q', '-m', 'items', '-t', '{out}', '{}'])],
}


def seconds(command, path, out):
    for ending in ('.export', '.orphans', '.recovered'):
        shutil.rmtree(out + ending, ignore_errors=True)
    words = ['taskset', '-c', '0', *(w.replace('{out}', out).replace('{}', path) for w in command)]
    start = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def cost(command, path, short, out, runs):
    """Medians of path and of short in turn, and their difference."""
    long_runs, short_runs = [], []
    for _ in range(runs):
        short_runs.append(seconds(command, short, out))
        long_runs.append(seconds(command, path, out))
    return max(statistics.median(long_runs) - statistics.median(short_runs), 1e-6)


def is_silent(command, path):
    """Whether the program prints nothing for the file: then it has not read its text."""
    return not subprocess.run([w.replace('{}', path) for w in command], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout.strip()


def rows(programs, path, short, ending, out, runs):
    size = os.path.getsize(path) / 1e6
    ours = cost([os.path.join(programs, 'remnant-text'), '{}'], path, short, out, runs)
    print(f'{ending:6s}{size:8.2f} MB  {"remnant-text":14s}{ours:9.3f} s{size / ours:9.1f} MB/s')
    for name, command in PEERS[ending]:
        if not shutil.which(command[0]):
            print(f'{"":17s}{name:14s} is not installed')
            continue
        peer = cost(command, path, short, out, runs)
        print(f'{"":17s}{name:14s}{peer:9.3f} s{size / peer:9.1f} MB/s   ours takes {ours / peer:.2f} x its time' +
              (', but it prints no text of it' if ending != 'pst' and is_silent(command, path) else ''))


def store_counts(programs, path, out):
    """Messages and attached files that either program gave of the store it read last."""
    lines = subprocess.run([os.path.join(programs, 'remnant-text'), '--json', path], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, check=False).stdout.splitlines()
    formats = [line['format'] for line in map(json.loads, lines) if line['type'] == 'result']
    ours = formats.count('eml')
    peer = len(glob.glob(out + '.export/**/OutlookHeaders.txt', recursive=True))
    files = len(glob.glob(out + '.export/**/Attachments/*.*', recursive=True))
    print(f'{"":17s}remnant-text {ours} messages, {len(formats) - 1 - ours} attached; pffexport {peer}, {files}')


def bench_stores(options, folder, out):
    long_store, short_store = (os.path.join(folder, f'{name}_store.pst') for name in ('long', 'short'))
    for path, count in ((long_store, STORE_MESSAGES), (short_store, 1)):
        if not os.path.exists(path):
            stores.write(path, count)
    for path in (long_store, *options.pst):
        rows(options.programs, path, short_store, 'pst', out, options.runs)
        if os.path.isdir(out + '.export'):
            store_counts(options.programs, path, out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('programs')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--keep', metavar='DIR')
    parser.add_argument('--pst', metavar='FILE', action='append', default=[])
    options = parser.parse_args()
    folder = os.path.abspath(options.keep or tempfile.mkdtemp())
    os.makedirs(folder, exist_ok=True)
    sources = {
        'text': (made.text_document, (4000, 4000), (1, 1), ('odt', 'docx', 'doc', 'rtf', 'pdf')),
        'sheet': (made.workbook, (20000,), (1,), ('ods', 'xlsx', 'xls')),
        'slides': (made.slides, (600,), (1,), ('pptx', 'ppt')),
    }
    for kind, (write, long_size, short_size, endings) in sources.items():
        flat = {'text': 'fodt', 'sheet': 'fods', 'slides': 'fodp'}[kind]
        for name, size in (('long', long_size), ('short', short_size)):
            with open(os.path.join(folder, f'{name}_{kind}.{flat}'), 'w', encoding='utf-8') as f:
                f.write(write(*size))
        for ending in endings:
            paths = []
            for name in ('long', 'short'):
                path = os.path.join(folder, f'{name}_{kind}.{ending}')
                if not os.path.exists(path):
                    made.convert(os.path.join(folder, f'{name}_{kind}.{flat}'), ending, folder)
                paths.append(path)
            rows(options.programs, *paths, ending, os.path.join(folder, 'out'), options.runs)
    with tempfile.TemporaryDirectory(dir=MEMORY) as memory:
        bench_stores(options, folder, os.path.join(memory, 'out'))


if __name__ == '__main__':
    main()
