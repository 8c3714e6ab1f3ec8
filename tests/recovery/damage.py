#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the recovery over damaged copies of disk images.

    damage.py [--tool build/gcc-address-undefined/testtools/walkdump] [--share 0.01] [--seed 1] IMAGE ...

In each copy that share of the sectors is replaced by random bytes.  The tool walks it (best built with
sanitizers) and must end in good order, with a ledger that adds up.  Prints a line an image; the exit
status says whether all did."""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

SECTOR = 512


def damage(path, share, seed):
    rng = random.Random(seed)
    count = os.path.getsize(path) // SECTOR
    with open(path, 'r+b') as file:
        for sector in rng.sample(range(count), int(count * share)):
            file.seek(sector * SECTOR)
            file.write(rng.randbytes(SECTOR))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('images', nargs='+')
    parser.add_argument('--tool', default='build/gcc-address-undefined/testtools/walkdump')
    parser.add_argument('--share', type=float, default=0.01)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    bad = 0
    for image in options.images:
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, 'damaged.img')
            shutil.copyfile(image, copy)
            damage(copy, options.share, options.seed)
            start = time.monotonic()
            run = subprocess.run([options.tool, copy, '--recover', '--quiet'], capture_output=True,
                                 text=True, errors='replace')
            seconds = time.monotonic() - start
        lines = run.stdout.splitlines()
        good = run.returncode == 0 and lines and '\texact' in lines[-1]
        bad += not good
        lost = sum(line.startswith('volume') and ',lost' in line for line in lines)
        print(f'{os.path.basename(image):24} {"ok" if good else "FAILED"}  lost volumes {lost}  '
              f'{seconds:6.1f} s  {lines[-1] if lines else ""}', flush=True)
        if not good:
            print(run.stderr[-3000:])
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
