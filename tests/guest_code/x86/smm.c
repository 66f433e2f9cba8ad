// SPDX-License-Identifier: GPL-2.0-only
/* Guest code in system management mode: 16 bits wide, no paging, all of 4 GiB in reach. */
#include "smm_handler.h"

/* What counts is the code between the labels. */
void smm_code(void)
{
	asm volatile(".pushsection .rodata\n"
		     ".global smm_handler, smm_handler_end\n"
		     ".code16\n"
		     "smm_handler:\n"
		     "movl $" __stringify(SMM_TABLE) ", %%esi\n"
		     "1: movl (%%esi), %%edi\n"
		     "testl %%edi, %%edi\n"
		     "jz 2f\n"
		     "movl 4(%%esi), %%eax\n"
		     "movl %%eax, (%%edi)\n"
		     "addl $8, %%esi\n"
		     "jmp 1b\n"
		     "2: rsm\n"
		     "smm_handler_end:\n"
		     ".code64\n"
		     ".popsection\n" ::);
}
