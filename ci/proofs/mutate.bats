#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/kernel/mutate on a small file: what each operator makes of it, what it leaves alone,
# and that all of it applies and is C. Then ci/mutate, with the kernels and machines of
# ci/proofs/fakes: what counts as killed, and what answers are taken.
#
# usage: bats ci/proofs/mutate.bats

# What the faults say is for ci/proofs/fakes to expand; every test has its own output.
# shellcheck disable=SC2016,SC2030,SC2031

bats_require_minimum_version 1.5.0
TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
MUTATE=$TOP/ci/kernel/mutate
HUNK=$TOP/ci/kernel/hunk

setup() {
	export O=$BATS_TEST_TMPDIR/build FUNCTIONS_TABLE=$BATS_TEST_TMPDIR/functions
	export LC_ALL=C
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir -p "$TREE/virt" "$O/tmp"
	sample >"$TREE/virt/sample.c"
	echo 'virt/sample.c mark all' >"$FUNCTIONS_TABLE"
	cd "$BATS_TEST_TMPDIR" || exit
}

# The kernel's own names, as far as a compiler has to know them.
sample() {
	cat <<'END'
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, y) ((x) = (y))
#define WARN_ON(x) (x)
#define xchg(p, v) __sync_lock_test_and_set(p, v)
#define for_each(i) for (i = 0; i < 3; i++)
typedef unsigned long u64;
typedef _Bool bool;
enum { false, true, FLAG_A = 1, FLAG_B = 2, FLAG_C = 4 };
struct slot { u64 base_gfn, npages, *bitmap; bool readonly; int lock; };
void set_bit_le(u64 nr, u64 *map);
void __set_bit_le(u64 nr, u64 *map);
void mutex_lock(int *lock);
void mutex_unlock(int *lock);
void lockdep_assert_held(int *lock);
void trace_mark(u64 gfn, u64 end);
u64 two(u64 a);
void three(u64 a, u64 b,
	   int flags);

int mark(struct slot *slot, u64 gfn, u64 end);
/* mark(slot, 1, 2); in a comment, if (a < b && c) */
int mark(struct slot *slot, u64 gfn, u64 end)
{
	u64 rel = gfn - slot->base_gfn, n[2];
	bool flush = false;
	int i;

	/* three(1, 2, 3); if (rel < end && flush) return 0; */
	lockdep_assert_held(&slot->lock);
	trace_mark(gfn + 1, end);
	WARN_ON(rel > end || flush);
	if (WARN_ON(!slot))
		return -1;

	mutex_lock(&slot->lock);
	if (rel < end && /* rel > 0 || */
	    !slot->readonly) {
		n[0] = xchg(&slot->bitmap[rel], 0);
		set_bit_le(rel, slot->bitmap);
	}
	gfn = two(rel);
	three(gfn, end + 1,
	      FLAG_A | FLAG_B |
	      FLAG_C);
	for_each(i)
		flush |= n[1] >= 7;
	switch (gfn) {
	case FLAG_A | FLAG_B:
#define NOT_MUTATED(a) if (a < 1) \
				three(a, 1, FLAG_A | FLAG_B)
		gfn++; // gfn--;
	}
	mutex_unlock(&slot->lock);
	return flush ? 1 : 0;
}
END
}

# mutate OPTION...: on the tree.
mutate() {
	run "$MUTATE" "$@" "$TREE"
	echo "$output"
}

# changes OPERATOR: what it makes of the sample, two lines each.
changes() {
	"$MUTATE" --operator "$1" --list "$TREE" | cut -f7 | sed 's/ => /\n=> /'
}

# refused TEXT OPTION...: with status 2 and one line that has it.
refused() {
	local text=$1
	shift
	run "$MUTATE" "$@"
	echo "$* -> $status $output"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"$text"* ]]
}

# --- operators -----------------------------------------------------------------

@test "delete: calls, stores and jumps; not the last return, locks, asserts, comments" {
	[ "$(changes delete)" = "n[0] = xchg(&slot->bitmap[rel], 0);
=> (nothing)
set_bit_le(rel, slot->bitmap);
=> (nothing)
gfn = two(rel);
=> (nothing)
three(gfn, end + 1, FLAG_A | FLAG_B | FLAG_C);
=> (nothing)
flush |= n[1] >= 7;
=> ;
gfn++; // gfn--;
=> ; // gfn--;" ]
}

@test "a statement of several lines goes as a whole" {
	"$MUTATE" --operator delete --out out "$TREE"
	cp -r "$TREE" before
	(cd "$TREE" && "$HUNK" "$OLDPWD/out/auto-mark-delete-04.hunk")
	[ "$(diff before/virt/sample.c "$TREE/virt/sample.c" | tail -n +2 | tr -d '\t')" = \
		"< three(gfn, end + 1,
<       FLAG_A | FLAG_B |
<       FLAG_C);" ]
}

@test "negate: a condition of several lines, its parts, and the one of ?:" {
	[ "$(changes negate)" = "if (rel < end && /* rel > 0 || */ !slot->readonly) {
=> if (!(rel < end && /* rel > 0 || */ !slot->readonly)) {
if (rel < end && /* rel > 0 || */
=> if (!(rel < end) && /* rel > 0 || */
!slot->readonly) {
=> slot->readonly) {
return flush ? 1 : 0;
=> return !flush ? 1 : 0;" ]
}

@test "compare" {
	[ "$(changes compare)" = "if (rel < end && /* rel > 0 || */
=> if (rel <= end && /* rel > 0 || */
flush |= n[1] >= 7;
=> flush |= n[1] > 7;" ]
}

@test "logic" {
	[ "$(changes logic)" = "if (rel < end && /* rel > 0 || */
=> if (rel < end || /* rel > 0 || */" ]
}

@test "bound: of a name, and + 1" {
	[ "$(changes bound)" = "if (rel < end && /* rel > 0 || */
=> if (rel < end - 1 && /* rel > 0 || */
three(gfn, end + 1,
=> three(gfn, end," ]
}

@test "constant" {
	[ "$(changes constant)" = "bool flush = false;
=> bool flush = true;
n[0] = xchg(&slot->bitmap[rel], 0);
=> n[1] = xchg(&slot->bitmap[rel], 0);
n[0] = xchg(&slot->bitmap[rel], 0);
=> n[0] = xchg(&slot->bitmap[rel], 1);
flush |= n[1] >= 7;
=> flush |= n[0] >= 7;
flush |= n[1] >= 7;
=> flush |= n[1] >= 8;
return flush ? 1 : 0;
=> return flush ? 0 : 0;
return flush ? 1 : 0;
=> return flush ? 1 : 1;" ]
}

@test "flag: each of a list over two lines, and none of a case" {
	[ "$(changes flag)" = "FLAG_A | FLAG_B |
=> FLAG_B |
FLAG_A | FLAG_B |
=> FLAG_A |
FLAG_A | FLAG_B | FLAG_C);
=> FLAG_A | FLAG_B);" ]
}

@test "swap: neighbours, of one line and of several" {
	[ "$(changes swap)" = "n[0] = xchg(&slot->bitmap[rel], 0); set_bit_le(rel, slot->bitmap);
=> set_bit_le(rel, slot->bitmap); n[0] = xchg(&slot->bitmap[rel], 0);
gfn = two(rel); three(gfn, end + 1, FLAG_A | FLAG_B | FLAG_C);
=> three(gfn, end + 1, FLAG_A | FLAG_B | FLAG_C); gfn = two(rel);" ]
}

@test "swap: not what has nothing to do with each other" {
	cat >"$TREE/virt/sample.c" <<'END'
void mark(struct slot *slot)
{
	slot->base_gfn = 1;
	slot->npages = 2;
	flush = true;
	two(slot);
	slot->id = slot->npages;
}
END
	[ "$(changes swap)" = "two(slot); slot->id = slot->npages;
=> slot->id = slot->npages; two(slot);" ]
}

@test "offset" {
	[ "$(changes offset)" = "u64 rel = gfn - slot->base_gfn, n[2];
=> u64 rel = gfn, n[2];" ]
}

@test "lock: taken and released, in one mutant" {
	[ "$(changes lock)" = "mutex_lock(&slot->lock); mutex_unlock(&slot->lock);
=> (nothing)" ]
	"$MUTATE" --operator lock --out out "$TREE"
	(cd "$TREE" && "$HUNK" "$OLDPWD/out/auto-mark-lock-01.hunk")
	[ "$(grep -c '^	mutex' "$TREE/virt/sample.c")" -eq 0 ]
}

@test "atomic" {
	[ "$(changes atomic)" = "n[0] = xchg(&slot->bitmap[rel], 0);
=> n[0] = ({ typeof(*(&slot->bitmap[rel])) old__ = READ_ONCE(*(&slot->bitmap[rel])); \
WRITE_ONCE(*(&slot->bitmap[rel]), 0); old__; });
set_bit_le(rel, slot->bitmap);
=> __set_bit_le(rel, slot->bitmap);" ]
}

@test "every operator of the table is tried here" {
	[ "$(awk '$1 == "operator" { print $2 }' "$TOP/ci/kernel/mutate-operators" | sort)" = \
		"$("$MUTATE" --list "$TREE" | cut -f3 | sort -u)" ]
}

# --- files ---------------------------------------------------------------------

@test "every mutant applies, has its header, is another file, and is C" {
	local file name
	command -v gcc || skip "no gcc"
	"$MUTATE" --out out "$TREE"
	[ "$(find out -name '*.hunk' | wc -l)" -eq "$("$MUTATE" --list "$TREE" | wc -l)" ]
	for file in out/*.hunk; do
		name=$(basename "$file" .hunk)
		grep -qx "# id: $name" "$file"
		grep -qx "# class: automatic" "$file"
		grep -q "^# breaks: virt/sample.c, line [0-9]*: " "$file"
		cp -r "$TREE" mutant
		(cd mutant && "$HUNK" "../$file")
		gcc -w -fsyntax-only mutant/virt/sample.c || { cat "$file"; false; }
		sha256sum <mutant/virt/sample.c
		rm -r mutant
	done >sums
	[ "$(sort -u sums | wc -l)" -eq "$(wc -l <sums)" ]
	[ "$(grep -c "$(sha256sum <"$TREE/virt/sample.c")" sums)" -eq 0 ]
}

@test "a line that is there more than once gets those around it" {
	printf '%s\n' 'void mark(u64 a)' '{' ' two(a);' ' six(a);' '' ' two(a);' ' six(a);' \
		' two(a);' '}' >"$TREE/virt/sample.c"
	"$MUTATE" --operator delete --out out "$TREE"
	for file in out/*.hunk; do
		cp -r "$TREE" mutant
		(cd mutant && "$HUNK" "../$file")
		sha256sum <mutant/virt/sample.c
		rm -r mutant
	done >sums
	[ "$(sort -u sums | wc -l)" -eq 5 ]
}

@test "the same seed makes the same files, another one others; names stay" {
	"$MUTATE" --n 5 --seed 1 --out one "$TREE"
	"$MUTATE" --n 5 --seed 1 --out two "$TREE"
	"$MUTATE" --n 5 --seed 2 --out three "$TREE"
	"$MUTATE" --out all "$TREE"
	diff -r one two
	run ! diff -rq one three
	[ "$(find three -name '*.hunk' | wc -l)" -eq 5 ]
	for file in one/* three/*; do
		cmp "$file" "all/${file#*/}"
	done
}

@test "architectures and modes of the table, and another mode" {
	cp "$TREE/virt/sample.c" "$TREE/virt/other.c"
	echo 'virt/other.c mark x86 intel,pml' >>"$FUNCTIONS_TABLE"
	"$MUTATE" --arch arm64 --list "$TREE" >arm64.tsv
	"$MUTATE" --arch x86 --list "$TREE" >x86.tsv
	[ "$(wc -l <x86.tsv)" -eq $((2 * $(wc -l <arm64.tsv))) ]
	[ "$(cut -f4,5 x86.tsv | sort -u | xargs)" = "all default x86 intel,pml" ]
	# One name, one numbering.
	[ "$(cut -f1 x86.tsv | sort | uniq -d)" = "" ]
	"$MUTATE" --arch x86 --mode tdp_mmu=N --list "$TREE" >mode.tsv
	[ "$(cut -f5 mode.tsv | sort -u)" = tdp_mmu=N ]
	"$MUTATE" --arch x86 --n 1 --mode tdp_mmu=N --out out "$TREE"
	grep -x "# mode: tdp_mmu=N" out/*.hunk
}

# --- what is refused -----------------------------------------------------------

@test "bad arguments" {
	mkdir full && touch full/x
	refused "a tree is needed" --list
	refused "there is no folder" --list none
	refused "either --list or --out" "$TREE"
	refused "exclude each other" --list --out x "$TREE"
	refused "is not an architecture" --arch mips --list "$TREE"
	refused "is not a number" --n x --list "$TREE"
	refused "is not a number" --seed 0x1 --list "$TREE"
	refused "there are only" --n 9999 --list "$TREE"
	refused "no function 'none'" --function none --list "$TREE"
	refused "no operator 'none'" --operator none --list "$TREE"
	refused "--mode needs --arch" --mode tdp_mmu=N --list "$TREE"
	refused "has no mode" --arch arm64 --mode tdp_mmu=N --list "$TREE"
	refused "not empty" --out full "$TREE"
	refused "no option" --what 1 "$TREE"
	refused "needs a value" "$TREE" --n
	refused "one tree" --list "$TREE" "$TREE"
}

@test "a table that does not fit the tree" {
	echo 'virt/sample.c none all' >>"$FUNCTIONS_TABLE"
	refused "virt/sample.c has no function none" --list "$TREE"
	# Also when another function is asked for.
	refused "virt/sample.c has no function none" --function mark --list "$TREE"
	echo 'virt/none.c mark all' >"$FUNCTIONS_TABLE"
	refused "the tree has no virt/none.c" --list "$TREE"
	echo 'virt/sample.c mark' >"$FUNCTIONS_TABLE"
	refused "mutate-functions:1: not a path" --list "$TREE"
	printf 'virt/sample.c mark all\n%.0s' 1 2 >"$FUNCTIONS_TABLE"
	refused "mark is there twice" --list "$TREE"
	echo 'virt/sample.c two all' >"$FUNCTIONS_TABLE"
	printf 'u64 two(u64 a)\n{\n\treturn a;\n}\n' >>"$TREE/virt/sample.c"
	refused "nothing of two can be mutated" --list "$TREE"
	printf 'u64 two(u64 a)\n{\n\treturn a;\n}\n' >>"$TREE/virt/sample.c"
	refused "virt/sample.c has two twice" --list "$TREE"
	echo 'virt/sample.c torn all' >"$FUNCTIONS_TABLE"
	printf 'u64 torn(u64 a)\n{\n\ttwo(a;\n}\n' >>"$TREE/virt/sample.c"
	refused "brackets of torn do not match" --list "$TREE"
	echo 'virt/sample.c both all' >"$FUNCTIONS_TABLE"
	printf '%s\n' 'int both(void)' '{' '#ifdef X' 'if (x) {' '#else' 'if (y) {' '#endif' \
		'one();' ' }' '}' >>"$TREE/virt/sample.c"
	refused "brackets of both do not match" --list "$TREE"
}

# --- ci/mutate -----------------------------------------------------------------

# fakes: kernels and machines that are not there, and six mutants.
fakes() {
	export FAKE=$BATS_TEST_TMPDIR/fake LAB_BOOT=$TOP/ci/proofs/fakes/boot TREE
	export KERNEL_BUILD=$TOP/ci/proofs/fakes/build MUTANTS_BIN=$BATS_TEST_TMPDIR/bin DEPS=none
	export ANSWERS=$BATS_TEST_TMPDIR/mutate-answers ARCH=x86 JOBS=4 OPERATOR=delete
	mkdir -p "$FAKE" "$MUTANTS_BIN"
	printf '#!/bin/sh\n' >"$MUTANTS_BIN/gmem_dirty_basic"
	chmod +x "$MUTANTS_BIN/gmem_dirty_basic"
	for nn in 01 02 03 04 05 06; do
		at boot "$nn" 'FAILS=basic.anon.bitmap.c'
	done
}

# at build|boot NN TEXT: what happens there to that mutant.
at() {
	printf '%s\n' "$3" >"$FAKE/$1-auto-mark-delete-$2"
}

# mutate_all STATUS [ARGUMENT]...: runs ci/mutate, which ends so.
mutate_all() {
	local expected=$1
	shift
	run timeout -k 5 200 "$TOP/ci/mutate" "$@"
	echo "$output"
	DIR=$(readlink -f "$O/mutate/latest" || true)
	[ "$status" -eq "$expected" ]
}

# row NN FIELD: of the report.
row() {
	jq -r --arg mutant "auto-mark-delete-$1" --arg field "$2" \
		'select(.mutant == $mutant) | .[$field] | tostring' "$DIR/report.jsonl"
}

@test "all are killed" {
	fakes
	mutate_all 0
	[ "$(row 01 outcome)" = killed ]
	[ "$(tail -n 1 <<<"$(grep '^mark ' <<<"$output")" | xargs)" = "mark 6 0 0 0 0 100.0 %" ]
}

@test "what does not build, is the candidate, or takes the machine along is named" {
	fakes
	at build 01 'echo "virt/kvm/kvm_main.c:1:2: error: no such thing" >&2; exit 1'
	at build 02 'name=candidate'
	at boot 03 'verdict "FAILED panic"'
	at boot 04 'verdict "FAILED hang"'
	at boot 05 'verdict() { echo "exit 139" >"$RESULTS/verdict"; exit 139; }'
	mutate_all 0
	[ "$(row 01 outcome) $(row 01 test)" = "unbuildable no such thing" ]
	[ "$(row 02 outcome)" = same ]
	[ "$(row 03 outcome) $(row 03 test)" = "killed by the machine: panic" ]
	[ "$(row 04 outcome) $(row 04 test)" = "killed by the machine: hang" ]
	[ "$(row 05 outcome)" = killed ]
	[ "$(row 05 test)" = "by the machine: exit 139, and no test failed" ]
	[ "$(tail -n 1 <<<"$(grep '^all ' <<<"$output")" | xargs)" = "all 4 0 0 2 0 100.0 %" ]
}

@test "what may be the lab's doing is an error" {
	fakes
	# A build that fails without the compiler's word, or is killed.
	at build 01 'echo "No space left on device" >&2; exit 1'
	at build 02 'echo "a.c:1:2: error: x" >&2; kill -9 $$'
	# What happens only once, or is of the lab by its name.
	at boot 03 '[ -e "$FAKE/once" ] || { touch "$FAKE/once"; verdict "FAILED hang"; }'
	at boot 04 'verdict "FAILED bad-bundle"'
	# Of two machines one alone, or what is first would be a matter of luck.
	at boot 05 '[[ $RESULTS != *-0/* ]] || {
		[[ ! -e $FAKE/twice ]] || verdict "FAILED hang"
		touch "$FAKE/twice"; verdict "FAILED no-boot"; }'
	mutate_all 3
	for nn in 01 02 03 04 05; do
		[ "$(row "$nn" outcome)" = error ]
	done
	[[ $(row 03 test) == "FAILED hang: once, and not again" ]]
	[ "$(row 06 outcome)" = killed ]
}

@test "survivors are shown as patches, unless they are answered" {
	fakes
	at boot 02 ':'
	at boot 04 ':'
	echo 'auto-mark-delete-04 | equivalent | because' >"$ANSWERS"
	mutate_all 1
	[ "$(row 02 counts)" = survived ]
	[[ $(row 02 patch) == *"+++ b/virt/sample.c"*"-"*"set_bit_le(rel, slot->bitmap);"* ]]
	[ "$(row 04 counts)" = answered ]
	[[ $output == *"answered: auto-mark-delete-04 on x86: equivalent: because"* ]]
	[[ $output == *"survived: auto-mark-delete-02"* ]]
	[[ $output != *"survived: auto-mark-delete-04"* ]]
	# Now both are, and nothing has to run again.
	echo 'auto-mark-delete-02@x86 | needs arm64 | because | of that' >>"$ANSWERS"
	mutate_all 0 report "$DIR"
	[ "$(row 02 counts)" = answered ]
	# On another architecture this says nothing.
	sed -i 's/@x86/@arm64/' "$ANSWERS"
	mutate_all 1 report "$DIR"
}

@test "an answer for what was killed is wrong" {
	fakes
	echo 'auto-mark-delete-04 | equivalent | because' >"$ANSWERS"
	mutate_all 3
	[[ $output == *"auto-mark-delete-04 is said to be equivalent, and was killed on x86"* ]]
}

@test "answers of no mutant, and rows that are none" {
	fakes
	for row in 'auto-mark-delete-99 | equivalent | x' 'auto-mark-delete-04 | maybe | x' \
		'auto-mark-delete-04 | equivalent |' 'auto-mark-delete-04' \
		'auto-mark-delete-04@mips | equivalent | x'; do
		echo "$row" >"$ANSWERS"
		mutate_all 2
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == *"mutate-answers: "* ]]
		[ ! -e "$O/mutants" ]
	done
	printf 'auto-mark-delete-04 | equivalent | x\n%.0s' 1 2 >"$ANSWERS"
	mutate_all 2
	[[ $output == *"is there twice"* ]]
}

@test "nothing is asked for, and more than there is" {
	fakes
	FUNCTION=none mutate_all 2
	[[ $output == *"no function 'none'"* ]]
	N=7 mutate_all 2
	[[ $output == *"there are only 6 of these, not 7"* ]]
	mutate_all 2 report /none
	[ ! -e "$O/mutants" ]
}

@test "the run of ci/mutants dies" {
	fakes
	at build 03 'kill -9 "$(cut -d" " -f4 "/proc/$PPID/stat")" $PPID; exec sleep 30'
	mutate_all 3
	[[ $output == *"ci/mutants left no results"* ]]
}

@test "the class automatic is for mutants that were made so" {
	export MUTANTS=$BATS_TEST_TMPDIR/mutants ARCH=x86
	mkdir "$MUTANTS"
	cp "$TOP/ci/kernel/mutants/ring-push-once.hunk" "$MUTANTS"
	sed -i 's/^# class: .*/# class: automatic/' "$MUTANTS/ring-push-once.hunk"
	run "$TOP/ci/mutants"
	echo "$output"
	[ "$status" -eq 2 ]
	[[ $output == *"class automatic is for what ci/kernel/mutate makes"* ]]
}
