load common

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    "$RMN_TOOLS/mkcase" c.db 3
}

@test "every format in both languages, into a private file" {
    for format in html json csv md; do
        for language in en ja; do
            remnant-report c.db --format $format --lang $language -o "r.$language.$format"
            [ "$(stat -c %a "r.$language.$format")" = 600 ]
        done
    done
    grep -q '残存データ調査報告書' r.ja.html
    grep -q '^| 緊急 |' r.ja.md
    [ "$(head -c 3 r.en.csv | od -An -tx1)" = " ef bb bf" ]
    [ -z "$(find . -name 'r.*.??????')" ]
}

@test "the page asks nothing of a network" {
    remnant-report c.db -o r.html
    ! grep -qE 'https?://|src=|@import|url\(' r.html
}

@test "the figures are those of the views" {
    remnant-report c.db --format json >r.json
    [ "$(python3 -c 'import json; print(json.load(open("r.json"))["figures"]["documents"])')" \
        = "$(sqlite3 c.db 'SELECT count(*) FROM v_document')" ]
    [ "$(python3 -c 'import json; print(json.load(open("r.json"))["findings"]["total"])')" \
        = "$(sqlite3 c.db 'SELECT count(*) FROM v_finding')" ]
}

@test "a report is the same each time but for its time" {
    remnant-report c.db --format md >a.md
    remnant-report c.db --format md >b.md
    diff <(grep -v 'Report made' a.md) <(grep -v 'Report made' b.md)
}

@test "the command is in the log" {
    remnant-report c.db --format md >a.md
    run remnant-case log c.db
    [[ $output == *'"c.db", "--format", "md"]: written'* ]]
}

@test "misuse" {
    fails 2 remnant-report --kind incident c.db
    [[ $stderr == *"not in this version"* ]]
    fails 2 remnant-report
    fails 4 remnant-report none.db
    fails 4 remnant-report c.db -o none/r.html
    remnant-report --schema | python3 -m json.tool >s.json
}
