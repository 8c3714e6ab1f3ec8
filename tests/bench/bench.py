#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Speed and memory of remnant-scan beside other readers of the same bytes, in one run.

bench.py [--data FOLDER] [--rounds 3] [IMAGE]

FOLDER is what gen.py makes (default build/bench, made when it is not there).  Commands take turns, so
that what the machine does otherwise meets all of them; medians are shown.  Single times drift on a
shared machine: compare ratios.  Nothing is asserted.  RMN_BIN is the folder of the programs."""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get('RMN_BIN', os.path.join(HERE, '../../build/cc/bin'))
SAMPLE_SECONDS = .02


def process_tree(root):
    """root and all below it, from /proc."""
    found, left = [], [root]
    while left:
        pid = left.pop()
        found.append(pid)
        try:
            for task in os.listdir('/proc/%d/task' % pid):
                with open('/proc/%d/task/%s/children' % (pid, task)) as file:
                    left += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def shared_memory(pid):
    """Proportional set size: pages that several processes share count once in the sum."""
    try:
        with open('/proc/%d/smaps_rollup' % pid) as file:
            for line in file:
                if line.startswith('Pss:'):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return 0


class MemorySampler(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()

    def run(self):
        while not self.done.is_set():
            self.peak = max(self.peak, sum(shared_memory(p) for p in process_tree(self.pid)))
            self.done.wait(SAMPLE_SECONDS)


def run(command, image, memory=False):
    """Runs once: (seconds, peak bytes, exit status).  {image} and {out} are filled in; {out} is a
    path in an empty folder."""
    with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR', '/tmp')) as folder:
        words = [word.format(image=image, out=os.path.join(folder, 'out')) for word in command]
        with open(os.path.join(folder, 'stderr'), 'wb') as stderr:
            start = time.monotonic()
            child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=stderr,
                                     stdout=subprocess.DEVNULL, cwd=folder)
            sampler = MemorySampler(child.pid)
            if memory:
                sampler.start()
            status = child.wait()
            seconds = time.monotonic() - start
            sampler.done.set()
        if status not in (0, 3) and 'remnant' in words[0]:
            with open(os.path.join(folder, 'stderr'), 'rb') as stderr:
                sys.stdout.write(stderr.read()[-2000:].decode('utf-8', 'replace'))
        return seconds, sampler.peak, status


def scan(*more):
    return [os.path.join(BIN, 'remnant-scan'), '{image}', '--case', '{out}.db', '--quiet'] + \
        list(more)


def commands(kind):
    yield 'cat', ['cat', '{image}']
    yield 'openssl sha256', ['openssl', 'dgst', '-sha256', '{image}']
    yield 'sha256sum', ['sha256sum', '{image}']
    yield 'remnant-scan', scan()
    if kind == 'mix':
        yield 'remnant-scan --skip pdf', scan('--skip', 'pdf')
    if kind == 'zeros':
        yield 'remnant-scan --no-hash', scan('--no-hash')
    if kind == 'mix' and shutil.which('bulk_extractor'):
        yield 'bulk_extractor', ['bulk_extractor', '-q', '-o', '{out}', '{image}']
    if kind == 'mix' and shutil.which('photorec'):
        yield 'photorec', ['photorec', '/log', '/d', '{out}', '/cmd', '{image}',
                           'partition_none,options,keep_corrupted_file,wholespace,search']


def measure(kind, image, rounds):
    size = os.path.getsize(image)
    table = [(name, command) for name, command in commands(kind) if shutil.which(command[0])]
    times = {name: [] for name, _ in table}
    run(['cat', '{image}'], image)      # the page cache is warm for all
    for _ in range(rounds):
        for name, command in table:
            # bulk_extractor takes minutes; once is enough to place it.
            if name == 'bulk_extractor' and times[name]:
                continue
            times[name].append(run(command, image)[0])
    medians = {name: statistics.median(values) for name, values in times.items()}
    print('\n%s  %s  %.0f MiB, medians of %d' % (kind, image, size / 2 ** 20, rounds))
    print('  %-26s %9s %9s %8s %9s %9s  %s' % ('', 's', 'MB/s', 'x cat', 'x openssl',
                                               'peak MiB', 'exit'))
    for name, command in table:
        _, peak, status = run(command, image, memory=True) if 'remnant' in name else (0, 0, 0)
        print('  %-26s %9.3f %9.0f %8.3f %9.3f %9s  %s' % (
            name, medians[name], size / medians[name] / 1e6, medians['cat'] / medians[name],
            medians['openssl sha256'] / medians[name],
            '%.0f' % (peak / 2 ** 20) if peak else '', status if peak else ''))
        sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('image', nargs='?')
    parser.add_argument('--data', default=os.path.join(HERE, '../../build/bench'))
    parser.add_argument('--rounds', type=int, default=3)
    options = parser.parse_args()
    print('%d processors, load %.1f' % (os.cpu_count(), os.getloadavg()[0]))
    if options.image:
        measure('mix', os.path.abspath(options.image), options.rounds)
        return
    data = os.path.abspath(options.data)
    if not os.path.exists(os.path.join(data, 'mix.raw')):
        subprocess.run([sys.executable, os.path.join(HERE, 'gen.py'), data], check=True)
    for kind in ('mix', 'zeros', 'random'):
        image = os.path.join(data, kind + '.raw')
        if os.path.exists(image):
            measure(kind, image, options.rounds)
    planted = os.path.join(data, 'planted.csv')
    if os.path.exists(planted):
        with tempfile.TemporaryDirectory() as folder:
            case = os.path.join(folder, 'case.db')
            subprocess.run(scan('--keep-values')[:1] + [
                os.path.join(data, 'mix.raw'), '--case', case, '--quiet', '--keep-values'])
            print('\nrecall on mix.raw')
            sys.stdout.flush()
            subprocess.run([sys.executable, os.path.join(HERE, 'recall.py'), case, planted])


if __name__ == '__main__':
    main()
