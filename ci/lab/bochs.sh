# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Part of ci/lab/boot: machines of Bochs, which emulates Intel's VMX with EPT, A/D bits
# and PML. ci/lab/qemu.sh says what the functions are for. All that Bochs reads and
# writes is in $TMP, so machines side by side have nothing in common.

# Instructions in a second of the machine's clock, which knows no other time. Where there
# are several CPUs, those that sleep take their turns as well, so a second costs more.
BOCHS_IPS=50000000
BOCHS_BOOT=(/usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32)

emulator_arguments() {
	local option=""
	[[ $ARCH == x86 ]] || usage_error "Bochs emulates x86, not $ARCH"
	[[ $NUMA -eq 1 ]] || option=--numa
	[[ ! $ICOUNT ]] || option=--icount
	[[ ! $option ]] || usage_error "Bochs has no $option"
	MEM=${MEM:-2G}
	BOCHS_IPS=$((BOCHS_IPS / SMP))
	[[ $(megabytes "$MEM") -le $BOCHS_MEMORY ]] ||
		usage_error "--mem $MEM: Bochs has at most 2G"
	# A word for Bochs's configuration file, where commas separate.
	[[ $CPU =~ ^[a-z0-9_]*$ ]] || usage_error "--cpu takes a model of Bochs, not '$CPU'"
}

emulator_name() {
	echo Bochs
}

emulator_missing() {
	local file
	BOCHS=$("$CI/kernel/fetch" known bochs) || {
		echo "Bochs is not there; run ci/kernel/fetch bochs"
		return
	}
	for file in "${BOCHS_BOOT[@]}"; do
		[[ -f $file ]] || echo "there is no $file; run ci/deps intel"
	done | head -n 1
	command -v xorriso >/dev/null || echo "xorriso is not installed; run ci/deps intel"
}

# What it boots from: isolinux, the kernel and the initramfs on a CD.
bochs_cd() {
	# 115200: the port's speed is emulated as well. reboot: by a triple fault, which is
	# sure to end Bochs. tsc_early_khz: nothing in the machine is good to measure
	# it by. enable_apicv: Bochs 3.0 wants the descriptor of posted interrupts to begin
	# a page, and no VM starts.
	local words="console=ttyS0,115200 panic=-1 quiet no_timer_check"
	words+=" reboot=t tsc_early_khz=$((BOCHS_IPS / 1000)) kvm_intel.enable_apicv=0"
	mkdir "$TMP/cd"
	cp "${BOCHS_BOOT[@]}" "$TMP/cd/"
	cat >"$TMP/cd/isolinux.cfg" <<-END
		default lab
		prompt 0
		label lab
		kernel /kernel
		append initrd=/initrd $words$APPEND
	END
	xorriso -as mkisofs -quiet -o "$TMP/cd.iso" -b isolinux.bin -c boot.cat -no-emul-boot \
		-boot-load-size 4 -boot-info-table -graft-points "$TMP/cd" \
		"kernel=$BUNDLE/kernel" "initrd=$TMP/initramfs" >"$TMP/xorriso" 2>&1 ||
		die "xorriso made no CD: $(tail -n 1 "$TMP/xorriso")"
}

emulator_prepare() {
	BOCHS=$("$CI/kernel/fetch" known bochs)
	ln -s "$BOCHS" "$TMP/bochs"
	bochs_cd
	# The debugger's only command: continue.
	echo c >"$TMP/rc"
	cat >"$TMP/bochsrc" <<-END
		config_interface: textconfig
		display_library: term
		plugin_ctrl: unmapped=0, biosdev=0, speaker=0, extfpuirq=0, parallel=0, gameport=0, iodebug=0
		cpu: model=${CPU:-corei7_skylake_x}, count=$SMP, ips=$BOCHS_IPS, reset_on_triple_fault=0, ignore_bad_msrs=1
		memory: guest=$(megabytes "$MEM"), host=$(megabytes "$MEM")
		romimage: file=bochs/share/BIOS-bochs-latest, options=fastboot
		vgaromimage: file=bochs/share/vgabios.bin
		pci: enabled=1, chipset=i440fx
		ata0-master: type=cdrom, path=cd.iso, status=inserted
		boot: cdrom
		clock: sync=none, time0=utc
		com1: enabled=1, mode=file, dev=pipe
		com2: enabled=1, mode=file, dev=verdict
		panic: action=fatal
		error: action=ignore
		info: action=ignore
		debug: action=ignore
		log: bochs-log
	END
}

# Its status says nothing: at a normal end of the guest it is 1. The pipe is held open
# besides, so that whoever reads it learns that Bochs ended before it opened it.
emulator_run() {
	cd "$TMP" || return
	exec 9>pipe
	tethered KILL env LTDL_LIBRARY_PATH=bochs/plugins BXSHARE=bochs/share TERM=vt100 \
		bochs/lib/loader --library-path bochs/lib bochs/bochs-bin -q -f bochsrc -rc rc \
		</dev/null >errors 2>&1
}

emulator_error() {
	sed -n '/following message/{n;s/^\[[^]]*\] *//p;}' "$TMP/errors"
}
