# SPDX-License-Identifier: GPL-2.0-only
#
# make          build the tests for this machine (ARCH=x86|arm64: for another)
# make run      the main job: build, boot real kernels, run the suite, judge
# make mutants  kernels with planted bugs: does the suite find them?
# make mutate   the same with bugs that a program plants
# make perf     measure what dirty logging costs; make ab A= B=: compare kernels
# make report   one page of the results of the last runs, and other formats
# make check    everything that proves the project itself
# make help     the options of these
#
# How the test programs are compiled is in suite.mk, how kernels are built and
# booted in ci/.

ifneq ($(words $(CURDIR)),1)
$(error the path of this checkout contains a space; make cannot build there: move it)
endif

O		?= $(CURDIR)/build
override O	:= $(abspath $(O))
HOST_ARCH	:= $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(shell uname -m)))
ARCH		?= $(HOST_ARCH)
# The rest of the command line, for the scripts in ci/.
export DESTDIR O KERNEL KBUILD MODES TESTS ARGS SMP MEM APPEND KVM_PARAMS NUMA NATIVE DEBUG COVERAGE
export ONLY JOBS SEED LIMIT BASELINE LONG REQUIRE TIMEOUT SILENCE SHARDS
export N FUNCTION OPERATOR MODE DRY MUTANTS
export A B ROUNDS CLOCK

ifneq ($(words $(O)),1)
$(error O=$(O): the build folder's path contains a space; name another)
endif

MAKEFLAGS	+= --no-print-directory

# The kernel tree is looked for only by targets that need it: fetching one takes
# a minute on a new machine.
tree = $(or $(abspath $(KDIR)),$(TREE_CACHE))
TREE_CACHE = $(eval TREE_CACHE := $$(shell O=$(O) ci/kernel/fetch source))$(TREE_CACHE)
# Objects are kept apart by architecture, kernel version and tree.
obj = $(O)/suite/$(ARCH)-$(shell ci/kernel/tree-id $(tree))

all: tree-ok
	@$(MAKE) -f suite.mk ARCH=$(ARCH) KDIR=$(tree) OBJ=$(obj) all

# For scripts: build, then say where the programs are.
bindir: tree-ok
	@$(MAKE) -f suite.mk ARCH=$(ARCH) KDIR=$(tree) OBJ=$(obj) all \
		$(if $(KERNEL_TESTS),kernel-tests) $(if $(BENCH),bench) >&2
	@echo $(obj)/tests

analyze: tree-ok
	@ci/deps check
	@$(MAKE) -f suite.mk ARCH=$(ARCH) KDIR=$(tree) OBJ=$(obj) analyze

tree-ok: arch-ok
	@ci/deps build-$(ARCH)
	@ci/kernel/tree-id $(tree) >/dev/null

arch-ok:
	@case "$(ARCH)" in x86|arm64) ;; *) \
		echo "ARCH=$(ARCH): x86 or arm64 is built here" >&2; exit 2;; esac

run:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/lab/run

# Seed after seed, for DURATION seconds or SEEDS seeds, on kernels that should pass.
soak:
	@case "$(or $(DURATION),$(SEEDS))" in ''|*[!0-9]*|0*) \
		echo "soak: DURATION=$(DURATION) SEEDS=$(SEEDS): seconds or a number of seeds, please" >&2; \
		exit 2;; esac
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) KERNEL="$(or $(KERNEL),candidate)" \
		TESTS="$(or $(TESTS),stress)" \
		ARGS="$(if $(DURATION),--soak $(DURATION)) $(if $(SEEDS),--seeds $(SEEDS)) $(ARGS)" \
		TIMEOUT=$$(($(or $(DURATION),$(SEEDS)00) + 600)) ci/verdict ci/lab/run

# Into a folder of your choice, or packed as O/dist/*.tar.gz (ARCH=all: for both).
install: tree-ok
	@$(if $(DESTDIR),,echo "name the folder to install to with DESTDIR=" >&2; exit 2)
	@$(MAKE) -f suite.mk ARCH=$(ARCH) KDIR=$(tree) OBJ=$(obj) install

dist:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/dist

# Commits the tests to the kernel tree KDIR.
intree: tree-ok
	@$(if $(KDIR),,echo "name the kernel tree that gets the tests with KDIR=" >&2; exit 2)
	@ci/intree $(tree)

breadth:
	@ci/verdict ci/breadth

trust:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/proofs/trust

robustness:
	@KDIR=$(abspath $(KDIR)) ci/verdict ci/proofs/robustness

mutants:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/mutants

mutate:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/mutate

# Which lines of the kernel the suite runs.
coverage:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) CHECK=$(CHECK) ci/verdict ci/coverage

applies:
	@KDIR=$(abspath $(KDIR)) ci/verdict ci/kernel/applies

perf:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/perf record

ab:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/perf ab

bench:
	@ARCH=$(ARCH) KDIR=$(abspath $(KDIR)) ci/verdict ci/bench

# INPUTS: logs and results to report on; REPORT: where to.
report:
	@ci/deps report
	@KDIR=$(or $(abspath $(KDIR)),$(firstword $(wildcard $(O)/fetch/src/linux-source-*))) \
		ci/verdict scripts/report.py --out $(or $(REPORT),$(O)/report) \
		$(or $(INPUTS),$(O)/runs/latest)

unit:
	@ci/deps build-$(HOST_ARCH)
	@ci/verdict sh -c '$(MAKE) -f lib/tests/unit.mk OBJ=$(O)/unit || exit 1'

check:
	@KDIR=$(abspath $(KDIR)) ci/verdict ci/check

# Built kernels and downloads are kept: O=... holds them under kernel/ and fetch/.
clean:
	rm -rf $(O)/suite $(O)/unit

distclean:
	rm -rf $(O)

help:
	@sed -n '3,10s/^# //p' Makefile
	@cat docs/make-help.txt

.PHONY: all analyze bindir tree-ok arch-ok run soak perf ab bench report mutants mutate coverage applies \
	install dist intree breadth trust robustness unit check clean distclean help
