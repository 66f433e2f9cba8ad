# SPDX-License-Identifier: GPL-2.0-only
#
# How the test programs are built: for one architecture (ARCH), against the KVM
# selftests library and kselftest harness of one kernel tree (KDIR), into one
# folder (OBJ).  Called by the Makefile, which chooses all three.
#
# The tree is only read.  The few headers that must be generated from it come
# out of a partial copy in OBJ, so a tree that is read-only, or that holds
# somebody's built kernel, serves as well as a clean one.

CROSS_x86	:= $(if $(filter x86_64,$(shell uname -m)),,x86_64-linux-gnu-)
CROSS_arm64	:= $(if $(filter aarch64,$(shell uname -m)),,aarch64-linux-gnu-)
CROSS_COMPILE	?= $(CROSS_$(ARCH))
CC		:= $(CROSS_COMPILE)gcc
AR		:= $(CROSS_COMPILE)ar

TOP		:= $(CURDIR)
KSELFTEST	:= $(KDIR)/tools/testing/selftests
KVMSELF		:= $(KSELFTEST)/kvm
HDR		:= $(OBJ)/headers
UAPI		:= $(HDR)/usr/include
SYSREGS		:= $(HDR)/sysreg
BIN		:= $(OBJ)/tests

Q		:= $(if $(V),,@)
say		= @printf '  %-7s %s\n' $(1) $(2)

# What a kernel selftest is compiled with (tools/testing/selftests/kvm/
# Makefile.kvm): guest code shares the image with host code, so no protections
# that call into libc and no builtins that would recurse.
CFLAGS_KVM	:= -O2 -g -std=gnu11 -MD -MP -D_GNU_SOURCE= -DCONFIG_64BIT \
		   -Wall -Wstrict-prototypes -Wuninitialized \
		   -U_FORTIFY_SOURCE -fno-builtin-memcmp -fno-builtin-memcpy \
		   -fno-builtin-memset -fno-builtin-strnlen \
		   -fno-stack-protector -fno-PIE -fno-strict-aliasing \
		   $(if $(filter x86,$(ARCH)),-march=x86-64-v2)
INC_KVM		:= -isystem $(KDIR)/tools/include \
		   -isystem $(KDIR)/tools/arch/$(ARCH)/include \
		   -isystem $(UAPI) -isystem $(KVMSELF)/include \
		   -isystem $(KVMSELF)/include/$(ARCH) -isystem $(SYSREGS) \
		   -isystem $(KSELFTEST)/rseq -isystem $(KSELFTEST)
CFLAGS_OWN	:= $(CFLAGS_KVM) -Werror -Wextra -Wno-unused-parameter \
		   -Wno-sign-compare -I$(TOP)/lib -I$(TOP)/lib/$(ARCH) \
		   -I$(TOP)/tests/guest_code -I$(TOP)/tests/basic \
		   -I$(TOP)/tests/stress -I$(TOP)/tests/perf

# libnuma is the system's where it has one to link with, else Debian's.
DEB_x86		:= amd64
DEB_arm64	:= arm64
NUMA_FOUND	:= $(shell echo 'int main(void) { return numa_available(); }' | \
		   $(CC) -include numa.h -x c - -static -lnuma -o /dev/null \
		   2>/dev/null && echo yes)
LIBNUMA		= $(eval LIBNUMA := $$(shell ci/kernel/fetch package libnuma-dev:$(DEB_$(ARCH))))$(LIBNUMA)
CFLAGS_NUMA	= $(if $(NUMA_FOUND),,-isystem $(LIBNUMA)/usr/include)
LIBS		= $(if $(NUMA_FOUND),-lnuma,$(wildcard $(LIBNUMA)/usr/lib/*/libnuma.a))

PROGRAMS	:= gmem_dirty_basic gmem_dirty_stress gmem_dirty_perf
# Not a test, and not installed: ci/bench.
BENCH		:= gmem_dirty_bench
LIB_SRC		:= $(wildcard lib/*.c lib/$(ARCH)/*.c)
GUEST_SRC	:= $(wildcard tests/guest_code/*.c tests/guest_code/$(ARCH)/*.c)
OWN_OBJ		:= $(patsubst %.c,$(OBJ)/%.o,$(LIB_SRC) $(GUEST_SRC))
TEST_OBJ	:= $(patsubst %,$(OBJ)/tests/%.o,$(PROGRAMS) $(BENCH))
# The bodies of gmem_dirty_<name>'s tests are in tests/<name>/.
body_obj	= $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/$(1:gmem_dirty_%=%)/*.c))
BODY_OBJ	:= $(foreach t,$(PROGRAMS),$(call body_obj,$(t)))

# The kernel's own tests of the same, to compare with: ci/mutants.
SELFTESTS	:= dirty_log_test memslot_modification_stress_test \
		   guest_memfd_test set_memory_region_test

all: $(PROGRAMS:%=$(BIN)/%)
bench: $(BENCH:%=$(BIN)/%)
kernel-tests: $(SELFTESTS:%=$(BIN)/kernel/%)

# --- headers -----------------------------------------------------------------
# Only what headers_install reads is copied; built objects stay behind, or the
# copy would run the tree's own host programs instead of building them.
HDR_FROM	:= Makefile Kbuild scripts include/uapi include/asm-generic \
		   arch/$(ARCH) tools/scripts tools/build
$(HDR)/.done: $(wildcard $(addprefix $(KDIR)/,Makefile include/uapi/linux/kvm.h \
		arch/$(ARCH)/include/uapi/asm/kvm.h arch/arm64/tools/sysreg))
	$(call say,HEADERS,$(KDIR))
	$(Q)rm -rf $(HDR) && mkdir -p $(HDR)/src
	$(Q)cd $(KDIR) && cp -a --parents $(HDR_FROM) $(HDR)/src/
	$(Q)chmod -R u+w $(HDR)/src
	$(Q)find $(HDR)/src -name '*.o' -delete -o -name '.*.cmd' -delete
	$(Q)find $(HDR)/src/scripts -type f -perm -u+x -exec grep -IL . {} + | \
		xargs -r rm -f
	$(Q)rm -rf $(HDR)/src/arch/$(ARCH)/include/generated
	$(Q)$(MAKE) -s -C $(HDR)/src ARCH=$(ARCH) CROSS_COMPILE=$(CROSS_COMPILE) \
		INSTALL_HDR_PATH=$(HDR)/usr headers_install \
		>$(HDR)/log 2>&1 || { tail -n 20 $(HDR)/log; exit 1; }
	$(Q)if [ $(ARCH) = arm64 ]; then mkdir -p $(SYSREGS)/asm && \
		awk -f $(firstword $(wildcard $(KDIR)/arch/arm64/tools/gen-sysreg.awk)) \
		$(KDIR)/arch/arm64/tools/sysreg >$(SYSREGS)/asm/sysreg-defs.h; fi
	$(Q)rm -rf $(HDR)/src && touch $@

# --- libkvm --------------------------------------------------------------------
# The list of sources is the tree's own; it changes between kernels.
LIBKVM_SRC	:= $(shell sed -nE \
		   's/^LIBKVM(_STRING|_$(ARCH))? *\+= *(lib)/\2/p' \
		   $(KVMSELF)/Makefile.kvm)
LIBKVM_OBJ	:= $(patsubst lib/%,$(OBJ)/libkvm/%.o,$(LIBKVM_SRC))

# Its memset() and memcpy() are loops over bytes, and every VM begins with one of
# a megabyte: let them become loops over vectors, not calls of themselves.
CFLAGS_LOOPS	:= -O3 -fno-tree-loop-distribute-patterns
CFLAGS_STRING	:= -ffreestanding $(CFLAGS_LOOPS)

$(OBJ)/libkvm/%.o: $(KVMSELF)/lib/% $(HDR)/.done suite.mk
	$(call say,LIBKVM,$*)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_KVM) -w $(INC_KVM) -I$(<D) \
		$(if $(filter %string_override.c,$<),$(CFLAGS_STRING)) -c $< -o $@

$(OBJ)/libkvm.a: $(LIBKVM_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# --- the suite -----------------------------------------------------------------
$(OBJ)/%.o: %.c $(HDR)/.done suite.mk
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_OWN) $(INC_KVM) $(CFLAGS_NUMA) -c $< -o $@

$(OBJ)/lib/words.o: CFLAGS_OWN += $(CFLAGS_LOOPS)

$(OBJ)/libsuite.a: $(OWN_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Static: the program runs in any root file system, an initramfs included.  The
# linker's warning is about a resolver in libnuma that nobody calls.
.SECONDEXPANSION:
$(BIN)/%: $(OBJ)/tests/%.o $$(call body_obj,$$*) $(OBJ)/libsuite.a $(OBJ)/libkvm.a
	$(call say,LINK,$*)
	$(Q)$(CC) -static -no-pie -pthread -Wl,--no-warnings $^ $(LIBS) -o $@.tmp && mv $@.tmp $@

# --- two analyzers -------------------------------------------------------------------
# Of own files alone.  Memory in a table that grows is a leak to gcc's, and libkvm's
# TEST_ASSERT() goes on; sparse does not know all builtins, and a mutex is no pointer.
ANALYZER	:= -fanalyzer -Wno-analyzer-malloc-leak
SPARSE		:= sparse --arch=$(if $(filter x86,$(ARCH)),x86_64,$(ARCH)) -Wno-non-pointer-null \
		   -D'__builtin___clear_cache(from, to)=' -O2 \
		   $(addprefix -isystem /usr/,$(CROSS_COMPILE:%-=%/include))
OWN_SRC		:= $(patsubst $(OBJ)/%.o,%.c,$(OWN_OBJ) $(TEST_OBJ) $(BODY_OBJ))
analyze: $(OWN_SRC:%.c=$(OBJ)/analyzed/%)
$(OBJ)/analyzed/%: %.c $(HDR)/.done suite.mk
	$(call say,ANALYZE,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_OWN) $(ANALYZER) $(INC_KVM) $(CFLAGS_NUMA) -c $< -o $@.o
	$(Q)$(SPARSE) $(filter-out -O2 -W%,$(CFLAGS_OWN)) $(INC_KVM) $(CFLAGS_NUMA) $< \
		>$@.all 2>&1 || { cat $@.all; exit 1; }
	$(Q)! grep '^$<:[0-9]' $@.all
	$(Q)touch $@

# --- installing ------------------------------------------------------------------
# What `make install` of tools/testing/selftests makes for the collection kvm, so
# that names are those of the tests in the kernel tree: into DESTDIR, which may
# hold such an installation already.  The runner is the tree's own.
RUNNER		:= $(addprefix $(KSELFTEST)/kselftest/,runner.sh ktap_helpers.sh prefix.pl)
install: all
	$(Q)mkdir -p "$(DESTDIR)/kselftest" "$(DESTDIR)/kvm"
	$(Q)install -m 755 $(RUNNER) "$(DESTDIR)/kselftest"
	$(Q)install -m 755 $(KSELFTEST)/run_kselftest.sh "$(DESTDIR)"
	$(Q)install -m 755 -s --strip-program=$(CROSS_COMPILE)strip \
		$(PROGRAMS:%=$(BIN)/%) "$(DESTDIR)/kvm"
	$(Q)install -m 644 config settings "$(DESTDIR)/kvm"
	$(Q)mkdir -p "$(DESTDIR)/runners"
	$(Q)install -m 755 ci/runners/bare-metal ci/runners/lava/lava-results ci/ktap \
		"$(DESTDIR)/runners"
	$(Q)install -m 644 ci/lab/modes "$(DESTDIR)/runners/modes"
	$(Q)touch "$(DESTDIR)/kselftest-list.txt"
	$(Q)printf 'kvm:%s\n' $(PROGRAMS) | sort -u - "$(DESTDIR)/kselftest-list.txt" \
		>"$(DESTDIR)/kselftest-list.txt.new"
	$(Q)mv "$(DESTDIR)/kselftest-list.txt.new" "$(DESTDIR)/kselftest-list.txt"

# For ci/intree: a variable's value, and the bodies of one program's tests.
print-%:
	@echo $($*)
bodies-%:
	@echo $(patsubst $(OBJ)/%.o,%.c,$(call body_obj,$*))

$(BIN)/kernel/%: $(KVMSELF)/%.c $(OBJ)/libkvm.a
	$(call say,KERNEL,$*)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_KVM) -w $(INC_KVM) -static -no-pie -pthread $^ -o $@

.SECONDARY: $(TEST_OBJ) $(BODY_OBJ) $(OWN_OBJ) $(LIBKVM_OBJ)
.PHONY: all analyze bench install kernel-tests
-include $(patsubst %.o,%.d,$(OWN_OBJ) $(TEST_OBJ) $(BODY_OBJ) $(LIBKVM_OBJ))
