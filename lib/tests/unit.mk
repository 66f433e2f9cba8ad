# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests of lib/ on this machine, without /dev/kvm and without a kernel
# tree.  Called from the top of the checkout: make -f lib/tests/unit.mk OBJ=dir

ifndef OBJ
$(error OBJ=dir: name the folder to build in)
endif

T		:= lib/tests
# What can be built without libkvm.
LIB		:= across check contract history image known names options oracle pageset procfs report ringlog \
		   skips sparse splat words
# And of the suites.
OTHER		:= tests/stress/account
# What measures, and is run when asked for.
MORE		:= detection
# What is shared by tests: every file here that is no program itself.
HELPER		:= $(filter-out test_% $(MORE),$(patsubst $(T)/%.c,%,$(wildcard $(T)/*.c)))
UNITS		:= $(patsubst $(T)/%.c,%,$(wildcard $(T)/test_*.c))

# The warnings are those of suite.mk.
CFLAGS_UNIT	:= -std=gnu11 -D_GNU_SOURCE -g -O1 -MD -MP -pthread -Ilib -I$(T) \
		   $(addprefix -I,$(sort $(dir $(OTHER)))) -I$(T)/fake -Itests/guest_code \
		   -Wall -Wextra -Werror -Wstrict-prototypes \
		   -Wno-unused-parameter -Wno-sign-compare \
		   -fsanitize=address,undefined -fno-sanitize-recover=all
# Fakes stand for the kernel's log and its taint flags.
LDFLAGS_test_splat := -Wl,--wrap=open,--wrap=fopen

LIB_OBJ		:= $(LIB:%=$(OBJ)/lib/%.o) $(OTHER:%=$(OBJ)/%.o) \
		   $(HELPER:%=$(OBJ)/$(T)/%.o)
TEST_OBJ	:= $(patsubst %,$(OBJ)/$(T)/%.o,$(UNITS) $(MORE))
PROGRAMS	:= $(UNITS:%=$(OBJ)/%)

Q		:= $(if $(V),,@)
# For mutants.sh, which compiles one file more than once.
export OBJ CC CFLAGS_UNIT LDFLAGS_test_splat

run: $(PROGRAMS)
	@$(T)/run.sh $(PROGRAMS)

# The oracle on RUNS right logs of either sort, a million in some minutes; and the
# table of what it finds, from so many a row.
soundness: $(OBJ)/test_oracle
	@$< $(or $(RUNS),1000000)
detection: $(OBJ)/detection
	@$< $(or $(RUNS),2000)

$(OBJ)/%.o: %.c $(T)/unit.mk
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_UNIT) -c $< -o $@

# An archive, so that each program takes what it needs, and so that a mutated
# object given before it wins (mutants.sh).
$(OBJ)/libunit.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(PROGRAMS) $(MORE:%=$(OBJ)/%): $(OBJ)/%: $(OBJ)/$(T)/%.o $(OBJ)/libunit.a
	$(Q)$(CC) $(CFLAGS_UNIT) $(LDFLAGS_$*) $^ -o $@

.SECONDARY: $(LIB_OBJ) $(TEST_OBJ)
.PHONY: run soundness detection
-include $(LIB_OBJ:.o=.d) $(TEST_OBJ:.o=.d)
