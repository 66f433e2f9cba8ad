# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-signal-drops-next
# arch: all
# class: 34 reset in batches
# breaks: after a reset that a signal ended, whatever it had taken, the next
#   reset drops its first batch.
# lost: all later writes to up to 64 pages, which no interrupted reset took
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^int kvm_dirty_ring_reset(/i\
static bool kvm_reset_was_interrupted;\

/^int kvm_dirty_ring_reset(/,/^}/{
	s/^\t\tif (signal_pending(current))$/\t\tif (signal_pending(current) \&\& (kvm_reset_was_interrupted = true))/
	s/^\(\t*\)\(kvm_reset_dirty_gfn(.*;\)$/\1if (!xchg(\&kvm_reset_was_interrupted, false))\n\1\t\2/
}' "$1"
