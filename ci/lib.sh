# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Shell functions shared by the scripts under ci/. Source it, do not run it.
#
# It sets CI (this folder), TOP (the checkout), O (the build folder, the
# only place anything is written to) and MUTANTS (the folder of planted bugs;
# ci/mutate has one of its own), and points TMPDIR below O.

CI=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(dirname "$CI")
O=${O:-$TOP/build}
case $O in /*) ;; *) O=$PWD/$O ;; esac
MUTANTS=${MUTANTS:-$CI/kernel/mutants}
case $MUTANTS in /*) ;; *) MUTANTS=$PWD/$MUTANTS ;; esac
export O CI TOP MUTANTS

# Every script's header is its help.
case ${1:-} in
-h | --help)
	awk 'NR > 3 && !/^#/ { exit } NR > 3 { sub(/^# ?/, ""); print }' "$0"
	exit
	;;
esac

# A make that calls these scripts hands its command line down to every make
# they call, where the names mean other things.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

# A failure inside $() ends the script as it would outside; and no script ends
# in failure without a word. The file says that the word was said, by this
# script or by one that it called.
shopt -s inherit_errexit
set -E
export LAB_SAID=${LAB_SAID:-$O/tmp/said.$$}
trap '[[ -e $LAB_SAID ]] || echo "${0##*/}: stopped: line $LINENO: $BASH_COMMAND" >&2' ERR

# What checkpatch does not need to tell: the harness' macros are what they are,
# iterators use their arguments twice, and types.h defines the names that
# checkpatch asks for.
export STYLE_IGNORE=MACRO_ARG_REUSE,COMPLEX_MACRO
STYLE_IGNORE+=,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_WITH_FLOW_CONTROL
export TYPES_IGNORE=PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO

# die MESSAGE [STATUS]: one line on stderr, saying what to do about it.
die() {
	echo "${0##*/}: $1" >&2
	{ mkdir -p "${LAB_SAID%/*}" && : >"$LAB_SAID"; } 2>/dev/null || true
	exit "${2:-1}"
}

# usage_error MESSAGE: a bad argument.
usage_error() {
	local self
	self=$(readlink -f "$0")
	die "$1; see ${self#"$TOP"/} --help" 2
}

note() {
	echo "${0##*/}: $*" >&2
}

# Temporary files go below the build folder too; the caller removes its own.
use_tmpdir() {
	export TMPDIR=$O/tmp
	mkdir -p "$TMPDIR"
}

# make_tmp NAME: a private folder that goes away when this script ends. The
# process ID in its name lets later runs sweep what a killed script left.
make_tmp() {
	use_tmpdir
	sweep_tmp
	TMP=$TMPDIR/$1.$$
	mkdir -p "$TMP"
	trap 'rm -rf "$TMP"' EXIT
}

sweep_tmp() {
	local dir
	for dir in "$TMPDIR"/*.*; do
		[[ -e $dir && ${dir##*.} =~ ^[0-9]+$ ]] || continue
		[[ -d /proc/${dir##*.} ]] || rm -rf "$dir"
	done
}

# results_folder KIND: makes $O/KIND/<time>, which $O/KIND/latest is from now on, and
# prints where it is.
results_folder() {
	local base dir serial=1
	base=$O/$1/$(date -u +%Y%m%dT%H%M%SZ)
	dir=$base
	mkdir -p "$O/$1"
	until mkdir "$dir" 2>/dev/null; do
		serial=$((serial + 1))
		[[ $serial -lt 100 ]] || die "cannot make $base" 3
		dir=$base-$serial
	done
	ln -sfn "$(basename "$dir")" "$O/$1/latest"
	echo "$dir"
}

# host_arch: this machine's architecture by our names, x86 or arm64.
host_arch() {
	case $(uname -m) in
	x86_64) echo x86 ;;
	aarch64) echo arm64 ;;
	*) die "$(uname -m) is neither x86_64 nor aarch64: nothing here runs on it" ;;
	esac
}

# host_codename: of this machine's release, or "none".
host_codename() {
	(. /etc/os-release && echo "${VERSION_CODENAME:-none}")
}

check_arch() {
	case $1 in
	x86 | arm64) ;;
	*) usage_error "'$1' is not an architecture (x86, arm64)" ;;
	esac
}

# architectures: those that ARCH=x86|arm64|all means.
architectures() {
	case ${ARCH:-} in
	"") host_arch ;;
	all) echo x86 arm64 ;;
	*)
		check_arch "$ARCH"
		echo "$ARCH"
		;;
	esac
}

# deb_arch ARCH: Debian's name for it.
deb_arch() {
	case $1 in
	x86) echo amd64 ;;
	arm64) echo arm64 ;;
	esac
}

# cross_prefix ARCH: what CROSS_COMPILE must be to build for it here.
cross_prefix() {
	[[ $1 == "$(host_arch)" ]] && return
	case $1 in
	x86) echo x86_64-linux-gnu- ;;
	arm64) echo aarch64-linux-gnu- ;;
	esac
}

# mode_rows: the rows of ci/lab/modes without blanks around the columns.
mode_rows() {
	grep -vE '^(#|$)' "$CI/lab/modes" | sed 's/[[:blank:]]*|[[:blank:]]*/|/g'
}

# mode_column ARCH MODE COLUMN
mode_column() {
	mode_rows | awk -F'|' -v a="$1" -v m="$2" -v c="$3" '$1 == a && $2 == m { print $c }'
}

# mode_emulator ARCH MODE: the one that a mode runs in.
mode_emulator() {
	local emulator
	emulator=$(mode_column "$1" "$2" 5)
	echo "${emulator:-qemu}"
}

# mode_arguments ARCH MODE: of the programs, for the machine's own mistakes.
mode_arguments() {
	[[ $(mode_emulator "$@") != bochs ]] || echo "--emulator bochs"
}

# stress_cpus ARCH MODE: of a machine for the stress tests. Races need several, and those
# of Bochs take turns.
stress_cpus() {
	[[ $(mode_emulator "$@") == bochs ]] && echo 3 || echo 4
}

# What Bochs has at most, in MiB: a constant of it.
# shellcheck disable=SC2034 # for ci/lab
BOCHS_MEMORY=2048

# megabytes SIZE: of a size like 512M or 4G.
megabytes() {
	case $1 in
	*M) echo "${1%M}" ;;
	*G) echo $((${1%G} * 1024)) ;;
	esac
}

# get_bochs: what --emulator bochs needs; ci/lab/boot says what is not there.
get_bochs() {
	"$CI/deps" intel && [[ $("$CI/kernel/fetch" bochs) ]] || note "no Intel machines here"
}

# hash_of: a short name for what comes in on stdin.
hash_of() {
	sha256sum | cut -c1-16
}

# take_lock FILE: waits for its turn; the lock is held until the script ends.
take_lock() {
	mkdir -p "$(dirname "$1")"
	exec {lock_fd}>"$1"
	flock -n "$lock_fd" && return
	note "waiting for another one to finish"
	flock "$lock_fd"
}

# seal DIR: records the checksums of a finished folder's files.
seal() {
	(cd "$1" && find . -type f ! -name SHA256SUMS -print0 | sort -z |
		xargs -0 sha256sum) >"$1.sums"
	mv "$1.sums" "$1/SHA256SUMS"
}

# sealed DIR: whether the folder still is what seal() saw.
sealed() {
	[[ -f $1/SHA256SUMS ]] &&
		(cd "$1" && sha256sum --quiet --strict -c SHA256SUMS) >/dev/null 2>&1
}

# tethered SIGNAL COMMAND...: becomes the command, which gets the signal when
# the script it belongs to dies, even by kill -9. Use it where a process of its
# own is wanted: with &, in <() or $(), but not in a subshell. Between the fork
# and the tether the script may already have died, hence the test.
tethered() {
	local signal=$1
	shift
	# shellcheck disable=SC2016
	exec setpriv --pdeathsig "$signal" \
		sh -c '[ "$PPID" = "$0" ] || exit 1; exec "$@"' $$ "$@"
}

# with_progress FUNCTION COMMAND...: runs the command, hands each line of its
# output to `FUNCTION line TEXT`, and calls `FUNCTION beat SECONDS` every ten
# seconds. Its status is the command's.
with_progress() {
	local function=$1 line pid start=$SECONDS beat=10 elapsed
	shift
	exec {progress_fd}< <(tethered TERM "$@" 2>&1 </dev/null)
	pid=$!
	while :; do
		elapsed=$((SECONDS - start))
		if ((elapsed >= beat)); then
			"$function" beat "$elapsed"
			beat=$((elapsed / 10 * 10 + 10))
		fi
		if IFS= read -r -t $((beat - elapsed)) -u "$progress_fd" line; then
			"$function" line "$line"
		elif [[ $? -le 128 ]]; then
			break
		fi
	done
	exec {progress_fd}<&-
	wait "$pid"
}
