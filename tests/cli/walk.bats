#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The walk against libtsk's own listing, over real images, where there are any.

setup() {
	load common
	walkdump="$RMN_BIN/../testtools/walkdump"
}

@test "every name that fls lists is an item, and every ledger adds up" {
	[ -n "$RMN_CORPUS" ] || skip "no corpus"
	command -v fls >/dev/null || skip "no fls"
	run python3 "$BATS_TEST_DIRNAME/../recall/fls_compare.py" "$walkdump" "$RMN_CORPUS/images"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "what is no image is refused in one sentence" {
	run "$walkdump" /nonexistent.raw
	[ "$status" -eq 4 ]
	[ "${#lines[@]}" -eq 1 ]
}
