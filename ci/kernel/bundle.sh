# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How kernel bundles are put together. Source it after ci/lib.sh.
#
# A bundle is a folder with all that ci/lab/boot needs of a kernel:
#   kernel         the bootable image
#   modules/*.ko   uncompressed; modules.load names them in load order
#   release        what uname -r will say
#   config         its configuration, if known
#   inputs         what it was made from; the folder's name has their hash
#   gcov/          of a kernel that counts what runs: notes and sources, by which
#                  ci/coverage reads the counts
#   SHA256SUMS     of all the others
# It is made under another name and renamed when complete.

BUNDLES=$O/kernel/bundles

# The modules to look for; a kernel that has them built in has no such files.
wanted_modules() {
	case $1 in
	x86) echo kvm-amd kvm-intel ;;
	arm64) echo virtio_mmio virtio_console ;;
	esac
}

# bundle_of INPUTS-FILE NAME: where the bundle with these inputs belongs.
bundle_of() {
	echo "$BUNDLES/$2-$(hash_of <"$1")"
}

# usable BUNDLE: whether it is there and undamaged; a damaged one is removed.
usable() {
	[[ -d $1 ]] || return
	sealed "$1" && return
	note "${1##*/} is damaged: making it again"
	rm -rf "$1"
	return 1
}

# find_module DIR NAME: the file of a module, compressed or not. In file names
# - and _ are not told apart.
find_module() {
	find "$1/" -name "${2//[-_]/[-_]}.ko" -o -name "${2//[-_]/[-_]}.ko.*" |
		grep -E '\.ko(\.(xz|gz|zst))?$' | head -n 1 || true
}

unpack_module() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*.zst) zstd -qdc "$1" ;;
	*) cat "$1" ;;
	esac
}

# add_module BUNDLE DIR NAME: the module after those it depends on.
add_module() {
	local bundle=$1 dir=$2 file name depends
	file=$(find_module "$dir" "$3")
	[[ -n $file ]] || return 0
	name=$(basename "${file%.ko*}").ko
	[[ ! -e $bundle/modules/$name ]] || return 0
	unpack_module "$file" >"$bundle/modules/$name"
	depends=$(modinfo -F depends "$bundle/modules/$name")
	for depends in ${depends//,/ }; do
		add_module "$bundle" "$dir" "$depends"
	done
	echo "$name" >>"$bundle/modules.load"
}

# make_bundle BUNDLE INPUTS ARCH KERNEL MODULES-DIR RELEASE CONFIG [FOLDER-WITH-MORE]
make_bundle() {
	local bundle=$1 part=$1.$$ module
	rm -rf "$part"
	mkdir -p "$part/modules"
	: >"$part/modules.load"
	cp "$2" "$part/inputs"
	cp -L "$4" "$part/kernel"
	echo "$6" >"$part/release"
	[[ ! -f $7 ]] || cp -L "$7" "$part/config"
	for module in $(wanted_modules "$3"); do
		add_module "$part" "$5" "$module"
	done
	[[ ! -d ${8:-} ]] || cp -r "$8/." "$part/"
	chmod -R u+w "$part"
	seal "$part"
	mv -T "$part" "$bundle"
}
