#!/usr/bin/env bats
# remnant-pdf: text, properties, what is said of PDFs that are not whole.
bats_require_minimum_version 1.5.0
load common
pdfs=$BATS_TEST_DIRNAME/../../testdata/pdf

@test "labels and values of one row stand on one line, bold is not doubled" {
    run --separate-stderr remnant-pdf "$pdfs/rows.pdf"
    [ "$status" -eq 0 ]
    [ "$output" = "title: Contacts
author: 山田太郎
company: Example
created: 2010-03-01T09:30:00Z
application: Writer
"$'\f'"page 1
Name	Taro Example
Phone	03-9999-0001
Mail	taro@example.jp
Bold
Confidential paper
E = mc2 holds" ]
}

@test "Japanese in a font that is not embedded, CP932 encoded" {
    run --separate-stderr remnant-pdf "$pdfs/japanese.pdf"
    [ "$status" -eq 0 ]
    [ "${lines[1]}" = "氏名	山田 太郎" ]
    [ "${lines[2]}" = "電話	03-9999-0001" ]
}

@test "notes are comments" {
    run --separate-stderr remnant-pdf "$pdfs/comment.pdf"
    [ "$status" -eq 0 ]
    [[ $output == *$'\fcomment 1\nAsk hanako@example.jp' ]]
}

# Every CMap of Adobe-Japan1; annotations; forms and XFA; attached files; properties, bookmarks and
# layers; earlier versions; a page tree that lies.
@test "what a PDF holds besides its pages' contents" {
    for name in cmaps notes form attached described versions pages; do
        remnant-pdf "$pdfs/$name.pdf" >out 2>said || [ $? -eq 3 ]
        diff "$pdfs/$name.out" out
        if [ "$name" = pages ]; then
            grep -q 'partial: 3 of 6 pages are missing' said
        else
            [ ! -s said ]
        fi
    done
}

@test "attached files are members, and are read like any other file" {
    run --separate-stderr remnant-text "$pdfs/attached.pdf"
    [ "$status" -eq 3 ]			# one of them is damaged
    [[ $output == *"== member: "*"attached.pdf//覚書.txt"* ]]
    [[ $output == *"山田太郎 taro@example.jp"* ]]
    [[ $output == *"Ask hanako@example.jp"* ]]
    [[ $output == *"Taro,03-9999-0001"* ]]
}

@test "a scanned page is said" {
    run --separate-stderr remnant-pdf "$pdfs/scanned.pdf"
    [ "$status" -eq 3 ]
    [[ $stderr == *"1 of 2 pages are pictures without text; --ocr reads them"* ]]
    [[ $output == *"taro@example.jp"* ]]
}

@test "a damaged PDF gives what can be put together" {
    run --separate-stderr remnant-pdf "$pdfs/cut.pdf"
    [ "$status" -eq 3 ]
    [[ $stderr == *"partial: damaged"* ]]
    [[ $output == *"03-9999-0001"* ]]
}

@test "zeros between drawing operators are a lost sector, in a picture they are black" {
    run --separate-stderr remnant-pdf "$pdfs/black.pdf"
    [ "$status" -eq 0 ]
    run --separate-stderr remnant-pdf "$pdfs/lost_sector.pdf"
    [ "$status" -eq 3 ]
    [[ $stderr == *"zero"* ]]
    [[ $output == *before* ]]
}

@test "what is no PDF is corrupt" {
    fails 3 remnant-pdf "$pdfs/none.pdf"
    [[ $stderr == *"corrupt: it cannot be opened as a PDF" ]]
}

@test "a password is needed, or an empty one is enough" {
    fails 3 remnant-pdf "$pdfs/locked.pdf"
    [[ $stderr == *"encrypted: a password is needed" ]]
    run --separate-stderr remnant-pdf "$pdfs/owner.pdf"
    [ "$status" -eq 0 ]
    [[ $output == *"taro@example.jp"* ]]
}

@test "one process reads many files, whatever comes between" {
    run --separate-stderr remnant-pdf "$pdfs/none.pdf" "$pdfs/rows.pdf" "$pdfs/cut.pdf" \
        "$pdfs/rows.pdf"
    [ "$status" -eq 3 ]
    [ "$(grep -c '^Mail' <<<"$output")" -eq 2 ]
}

@test "without files and socket it is misuse; what is no request ends it" {
    fails 2 remnant-pdf 3>&-
    python3 - "$RMN_BIN/remnant-pdf" <<'EOF'
import os, socket, subprocess, sys

def end(data):
    ours, its = socket.socketpair()
    def place():
        os.dup2(its.fileno(), 3)
    process = subprocess.Popen([sys.argv[1]], close_fds=False, preexec_fn=place,
                               stderr=subprocess.PIPE)
    its.close()
    ours.sendall(data)
    ours.shutdown(socket.SHUT_WR)
    answer = b''
    try:
        while piece := ours.recv(65536):
            answer += piece
    except ConnectionResetError:    # it left without reading everything
        pass
    return process.wait(20), answer

def request(size):
    return b'RMPF' + bytes(4) + b'\x01' + bytes(11) + size.to_bytes(8, 'little')

assert end(b'') == (0, b'')
assert end(b'nonsense, and twenty-eight of it'[:28]) == (4, b'')
assert end(request(1 << 40)) == (4, b'')
assert end(request(100) + b'%PDF')[0] == 4
status, answer = end(request(5) + b'%PDF-')
assert status == 0 and answer[0] == 11, (status, answer)
EOF
}

@test "it opens nothing after the sandbox is on" {
    command -v strace >/dev/null || skip "no strace"
    [ -z "$RMN_SAN" ] || skip "sanitizers open files of their own"
    strace -f -o trace remnant-pdf "$pdfs/japanese.pdf" "$pdfs/cut.pdf" || true
    grep -q 'seccomp(SECCOMP_SET_MODE_FILTER\|PR_SET_SECCOMP' trace || skip "strace is not allowed"
    child=$(awk '/SECCOMP_SET_MODE_FILTER|PR_SET_SECCOMP/ { print $1; exit }' trace)
    awk -v child="$child" '$1 == child && /SECCOMP_SET_MODE_FILTER|PR_SET_SECCOMP/ { on = 1; next }
        $1 == child && on && /open(at)?\(|socket\(|exec/' trace >opened
    cat opened
    [ ! -s opened ]
}

@test "text of real PDFs: at least 97 % of the words that pdftotext finds" {
    [ -d "${RMN_CORPUS:-}/pdf" ] || skip "no corpus"
    command -v pdftotext >/dev/null || skip "no pdftotext"
    find "$RMN_CORPUS/pdf" -name '*.pdf' | sort >all
    xargs -d '\n' -a all remnant-pdf >text 2>said || [ $? -eq 123 ]
    ! grep 'the PDF reader stopped' said
    awk 'NR % 3 == 1' all >some
    xargs -d '\n' -a some python3 "$BATS_TEST_DIRNAME/pdf_recall.py" >recall
    echo "# $(cat recall)" >&3
    awk '{ exit !($NF >= 0.97) }' recall
}

# The second file is a pipe, at which the program waits while its reader is stopped.
@test "a reader that hangs is ended, and another reads the next file" {
    mkfifo pipe.pdf
    remnant-pdf "$pdfs/rows.pdf" pipe.pdf "$pdfs/rows.pdf" >out 2>said 3>&- &
    local program=$! reader='' status=0
    for _ in $(seq 100); do
        reader=$(pgrep -P "$program") && break
        sleep 0.1
    done
    sleep 1
    kill -STOP "$reader"
    : >pipe.pdf
    wait "$program" || status=$?
    [ "$status" -eq 3 ]
    grep -q 'pipe.pdf: corrupt: the PDF reader' said
    [ "$(grep -c '^Name' out)" -eq 2 ]
    [ ! -e "/proc/$reader" ]
}
