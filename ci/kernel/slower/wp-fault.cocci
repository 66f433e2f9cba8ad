// SPDX-License-Identifier: GPL-2.0-only
// target: arch/x86/kvm/mmu/mmu.c
// A write to a write-protected page takes about 5 % more instructions, guest's
// and KVM's together.
@@
@@
 fast_pf_fix_direct_spte(...)
 {
+	unsigned int spin;
 ...
+	for (spin = 54; spin; spin--)
+		barrier();
 if (!try_cmpxchg64(...))
	return false;
 ...
 }
