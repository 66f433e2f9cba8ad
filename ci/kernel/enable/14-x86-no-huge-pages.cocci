// SPDX-License-Identifier: GPL-2.0-only
//
// Turning logging off looks for huge pages to map again, without a fault and
// so without a folio at hand. guest_memfd has small pages only: that is an
// answer and no reason to warn.
//
// target: arch/x86/kvm/mmu/mmu.c
@@
@@
- WARN_ONCE(1, "Get pfn+order from guest_memfd");
