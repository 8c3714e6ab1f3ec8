#!/bin/bash
# Makes a demo drive, examines it and writes reports.  demo.sh FOLDER; RMN_BIN: the programs.
# The figures at the end come from the case's views (docs/case.md), as anybody can ask for them.
set -euo pipefail
folder=${1:?folder}
here=$(dirname "$0")
PATH=${RMN_BIN:?make demo sets it}:$PATH
mkdir -p "$folder"

show() {
    echo
    echo "\$ $*"
    "$@"
}

python3 "$here/demo-drive.py" "$folder/drive.img"
rm -f "$folder"/case.db "$folder"/case.db-wal "$folder"/case.db-shm
status=0
show remnant-scan "$folder/drive.img" --case "$folder/case.db" || status=$?
# 3: done, and something could not be examined; the report says what.
[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
show remnant-report "$folder/case.db" --kind inventory --lang en --format html \
    -o "$folder/report.html"
show remnant-report "$folder/case.db" --kind inventory --lang ja --format html \
    -o "$folder/report-ja.html"

ask() { sqlite3 -readonly -batch "$folder/case.db" "$1"; }
echo
echo "What somebody who buys this drive could still bring back:"
printf '  %6d documents, %d of them in deleted files\n' \
    "$(ask "SELECT count(*) FROM v_document")" \
    "$(ask "SELECT count(DISTINCT d.sha256) FROM v_document d JOIN v_item i USING (sha256)
        WHERE i.state <> 'allocated'")"
ask "SELECT printf('  %6d findings of severity %s', count(*), severity) FROM v_finding
    GROUP BY severity ORDER BY severity_level DESC"
printf '  %6d places that could not be examined, each with its reason\n' \
    "$(ask "SELECT count(*) FROM v_unexamined")"
cat <<EOF

Look at   $folder/report.html (English)   $folder/report-ja.html (Japanese)
the case  $folder/case.db                 remnant-case info $folder/case.db
EOF
