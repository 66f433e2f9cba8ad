# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: toggle-strict-binding
# arch: all
# class: 46 binding over a change of flags
# breaks: a fault accepts the binding of the very memslot it found only, not
#   of the one that takes its place.
# lost: vCPUs that fault while the log is switched: EIO and a warning, now and
#   then
# first: stress
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_is_bound(/,/^}/{
	s/return bound && bound->as_id == slot->as_id && bound->id == slot->id &&/return 0 \&\& bound->id == slot->id \&\&/
}' "$1"
