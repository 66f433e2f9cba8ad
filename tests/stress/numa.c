// SPDX-License-Identifier: GPL-2.0-only
/* Where memory and vCPUs are: the log must be exact wherever that is. */
#include <numa.h>

#include "alloc.h"
#include "stress.h"
#include "vcpu.h"

/* What was asked for, for numa_verify(). */
static int wanted_node;

const char *numa_one_node(const struct subject *s, const struct log_mode *m)
{
	return numa_available() < 0 || numa_num_configured_nodes() < 2 ?
		"one NUMA node" : NULL;
}

static int other_node(int node)
{
	return (node + 1) % numa_num_configured_nodes();
}

/* Nodes without CPUs have none to put a vCPU on. */
static void run_on(struct live *l, int node)
{
	struct bitmask *cpus = numa_allocate_cpumask();
	cpu_set_t set;
	u32 i;

	TEST_ASSERT(!numa_node_to_cpus(node, cpus), "no CPUs known of node %d", node);
	CPU_ZERO(&set);
	for (i = 0; i < CPU_SETSIZE && i < cpus->size; i++)
		if (numa_bitmask_isbitset(cpus, i))
			CPU_SET(i, &set);
	for (i = 0; i < l->shape.vcpus; i++)
		vcpu_thread_pin(&l->vcpus[i], &set);
	numa_free_cpumask(cpus);
}

static void place(struct live *l, int memory, int cpus)
{
	numa_set_bind_policy(1);
	numa_set_strict(1);
	numa_tonode_memory(l->b.hva, l->b.size, memory);
	run_on(l, cpus);
	wanted_node = memory;
}

void numa_near(struct live *l)
{
	place(l, 1, 1);
}

void numa_far(struct live *l)
{
	place(l, 1, other_node(1));
}

void numa_interleaved(struct live *l)
{
	numa_interleave_memory(l->b.hva, l->b.size, numa_all_nodes_ptr);
	wanted_node = -1;
}

/*
 * The host must have a page mapped to be told where it is.  What nobody has written
 * of anonymous memory is the zero page then, which is nowhere: -EFAULT.
 */
static void find_nodes(struct live *l, int *nodes)
{
	void **pages = alloc_zeroed(l->shape.npages, sizeof(*pages));
	u64 i;

	for (i = 0; i < l->shape.npages; i++) {
		pages[i] = l->b.hva + i * l->t.page_size;
		READ_ONCE(*(u8 *)pages[i]);
	}
	TEST_ASSERT(!numa_move_pages(0, l->shape.npages, pages, NULL, nodes, 0),
		    "move_pages errno=%d", errno);
	free(pages);
}

static void check_one_node(const int *nodes, u64 n)
{
	u64 i;

	for (i = 0; i < n; i++) {
		if (nodes[i] == wanted_node || nodes[i] == -EFAULT)
			continue;
		report_fail("page=%lu is on node=%d, its memory is bound to node=%d",
			    i, nodes[i], wanted_node);
		return;
	}
}

static u64 count_nodes(const int *nodes, u64 n, int node)
{
	u64 i, nr = 0;

	for (i = 0; i < n; i++)
		nr += nodes[i] == node;
	return nr;
}

/* Each node has its share, give or take one page in eight. */
static void check_spread(const int *nodes, u64 n)
{
	int node, nr = numa_num_configured_nodes();
	u64 placed = n - count_nodes(nodes, n, -EFAULT), share;

	for (node = 0; node < nr; node++) {
		share = count_nodes(nodes, n, node);
		if (share + placed / 8 < placed / nr || share > placed / nr + placed / 8)
			report_fail("node=%d has %lu of %lu interleaved pages",
				    node, share, placed);
	}
}

void numa_verify(struct live *l)
{
	int *nodes = alloc_zeroed(l->shape.npages, sizeof(*nodes));
	u64 nowhere;

	find_nodes(l, nodes);
	nowhere = count_nodes(nodes, l->shape.npages, -EFAULT);
	if (nowhere == l->shape.npages ||
	    (nowhere && subject_is_gmem(l->shape.subject)))
		report_fail("%lu of %lu pages are on no node", nowhere,
			    l->shape.npages);
	if (wanted_node < 0)
		check_spread(nodes, l->shape.npages);
	else
		check_one_node(nodes, l->shape.npages);
	free(nodes);
}
