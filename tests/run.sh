#!/bin/bash
# Runs tests and counts them.  run.sh TAP_COMMAND...
#
# Everything speaks TAP (cmocka, bats, the shell checks).  A command that fails, or ends before its
# plan, without a "not ok" of its own counts as one failure: a crash must not look like silence.
# As many run at once as there are processors ($RMN_AT_ONCE); what they say comes out in their order.
# Ends with "N passed, N failed[, N skipped]"; the numbers also go to $RMN_LOGS/count.
set -u
logs=${RMN_LOGS:?folder for the logs}
at_once=${RMN_AT_ONCE:-$(nproc)}
mkdir -p "$logs"
commands=("$@")
passed=0 failed=0 skipped=0

# name_of COMMAND: the file that is run, or that bats runs.
name_of() {
    local first=${1%% *} last=${1##* }
    local name=${first##*/}
    [ "$name" != bats ] || name=${last##*/}
    echo "$name"
}

# run COMMAND: its output and, last of all, its exit status, into $logs.
run() {
    local log
    log=$logs/$(name_of "$1").tap
    CMOCKA_MESSAGE_OUTPUT=TAP bash -c "exec $1" >"$log" 2>"$log.stderr" </dev/null
    echo $? >"$log.status"
}

# count NAME: adds what a test that has ended said.
count() {
    local name=$1 log=$logs/$1.tap
    local status skip good bad planned
    status=$(<"$log.status")
    # cmocka prints its TAP on stderr.
    grep -E '^(ok|not ok) |^1\.\.|^# ' "$log.stderr" >>"$log"
    # cmocka says "not ok 5 # SKIP name".
    skip=$(grep -cE '^(not )?ok .*# SKIP|^ok .*# skip' "$log")
    good=$(grep -E '^ok ' "$log" | grep -cviE '# skip')
    bad=$(grep -E '^not ok ' "$log" | grep -cvE '# SKIP')
    planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$log" | head -1)
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] ||
        [ $((good + skip)) -lt "${planned:-0}" ]; }; then
        bad=1
        echo "not ok - $name ended early (exit status $status)" >>"$log"
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
    if [ "$bad" -gt 0 ]; then
        echo "FAILED  $name"
        grep -vE '^ok |^1\.\.' "$log" | head -60
        grep -vE '^ok |^not ok |^1\.\.' "$log.stderr" | head -60
    else
        echo "  ok    $name ($good$([ "$skip" -gt 0 ] && echo ", $skip skipped"))"
    fi
}

twice=$(for command in "$@"; do name_of "$command"; done | sort | uniq -d)
[ -z "$twice" ] || { echo "run.sh: two tests of one name: $twice"; exit 1; }
rm -f "$logs"/*.tap "$logs"/*.tap.stderr "$logs"/*.tap.status
counted=0
# Counts those that have ended, up to the first that has not.
count_ended() {
    local name
    while [ $counted -lt ${#commands[@]} ]; do
        name=$(name_of "${commands[$counted]}")
        [ -s "$logs/$name.tap.status" ] || break
        count "$name"
        counted=$((counted + 1))
    done
}

for command in "$@"; do
    while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do
        wait -n
        count_ended
    done
    run "$command" &
done
wait
count_ended
failed=$((failed + ${#commands[@]} - counted))

echo "$passed $failed $skipped" >"$logs/count"
echo
echo "$passed passed, $failed failed$([ $skipped -gt 0 ] && echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
