// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables that KVM writes for arm64's interrupt translation service (ITS) when
 * the host tells it to save its state, or to restore it: without a vCPU, so that
 * rings have no place for it and only a bitmap can tell.
 */
#ifdef __aarch64__
#include <kvm_util.h>

#include <gic.h>
#include <gic_v3.h>
#include <vgic.h>

#include "basic.h"
#include "guest_its.h"

/*
 * @its:	in memory of the guest's, at @gva
 * @fd:		the device
 */
struct its_vm {
	struct ctx *c;
	struct its *its;
	u64 gva;
	int fd;
};

static bool its_is_mapped(const struct ctx *c)
{
	return c->t.subject->userspace;
}

/* The queue and the table that KVM reads: memory that is not logged. */
static void place_queue(struct kvm_vm *vm, struct its *its)
{
	u64 gva = vm_alloc(vm, 2 * ITS_TABLE_BYTES, KVM_UTIL_MIN_VADDR);
	u64 gpa = addr_gva2gpa(vm, gva);

	its->commands = align_up(gpa, ITS_TABLE_BYTES);
	its->commands_gva = gva + its->commands - gpa;
	its->config = its->commands + 0x1000;
}

/*
 * Entries beyond the first 4K of their table, but in the collections', which KVM
 * fills from its start.
 */
static void place_tables(struct its *its)
{
	its->devices = WINDOW_GPA + ITS_TABLE_BYTES;
	its->collections = its->devices + ITS_TABLE_BYTES;
	its->events = its->collections + ITS_TABLE_BYTES;
	its->pending = its->events + ITS_TABLE_BYTES;
	its->device = 0x1234;
	its->event = 0x567;
	its->lpi = 0x8abc;
}

static void its_create(struct its_vm *v, struct ctx *c)
{
	struct kvm_vm *vm = c->t.vm;

	v->c = c;
	v->fd = vgic_its_setup(vm);
	v->gva = vm_alloc(vm, sizeof(*v->its), KVM_UTIL_MIN_VADDR);
	v->its = addr_gva2hva(vm, v->gva);
	place_queue(vm, v->its);
	place_tables(v->its);
}

static void its_run(struct its_vm *v, const struct guest_kind *kind)
{
	struct guest_op op = { .kind = kind, .val = v->gva };

	testvm_run(&v->c->t, 0, &op, 1);
}

/* KVM has written the byte at @gpa, unless it could not: no test knows what. */
static void its_written(struct its_vm *v, u64 gpa)
{
	struct ctx *c = v->c;
	u64 page = gpa / c->t.page_size - c->slot->gfn;

	if (!its_is_mapped(c))
		return;
	oracle_written(&c->slot->oracle, page);
	adopt_page(c, page);
}

/* The byte at @gpa, as the host has it. */
static const u8 *byte_at(struct its_vm *v, u64 gpa)
{
	return v->c->b.hva + v->c->slot->offset + gpa - page_gpa(v->c, 0);
}

/* The eight bytes at @gpa. */
static u64 entry(struct its_vm *v, u64 gpa)
{
	return *(const u64 *)byte_at(v, gpa);
}

static u64 device_entry(const struct its *its)
{
	return its->devices + 8 * its->device;
}

static u64 event_entry(const struct its *its)
{
	return its->events + 8 * its->event;
}

static u64 pending_byte(const struct its *its)
{
	return its->pending + its->lpi / 8;
}

/* Have KVM save; @expected: the errno where it can write, EFAULT elsewhere. */
static void save(struct its_vm *v, int fd, u32 group, u64 attr, int unmapped)
{
	int expected = its_is_mapped(v->c) ? 0 : unmapped, r;

	errno = 0;
	r = __kvm_device_attr_set(fd, group, attr, NULL) ? errno : 0;
	if (r != expected)
		report_fail("saving failed errno=%d expected=%d step=\"%s\"", r,
			    expected, v->c->t.step);
}

/*
 * What KVM has saved is in the bitmap.  With rings alone nobody is told:
 * Documentation/virt/kvm/api.rst, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP.
 */
static void check_saved(struct its_vm *v)
{
	struct testvm *t = &v->c->t;

	if (ring_pending(t))
		report_fail("ring entries=%u for what no vCPU wrote step=\"%s\"",
			    ring_pending(t), t->step);
	if (!log_has_bitmap(t))
		oracle_reset(&v->c->slot->oracle);
	t->kvm_writes = true;
	check_harvest(t);
	check_harvest(t);
	t->kvm_writes = false;
	check_content(t, true);
}

static void save_tables(struct its_vm *v)
{
	const struct its *its = v->its;

	testvm_step(&v->c->t, "ITS tables saved");
	save(v, v->fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_ITS_SAVE_TABLES,
	     EFAULT);
	its_written(v, device_entry(its));
	its_written(v, event_entry(its));
	its_written(v, its->collections);
	check_saved(v);
	if (its_is_mapped(v->c) &&
	    (!entry(v, device_entry(its)) || !entry(v, its->collections) ||
	     (u32)(entry(v, event_entry(its)) >> 16) != its->lpi))
		report_fail("content is not what KVM saves step=\"%s\"",
			    v->c->t.step);
}

/* Nothing to save where KVM could not read the table when the guest mapped it. */
static void save_pending(struct its_vm *v)
{
	int fd = v->c->t.vm->arch.gic_fd;
	const struct its *its = v->its;

	testvm_step(&v->c->t, "pending table saved");
	save(v, fd, KVM_DEV_ARM_VGIC_GRP_CTRL,
	     KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, 0);
	its_written(v, pending_byte(its));
	check_saved(v);
	testvm_step(&v->c->t, "pending table saved again");
	save(v, fd, KVM_DEV_ARM_VGIC_GRP_CTRL,
	     KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, 0);
	check_saved(v);
}

/* Make the interrupt pending, which nobody takes. */
static void signal_msi(struct its_vm *v)
{
	struct kvm_msi msi = {
		.address_lo = GITS_BASE_GPA + GITS_TRANSLATER,
		.data = v->its->event,
		.flags = KVM_MSI_VALID_DEVID,
		.devid = v->its->device,
	};
	int r = __vm_ioctl(v->c->t.vm, KVM_SIGNAL_MSI, &msi);

	if (its_is_mapped(v->c) && r != 1)
		report_fatal("ioctl KVM_SIGNAL_MSI returned %d errno=%d", r, errno);
}

/*
 * What a VMM writes before KVM restores the tables; GITS_CTLR comes after it
 * (Documentation/virt/kvm/devices/arm-vgic-its.rst).
 */
static const u64 its_registers[] = {
	GITS_CBASER, GITS_CREADR, GITS_CWRITER, GITS_BASER, GITS_BASER + 8,
};

static void reset_and_restore(struct its_vm *v)
{
	u64 values[ARRAY_SIZE(its_registers)], ctlr;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		kvm_device_attr_get(v->fd, KVM_DEV_ARM_VGIC_GRP_ITS_REGS, its_registers[i],
				    &values[i]);
	kvm_device_attr_get(v->fd, KVM_DEV_ARM_VGIC_GRP_ITS_REGS, GITS_CTLR, &ctlr);
	kvm_device_attr_set(v->fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_ITS_CTRL_RESET, NULL);
	for (i = 0; i < ARRAY_SIZE(values); i++)
		kvm_device_attr_set(v->fd, KVM_DEV_ARM_VGIC_GRP_ITS_REGS, its_registers[i],
				    &values[i]);
	kvm_device_attr_set(v->fd, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_ITS_RESTORE_TABLES,
			    NULL);
	kvm_device_attr_set(v->fd, KVM_DEV_ARM_VGIC_GRP_ITS_REGS, GITS_CTLR, &ctlr);
}

/*
 * KVM takes pending bits out of the table as it restores what maps the interrupts:
 * vgic_v3_lpi_sync_pending_status() in arch/arm64/kvm/vgic/vgic-v3.c.
 */
static void restore_tables(struct its_vm *v)
{
	const u8 *byte = byte_at(v, pending_byte(v->its));

	testvm_step(&v->c->t, "ITS tables restored");
	reset_and_restore(v);
	its_written(v, pending_byte(v->its));
	check_saved(v);
	if (*byte)
		report_fail("content pending byte=%#x is not what KVM leaves step=\"%s\"",
			    *byte, v->c->t.step);
}

/* KVM makes the entry invalid at once, for the vCPU that says so. */
static void unmap(struct its_vm *v)
{
	testvm_step(&v->c->t, "device unmapped by the guest");
	its_run(v, &its_unmap);
	its_written(v, device_entry(v->its));
	check_harvest(&v->c->t);
	check_content(&v->c->t, true);
}

BASIC_TEST(its_tables, logged)
{
	struct layout l = {
		.npages = 6 * ITS_TABLE_BYTES / c->t.page_size,
		.gfn = 1,
	};
	struct its_vm v;

	if (!c->t.vm->arch.has_gic)
		report_skip("no GICv3");
	its_create(&v, c);
	attach(c, &l);
	testvm_step(&c->t, "tables named by the guest");
	its_run(&v, &its_map);
	check_harvest(&c->t);
	save_tables(&v);
	signal_msi(&v);
	save_pending(&v);
	if (its_is_mapped(c))
		restore_tables(&v);
	unmap(&v);
	testvm_step(&c->t, "writes after KVM's");
	write_picked(c, pick_every);
	check_harvest(&c->t);
	close(v.fd);
}
#endif
