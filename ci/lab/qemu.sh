# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Part of ci/lab/boot: machines of QEMU TCG, which emulates AMD's SVM with nested paging
# and arm64's EL2. Each emulator has these functions:
#
#   emulator_arguments   sees that the options are ones it has, and sets MEM
#   emulator_missing     prints what it lacks and how to get it, or nothing
#   emulator_prepare     makes what it boots from
#   emulator_run         becomes the machine, which ends when the guest does; its console
#                        goes to $TMP/pipe, the verdict's port to $TMP/verdict
#   emulator_error       prints why it ended at once
#   emulator_name        for messages
#
# SPARE is how many vCPUs the machine has before those of --smp.

emulator_arguments() {
	MEM=${MEM:-4G}
	[[ $ICOUNT ]] && SMP=1
	# QEMU writes to the first x86 CPU's SVM state when another one restores its
	# FPU's, and what that CPU does to it at the same time is lost: docs/lab.md.
	[[ $ARCH != x86 || $SMP -eq 1 ]] || SPARE=1
}

emulator_name() {
	case $ARCH in
	x86) echo qemu-system-x86_64 ;;
	arm64) echo qemu-system-aarch64 ;;
	esac
}

emulator_missing() {
	command -v "$(emulator_name)" >/dev/null ||
		echo "$(emulator_name) is not installed; run ci/deps lab-$ARCH"
}

# Memory and vCPUs in equal parts, the spare one besides.
numa_options() {
	local node size first=0 last
	size=$(megabytes "$MEM")
	for ((node = 0; node < NUMA; node++)); do
		last=$((SPARE + SMP * (node + 1) / NUMA - 1))
		QEMU+=(-object "memory-backend-ram,id=mem$node,size=$((size / NUMA))M"
			-numa "node,nodeid=$node,memdev=mem$node,cpus=$first-$last")
		first=$((last + 1))
	done
}

emulator_prepare() {
	local console thread=multi clock=""
	QEMU=("$(emulator_name)")
	[[ -z $ICOUNT ]] || {
		thread=single
		# A counter that advances with every instruction.
		clock=,cntfrq=1000000000
		APPEND+=" norandmaps"
		QEMU+=(-icount "shift=0,sleep=off" -seed 1
			-rtc "base=2000-01-01,clock=vm")
	}
	case $ARCH in
	x86)
		# On a busy host the check of the timer's interrupt may see none.
		console="ttyS0 no_timer_check"
		# By default it has 40 bits of address: no guest has 1 TiB.
		QEMU+=(-M q35 -cpu "${CPU:-EPYC,+svm,+npt,phys-bits=48}" -serial stdio
			-chardev "file,id=verdict,path=$TMP/verdict" -serial chardev:verdict)
		;;
	arm64)
		console=ttyAMA0
		QEMU+=(-M "virt,virtualization=on,gic-version=3"
			-cpu "${CPU:-max,pauth-impdef=on}$clock" -serial stdio
			-global virtio-mmio.force-legacy=false
			-device virtio-serial-device
			-chardev "file,id=verdict,path=$TMP/verdict"
			-device "virtserialport,chardev=verdict,name=verdict")
		;;
	esac
	QEMU+=(-accel "tcg,thread=$thread" -smp "$((SPARE + SMP))" -m "$MEM"
		-display none -monitor none -no-reboot -nodefaults
		-kernel "$BUNDLE/kernel" -initrd "$TMP/initramfs"
		-append "console=$console panic=-1 quiet$APPEND")
	[[ $NUMA -eq 1 ]] || numa_options
}

emulator_run() {
	tethered KILL "${QEMU[@]}" </dev/null >"$TMP/pipe" 2>"$TMP/errors"
}

emulator_error() {
	tail -n 1 "$TMP/errors"
}
