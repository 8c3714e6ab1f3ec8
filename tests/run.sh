#!/bin/bash
# Runs tests and counts them.  run.sh TAP_COMMAND...
#
# Everything speaks TAP (cmocka, bats, the shell checks).  A command that fails, or ends before its
# plan, without a "not ok" of its own counts as one failure: a crash must not look like silence.
# Ends with "N passed, N failed[, N skipped]"; the numbers also go to $RMN_LOGS/count.
set -u
logs=${RMN_LOGS:?folder for the logs}
mkdir -p "$logs"
passed=0 failed=0 skipped=0

for command in "$@"; do
    first=${command%% *} last=${command##* }
    name=${first##*/}
    [ "$name" != bats ] || name=${last##*/}
    log=$logs/$name.tap
    CMOCKA_MESSAGE_OUTPUT=TAP bash -c "exec $command" >"$log" 2>"$log.stderr" </dev/null
    status=$?
    # cmocka prints its TAP on stderr.
    grep -E '^(ok|not ok) |^1\.\.|^# ' "$log.stderr" >>"$log"
    # cmocka says "not ok 5 # SKIP name".
    skip=$(grep -cE '^(not )?ok .*# SKIP|^ok .*# skip' "$log")
    good=$(grep -E '^ok ' "$log" | grep -cviE '# skip')
    bad=$(grep -E '^not ok ' "$log" | grep -cvE '# SKIP')
    planned=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$log" | head -1)
    if [ "$bad" -eq 0 ] && { [ $status -ne 0 ] ||
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
done

echo "$passed $failed $skipped" >"$logs/count"
echo
echo "$passed passed, $failed failed$([ $skipped -gt 0 ] && echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
