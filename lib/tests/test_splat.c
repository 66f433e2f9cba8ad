// SPDX-License-Identifier: GPL-2.0-only
/*
 * splat.c: which lines of a kernel log are complaints, and which records of
 * /dev/kmsg are found between a mark and a check.  The linker puts fakes in
 * place of open() and fopen() (unit.mk), so that the log and the taint flags
 * are what a case says.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "child.h"
#include "splat.h"
#include "unit.h"

static const char * const splats[] = {
	"WARNING: CPU: 1 PID: 1234 at virt/kvm/guest_memfd.c:742 kvm_gmem_get_pfn+0x1a/0x40 [kvm]",
	"WARNING: virt/kvm/kvm_main.c:1766 at kvm_set_memslot+0x2c1/0x5e0 [kvm], CPU#0: gmem_dirty_basi/312",
	"WARNING: possible circular locking dependency detected",
	"WARNING: suspicious RCU usage",
	"BUG: KASAN: slab-use-after-free in kvm_gmem_release+0x12/0x80 [kvm]",
	"BUG: KFENCE: out-of-bounds read in kvm_vm_ioctl+0x10/0x20",
	"BUG: KCSAN: data-race in kvm_dirty_ring_push / kvm_dirty_ring_reset",
	"BUG: kernel NULL pointer dereference, address: 0000000000000008",
	"BUG: unable to handle page fault for address: ffffc90000a3f000",
	"BUG: sleeping function called from invalid context at kernel/locking/mutex.c:283",
	"BUG: Bad page state in process gmem_dirty_basi  pfn:1034c6",
	"BUG kvm_vcpu (Not tainted): Poison overwritten",
	"rcu: INFO: rcu_preempt self-detected stall on CPU",
	"rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: {",
	"watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 0",
	"INFO: trying to register non-static key.",
	"kernel BUG at virt/kvm/dirty_ring.c:218!",
	"Oops: general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP",
	"Oops: invalid opcode: 0000 [#1] PREEMPT SMP NOPTI",
	"general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b: 0000 [#1]",
	"Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010",
	"Unable to handle kernel paging request at virtual address ffff800083b2bd58",
	"Internal error: Oops: 0000000096000005 [#1] PREEMPT SMP",
	"Kernel panic - not syncing: Fatal exception",
	"UBSAN: shift-out-of-bounds in arch/x86/kvm/mmu/mmu.c:1463:12",
	"INFO: task kworker/0:1:12 blocked for more than 120 seconds.",
	"watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [gmem_dirty_stre:411]",
	"------------[ cut here ]------------",
};

/* Words of a complaint that are not at its beginning report nothing. */
static const char * const harmless[] = {
	"",
	" ",
	"kvm: SMP vm created on host with unstable TSC; guest TSC will not be reliable",
	"kvm_intel: VMX not supported by CPU 0",
	"kvm [1]: nv: 570 coarse grained trap handlers",
	"ACPI BIOS Warning (bug): Optional FADT field Pm2ControlBlock has valid Length but zero Address",
	"clocksource: timekeeping watchdog on CPU0: hpet wd-wd read-back delay of 130us",
	"watchdog: Delayed init of the lockup detector failed: -19",
	"random: 7 urandom warning(s) missed due to ratelimiting",
	"systemd[1]: Reached target kernel BUG at hand.",
	"audit: type=1400 msg=\"WARNING: CPU: 1\"",
	"warning: `probe' uses 32-bit capabilities (legacy support in use)",
	"rcu: Hierarchical RCU implementation.",
	"INFO: lockdep is turned off.",
	"Kernel command line: console=ttyS0 panic=-1 oops=panic",
	"Call Trace:",
	"---[ end trace 0000000000000000 ]---",
};

static int kmsg[2], warn_once[2];
static const char *tainted;

/* Records keep their borders as those of /dev/kmsg do, and an empty log is EAGAIN. */
int __wrap_open(const char *path, int flags)
{
	if (!strcmp(path, "/sys/kernel/debug/clear_warn_once"))
		return pipe(warn_once) ? -1 : warn_once[1];
	if (strcmp(path, "/dev/kmsg"))
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, kmsg))
		return -1;
	return kmsg[0];
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (strcmp(path, "/proc/sys/kernel/tainted") || !tainted)
		return NULL;
	return fmemopen((void *)tainted, strlen(tainted), mode);
}

static void test_lines(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(splats); i++)
		ok(splat_is_splat(splats[i]), "a complaint: %s", splats[i]);
	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		ok(!splat_is_splat(harmless[i]), "no complaint: %s", harmless[i]);
}

/*
 * @records:	what the kernel logs between the mark and the check
 * @before, @after: the taint flags at either
 * @found:	what the check says, or NULL
 */
static const struct check_case {
	const char *name;
	const char *records[4];
	const char *before, *after;
	const char *found;
} check_cases[] = {
	{ "quiet", { }, "0\n", "0\n", NULL },
	{ "harmless lines", { "6,1,9,-;kvm: exiting hardware virtualization\n" },
	  "0\n", "0\n", NULL },
	{ "the complaint without the rest of its record",
	  { "4,7,9,-;BUG: KASAN: slab-out-of-bounds\n SUBSYSTEM=cpu\n" },
	  "0\n", "0\n", "BUG: KASAN: slab-out-of-bounds" },
	{ "what follows the cut line, not the line itself",
	  { "4,1,9,-;------------[ cut here ]------------\n",
	    "4,2,9,-;WARNING: CPU: 0 PID: 7 at kvm_main.c:1\n" },
	  "0\n", "512\n", "WARNING: CPU: 0 PID: 7 at kvm_main.c:1" },
	{ "the first of two",
	  { "6,1,9,-;hello\n", "0,2,9,c;Oops: invalid opcode\n",
	    "0,3,9,-;Kernel panic - not syncing\n" },
	  "0\n", "0\n", "Oops: invalid opcode" },
	{ "a record without text", { "4,1,9,-" }, "0\n", "0\n", NULL },
	{ "taint alone", { }, "0\n", "512\n",
	  "the kernel became tainted: 0x200, was 0" },
	{ "taint that was there before", { }, "4096\n", "4096\n", NULL },
	{ "taint that cannot be read", { }, NULL, NULL, NULL },
};

static void drain(void)
{
	char buf[2048];

	while (read(kmsg[0], buf, sizeof(buf)) > 0)
		;
}

static bool feed(const char * const *records)
{
	for (; *records; records++)
		if (write(kmsg[1], *records, strlen(*records)) < 0)
			return false;
	return true;
}

static void test_check(const struct check_case *c)
{
	char found[256] = "";
	bool good;

	tainted = c->before;
	good = splat_mark();
	drain();
	good &= feed(c->records);
	tainted = c->after;
	good &= splat_check(found, sizeof(found)) == !!c->found;
	ok(good && !strcmp(found, c->found ?: ""), "between mark and check: %s",
	   c->name);
}

static void test_small_buffer(void)
{
	char *found = malloc(8);

	tainted = "0\n";
	splat_mark();
	drain();
	feed((const char *[]){ "4,1,9,-;WARNING: long\n", NULL });
	ok(splat_check(found, 8) && !strcmp(found, "WARNING"),
	   "a buffer too small for the complaint");
	free(found);
}

/* What was said after the first complaint belongs to the same test. */
static void test_between(void)
{
	static const char * const during[] = {
		"4,1,9,-;WARNING: one\n", "4,2,9,-;WARNING: two\n", NULL
	};
	static const char * const after[] = {
		"6,3,9,-;hello\n", "0,4,9,-;BUG: KASAN: x\n", NULL
	};
	char found[256];

	tainted = "0\n";
	splat_mark();
	drain();
	feed(during);
	ok(splat_check(found, sizeof(found)) && !splat_check(found, sizeof(found)),
	   "nothing is left when all of it came before the check");
	feed(after);
	ok(splat_check(found, sizeof(found)) && !strcmp(found, "BUG: KASAN: x"),
	   "a complaint after the check");
}

static void check_in_child(const void *unused)
{
	char found[256];

	splat_mark();
	_exit(splat_check(found, sizeof(found)) ? 1 : 0);
}

/* A test is a process that marks and checks; what comes after it is the next one's. */
static void test_taint_between(void)
{
	char found[256];
	struct child c;

	tainted = "0\n";
	splat_mark();
	tainted = "512\n";
	child_run(&c, check_in_child, NULL);
	ok(!c.status && !splat_check(found, sizeof(found)),
	   "taint that a test of another process has marked is not new");
	tainted = "640\n";
	ok(splat_check(found, sizeof(found)) &&
	   !strcmp(found, "the kernel became tainted: 0x280, was 0x200"),
	   "taint that came when it had ended is");
	ok(!splat_check(found, sizeof(found)), "and is told once");
}

static void test_warn_once(void)
{
	char written[8] = "";

	splat_mark();
	ok(warn_once[0] > 0 && read(warn_once[0], written, sizeof(written)) == 1 &&
	   written[0] == '1', "a mark has the kernel forget what it warned of");
}

int main(void)
{
	size_t i;

	test_lines();
	for (i = 0; i < ARRAY_SIZE(check_cases); i++)
		test_check(&check_cases[i]);
	test_small_buffer();
	test_between();
	test_taint_between();
	test_warn_once();
	return unit_end();
}
