#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recovery beside PhotoRec: time, bytes read from the disk, memory, in one run.

    recovery.py [--rounds 3] [--cold] [--only COMMAND] [--join FILE SIZE_GIB] IMAGE ...

Commands take turns; medians are shown.  --cold empties the page cache before each (root only), so that
what is read from the disk can be told: getrusage counts it for all processes of a command, as
/proc/PID/io does.  --join first makes FILE out of the images, one behind the other, again and again until
it has SIZE_GIB, and measures that one.  Nothing is asserted.  RMN_BIN is the folder of the programs."""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

from bench import BIN, MemorySampler

COMMANDS = {
    'photorec': ['photorec', '/log', '/logname', '{out}.log', '/d', '{out}', '/cmd', '{image}',
                 'partition_none,options,keep_corrupted_file_no,search'],
    'scan --catalogue-only': [BIN + '/remnant-scan', '{image}', '--case', '{out}.db', '--quiet',
                              '--catalogue-only'],
    'scan --no-hash': [BIN + '/remnant-scan', '{image}', '--case', '{out}.db', '--quiet',
                       '--no-hash'],
    'scan': [BIN + '/remnant-scan', '{image}', '--case', '{out}.db', '--quiet'],
}


def join(images, path, size):
    """Copies the images into one file of that size."""
    with open(path, 'wb') as out:
        at = 0
        while out.tell() < size:
            with open(images[at % len(images)], 'rb') as image:
                while (piece := image.read(1 << 24)) and out.tell() < size:
                    out.write(piece[:size - out.tell()])
            at += 1


def empty_cache():
    os.sync()
    with open('/proc/sys/vm/drop_caches', 'w') as file:
        file.write('3')


def run(words, image):
    """(seconds, bytes read from the disk, peak memory)."""
    with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR', '/tmp')) as folder:
        words = [word.format(image=image, out=os.path.join(folder, 'out')) for word in words]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_inblock
        start = time.monotonic()
        child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, cwd=folder)
        sampler = MemorySampler(child.pid)
        sampler.start()
        child.wait()
        seconds = time.monotonic() - start
        sampler.done.set()
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_inblock
        return seconds, (after - before) * 512, sampler.peak


def measure(image, options):
    commands = {name: words for name, words in COMMANDS.items()
                if shutil.which(words[0]) and (not options.only or name in options.only)}
    results = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, words in commands.items():
            if options.cold:
                empty_cache()
            results[name].append(run(words, image))
    size = os.path.getsize(image)
    peer = statistics.median(r[0] for r in results['photorec']) if 'photorec' in results else None
    print(f'{os.path.basename(image)}: {size / 2**20:.0f} MiB')
    for name, rows in results.items():
        seconds, read, peak = (statistics.median(r[i] for r in rows) for i in range(3))
        ratio = f'{seconds / peer:5.2f} x photorec' if peer else ''
        told = f'{read / size:5.2f} x its size read' if options.cold else ''
        print(f'  {name:22} {seconds:8.2f} s  {size / seconds / 1e6:7.0f} MB/s  {ratio}  {told}  '
              f'{peak / 2**20:6.0f} MiB', flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('images', nargs='+')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--cold', action='store_true')
    parser.add_argument('--only', action='append', choices=COMMANDS)
    parser.add_argument('--join', nargs=2, metavar=('FILE', 'SIZE_GIB'))
    options = parser.parse_args()
    if options.join:
        join(options.images, options.join[0], int(float(options.join[1]) * 2**30))
        options.images = [options.join[0]]
    for image in options.images:
        measure(image, options)


if __name__ == '__main__':
    main()
