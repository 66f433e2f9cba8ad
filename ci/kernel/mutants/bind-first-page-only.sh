# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: bind-first-page-only
# arch: all
# class: 45 bindings
# breaks: only the first page of a range is looked at when a memslot binds
#   part of a file that another has bound.
# lost: two memslots share guest_memfd pages: a write through one is dirty in
#   that one only, and a hole is taken from one only
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_commit_memory_region(/,/^}/s/xa_find(&f->bindings, &start, end - 1, XA_PRESENT)/xa_load(\&f->bindings, start)/' "$1"
