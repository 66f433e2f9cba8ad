/* SPDX-License-Identifier: GPL-2.0-only */
/* What a vCPU does in system management mode. */
#ifndef SMM_HANDLER_H
#define SMM_HANDLER_H

#include <linux/stringify.h>
#include <linux/types.h>

/* Guest physical address of what it is to write. */
#define SMM_TABLE 0xc8000000

/* One write of @val to @gpa; a @gpa of 0 ends the table. */
struct smm_write {
	__u32 gpa;
	__u32 val;
};

/* Never called: holds the code. */
void smm_code(void);
/* The code, for SMBASE + 0x8000; it may be anywhere. */
extern const __u8 smm_handler[], smm_handler_end[];

#endif
