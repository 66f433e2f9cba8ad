#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# Whatever dies under ci/mutants, every mutant that was asked for has one row in the
# results, the exit status is not 0, and it does not take long. Kernels and machines
# are those of ci/proofs/fakes.
#
# usage: bats ci/proofs/mutants.bats

# Every test has its own ASKED; what the faults say is for ci/proofs/fakes to expand.
# shellcheck disable=SC2016,SC2030,SC2031

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
ASKED="ring-push-once reset-batch-65"
# Many, for one fault each.
MANY="clear-protect-offset get-tail-not-copied clear-flush-before-protect
	get-clear-after-protect toggle-strict-binding toggle-unbinds get-no-flush
	clear-no-flush ring-of-first-vcpu clear-any-length toggle-any-file delete-keeps-mappings
	move-drops-log unbind-leaves-last reset-no-flush reset-first-vcpu kvmclock-unmarked
	shadow-clean-writable"

setup() {
	export O=$BATS_TEST_TMPDIR/build FAKE=$BATS_TEST_TMPDIR/fake
	export LAB_BOOT=$TOP/ci/proofs/fakes/boot KERNEL_BUILD=$TOP/ci/proofs/fakes/build
	export MUTANTS_BIN=$BATS_TEST_TMPDIR/bin
	export ARCH=x86 ONLY=$ASKED JOBS=4 DEPS=none
	mkdir -p "$O/tmp" "$FAKE" "$MUTANTS_BIN"
	printf '#!/bin/sh\n' >"$MUTANTS_BIN/gmem_dirty_basic"
	chmod +x "$MUTANTS_BIN/gmem_dirty_basic"
	for name in $ASKED $MANY; do
		at boot "$name" 'FAILS=basic.anon.bitmap.c'
	done
}

# at build|boot NAME TEXT: what happens there.
at() {
	printf '%s\n' "$3" >"$FAKE/$1-$2"
}

# mutants: runs it; the time limit is for a run that waits for ever.
mutants() {
	run timeout -k 5 200 "$TOP/ci/verdict" "$TOP/ci/mutants"
	echo "$output"
	LOGS=$(readlink -f "$O/mutants/latest" || true)
}

# row MUTANT FIELD
row() {
	jq -r --arg mutant "$1" --arg field "$2" 'select(.mutant == $mutant) | .[$field] | tostring' \
		"$LOGS/results.jsonl"
}

# ended STATUS VERDICT: and each mutant has one row, here, in the table and in run.json.
ended() {
	local n
	n=$(wc -w <<<"$ASKED")
	[ "$status" -eq "$1" ]
	[ "${lines[-1]}" = "VERDICT: $2" ]
	[ "$(jq -r .mutant "$LOGS/results.jsonl" | sort | xargs)" = "$(xargs -n1 <<<"$ASKED" | sort | xargs)" ]
	[ "$(jq -r '"\(.asked) \(.rows) \(.exit)"' "$LOGS/run.json")" = "$n $n $1" ]
	[[ $output == *"of $n mutants killed"* ]]
}

# lost MUTANT TEXT: it is an error for this reason.
lost() {
	echo "$1: $(row "$1" outcome), $(row "$1" test)"
	[ "$(row "$1" outcome)" = error ]
	[[ $(row "$1" test) == *"$2"* ]]
}

# all_lost TEXT
all_lost() {
	local name
	ended 3 LAB
	for name in $ASKED; do
		lost "$name" "$1"
	done
}

# fault NAME build|boot TEXT EXPECTED: in the run of many, this happens to a mutant of
# its own.
fault() {
	local name
	read -r name REST <<<"$REST"
	ASKED+=" $name"
	at "$1" "$name" "$2"
	EXPECTED+=("$name|$3")
}

@test "all are killed" {
	mutants
	ended 0 PASS
	[ "$(row ring-push-once test)" = basic.anon.bitmap.c ]
	[ "$(jq -r .verdict "$LOGS/run.json")" = pass ]
}

@test "a failure beside those that are known of the candidate kills" {
	at boot candidate 'KNOWN=basic.anon.bitmap.c'
	mutants
	ended 0 PASS
	[ "$(row ring-push-once test)" = basic.anon.bitmap.c ]
}

@test "survivors; what fails on the candidate as well is passed over" {
	ASKED="ring-push-once reset-batch-65 get-no-flush"
	# Both tests are the first machine's, which runs every other one: two machines
	# that fail may do so in any order.
	at boot candidate 'FAILS=basic.anon.bitmap.b'
	at boot ring-push-once 'FAILS="basic.anon.bitmap.b basic.anon.bitmap.d"'
	at boot reset-batch-65 'FAILS=basic.anon.bitmap.b'
	at boot get-no-flush ':'
	ONLY=$ASKED mutants
	ended 1 FAIL
	[ "$(jq -r .verdict "$LOGS/run.json")" = fail ]
	[ "$(row ring-push-once test)" = basic.anon.bitmap.d ]
	[[ $(row ring-push-once passed_over) == *"bitmap.b fails on the candidate as well"* ]]
	[ "$(row reset-batch-65 outcome)" = survived ]
	[ "$(row get-no-flush outcome)" = survived ]
}

@test "one fault each, and the others are not harmed" {
	REST=$(xargs <<<"$MANY") EXPECTED=()
	fault build 'echo "changes nothing" >&2; exit 1' "changes nothing"
	fault build 'kill -9 $$' "the build was killed"
	fault build 'kill -9 $PPID; exec sleep 30' "the build was killed"
	fault build 'exit 0' "named no kernel"
	fault build 'name=candidate' "changes no code"
	fault boot 'kill -9 $PPID; exec sleep 30' "its job was killed"
	fault boot 'kill -9 $$' "no verdict"
	fault boot 'verdict "FAILED panic"' "FAILED panic"
	fault boot 'exit 0' "no verdict"
	fault boot ': >"$RESULTS/output"; verdict "exit 0"' "no result of 2 tests"
	fault boot 'verdict() { echo "exit 1" >"$RESULTS/verdict"; exit 1; }' "and no test failed"
	fault boot 'command_line() { program basic.anon.bitmap.a; }' "no result of"
	fault boot 'PLAN=7' "planned 7 results"
	fault boot 'head -c 100000 /dev/urandom; printf "\nnot ok 1 no.such.test\n"
		echo "not ok 1 no.such.test" >"$RESULTS/output"; verdict "exit 1"' "which is no test"
	fault boot 'FAILS=basic.anon.bitmap.c; unset RESULTS' "no verdict"
	# The folder where its result would be is none.
	fault boot 'FAILS=basic.anon.bitmap.c; dir=${RESULTS%/*/results}
		[[ $RUN != *--tests* && -d $dir ]] && mkdir -p "$dir/result-suite.json.part"' "its job ended"
	ONLY=$ASKED mutants
	ended 3 LAB
	[ "$(row ring-push-once outcome)" = killed ]
	[ "$(row reset-batch-65 outcome)" = killed ]
	[ "${#EXPECTED[@]}" -eq 16 ]
	for fault in "${EXPECTED[@]}"; do
		lost "${fault%%|*}" "${fault#*|}"
	done
}

@test "a build that is killed while the run is busy with a result" {
	mkdir "$FAKE/path"
	cat >"$FAKE/path/jq" <<-END
		#!/bin/sh
		if find "$O/mutants" -name 'result-*.json' | grep . >/dev/null; then
			touch "$FAKE/busy"
			sleep 0.5
		fi
		exec $(command -v jq) "\$@"
	END
	chmod +x "$FAKE/path/jq"
	at build ring-push-once 'until [[ -e $FAKE/busy ]]; do sleep 0.05; done
		kill -9 $PPID; exec sleep 30'
	PATH=$FAKE/path:$PATH mutants
	ended 3 LAB
	[ "$(row reset-batch-65 outcome)" = killed ]
	lost ring-push-once "the build was killed"
}

@test "a build and a job that do not end" {
	at build ring-push-once 'exec sleep 60'
	at boot reset-batch-65 'exec sleep 60'
	BUILD_LIMIT=2 MUTANT_LIMIT=2 mutants
	ended 3 LAB
	lost ring-push-once "the build took longer than 2 s"
	lost reset-batch-65 "its job took longer than 2 s"
}

@test "the candidate's machine gives no result" {
	at boot candidate '[[ $RUN == *--list* ]] || verdict "FAILED no-boot"'
	mutants
	all_lost "the candidate's machine gave no result of it: FAILED no-boot"
}

@test "the candidate's machine gives a verdict and no result" {
	at boot candidate '[[ $RUN == *--list* ]] || verdict "exit 0"'
	mutants
	all_lost "the candidate's machine gave no result of it: exit 0"
}

@test "no candidate" {
	at build candidate 'exit 1'
	mutants
	all_lost "there is no candidate"
}

@test "the tests cannot be listed" {
	at boot candidate 'verdict "FAILED no-boot"'
	mutants
	all_lost "does not list its tests"
}

@test "the list is empty" {
	at boot candidate 'ALL_TESTS=""'
	mutants
	all_lost "does not list its tests"
}

@test "the list fails after some names" {
	at boot candidate 'listing() { echo basic.anon.bitmap.a >"$RESULTS/output"; verdict "exit 139"; }'
	mutants
	all_lost "does not list its tests"
}

@test "a result file is cut off" {
	# Of a mutant that is done before the next one is built.
	at build reset-batch-65 'until [ -s "$O"/mutants/latest/x86-get-no-flush/result-suite.json ]; do
		sleep 0.1; done
		truncate -s -20 "$O"/mutants/latest/x86-get-no-flush/result-suite.json'
	ASKED="get-no-flush reset-batch-65"
	ONLY=$ASKED mutants
	ended 3 LAB
	lost get-no-flush "no result"
}

@test "a result is of another mutant" {
	at build ring-push-once 'until [ -s "$O"/mutants/latest/x86-get-no-flush/result-suite.json ]; do
		sleep 0.1; done
		mkdir -p "$O/mutants/latest/x86-ring-push-once"
		cp "$O"/mutants/latest/x86-get-no-flush/result-suite.json \
			"$O/mutants/latest/x86-ring-push-once/"; exit 1'
	ASKED="get-no-flush ring-push-once"
	ONLY=$ASKED mutants
	ended 3 LAB
	lost ring-push-once "build"
	# Two results of one are none.
	lost get-no-flush "no result"
}

@test "the disk is full" {
	[ "$(id -u)" -eq 0 ] || skip "mounting takes root"
	mkdir -p "$O/mutants"
	mount -t tmpfs -o size=64k tmpfs "$O/mutants" || skip "no mount here"
	at boot ring-push-once 'FAILS=basic.anon.bitmap.c
		head -c 1M /dev/zero >"$O/mutants/full" || true'
	mutants
	cp -r "$LOGS" "$BATS_TEST_TMPDIR/logs"
	umount "$O/mutants"
	LOGS=$BATS_TEST_TMPDIR/logs
	[ "$status" -eq 3 ]
	[ "${lines[-1]}" = "VERDICT: LAB" ]
	[ "$(wc -l <"$LOGS/results.jsonl")" -eq 2 ]
	[[ $output == *error*ring-push-once* ]]
}

# begin_run: of pid, until its machine is there.
begin_run() {
	at boot ring-push-once 'touch "$FAKE/here"; sleep 60'
	"$TOP/ci/mutants" >"$BATS_TEST_TMPDIR/out" 2>&1 &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		[ ! -e "$FAKE/here" ] || break
		sleep 0.1
	done
}

@test "a folder for results that cannot be made is an error, and no wait" {
	mkdir -p "$O/runs"
	mount -t tmpfs -o nr_inodes=1 tmpfs "$O/runs" || skip "no mount here"
	run timeout 20 bash -c '. "$0/ci/lib.sh"; results_folder runs' "$TOP"
	umount "$O/runs"
	[ "$status" -eq 3 ]
	[[ $output == *"cannot make $O/runs/"* ]]
}

@test "the run is terminated" {
	begin_run
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	LOGS=$(readlink -f "$O/mutants/latest")
	output=$(<"$BATS_TEST_TMPDIR/out")
	lines=("VERDICT: LAB") # which ci/verdict would say
	ended 3 LAB
	[ "$(row ring-push-once outcome)" = error ]
}

@test "the run is killed: the rows are there, and no record" {
	begin_run
	kill -KILL "$pid"
	wait "$pid" || true
	LOGS=$(readlink -f "$O/mutants/latest")
	[ -e "$LOGS/run.begun" ]
	[ ! -e "$LOGS/run.json" ]
	[ "$(wc -l <"$LOGS/results.jsonl")" -eq 2 ]
	[ "$(row ring-push-once outcome)" = error ]
	# Nothing of it goes on.
	for ((i = 0; i < 100; i++)); do
		[ -n "$(pgrep -f "$O/mutants" || true)" ] || break
		sleep 0.1
	done
	[ "$i" -lt 100 ]
}

@test "nothing is asked for" {
	ONLY=no-such-mutant mutants
	[ "$status" -eq 2 ]
	[ "${lines[-1]}" = "VERDICT: LAB" ]
}

# baseline NAME RESULT: what one of the kernel's own tests does on that kernel.
baseline() {
	at boot "$1" "machine() { echo 'RESULT $2 guest_memfd_test 3.2 exit=0' >>\"\$LOG\"
		verdict 'exit 0'; }"
}

@test "the kernel's own tests, and one of their machines that dies" {
	mkdir "$MUTANTS_BIN/kernel"
	ONLY+=" get-no-flush"
	baseline candidate ok
	baseline ring-push-once not-ok
	baseline get-no-flush ok
	at boot reset-batch-65 'verdict "FAILED panic"'
	BASELINE=guest_memfd_test mutants
	[ "$status" -eq 3 ]
	[ "$(jq -r '"\(.asked) \(.rows) \(.killed) \(.survived) \(.errors)"' "$LOGS/run.json")" = "4 4 1 1 1" ]
	[ "$(row ring-push-once outcome)" = killed ]
	[ "$(row get-no-flush outcome)" = survived ]
	lost reset-batch-65 "no result: FAILED panic"
}

@test "the kernel's own tests: without the candidate's result none kills" {
	mkdir "$MUTANTS_BIN/kernel"
	at boot candidate 'kill -9 $$'
	baseline ring-push-once not-ok
	baseline reset-batch-65 not-ok
	BASELINE=guest_memfd_test mutants
	[ "$status" -eq 3 ]
	lost candidate "no result: no verdict"
	lost ring-push-once "the candidate has no result of guest_memfd_test"
	lost reset-batch-65 "the candidate has no result of guest_memfd_test"
}

@test "a class that nobody has explained" {
	printf '%s\n' '# words' 'flush  a flush' >"$FAKE/classes"
	CLASSES=$FAKE/classes run "$TOP/ci/mutants"
	[ "$status" -eq 2 ]
	[[ $output == *"mutant-classes has no class '"* ]]
}

@test "mutants by class, and those that undo a fix" {
	export MUTANTS=$BATS_TEST_TMPDIR/mutants
	mkdir "$MUTANTS"
	for name in ring-push-once lookup-past-end reset-batch-65; do
		cp "$TOP/ci/kernel/mutants/$name.hunk" "$MUTANTS"
		at boot "$name" 'FAILS=basic.anon.bitmap.c'
	done
	ASKED="ring-push-once lookup-past-end"
	ONLY="class:ring-push past:2020*" mutants
	ended 0 PASS
	sed -i 's/^# past: 2020/# past: once/' "$MUTANTS/lookup-past-end.hunk"
	mutants
	[ "$status" -eq 2 ]
	[[ $output == *"past: begins with the year of the fix"* ]]
}

@test "DRY=1 of no mutant runs nothing" {
	run env DRY=1 ARCH=x86 ONLY=no-such-mutant "$TOP/ci/mutants"
	[ "$status" -eq 2 ]
	[[ $output == *"no mutant of ONLY='no-such-mutant'"* ]]
	[ ! -e "$O/mutants" ]
}
