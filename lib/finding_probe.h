/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes: does this kernel show a finding of lib/known.h?  Each is the least that
 * shows it, on a VM of its own, in a process of its own, and makes no kernel WARN.
 * What cannot be probed is not known.
 */
#ifndef SUITE_FINDING_PROBE_H
#define SUITE_FINDING_PROBE_H

#include "known.h"
#include "testvm.h"

enum probe_answer {
	PROBE_UNASKED,
	PROBE_SHOWS,
	PROBE_SHOWS_NOT,
	PROBE_FAILED,
};

/* @ask: asks the kernel; with PROBE_FAILED it has said why by probe_why() */
struct probe {
	enum finding finding;
	enum probe_answer (*ask)(void);
};

/* Those of the architecture. */
extern const struct probe arch_probes[];
extern const unsigned int nr_arch_probes;

/* For probes: why there is no answer, in a few words. */
void probe_why(const char *fmt, ...) __printf(1, 2);

/*
 * For probes: a VM of @nr_vcpus with rings of @entries, and @npages of memory of
 * @subject at page @gfn of the window, logged and all there.
 */
struct probe_vm {
	struct testvm t;
	struct backing b;
	struct testslot *s;
};

void probe_vm_create(struct probe_vm *p, const char *subject, u32 entries, int nr_vcpus,
		     u64 gfn, u64 npages);
/* Have vCPU 0 do one op of @kind on @page. */
void probe_do(struct probe_vm *p, const struct guest_kind *kind, u64 page);
/* Is @page among the entries that wait in the ring of @vcpu? */
bool probe_in_ring(struct probe_vm *p, int vcpu, u64 page);
/* The subject of this name. */
const struct subject *probe_subject(const char *name);

/* To be called before tests fork: they share the answers. */
void finding_probe_init(void);

/*
 * To be called before @test makes its VM: asks for each finding that concerns it,
 * unless a test before has, and tells lib/known.h.  The first time a line says
 * "# finding NAME: shows", "does not show" or "not probed: why".
 */
void finding_probe_all(const char *test);

#endif
