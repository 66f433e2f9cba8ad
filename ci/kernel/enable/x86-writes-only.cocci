// SPDX-License-Identifier: GPL-2.0-only
//
// Not part of the series: map a logged page writable for writes only, as arm64
// does. A first read is then not reported; the first write after it is a second
// fault, and one that the fast path cannot handle.
//
// target: arch/x86/kvm/mmu/mmu.c
@@
@@
- fault->map_writable = !(fault->slot->flags & KVM_MEM_READONLY);
+ fault->map_writable = !(fault->slot->flags & KVM_MEM_READONLY) &&
+ 		      (fault->write || !kvm_slot_dirty_track_enabled(fault->slot));
