# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: flush-first-vcpu
# arch: x86
# class: 13 flush after harvest
# breaks: KVM_GET_DIRTY_LOG flushes the first vCPU's TLB and no other.
# lost: writes that another running vCPU makes through an old TLB entry after the
#   harvest
# first: stress.*.bitmap.echoes stress.*.bitmap.page_echoes
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/^\t\tkvm_flush_remote_tlbs_memslot(kvm, memslot);/\t{\n\t\tstruct kvm_vcpu *first = kvm_get_vcpu(kvm, 0);\n\n\t\tif (first) {\n\t\t\tkvm_make_request(KVM_REQ_TLB_FLUSH, first);\n\t\t\tkvm_vcpu_kick(first);\n\t\t}\n\t}/' "$1"
