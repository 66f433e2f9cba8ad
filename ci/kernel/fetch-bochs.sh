# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Part of ci/kernel/fetch: Bochs 3.0, which emulates Intel's VMX with EPT and PML, from
# Debian 13 whatever Debian this machine has (2.7 of Debian 12 logs wrong addresses in
# its PML buffer). One folder has all that it needs:
#
#   bochs-bin lib/ plugins/ share/ version     run it with lib/loader --library-path lib
#
# Debian builds it with a debugger that has a window, so its package asks for some 60
# others. That window is never opened here; libraries that have its functions, each of
# which traps, stand in for them.

BOCHS_SUITE=trixie
BOCHS_PACKAGES=(bochs bochs-term libncurses6 libtinfo6 libreadline8t64 libltdl7
	libsamplerate0 libstdc++6 libgcc-s1 libc6)
BOCHS_WINDOW=(libgtk-3.so.0 libgdk-3.so.0 libpango-1.0.so.0 libgobject-2.0.so.0
	libglib-2.0.so.0)

# What changes the folder changes the record's name: it is made anew.
bochs_key() {
	{
		declare -f fetch_bochs bochs_libraries bochs_window bochs_starts
		echo "$BOCHS_SUITE ${BOCHS_PACKAGES[*]} ${BOCHS_WINDOW[*]}"
	} | hash_of
}

# bochs_libraries DIR FROM: the libraries of an unpacked package, and the plugins. The
# sound plugins want more libraries, and there is nothing to hear.
bochs_libraries() {
	local dir
	for dir in "$2"/usr/lib/*-linux-gnu; do
		find "$dir" -maxdepth 1 -name '*.so*' -exec cp -P -t "$1/lib" {} +
		[[ ! -d $dir/bochs/plugins ]] || find "$dir/bochs/plugins" -name '*.so' \
			! -name '*sound*' -exec cp -L -t "$1/plugins" {} +
	done
}

# bochs_window DIR: the libraries of the window.
bochs_window() {
	local name
	nm -D --undefined-only "$1/bochs-bin" |
		sed -nE 's/.* ((g|gdk|gtk|pango)_[a-z0-9_]+)(@.*)?$/void \1(void) { __builtin_trap(); }/p' \
			>"$1/window.c"
	[[ -s $1/window.c ]] || die "bochs-bin needs no window's functions: is it another Bochs?"
	gcc -w -fno-builtin -shared -o "$1/lib/${BOCHS_WINDOW[0]}" "$1/window.c"
	for name in "${BOCHS_WINDOW[@]:1}"; do
		gcc -shared -nostdlib -x c -o "$1/lib/$name" /dev/null
	done
	rm "$1/window.c"
}

# bochs_starts DIR: whether all is there that the loader looks for.
bochs_starts() {
	LTDL_LIBRARY_PATH=$1/plugins BXSHARE=$1/share "$1/lib/loader" --library-path "$1/lib" \
		"$1/bochs-bin" --help >"$1/help" 2>&1 || true
	cat "$1/help" >>"$FETCH/log"
	grep -q '^Usage: bochs' "$1/help"
}

fetch_bochs() {
	local name deb part=$FETCH/bochs.part
	deb=$(deb_arch "$(host_arch)")
	prepare_suite "$BOCHS_SUITE" ||
		die "could not read the package lists of $BOCHS_SUITE; see $FETCH/log"
	rm -rf "$part"
	mkdir -p "$part"/{lib,plugins,share}
	for name in "${BOCHS_PACKAGES[@]}"; do
		unpack_package "$BOCHS_SUITE" "$name" "$deb"
		bochs_libraries "$part" "$FOLDER"
		[[ $name != bochs ]] || {
			cp "$FOLDER/usr/bin/bochs-bin" "$part/"
			cp -rL "$FOLDER/usr/share/bochs/keymaps" "$part/share/"
			ANSWER=$FOLDER
		}
	done
	ln -s "$(basename "$part"/lib/ld-linux-*)" "$part/lib/loader"
	unpack_package "$BOCHS_SUITE" bochsbios all
	cp "$FOLDER/usr/share/bochs/BIOS-bochs-latest" "$part/share/"
	unpack_package "$BOCHS_SUITE" vgabios all
	cp -L "$FOLDER/usr/share/vgabios/vgabios.bin" "$part/share/"
	bochs_window "$part"
	bochs_starts "$part" || die "Bochs of $BOCHS_SUITE does not start; see $FETCH/log"
	rm "$part/help"
	ANSWER=${ANSWER##*/bochs_}
	echo "${ANSWER%_*}" >"$part/version"
	ANSWER=$FETCH/bochs-${ANSWER%_*}-$(bochs_key)
	rm -rf "$ANSWER"
	mv -T "$part" "$ANSWER"
}
