// SPDX-License-Identifier: GPL-2.0-only
// target: virt/kvm/kvm_main.c
// KVM_GET_DIRTY_LOG, where it write-protects, takes about 5 % more instructions:
// some for every 64 pages, and some for each of them that is reported.
@@
expression mask, word;
@@
 mask = xchg(word, 0);
+{
+	unsigned long spin = 12 + 3 * hweight_long(mask);
+
+	do {
+		barrier();
+	} while (--spin);
+}
