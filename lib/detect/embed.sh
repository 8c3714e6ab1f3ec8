#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh FILE...: C text with each file's bytes and the table `embedded` of them.
n=0
for file; do
	printf 'static const unsigned char file_%d[] = {\n' $n
	od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '};'
	n=$((n + 1))
done
echo 'static const struct embedded embedded[] = {'
n=0
for file; do
	printf '{ "%s", file_%d, sizeof(file_%d) },\n' "$file" $n $n
	n=$((n + 1))
done
echo '};'
