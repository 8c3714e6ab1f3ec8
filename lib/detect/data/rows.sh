#!/bin/sh
# SPDX-License-Identifier: MIT
# rows.sh KIND FILE.tsv: one C initialiser a line, sorted by what the look-up compares.
#
# Number prefixes become the first number of their range, so that one binary search finds the
# row: area code 0123 is {12300, 12399}, calling code 81 is {810, 819}.
set -e
LC_ALL=C
export LC_ALL

case $1 in
jp_area_rows)
	awk -F'\t' '!/^#/ { low = $1; high = $1
		while (length(low) < 5) { low = low "0"; high = high "9" }
		printf "%d %d %d\n", low, high, $2 }' "$2" | sort -n |
	awk '{ printf "{%d, %d, %d},\n", $1, $2, $3 }' ;;
e164_rows)
	awk -F'\t' '!/^#/ { low = $1; high = $1
		while (length(low) < 3) { low = low "0"; high = high "9" }
		printf "%d %d %d %d %d\n", low, high, length($1), $3, $4 }' "$2" | sort -n |
	awk '{ printf "{%d, %d, %d, %d, %d},\n", $1, $2, $3, $4, $5 }' ;;
iban_rows)
	awk -F'\t' '!/^#/ { printf "{\"%s\", %d},\n", $1, $2 }' "$2" | sort ;;
*)
	echo "rows.sh: unknown kind $1" >&2
	exit 2 ;;
esac
