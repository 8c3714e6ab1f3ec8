#!/bin/sh
# Says in one message which libraries are missing and what to do about it.
missing=
for package in $1; do
    pkg-config --exists "$package" 2>/dev/null || missing="$missing $package"
done
for header in tsk/libtsk.h libbfio.h mupdf/fitz.h; do
    echo "#include <$header>" | cc -E -x c - >/dev/null 2>&1 || missing="$missing $header"
done
[ -z "$missing" ] && exit 0
echo "remnant: not installed:$missing" >&2
echo "remnant: run 'make deps' as root, or install the packages that tools/deps.mk lists" >&2
exit 1
