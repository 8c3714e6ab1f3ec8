#!/usr/bin/env bats
# Help, versions, manual pages and completions: all say the same.
bats_require_minimum_version 1.5.0
load common
top=$BATS_TEST_DIRNAME/../..

@test "every program has --help on stdout, exit 0, nothing on stderr" {
    for program in $(programs); do
        run --separate-stderr "$program" --help
        [ "$status" -eq 0 ]
        [[ $output == "usage: $program"* ]]
        [ -z "$stderr" ]
    done
}

@test "every program has --version" {
    for program in $(programs); do
        run "$program" --version
        [ "$status" -eq 0 ]
        [[ $output =~ ^"$program "[0-9]+\.[0-9]+\.[0-9]+$ ]]
    done
}

@test "an unknown option is misuse, named in one line" {
    for program in $(programs); do
        fails 2 "$program" --fooo
        [[ $stderr == "$program: unknown option --fooo"*"; try --help" ]]
        [ -z "$output" ]
    done
}

@test "a control character in an argument does not reach the terminal" {
    fails 2 remnant $'--x\e[2J'
    [[ $stderr == *'\x1B[2J'* ]]
}

@test "remnant says which command was probably meant" {
    fails 2 remnant scna
    [[ $stderr == *"did you mean 'scan'?"* ]]
}

@test "remnant runs the program beside it" {
    [ -x "$RMN_BIN/remnant-text" ] || skip "remnant-text is not built"
    run "$RMN_BIN/remnant" text --version
    [ "$status" -eq 0 ]
    [[ $output == "remnant-text "* ]]
}

@test "remnant and the programs give the same purposes" {
    remnant --completion-data | awk -F '\t' '$1 == "program" && $2 ~ / / {
        sub(" ", "-", $2); print $2 "\t" $3 }' >listed
    while IFS=$'\t' read -r program purpose; do
        [ -x "$RMN_BIN/$program" ] || continue
        own=$("$program" --completion-data | awk -F '\t' '$1 == "program" { print $3; exit }')
        [ "$own" = "$purpose" ] || { echo "$program: '$own', remnant says '$purpose'"; false; }
    done <listed
}

@test "stdout that cannot be written is a failure" {
    for program in $(programs); do
        run bash -c "$program --help >/dev/full"
        [ "$status" -eq 4 ]
    done
}

# Text of one section of a manual page, on one line.
section() {
    MANWIDTH=1000 mandoc -T ascii -O width=1000 "$1" | col -bx | awk -v name="$2" '
        /^[A-Z]/ { inside = $0 == name; next } inside' | tr -s ' \n' ' ' | sed 's/^ //; s/ $//'
}

@test "manual pages have the synopsis of --help" {
    for program in $(programs); do
        page=$top/docs/man/$program.1
        [ -f "$page" ] || { echo "$program has no manual page"; false; }
        wanted=$("$program" --help | sed '/^$/,$d; s/^usage://' | tr -s ' \n' ' ' |
            sed 's/^ //; s/ $//')
        [ "$(section "$page" SYNOPSIS)" = "$wanted" ] || {
            echo "--help: $wanted"
            echo "manual: $(section "$page" SYNOPSIS)"
            false
        }
    done
}

@test "manual pages give the purpose of --help" {
    for program in $(programs); do
        own=$("$program" --completion-data | awk -F '\t' '$1 == "program" { print $3; exit }')
        [ "$(sed -n 's/^\.Nd //p' "$top/docs/man/$program.1")" = "$own" ] || {
            echo "$program: $own"
            false
        }
    done
}

@test "manual pages name every option, and no other" {
    for program in $(programs); do
        page=$top/docs/man/$program.1
        "$program" --completion-data | awk -F '\t' '$1 == "option" { print $3 }' |
            grep -vxE -- '--(help|version)' | sort -u >options
        sed -nE 's/^\.It Fl (. , Fl )?\\-([a-z][a-z0-9-]*).*/--\2/p' "$page" |
            grep -vxE -- '--(help|version)' | sort -u >named
        diff options named || { echo "$program: < in the program, > in its manual"; false; }
    done
}

@test "manual pages are without mistakes" {
    mandoc -T lint -W warning "$top"/docs/man/*.1
}

# complete WORD...: what bash offers for the last word.
complete_words() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _remnant
    echo "${COMPREPLY[@]}"
}

@test "bash completion offers commands, options and files" {
    # shellcheck source=/dev/null
    source "$RMN_COMPLETIONS/remnant"
    [[ " $(complete_words remnant '') " == *" scan "* ]]
    [ "$(complete_words remnant --ver)" = --version ]
    for program in $(programs); do
        "$program" --completion-data | awk -F '\t' -v p="$program" \
            '$1 == "option" && $2 == p { print $3 }' | while read -r option; do
            [ "$(complete_words "$program" "$option" | tr ' ' '\n' | grep -cx -- "$option")" = 1 ] ||
                { echo "$program $option"; false; }
        done
    done
}

@test "zsh completion is well-formed" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    zsh -n "$RMN_COMPLETIONS/_remnant"
}
