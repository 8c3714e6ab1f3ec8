#!/bin/bash
# The same source gives the same case, whatever --jobs is and however often the scan was killed.
#
# same.sh IMAGE [KILLS]: scans with 1, 2 and 7 workers, and once more, killed KILLS times (10) at random
# moments and run again (in more than one case when it gets to its end earlier).  Compares every row and
# column of v_item, v_document, v_finding, v_coverage and v_unexamined (value_hash apart: its key is
# random, one for each case).  RMN_BIN: the programs.  TAP.
set -u
image=$1
kills=${2:-10}
PATH=${RMN_BIN:?}:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
failed=0

result() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        failed=1
    fi
}

# dump CASE: the views as text, rows in the order of their ids.
dump() {
    local view columns
    for view in v_item v_document v_finding v_coverage v_unexamined; do
        columns=$(sqlite3 -readonly "$1" "SELECT group_concat('\"' || name || '\"') FROM
            pragma_table_info('$view') WHERE name <> 'value_hash'")
        echo "== $view"
        sqlite3 -readonly "$1" "SELECT $columns FROM $view ORDER BY $columns"
    done
}

scan() {
    remnant-scan "$image" --case "$work/$1.db" --jobs "$2" --quiet 2>"$work/$1.log"
    local status=$?
    [ $status -eq 0 ] || [ $status -eq 3 ] || {
        sed 's/^/# /' "$work/$1.log" | head
        return 1
    }
}

start=$(date +%s%N)
scan jobs1 1
result $? "scan with --jobs 1"
took_ms=$((($(date +%s%N) - start) / 1000000))
dump "$work/jobs1.db" >"$work/jobs1.txt"
rows=$(grep -vc '^==' "$work/jobs1.txt")
[ "$rows" -gt 0 ]
result $? "$rows rows to compare"

for jobs in 2 7; do
    scan jobs$jobs $jobs
    result $? "scan with --jobs $jobs"
    dump "$work/jobs$jobs.db" >"$work/jobs$jobs.txt"
    cmp "$work/jobs1.txt" "$work/jobs$jobs.txt" >"$work/cmp" 2>&1
    result $? "--jobs $jobs gives the same rows"
    diff "$work/jobs1.txt" "$work/jobs$jobs.txt" | head -6 | sed 's/^/# /'
done

# The case of the killed scans, once a scan has ended by itself.
compare_killed() {
    dump "$work/killed.db" >"$work/killed.txt"
    cmp "$work/jobs1.txt" "$work/killed.txt" >"$work/cmp" 2>&1
    result $? "the killed scan ends with the same rows"
    diff "$work/jobs1.txt" "$work/killed.txt" | head -6 | sed 's/^/# /'
    [ "$(sqlite3 -readonly "$work/killed.db" 'PRAGMA integrity_check')" = ok ]
    result $? "the killed case is intact"
    remnant-case check "$work/killed.db" >/dev/null 2>"$work/check.log"
    result $? "remnant-case check agrees"
    sed 's/^/# /' "$work/check.log" | head -5
}

# Moments spread over the time that a scan takes, the first ones before anything is committed.  A scan
# that got to its end before all kills were spent is compared, and another case takes the rest.
killed=0
for ((i = 0; i < 5 * kills && killed < kills; i++)); do
    remnant-scan "$image" --case "$work/killed.db" --jobs 2 --quiet 2>>"$work/killed.log" &
    pid=$!
    sleep "$(awk -v ms=$took_ms -v n="$kills" -v r=$RANDOM \
        'BEGIN { printf "%.3f", 2 * ms / n / 1000 * r / 32768 }')"
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    status=$?
    if [ $status -eq 137 ]; then
        killed=$((killed + 1))
        continue
    fi
    [ $status -eq 0 ] || [ $status -eq 3 ]
    result $? "ends by itself after $killed kills"
    compare_killed
    rm -f "$work"/killed.db*
done
[ $killed -eq "$kills" ]
result $? "$killed kills"
scan killed 2
result $? "resume after $killed kills"
compare_killed
echo "1..$n"
exit $failed
