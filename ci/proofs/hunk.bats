#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# ci/kernel/hunk: what fits in one place is changed, and all else is refused with the line
# that does not fit, and changes nothing.
#
# usage: bats ci/proofs/hunk.bats

HUNK=$(cd "$BATS_TEST_DIRNAME/.." && pwd)/kernel/hunk

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	cat >file.c <<'END'
int one(int a);

static int one(int a)
{
	if (a)
		return 1;
	a++;
	return 0;
}

static long
two(int a)
{
	if (a)
		return 1;
	one(a);
	one(a);
	return 0;
}

#define THREE(a)	\
	one(a)

static int four[] = {
	1,
};

int FNAME(five)(int a)
{
	return 1;
}
END
	cp file.c before.c
}

# hunk LINE...: applies these.
hunk() {
	printf '%s\n' '# header' '' "$@" >x.hunk
	run "$HUNK" x.hunk
	echo "$output"
}

# changed DIFF: it was applied, and the difference is this.
changed() {
	[ "$status" -eq 0 ]
	[ "$(diff before.c file.c | sed -n 's/^\([<>]\) /\1/p')" = "$1" ]
}

# refused TEXT: with one line that has it, and nothing is changed.
refused() {
	[ "$status" -eq "${2:-1}" ]
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"$1"* ]]
	cmp before.c file.c
}

@test "a line of a function that is elsewhere too" {
	hunk '@@ file.c one' '-	return 0;' '+	return a;'
	changed "<	return 0;
>	return a;"
}

@test "the name may be on a line of its own" {
	hunk '@@ file.c two' '-	return 0;' '+	return a;'
	[ "$(sed -n 18p file.c)" = "	return a;" ]
	changed "<	return 0;
>	return a;"
}

@test "lines are added and taken away, around one that stays" {
	hunk '@@ file.c one' ' 	if (a)' '-		return 1;' '+		a = 2;' ' 	a++;' '+	a--;'
	changed "<		return 1;
>		a = 2;
>	a--;"
}

@test "macros, arrays, FNAME(), and the whole file" {
	hunk '@@ file.c THREE' '-	one(a)' '+	two(a)' '@@ file.c four' '-	1,' '+	2,' \
		'@@ file.c FNAME(five)' '-	return 1;' '+	return 5;' \
		'@@ file.c' '-int one(int a);' '+int one(long a);'
	[ "$(diff before.c file.c | grep -c '^>')" -eq 4 ]
}

@test "a hunk finds what the one before has made" {
	hunk '@@ file.c one' '-	a++;' '+	a += 2;' '@@ file.c one' '-	a += 2;' '+	a += 3;'
	changed "<	a++;
>	a += 3;"
}

@test "two files" {
	cp file.c other.c
	hunk '@@ file.c one' '-	a++;' '@@ other.c one' '-	a++;'
	[ "$status" -eq 0 ]
	cmp file.c other.c
	[ "$("$HUNK" --files x.hunk | xargs)" = "file.c other.c" ]
}

@test "in two places" {
	hunk '@@ file.c two' '-	one(a);'
	refused "x.hunk:3: in file.c this is in 2 places: 	one(a);"
}

@test "what is there only outside of the function" {
	hunk '@@ file.c two' '-	a++;'
	refused "x.hunk:3: file.c does not have there: 	a++;"
}

@test "a line that does not follow, by its name" {
	hunk '@@ file.c one' ' 	if (a)' '-		return 1;' '-	a--;'
	refused "file.c does not have there: 	a--;"
}

@test "a blank for a tab" {
	hunk '@@ file.c one' '-        a++;'
	refused "does not have there"
}

@test "the second of two hunks" {
	hunk '@@ file.c one' '-	a++;' '@@ file.c two' '-	a++;'
	refused "x.hunk:5: file.c does not have there: 	a++;"
}

@test "the second of two files" {
	cp file.c other.c
	hunk '@@ file.c one' '-	a++;' '@@ other.c one' '-	a--;'
	refused "other.c does not have there"
}

@test "no such function, and one that is declared only" {
	echo 'int six(int a);' >>file.c
	cp file.c before.c
	hunk '@@ file.c seven' '-	a++;'
	refused "file.c has no seven"
	hunk '@@ file.c six' '-	a++;'
	refused "file.c has no six"
}

@test "a function that is there twice" {
	printf '%s\n' 'static int one(int a)' '{' '}' >>file.c
	cp file.c before.c
	hunk '@@ file.c one' '-	a++;'
	refused "one is in file.c twice"
}

@test "no such file" {
	hunk '@@ none.c one' '-	a++;'
	refused "there is no none.c"
}

@test "nothing to be found, and no hunk" {
	hunk '@@ file.c one' '+	a++;'
	refused "no line that is there before"
	hunk '# nothing else'
	refused "no line '@@ PATH FUNCTION'"
	hunk 'a++;' '@@ file.c one' '-	a++;'
	refused "a line before any @@"
	hunk '@@ file.c one' '=	a++;'
	refused "begins with none of"
	hunk '@@ file.c int one' '-	a++;'
	refused "more than a path and a name"
}

@test "bad arguments" {
	run "$HUNK"
	refused "usage: hunk" 2
}

@test "--check says the same and changes nothing" {
	printf '%s\n' '@@ file.c one' '-	a++;' >x.hunk
	run "$HUNK" --check x.hunk
	[ "$status" -eq 0 ]
	cmp before.c file.c
	printf '%s\n' '@@ file.c one' '-	a--;' >x.hunk
	run "$HUNK" --check x.hunk
	refused "does not have there"
}
