#!/bin/bash
# Each header compiles alone.  headers.sh COMPILE_COMMAND...
cd "$(dirname "$0")/.." || exit 1
status=0
n=0
for header in lib/*/*.h lib/*/*/*.h; do
    n=$((n + 1))
    if text=$(printf '#include "%s"\n' "${header#lib/}" | "$@" -fsyntax-only -x c - 2>&1); then
        echo "ok $n - $header compiles alone"
    else
        echo "not ok $n - $header compiles alone"
        printf '%s\n' "$text" | sed 's/^/#   /' | head -10
        status=1
    fi
done
echo "1..$n"
exit $status
