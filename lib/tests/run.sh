#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the unit test programs and then mutants.sh, and counts the results of
# all. Called by unit.mk, which sets OBJ, CC and the flags.
set -u

tap=$OBJ/tap
: >"$tap"

# run COMMAND...: shows and keeps the output. A program that dies, or stops
# before its plan, has failed whatever it printed.
run() {
	local status out=$OBJ/out name=${1##*/}
	echo "# $name"
	"$@" 2>&1 | tee "$out"
	status=${PIPESTATUS[0]}
	cat "$out" >>"$tap"
	if ! grep -q '^1\.\.[0-9]' "$out"; then
		echo "not ok - $name: no plan, exit status $status" | tee -a "$tap"
	elif ((status)) && ! grep -q '^not ok' "$out"; then
		echo "not ok - $name: exit status $status" | tee -a "$tap"
	fi
}

for program; do
	run "$program"
done
run lib/tests/mutants.sh

passed=$(grep -c '^ok' "$tap")
failed=$(grep -c '^not ok' "$tap")
echo "$passed passed, $failed failed"
((failed == 0))
