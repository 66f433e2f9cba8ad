#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The step of coverage.config: which objects count. Not those of EL2 without VHE, which
# sees neither the counters nor what would read them; of arm64's page tables that leaves
# the host's copy.
#
# target: arch/x86/kvm/Makefile
# target: arch/arm64/kvm/Makefile
# target: arch/arm64/kvm/hyp/Makefile
# target: arch/arm64/kvm/hyp/vhe/Makefile
set -eu

# What both architectures have, as kbuild names it in their makefiles.
# shellcheck disable=SC2016
COMMON='$(KVM)/kvm_main.o $(KVM)/dirty_ring.o $(KVM)/guest_memfd.o'

# count MAKEFILE OBJECT...: a function that is copied into its callers before the
# counters are put in has none of its own.
# shellcheck disable=SC2016
count() {
	makefile=$1
	shift
	for object; do
		case $object in
		'$(KVM)/'*) made=Makefile.kvm ;;
		*) made=$object ;;
		esac
		grep -qwF -- "$made" "$makefile" || {
			echo "$makefile does not make $object" >&2
			exit 1
		}
		printf '%s\n' "GCOV_PROFILE_$object := y" \
			"CFLAGS_$object += -fno-early-inlining" >>"$makefile"
	done
}

# Split into words on purpose.
# shellcheck disable=SC2016,SC2086
{
	count arch/x86/kvm/Makefile $COMMON '$(KVM)/pfncache.o' x86.o xen.o \
		mmu/mmu.o mmu/page_track.o mmu/spte.o mmu/tdp_iter.o mmu/tdp_mmu.o \
		svm/svm.o svm/nested.o vmx/vmx.o vmx/nested.o
	count arch/arm64/kvm/Makefile $COMMON mmu.o nested.o arm.o pvtime.o \
		vgic/vgic-its.o vgic/vgic-v3.o
}
count arch/arm64/kvm/hyp/Makefile pgtable.o
count arch/arm64/kvm/hyp/vhe/Makefile tlb.o
