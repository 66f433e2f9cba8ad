# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The record of a run, run.json: docs/run-record.md has its schema. Source it after
# ci/lib.sh. What a run is judged by is read back from there, by this project's
# scripts too, and nowhere is a verdict made of names of folders.
#
#   record_begin DIR               before anything that can fail
#   record_part DIR NAME EXIT [LAB-NAME LAB-TEXT]
#                                  after each part, whose KTAP is DIR/NAME/ktap
#   record_end DIR NAME...         when all parts are there: DIR/ktap and DIR/run.json
#
# record_end takes the rest from these variables; record_kernel, record_machine and
# record_suite make JSON for them:
#   RECORD_KIND RECORD_ARCH RECORD_MODE RECORD_PARAMETERS   text
#   RECORD_KERNEL RECORD_MACHINE RECORD_SUITE               JSON
#   RECORD_LAB                     JSON of a failure of the lab before any part, or null
#   RECORD_PROGRAMS                how many programs each part runs

RECORD_SCHEMA='gmem-dirty-run/1'

record_now() {
	date -u +%Y-%m-%dT%H:%M:%SZ
}

record_begin() {
	mkdir -p "$1"
	rm -f "$1/run.json"
	record_now >"$1/run.begun"
}

# record_lab NAME TEXT: a failure of the lab.
record_lab() {
	jq -nc --arg name "$1" --arg text "$2" '{$name, $text}'
}

# record_kernel NAME [BUNDLE]: of a bundle that ci/kernel made; without, a kernel that
# could not be had.
record_kernel() {
	local bundle=${2:-} inputs=/dev/null release="" image="" config=""
	if [[ $bundle ]]; then
		inputs=$bundle/inputs
		release=$(cat "$bundle/release" 2>/dev/null || true)
		image=$(sed -n 's,  \./kernel$,,p' "$bundle/SHA256SUMS" 2>/dev/null || true)
		config=$(sed -n 's,  \./config$,,p' "$bundle/SHA256SUMS" 2>/dev/null || true)
	fi
	[[ -f $inputs ]] || inputs=/dev/null
	jq -Rnc --arg name "$1" --arg release "$release" --arg image "$image" \
		--arg config "$config" --arg bundle "$(basename "$bundle")" '
		[inputs | split(" ")] as $in
		| {$name, $release, version: "", source: ([$in[]
			| select(.[0] == "source" or .[0] == "image") | .[1:] | join(" ")][0] // ""),
		   $config, $image, $bundle,
		   steps: [$in[] | select(.[0] | test("^[a-z-]+/")) | .[0]
			| select(startswith("config/") | not)]}' "$inputs"
}

# record_machine ARCH CPUS MEMORY [EMULATOR]: of ci/lab/boot, default qemu.
record_machine() {
	local emulator version
	case $1,${4:-qemu} in
	*,bochs)
		emulator=bochs
		version=$(cat "$("$CI/kernel/fetch" known bochs)/version" 2>/dev/null || true)
		;;
	x86,*) emulator=qemu-system-x86_64 ;;
	arm64,*) emulator=qemu-system-aarch64 ;;
	esac
	[[ $emulator == bochs ]] || version=$("$emulator" --version 2>/dev/null |
		sed -n 's/.*version \([^ ]*\).*/\1/p;q' || true)
	jq -nc --arg emulator "$emulator" --arg version "$version" --argjson cpus "$2" \
		--arg memory "$3" '{$emulator, $version, $cpus, $memory}'
}

# record_suite PROGRAMS ARGUMENTS [REQUIRED-WORDS]
record_suite() {
	local version
	version=$(git -C "$TOP" describe --always --dirty 2>/dev/null || echo unknown)
	jq -nc --arg version "$version" --arg programs "$1" --arg arguments "$2" \
		--arg required "${3:-}" 'def words: split(" ") | map(select(. != ""));
		{$version, programs: ($programs | words), $arguments, required: ($required | words)}'
}

record_host() {
	jq -nc --arg machine "$(uname -m)" --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" \
		--arg cpu "$(sed -n '/^model name/{s/.*: //p;q}' /proc/cpuinfo)" \
		'{$machine, $cpu, $cpus, $kernel}'
}

# What ktap judge says, as JSON.
record_judged() {
	jq -Rnc '[inputs | capture("^(?<k>[a-z]+) (?<v>.*)$")] as $all
		| ([$all[] | select(.k != "problem" and .k != "verdict") | {(.k): (.v | tonumber)}] | add) +
		  {verdict: ([$all[] | select(.k == "verdict") | .v][0] // "incomplete"),
		   problems: [$all[] | select(.k == "problem") | .v]}'
}

record_part() {
	local dir=$1 name=$2 exit=$3 lab=null judged
	[[ $# -lt 4 ]] || lab=$(record_lab "$4" "$5")
	[[ $exit =~ ^[0-9]+$ ]] || exit=none
	judged=$("$CI/ktap" judge "$exit" "$dir/$name/ktap" || true)
	record_judged <<<"$judged" | jq -c --arg name "$name" --argjson lab "$lab" --arg exit "$exit" \
		--argjson ktap "$([[ -f $dir/$name/ktap ]] && echo true || echo false)" \
		--argjson programs "${RECORD_PROGRAMS:-1}" '
		{$name, ktap: (if $ktap then $name + "/ktap" else null end),
		 exit: (if $exit == "none" then null else ($exit | tonumber) end), lab_failure: $lab,
		 planned, seen,
		 problems: (.problems + if .programs != $programs and .programs > 0
			then ["\($programs) programs ran, \(.programs) told of their results"] else [] end
			| map($name + ": " + .))}' >"$dir/$name/part.json"
}

# record_worst PARTS: the exit status of all: none is worse than a crash, that than a
# failure, that than nothing but skips in some parts.
record_worst() {
	jq -r 'def rank: if . == null then 4 elif . == 4 then 0 elif . == 0 then 1
		elif . == 1 then 2 else 3 end;
		if length == 0 then "none" else max_by(.exit | rank).exit // "none" end' <<<"$1"
}

# The kernel's own banner, from the log that a part left.
record_version() {
	local dir=$1 name
	shift
	for name; do
		[[ -f $dir/$name/results/dmesg ]] || continue
		sed -n 's/^\(\[[^]]*\] *\)\{0,1\}\(Linux version .*\)/\2/p;/Linux version/q' \
			"$dir/$name/results/dmesg"
		return
	done
}

# record_why VERDICT: a line for people, from the record on stdin without it.
record_why() {
	jq -r --arg first "$1" '
		if .verdict == "pass" then ""
		elif .verdict == "lab" then .lab_failure.name + ": " + .lab_failure.text
		elif .verdict == "fail" then
			"\(.tests.failed) of \(.tests.planned) tests failed" +
			(if $first != "" then ", the first is " + $first
			 elif .problems[0] then ": " + .problems[0] else "" end)
		elif .verdict == "skip" then "nothing but skips" +
			(if $first != "" then ": " + $first else "" end)
		else .problems[0] // .verdict end'
}

# What why names: the first failure, or the first reason of a skip.
record_first() {
	"$CI/ktap" list "$1" | awk -F'\t' '$1 == "fail" && first == "" { first = $2 }
		$1 == "skip" && skip == "" { skip = $3 } END { print first != "" ? first : skip }'
}

# Parts are judged one by one and, for names and counts, all together.
record_end() {
	local dir=$1 parts="[]" judged worst begun took name files=() record gmem=null
	shift
	for name; do
		files+=("$name/ktap")
	done
	if [[ $# -gt 0 ]]; then
		parts=$(cd "$dir" && jq -sc . "${@/%//part.json}")
		(cd "$dir" && "$CI/ktap" merge "${files[@]}" >ktap.part && mv ktap.part ktap)
		gmem=$("$CI/ktap" guest_memfd "$dir/ktap")
		worst=$(record_worst "$parts")
		judged=$(cd "$dir" && { "$CI/ktap" judge "$worst" "${files[@]}" || true; })
	else
		worst=none judged="verdict incomplete"
	fi
	begun=$(<"$dir/run.begun")
	took=$(($(date +%s) - $(date -d "$begun" +%s)))
	record=$(record_judged <<<"$judged" | jq -c \
		--arg schema "$RECORD_SCHEMA" --arg kind "$RECORD_KIND" --arg arch "$RECORD_ARCH" \
		--arg mode "$RECORD_MODE" --arg parameters "$RECORD_PARAMETERS" \
		--argjson kernel "$RECORD_KERNEL" --arg version "$(record_version "$dir" "$@")" \
		--argjson machine "$RECORD_MACHINE" --argjson suite "$RECORD_SUITE" \
		--argjson host "$(record_host)" --arg start "$begun" --argjson duration "$took" \
		--argjson parts "$parts" --arg exit "$worst" --argjson lab "${RECORD_LAB:-null}" \
		--argjson gmem "$gmem" '
		. as $all
		| ($lab // ([$parts[] | select(.lab_failure) | .lab_failure][0])) as $lab
		| (([$parts[].problems[]] +
		    if ($parts | length) > 1 then [$all.problems[] | sub("^(?<n>[^ ]+)/ktap: "; .n + ": ")
			| select(test("exit status") | not)] else [] end)
		   | reduce .[] as $p ([]; if index([$p]) then . else . + [$p] end)) as $problems
		| {$schema, $kind,
		   verdict: (if $lab then "lab"
			elif $all.verdict == "pass" or $all.verdict == "skip" then
				if ($problems | length) > 0 then "incomplete"
				elif $all.verdict == "pass" and
				     ($all.planned != $all.seen or $all.seen == 0) then "incomplete"
				elif [$parts[] | select(.exit == null)] | length > 0 then "incomplete"
				else $all.verdict end
			else $all.verdict end),
		   why: "", exit: (if $exit == "none" then null else ($exit | tonumber) end),
		   lab_failure: $lab,
		   kernel: ($kernel + if $version != "" then {$version} else {} end), $arch, $mode, $parameters,
		   $machine, $suite, $host, $start, $duration,
		   parts: [$parts[] | del(.problems)],
		   tests: {planned: ($all.planned // 0), seen: ($all.seen // 0),
			passed: ($all.passed // 0), failed: ($all.failed // 0),
			skipped: ($all.skipped // 0), xfail: ($all.xfail // 0)},
		   guest_memfd: ($gmem // {logging: "untried", toggling: "untried"}),
		   $problems, ktap: (if ($parts | length) > 0 then "ktap" else null end)}')
	jq --arg why "$(record_why "$([[ ! -f $dir/ktap ]] || record_first "$dir/ktap")" <<<"$record" |
		tr '\n\t' '  ' | sed 's/ *$//')" '.why = $why' <<<"$record" >"$dir/run.json.part"
	record_tell_ktap "$dir"
	mv "$dir/run.json.part" "$dir/run.json"
}

# record_tell_ktap DIR: what only the record knows, such as a program that said nothing,
# goes into the KTAP of the whole, for whoever reads nothing else.
record_tell_ktap() {
	local dir=$1 exit verdict
	[[ -f $dir/ktap ]] || return 0
	exit=$(jq -r 'if .exit == null then "none" else .exit end' "$dir/run.json.part")
	verdict=$(jq -r .verdict "$dir/run.json.part")
	case $verdict in pass | skip) return ;; esac
	case $({ "$CI/ktap" judge "$exit" "$dir/ktap" || true; } | sed -n 's/^verdict //p') in
	pass | skip) jq -r '"# ktap: problem: " + .why' "$dir/run.json.part" >>"$dir/ktap" ;;
	esac
}
