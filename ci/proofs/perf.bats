#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Whatever dies under ci/perf: a failure with a name, a status that is not 0, and no
# folder that could be taken for a measurement. Kernels and machines are those of
# ci/proofs/fakes.
#
# usage: bats ci/proofs/perf.bats

# What the faults say is for ci/proofs/fakes to expand.
# shellcheck disable=SC2016

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

setup() {
	export O=$BATS_TEST_TMPDIR/build FAKE=$BATS_TEST_TMPDIR/fake DEPS=none
	export LAB_BOOT=$TOP/ci/proofs/fakes/boot KERNEL_BUILD=$TOP/ci/proofs/fakes/build
	export PERF_BIN=$BATS_TEST_TMPDIR/bin ARCH=x86
	export TESTS="perf.gmem.bitmap.harvest perf.gmem.bitmap.writes"
	mkdir -p "$O/tmp" "$FAKE" "$PERF_BIN"
	touch "$PERF_BIN/gmem_dirty_perf"
}

perf() {
	run timeout -k 5 200 "$TOP/ci/verdict" "$TOP/ci/perf" "$@"
	echo "$output"
	LOGS=$(readlink -f "$O/perf/latest" || true)
}

# ended STATUS VERDICT
ended() {
	[ "$status" -eq "$1" ]
	[ "${lines[-1]}" = "VERDICT: $2" ]
}

# failed NAME VERDICT TEXT: the record of a round.
failed() {
	ended 3 LAB
	jq -c '[.kind, .verdict, .why]' "$LOGS/$1/run.json"
	[ "$(jq -r .kind "$LOGS/$1/run.json")" = perf ]
	[ "$(jq -r .verdict "$LOGS/$1/run.json")" = "$2" ]
	[[ $(jq -r '"\(.why) \(.problems)"' "$LOGS/$1/run.json") == *"$3"* ]]
	[ ! -e "$LOGS/$1/perf.jsonl" ]
}

@test "two kernels, measured in every round" {
	A=candidate B=candidate+other perf ab
	[[ $output == *"no evidence"* || $status -eq 0 || $status -eq 1 ]]
	for name in A-1 A-2 B-1 B-2; do
		[ "$(jq -r .verdict "$LOGS/$name/run.json")" = pass ]
		[ "$(jq -r .machine.emulator "$LOGS/$name/run.json")" = qemu-system-x86_64 ]
		[ "$(wc -l <"$LOGS/$name/perf.jsonl")" -eq 2 ]
		grep -q '"emulator":"qemu-system-x86_64 .*18446744073709551615' "$LOGS/$name/perf.jsonl"
	done
}

@test "a machine that does not boot" {
	echo 'verdict "FAILED no-boot"' >"$FAKE/boot-candidate"
	perf record
	failed candidate-1 lab no-boot
}

@test "a machine that is killed" {
	echo 'kill -9 $$' >"$FAKE/boot-candidate"
	perf record
	failed candidate-1 lab no-verdict
}

@test "the second kernel dies: the rounds that did not run have no record" {
	echo 'verdict "FAILED panic"' >"$FAKE/boot-other"
	A=candidate B=candidate+other perf ab
	failed B-1 lab panic
	for name in A-2 B-2; do
		[ -e "$LOGS/$name/run.begun" ]
		[ ! -e "$LOGS/$name/run.json" ]
	done
}

@test "a program that dies half way" {
	echo 'PLAN=7; verdict() { echo "exit 139" >"$RESULTS/verdict"; exit 139; }' >"$FAKE/boot-candidate"
	perf record
	failed candidate-1 crash 139
}

@test "a program that ends early and well" {
	echo 'PLAN=7' >"$FAKE/boot-candidate"
	perf record
	failed candidate-1 incomplete "planned 7"
}

@test "a test that fails" {
	echo 'FAILS=perf.gmem.bitmap.writes' >"$FAKE/boot-candidate"
	perf record
	failed candidate-1 fail perf.gmem.bitmap.writes
}

@test "nothing is measured" {
	echo 'measure() { : >"$RESULTS/perf.jsonl"; }' >"$FAKE/boot-candidate"
	perf record
	failed candidate-1 lab "nothing was measured"
}

@test "one test measures nothing" {
	echo 'eval "real_$(declare -f measure)"; measure() { [[ $1 == *.writes ]] || real_measure "$1"; }' \
		>"$FAKE/boot-candidate"
	perf record
	failed candidate-1 lab "perf.gmem.bitmap.writes passed and measured nothing"
}

@test "results that are cut off" {
	echo 'eval "real_$(declare -f verdict)"
		verdict() { truncate -s -20 "$RESULTS/perf.jsonl"; real_verdict "$1"; }' \
		>"$FAKE/boot-candidate"
	perf record
	failed candidate-1 lab "damaged or cut off"
}

@test "no kernel" {
	echo 'exit 1' >"$FAKE/build-candidate"
	perf record
	failed candidate-1 lab "no-kernel"
}

@test "bad arguments" {
	CLOCK=sun perf record
	ended 2 LAB
}
