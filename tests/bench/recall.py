#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How many of the planted values a case has.  recall.py CASE.db PLANTED.csv [--missed N]

The case must have been made with --keep-values, which is right for synthetic data only.  A value
counts when a finding of the same kind has it in the same file ("in place"), or anywhere at all
("unique", which is what tools without paths can be asked for); "others" are values that were found and
not planted.  --missed N lists N of the missed
ones for each kind, encoding and container."""
import argparse
import collections
import csv
import re
import sqlite3
import unicodedata

# The rules that a planted kind may be found as; a kind without a line here is not scored.
PHONES = {'jp_phone', 'jp_phone_form', 'e164_phone', 'us_phone'}
RULES = {
    'email': {'email'},
    'jpphone': PHONES,
    'intlphone': PHONES,
    'card': {'payment_card'},
    'mynumber': {'jp_mynumber'},
    'iban': {'iban'},
    'ssn': {'us_ssn'},
    'postal': {'jp_postal'},
    'aws': {'aws_access_key'},
    'github': {'github_token'},
    'slack': {'slack_token'},
    'jwt': {'jwt'},
    'pem': {'private_key'},
}
NUMBERS = {'jpphone', 'intlphone', 'card', 'mynumber', 'ssn', 'postal'}


def key(kind, value):
    """The form in which planted and found values are compared."""
    value = unicodedata.normalize('NFKC', value)
    if kind in ('jpphone', 'intlphone'):
        digits = re.sub(r'\D', '', value)
        return '0' + digits[2:] if digits.startswith('81') and len(digits) > 10 else digits
    if kind in NUMBERS:
        return re.sub(r'\D', '', value)
    if kind == 'pem':
        return value[:20]       # findings of key files name the block, not its text
    return re.sub(r'\s', '', value).lower()


def planted_values(path):
    places = collections.defaultdict(set)       # (kind, encoding, container) -> {(path, key)}
    with open(path, encoding='utf-8', newline='') as file:
        for row in csv.DictReader(file):
            if row['kind'] in RULES:
                places[row['kind'], row['encoding'], row['container']].add(
                    (row['path'], key(row['kind'], row['value'])))
    return places


def item_path(forensic_path, known):
    """The planted file that a forensic path leads to or through."""
    for part in forensic_path.split('//'):
        while part:
            if part in known:
                return part
            part = part.partition('/')[2]
    return None


def found_values(path, known):
    base = sqlite3.connect('file:%s?mode=ro' % path, uri=True)
    found = collections.defaultdict(set)
    cache = {}
    total = without = 0
    for rule, value, where in base.execute('SELECT rule, value, forensic_path FROM v_finding'):
        total += 1
        if value is None:
            without += 1
            continue
        if where not in cache:
            cache[where] = item_path(where, known)
        for kind, rules in RULES.items():
            if rule in rules:
                found[kind].add((cache[where], key(kind, value)))
    if without:
        print('%d of %d findings have no value: was the case made with --keep-values?' % (
            without, total))
    return found


def rate(part, whole):
    return '%.4f' % (part / whole) if whole else '-'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('case')
    parser.add_argument('planted')
    parser.add_argument('--missed', type=int, default=0)
    options = parser.parse_args()
    planted = planted_values(options.planted)
    known = {path for places in planted.values() for path, _ in places}
    found = found_values(options.case, known)
    print('%-11s %9s %9s %9s %9s' % ('kind', 'planted', 'in place', 'unique', 'others'))
    for kind in RULES:
        places = set().union(*(v for k, v in planted.items() if k[0] == kind))
        if not places:
            continue
        unique = {value for _, value in places}
        values = {value for _, value in found[kind]}
        # Kinds that share rules share what is found.
        expected = {value for k, v in planted.items() if RULES[k[0]] & RULES[kind]
                    for _, value in v}
        print('%-11s %9d %9s %9s %9d' % (
            kind, len(places), rate(len(places & found[kind]), len(places)),
            rate(len(unique & values), len(unique)), len(values - expected)))
    print('\n%-11s %-12s %-10s %9s %9s' % ('kind', 'encoding', 'container', 'planted', 'in place'))
    for (kind, encoding, container), places in sorted(planted.items()):
        missed = places - found[kind]
        print('%-11s %-12s %-10s %9d %9s' % (kind, encoding, container, len(places),
                                             rate(len(places) - len(missed), len(places))))
        for path, value in sorted(missed)[:options.missed]:
            print('      missed %s  %s' % (value, path))


if __name__ == '__main__':
    main()
