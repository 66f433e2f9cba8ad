// SPDX-License-Identifier: GPL-2.0-only
//
// id: protect-at-hole
// arch: arm64
// class: holes
// past: 2023 ddcadb297ce5 KVM: arm64: Ignore EAGAIN for walks outside of a fault
// breaks: write-protecting a range stops at the first page that is not mapped.
// lost: all later writes to pages behind it
//
// target: arch/arm64/kvm/hyp/pgtable.c
@@
expression pgt, addr, size;
@@
  kvm_pgtable_stage2_wrprotect(...)
  {
  return stage2_update_leaf_attrs(pgt, addr, size, 0, KVM_PTE_LEAF_ATTR_LO_S2_S2AP_W, NULL, NULL,
- KVM_PGTABLE_WALK_IGNORE_EAGAIN
+ 0
  );
  }
