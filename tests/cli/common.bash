# shellcheck shell=bash disable=SC2154
# Shared by the command-line tests.  RMN_BIN is the folder of the programs.
: "${RMN_BIN:?make check sets it}"
PATH=$RMN_BIN:$PATH
# The leak checker traces its process, which the sandbox does not allow; unit tests look for leaks.
[ -z "${RMN_SAN:-}" ] || export ASAN_OPTIONS=detect_leaks=0

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
}

# fails STATUS COMMAND...: the exit status is STATUS and stderr, one line, is in $output.
fails() {
    local wanted=$1
    shift
    run --separate-stderr "$@"
    [ "$status" -eq "$wanted" ] || {
        echo "exit status $status, wanted $wanted: $stderr"
        return 1
    }
}

# Programs that are built.
programs() {
    (cd "$RMN_BIN" && ls -d remnant*)
}
