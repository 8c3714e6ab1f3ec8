#!/usr/bin/env bats
# remnant-text, where its reader does not come back.
bats_require_minimum_version 1.5.0
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    [ -x "$RMN_BIN/remnant-text" ] || skip "remnant-text is not built"
}

# The reader waits for room in the pipe, so that it is there to be stopped.
@test "a reader that hangs is ended, with a message and status 3" {
    seq 300000 >many.txt
    mkfifo out
    "$RMN_BIN/remnant-text" many.txt >out 2>messages 3>&- &
    local program=$! reader='' status=0
    exec 7<out
    for _ in $(seq 100); do
        reader=$(pgrep -P "$program" -x remnant-text) && break
        sleep 0.1
    done
    head -c 1000 <&7 >start
    run ! pgrep -P "$program" -x remnant-pdf	# nobody asked it
    kill -STOP "$reader"
    cat <&7 >rest
    wait "$program" || status=$?
    [ "$status" -eq 3 ]
    grep -q 'many.txt: the reader gave no sign of life for 60 seconds' messages
    grep -qx 1 start
    [ ! -e "/proc/$reader" ]
}

# libarchive does so when memory ends; 0 or 1 would pass for a reading.
@test "a library that ends the reader is told, whatever status it gives" {
    [ -z "$RMN_SAN" ] || skip "nothing stands before a sanitizer"
    printf '<x/>' >file.xml
    tar cf some.tar file.xml
    for code in 0 1; do
        echo "extern void exit(int); int archive_read_next_header(void *a, void **e)" \
            "{ (void)a; (void)e; exit($code); }" | $CC -shared -fPIC -xc - -o ends.so
        run --separate-stderr env LD_PRELOAD=./ends.so "$RMN_BIN/remnant-text" some.tar
        [ "$status" -eq 3 ]
        [[ $stderr == *"some.tar: the reader stopped: a library ended it with exit status $code"* ]]
    done
}

# The program starts with the first PDF; the next reader waits for room in the pipe while it goes away.
@test "a PDF program that died costs one file" {
    seq 300000 >many.txt
    cp "$BATS_TEST_DIRNAME/../../testdata/pdf/rows.pdf" first.pdf
    cp first.pdf second.pdf
    cp first.pdf third.pdf
    mkfifo out
    "$RMN_BIN/remnant-text" first.pdf many.txt second.pdf third.pdf >out 2>messages 3>&- &
    local program=$! helper='' status=0
    exec 7<out
    head -c 1000000 <&7 >start
    helper=$(pgrep -P "$program" -x remnant-pdf)
    kill -KILL "$helper"
    cat <&7 >rest
    wait "$program" || status=$?
    [ "$status" -eq 3 ]
    [ "$(grep -c '^!! not examined' rest)" -eq 1 ]
    [ "$(cat start rest | grep -c 'Taro Example')" -eq 2 ]
}
