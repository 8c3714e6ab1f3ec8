#!/bin/bash
# What CONTRIBUTING.md asks of every source file and a script can see.  TAP.
cd "$(dirname "$0")/.." || exit 1
mapfile -t sources < <(find lib tools -name '*.[ch]' | sort)
# lib/cli talks to people; lib/*/gen/ are programs that run while building.
mapfile -t library < <(find lib -name '*.[ch]' -not -path 'lib/cli/*' -not -path 'lib/*/gen/*' | sort)
mapfile -t all < <(find lib tools tests -name '*.[ch]' | sort)
n=0
status=0

# report NAME: what stands on stdin is what is wrong.
report() {
    local found
    found=$(head -20)
    n=$((n + 1))
    if [ -z "$found" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf '%s\n' "$found" | sed 's/^/#   /'
        status=1
    fi
}

# Calls of the named functions; comments and strings do not count.
calls() {
    local pattern=$1
    shift
    awk -v pattern="(^|[^A-Za-z0-9_.>])($pattern)[ \t]*\\\\(" '
    FNR == 1 { comment = 0 }
    {
        line = $0
        gsub(/\\./, "", line)
        gsub(/"[^"]*"/, "\"\"", line)
        if (comment) {
            if (!sub(/^.*\*\//, "", line))
                next
            comment = 0
        }
        gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
        sub(/\/\/.*/, "", line)
        if (sub(/\/\*.*/, "", line))
            comment = 1
        if (line ~ pattern)
            print FILENAME ":" FNR ": " $0
    }' "$@"
}

report "no function that cannot be used safely" < <(calls \
    'strcpy|stpcpy|strcat|strncat|strncpy|v?sprintf|gets|strtok|alloca|system|popen' \
    "${sources[@]}")
report "no function that hides its errors or its state" < <(calls \
    'ato[ilf]|atoll|scanf|fscanf|tmpnam|tempnam|mktemp|rand|asctime|ctime|gmtime|localtime' \
    "${sources[@]}")
report "library code neither prints nor exits" < <(calls \
    'v?printf|puts|putchar|perror|exit|abort|assert|err|errx|warn|warnx' "${library[@]}")
# The call up to its reason, which is the first string with a space or capital in it.
report "reports have a word for each stage of what was not examined" < <(
    perl -0777 -ne 'while (/unexamined\(([^;"]*(?:"[a-z]+"[^;"]*)+)/g) { print "$1\n" }' "${library[@]}" |
    grep -oE '"[a-z]+"' | tr -d '"' | sort -u |
    while read -r stage; do
        grep -q "^WORD(\"stage\.$stage\"" lib/report/words.def || echo "stage.$stage"
    done)
# The longest piece of each, between stars and colons, in strings of the sources put together.
report "reasons that reports translate are reasons that are given" < <(
    cat "${sources[@]}" | perl -0777 -pe 's/"\s*\n\s*"//g' >"${TMPDIR:-/tmp}/strings.$$"
    sed '/libarchive/,$d' lib/report/reasons.def | sed -n 's/^REASON("\(.*\)", ".*/\1/p' |
    while read -r reason; do
        piece=$(tr '*' '\n' <<<"${reason//: /*}" |
            awk '{ if (length > length(l)) l = $0 } END { print l }')
        grep -qF -- "$piece" "${TMPDIR:-/tmp}/strings.$$" || echo "$reason"
    done
    rm -f "${TMPDIR:-/tmp}/strings.$$")
report "files of at most 700 lines" < <(wc -l "${sources[@]}" |
    awk '$2 != "total" && $1 > 700 { print $2 ": " $1 " lines" }')
report "functions of at most 90 lines" < <(awk '
    FNR == 1 { start = 0 }
    /^{/ { start = FNR }
    /^}/ {
        if (start && FNR - start - 1 > 90)
            print FILENAME ":" start ": " FNR - start - 1 " lines"
        start = 0
    }' "${sources[@]}")
report "an SPDX line in each file" < <(for file in "${all[@]}"; do
    head -3 "$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "$file"
done)
report "no blanks at the end of a line" < <(grep -nE '[[:blank:]]+$' "${all[@]}" | cut -c1-120)
report "nothing left to do in a comment" < <(grep -nwE 'TODO|FIXME|XXX|HACK' "${all[@]}")
echo "1..$n"
exit $status
