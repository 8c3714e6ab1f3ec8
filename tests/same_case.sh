#!/bin/bash
# same_case.sh A.db B.db: whether two cases hold the same items, documents and findings.
#
# Value hashes are under a key of each case, so they are compared by what they tell: which findings
# have the same value.  Prints the first differences.
set -u
export LC_ALL=C

dump() { # CASE VIEW
    local columns
    columns=$(sqlite3 "$1" "SELECT group_concat(CASE name WHEN 'value_hash' THEN
        'min(id) OVER (PARTITION BY value_hash)' ELSE '\"' || name || '\"' END, ', ')
        FROM pragma_table_info('$2')")
    sqlite3 -readonly "$1" "SELECT $columns FROM $2" | sort
}

status=0
for view in v_item v_document v_finding v_coverage v_unexamined; do
    if ! difference=$(diff <(dump "$1" $view) <(dump "$2" $view)); then
        echo "$view differs:"
        head -6 <<<"$difference"
        status=1
    elif [ -z "$(dump "$1" $view | head -1)" ]; then
        empty="${empty:-} $view"
    fi
done
[ -z "${empty:-}" ] || echo "empty in both:$empty"
exit $status
