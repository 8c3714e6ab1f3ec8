load common

make_case() {
    "$RMN_TOOLS/mkcase" c.db 3
}

@test "init makes a private case and does not touch one that is there" {
    remnant-case init c.db
    [ "$(stat -c %a c.db)" = 600 ]
    fails 4 remnant-case init c.db
    [[ $stderr == *"c.db is there already"* ]]
}

@test "info, check and log of a case" {
    make_case
    run remnant-case info c.db
    [ "$status" -eq 0 ]
    [[ $output == *"documents 192, business 168"* ]]
    run remnant-case check c.db
    [ "$status" -eq 0 ]
    [ "$output" = "the case is whole" ]
    run remnant-case log c.db
    [ "$status" -eq 0 ]
    [[ $output == *'["check", "c.db"]: 0 problems'* ]]
}

@test "a changed log and a ledger that does not add up are exit 3" {
    make_case
    sqlite3 c.db "UPDATE log SET user = 'x' WHERE id = 1; UPDATE coverage SET bytes = 1 WHERE class = 'metadata'"
    fails 3 remnant-case check c.db
    [[ $stderr == *"log: row 1 was changed"* ]]
    [[ $stderr == *"the ledger has"* ]]
    fails 3 remnant-case log c.db
}

@test "exports" {
    make_case
    remnant-case export c.db -o f.jsonl
    [ "$(stat -c %a f.jsonl)" = 600 ]
    [ "$(wc -l <f.jsonl)" -eq "$(sqlite3 c.db 'SELECT count(*) FROM v_finding')" ]
    remnant-case export --format csv --view v_document c.db >d.csv
    [ "$(grep -c $'\r$' d.csv)" -eq 193 ]
    remnant-case export --format bodyfile c.db >b.txt
    [ "$(awk -F'|' 'NF != 11' b.txt | wc -l)" -eq 0 ]
    remnant-case export --format dfxml c.db >d.xml
    xmllint --noout d.xml
}

@test "what is no case" {
    fails 4 remnant-case info none.db
    [[ $stderr == *"none.db: no such case"* ]]
    echo text >c.db
    fails 4 remnant-case check c.db
    [[ $stderr == *"c.db is not a remnant case"* ]]
    fails 2 remnant-case export --format xls c.db
    fails 2 remnant-case merge c.db
}
