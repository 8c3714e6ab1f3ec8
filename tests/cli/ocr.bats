#!/usr/bin/env bats
# --ocr: pictures and pages of PDFs that are pictures.
bats_require_minimum_version 1.5.0
load common
pictures=$BATS_TEST_DIRNAME/../../testdata/ocr
files=$BATS_TEST_DIRNAME/../../testdata/format

needs_ocr() {
    [ -x "$RMN_BIN/remnant-ocr" ] || skip "remnant-ocr is not built"
    run remnant-text --ocr "$pictures/letter.png"
    [[ $output != *"no language data"* ]] || skip "no language data"
}

@test "a picture is read with --ocr and only then" {
    needs_ocr
    run --separate-stderr remnant-text --ocr "$pictures/letter.png"
    [ "$status" -eq 0 ]
    [[ $output == *"株式会社エグザンプル"* ]]
    [[ $output == *"担当者山田太郎"* ]]
    [[ $output == *"03-9999-0001"* ]]
    run --separate-stderr remnant-text "$pictures/letter.png"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "pages of a PDF that are pictures are parts of their own" {
    needs_ocr
    run --separate-stderr remnant-text --ocr --json "$pictures/scan.pdf"
    [ "$status" -eq 0 ]
    grep -q '"kind":"page".*A page with text' <<<"$output"
    grep -q '"kind":"ocr".*"part":"ocr page 2".*担当者山田太郎' <<<"$output"
    run --separate-stderr remnant-text "$pictures/scan.pdf"
    [ "$status" -eq 3 ]
    [[ $output == *"1 of 2 pages are pictures without text; --ocr reads them"* ]]
}

@test "every page of a TIFF is read" {
    needs_ocr
    run --separate-stderr remnant-text --ocr "$pictures/fax.tif"
    [ "$status" -eq 0 ]
    [ "$(grep -c '見積書' <<<"$output")" -eq 2 ]
}

@test "icons are not worth it, and what OCR cannot read is said" {
    needs_ocr
    run --separate-stderr remnant-text --ocr "$files/png/texts.in"
    [ "$status" -eq 0 ]
    run --separate-stderr remnant-text --ocr "$files/psd/layers.in"
    [ "$status" -eq 3 ]
    [[ $output == *"not a picture that OCR can read"* ]]
}

@test "without the program pictures are recorded as not read" {
    mkdir bin
    cp "$RMN_BIN"/remnant-text "$RMN_BIN"/remnant-pdf bin/
    run --separate-stderr bin/remnant-text --ocr "$pictures/letter.png"
    [ "$status" -eq 3 ]
    [[ $output == *"the OCR program stopped"* ]]
    [[ $stderr == *"remnant-ocr: "* ]]
}

@test "a scan records what it read from pictures" {
    needs_ocr
    mkdir disk
    cp "$pictures/scan.pdf" "$pictures/letter.png" disk/
    run --separate-stderr remnant-scan --ocr -q --case ocr.db disk
    [ "$status" -eq 0 ]
    [ "$(sqlite3 ocr.db "SELECT count(*) FROM v_unexamined")" -eq 0 ]
    run --separate-stderr remnant-scan -q --case none.db disk
    [ "$status" -eq 3 ]
    [[ $(sqlite3 none.db "SELECT reason FROM v_unexamined") == *"--ocr reads them"* ]]
}

@test "without a socket it is misuse; what is no request ends it" {
    [ -x "$RMN_BIN/remnant-ocr" ] || skip "remnant-ocr is not built"
    fails 2 remnant-ocr 3>&-
}
