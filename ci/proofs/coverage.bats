#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# What ci/coverage makes of counts: a line without a reason, a reason that is wrong, a
# function or a mode that is missing. The counts are written here, and no machine runs.
#
# usage: bats ci/proofs/coverage.bats

# Every test has its own CHECK; Markdown has backquotes.
# shellcheck disable=SC2016,SC2030,SC2031

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

setup() {
	export O=$BATS_TEST_TMPDIR/build DEPS=none
	export COVERAGE_TABLES=$BATS_TEST_TMPDIR/tables
	DIR=$BATS_TEST_TMPDIR/counted
	mkdir -p "$COVERAGE_TABLES" "$DIR/counts" "$DIR/source/x86/virt/kvm" "$O/tmp"
	touch "$DIR"/{runs,rows,faults}
	echo virt/kvm/log.c >"$DIR/objects-x86"
	cat >"$DIR/source/x86/virt/kvm/log.c" <<-'END'
		static void mark(struct kvm *kvm);
		static void mark(struct kvm *kvm)
		{
		    if (!kvm)
		        return;
		    if (kvm->ring)
		        push(kvm);
		    if (kvm->full)
		        return;
		    set_bit(kvm);
		}

		static inline bool never(void) { return true; }
	END
	echo "virt/kvm/log.c mark x86" >"$COVERAGE_TABLES/coverage-functions"
	reason "virt/kvm/log.c mark | return; #1 | nobody has no VM"
	counted default basic '{"4": {"n": 3, "b": {"log.o mark 2": [0, 3]}}, "5": {"n": 0},
		"6": {"n": 3}, "7": {"n": 1}, "8": {"n": 3}, "9": {"n": 1}, "10": {"n": 3}}'
}

# counted MODE PROGRAMS LINES: what a machine counted in log.c.
counted() {
	jq -nc --arg mode "$1" --arg programs "$2" --argjson lines "$3" '{arch: "x86", $mode,
		$programs, part: "shard-1", files: {"virt/kvm/log.c": $lines}}' \
		>"$DIR/counts/x86-$1-$2-shard-1.json"
}

reason() {
	printf '%s\n' "$@" >"$COVERAGE_TABLES/coverage-reasons"
}

# judged STATUS [TEXT]: this is what comes of it, and what is said of it.
judged() {
	run "$TOP/ci/coverage" judge "$DIR"
	echo "$output"
	[ "$status" -eq "$1" ]
	[[ $output == *"${2:-}"* ]]
}

@test "all lines are taken, or have a reason" {
	CHECK=1 judged 0 "| x86 | 1 | 0 | 7 | 6 (85.7 %) | 2 | 1 (50.0 %) | 0 |"
	grep -qx '\* 5: `return;` - nobody has no VM' "$DIR/page.md"
	grep -qx '\* 4: `if (!kvm)` - 1 of 2' "$DIR/page.md"
}

@test "a line that is never taken has no reason" {
	reason ""
	judged 0
	CHECK=1 judged 1 "virt/kvm/log.c:5 mark: is never taken: return;"
	grep -qx '\* 5: `return;`' "$DIR/page.md"
}

@test "a line with a reason is taken" {
	reason "virt/kvm/log.c mark | return; #1 | nobody has no VM" \
		"virt/kvm/log.c mark | push(kvm); | there are no rings"
	judged 0
	grep -q 'log.c:7 mark: is taken, although: there are no rings' "$DIR/page.md"
	CHECK=1 judged 1 "virt/kvm/log.c:7 mark: is taken, although: there are no rings"
}

@test "without a number all such lines are meant" {
	reason "virt/kvm/log.c mark | return; | nobody has no VM"
	CHECK=1 judged 1 "virt/kvm/log.c:9 mark: is taken, although: nobody has no VM"
}

@test "a reason is for a whole function" {
	reason "virt/kvm/log.c mark | * | nobody calls it"
	counted default basic '{"4": {"n": 0}, "5": {"n": 0}}'
	CHECK=1 judged 0
	counted default basic '{"4": {"n": 1}, "5": {"n": 0}}'
	CHECK=1 judged 1 "virt/kvm/log.c:4 mark: is taken, although: nobody calls it"
}

@test "a line that a race decides may be taken or not" {
	reason "virt/kvm/log.c mark | return; | race: another vCPU was first"
	CHECK=1 judged 0
	grep -qx '\* 5: `return;` - race: another vCPU was first' "$DIR/page.md"
}

@test "modes are put together, and a line says which took it" {
	counted default basic '{"5": {"n": 0}, "7": {"n": 0, "b": {"k": [0, 0]}}}'
	counted npt=0 stress '{"5": {"n": 0}, "7": {"n": 2, "b": {"k": [2, 0]}}}'
	CHECK=1 judged 0 "| x86 | 1 | 0 | 2 | 1 (50.0 %) | 2 | 1 (50.0 %) | 0 |"
	grep -qF '| mark | virt/kvm/log.c | 1 of 2 | 1 of 2 | npt=0 1 |' "$DIR/page.md"
}

@test "a function of the table is not in the source" {
	echo "virt/kvm/log.c unmark x86" >>"$COVERAGE_TABLES/coverage-functions"
	judged 1 "x86: virt/kvm/log.c unmark: there is no such function"
}

@test "a function of the table was not compiled" {
	echo "virt/kvm/log.c never x86" >>"$COVERAGE_TABLES/coverage-functions"
	judged 1 "x86: virt/kvm/log.c never: has no counts"
}

@test "a file of the table is not there" {
	echo "virt/kvm/ring.c mark all" >>"$COVERAGE_TABLES/coverage-functions"
	judged 1 "x86: virt/kvm/ring.c mark: there is no such function"
}

@test "no machine ran an object" {
	echo virt/kvm/other.c >>"$DIR/objects-x86"
	echo "virt/kvm/other.c mark x86" >>"$COVERAGE_TABLES/coverage-functions"
	reason "virt/kvm/log.c mark | return; #1 | nobody has no VM" \
		"virt/kvm/other.c mark | return; | nobody has no VM"
	judged 0
	CHECK=1 judged 1 "x86: virt/kvm/other.c: no machine ran it"
}

@test "a reason is for a line that is not there" {
	reason "virt/kvm/log.c mark | return; #3 | nobody has no VM"
	judged 1 "coverage-reasons:1: mark has no such line: return; #3"
}

@test "a reason is for a function that is not in the table" {
	reason "virt/kvm/log.c mark | return; #1 | nobody has no VM" \
		"virt/kvm/log.c clear | return; | nobody has no VM"
	judged 1 "coverage-reasons:2: virt/kvm/log.c clear is not in the table"
}

@test "a reason of another architecture is not looked at" {
	echo "virt/kvm/log.c clear arm64" >>"$COVERAGE_TABLES/coverage-functions"
	reason "virt/kvm/log.c mark | return; #1 | nobody has no VM" \
		"virt/kvm/log.c mark arm64 | push(kvm); | there are no rings" \
		"virt/kvm/log.c clear | return; | nobody has no VM"
	CHECK=1 judged 0
}

@test "a row of the reasons has no reason" {
	reason "virt/kvm/log.c mark | return; #1"
	judged 1 "coverage-reasons:1: not PATH FUNCTION [ARCH] | line | reason"
}

@test "a line with a bar can have a reason" {
	sed -i 's/if (kvm->full)/if (kvm->full || kvm->late)/' "$DIR/source/x86/virt/kvm/log.c"
	counted default basic '{"4": {"n": 1}, "8": {"n": 0}}'
	reason "virt/kvm/log.c mark | if (kvm->full || kvm->late) | it is never asked"
	CHECK=1 judged 0
}

@test "a mode counted nothing" {
	counted npt=0 basic '{}'
	judged 3 "x86, npt=0, basic: shard-1 sent no counts"
	judged 3 "x86, npt=0, basic: shard-1 sent no counts"
}

@test "no machine sent counts" {
	rm "$DIR"/counts/*
	judged 3 "no machine sent counts"
}

# a_run VERDICT: a folder of ci/lab/run's with one row, whose kernel counts.
a_run() {
	RUN=$BATS_TEST_TMPDIR/run
	mkdir -p "$RUN/x86-candidate/shard-1/results" "$BATS_TEST_TMPDIR/bundle/gcov/virt/kvm"
	echo "$BATS_TEST_TMPDIR/bundle" >"$RUN/x86-candidate/bundle"
	touch "$BATS_TEST_TMPDIR/bundle/gcov/virt/kvm/kvm_main.gcno" "$RUN/x86-candidate/run.begun"
	jq -n --arg verdict "$1" '{arch: "x86", mode: "default", $verdict, why: "so it is",
		kernel: {name: "candidate", version: "7"}, parts: [{name: "shard-1"}],
		suite: {programs: ["gmem_dirty_basic"], arguments: ""}}' >"$RUN/x86-candidate/run.json"
}

@test "a machine of a run sent no counts" {
	a_run pass
	run "$TOP/ci/coverage" read "$RUN"
	[ "$status" -eq 3 ]
	[[ $output == *"x86, default, basic: shard-1 sent no counts"* ]]
}

@test "a machine of a run sent counts that are empty" {
	a_run pass
	mkdir -p "$RUN/x86-candidate/shard-1/results/gcov/virt/kvm"
	touch "$RUN/x86-candidate/shard-1/results/gcov/virt/kvm/kvm_main.gcda"
	run "$TOP/ci/coverage" read "$RUN"
	[ "$status" -eq 3 ]
	[[ $output == *"x86, default, basic: shard-1 sent no counts"* ]]
}

@test "a run did not end, or its lab failed" {
	a_run lab
	run "$TOP/ci/coverage" read "$RUN"
	[ "$status" -eq 3 ]
	[[ $output == *"x86, default, basic: lab: so it is"* ]]
	rm "$RUN/x86-candidate/run.json"
	run "$TOP/ci/coverage" read "$RUN"
	[ "$status" -eq 3 ]
	[[ $output == *"x86-candidate was not run to its end"* ]]
}

@test "a kernel that does not count" {
	a_run pass
	rm -r "$BATS_TEST_TMPDIR/bundle/gcov"
	run "$TOP/ci/coverage" read "$RUN"
	[ "$status" -eq 3 ]
	[[ $output == *"bundle does not count"* ]]
}

@test "a run that is not there is refused" {
	run "$TOP/ci/coverage" read "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 2 ]
	[ ! -e "$O/coverage" ]
}

@test "kernels that cannot count are refused" {
	for kernel in stock "naive candidate" all; do
		run env KERNEL="$kernel" "$TOP/ci/coverage"
		[ "$status" -eq 2 ]
	done
	KBUILD=/tmp run "$TOP/ci/coverage"
	[ "$status" -eq 2 ]
}
