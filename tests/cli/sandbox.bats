#!/usr/bin/env bats
# What the processes of a scan open, as strace saw it: nothing that parses evidence opens anything
# once its sandbox is on, and sources are opened for reading only.
bats_require_minimum_version 1.5.0
load common

calls=%file,%network,process,seccomp,prctl,landlock_restrict_self,memfd_create,io_uring_setup

setup_file() {
    [ -x "$RMN_BIN/remnant-scan" ] || return 0
    cd "$BATS_FILE_TMPDIR" || return 1
    strace -f -o probe true 2>probe.err || return 0
    python3 "$BATS_TEST_DIRNAME/../../tools/demo-drive.py" drive.img >/dev/null
    make_tree
    hashes >before
    trace drive drive.img
    trace tree tree
    hashes >after
}

# A folder with a document of each way to read one.
make_tree() {
    local data=$BATS_TEST_DIRNAME/../../testdata
    mkdir tree
    cp "$data"/pdf/*.pdf tree/
    (cd "$data/format" && cp --parents -r docx xlsx eml mbox odf "$BATS_FILE_TMPDIR/tree/")
    echo '担当: 山本 健司 メール: kenji@shinonome.example.jp' >tree/名簿.txt
    (cd tree && zip -q packed.zip 名簿.txt)
    printf 'From: a@example.jp\r\nSubject: x\r\nContent-Type: text/plain\r\n\r\nb@example.jp\r\n' \
        >tree/letter.eml
}

hashes() {
    find drive.img tree -type f -exec sha256sum {} + | sort
}

# trace NAME SOURCE [OPTION...]: what its scan called is in NAME.trace.
trace() {
    local status=0 name=$1 source=$BATS_FILE_TMPDIR/$2
    shift 2
    strace -f -qq -s 64 -o "$name.trace" -e "trace=$calls" "$RMN_BIN/remnant-scan" "$source" \
        --case "$name.db" --quiet "$@" 2>"$name.log" || status=$?
    [ $status -eq 0 ] || [ $status -eq 3 ]
}

# Every call of a trace that opens the path, or something under it.
opened() {
    grep -E "^[0-9]+ +(open|openat|openat2|creat)\(" "$1.trace" | grep -F -- "$2"
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return 1
    [ -x "$RMN_BIN/remnant-scan" ] || skip "remnant-scan is not built"
    [ -f drive.trace ] || skip "strace cannot trace here"
}

# Hasher, walker, at least one worker, and the PDF program.
@test "nothing is opened once a sandbox is on: a drive" {
    python3 "$BATS_TEST_DIRNAME/sandbox.py" drive.trace --at-least 4 --with-pdf
}

@test "nothing is opened once a sandbox is on: a folder" {
    python3 "$BATS_TEST_DIRNAME/sandbox.py" tree.trace --at-least 2 --with-pdf
}

@test "a scan without sandboxes does not pass for one with them" {
    trace without drive.img --no-sandbox
    run python3 "$BATS_TEST_DIRNAME/sandbox.py" without.trace --at-least 3
    [ "$status" -eq 1 ]
    [[ $output == *"no sandbox"* ]]
    [[ $output == *"0 processes entered a sandbox"* ]]
}

@test "the drive is opened for reading only" {
    opened drive drive.img >drive.opened
    [ "$(wc -l <drive.opened)" -ge 3 ]
    [ "$(grep -c O_RDONLY drive.opened)" = "$(wc -l <drive.opened)" ]
    [ "$(grep -cE 'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)' drive.opened)" -eq 0 ]
}

@test "the files of a folder are opened for reading only" {
    for name in letter.eml packed.zip rows.pdf; do
        opened tree "$name" >tree.opened
        [ -s tree.opened ]
        [ "$(grep -cE 'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)' tree.opened)" -eq 0 ]
    done
}

# Whatever is opened for writing: the case and its journals, the lock, /dev/null.
@test "only the case is opened for writing" {
    for name in drive tree; do
        grep -E '^[0-9]+ +(open|openat|openat2|creat)\(' $name.trace |
            grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)' | grep -vE "\"(.*/)?$name\.db|\"/dev/null\"" \
            >written || true
        [ ! -s written ] || { cat written; false; }
    done
}

@test "the sources have the same bytes before and after" {
    [ "$(wc -l <before)" -gt 4 ]
    cmp before after
}
