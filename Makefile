# SPDX-License-Identifier: MIT
#
# A thin front for the presets: installs what is missing, then lets CMake work.
# `make help` lists the targets.

ARGS    =
SECONDS = 10
PRESET  = tsan
THREADS = 2
TESTS   = .

# What CMake has to complain of, it says on standard error.
build = cmake --preset $(1) --log-level=WARNING >/dev/null && \
	cmake --build --preset $(1)
suite = $(build) && ctest --preset $(1)
results = build/debug/results

.DEFAULT_GOAL := all
.NOTPARALLEL:
.PHONY: all run test ledger bench asan tsan memcheck models stress fuzz soak \
    aarch64 help clean packages-build packages-test packages-memcheck packages-models \
    packages-ci packages-aarch64

all: packages-build ## build the library and the programs, optimised
	@$(call build,release)

run: packages-build ## count the words of real texts (ARGS="files or folders")
	@$(call build,release) --target wordcount
	@build/release/bin/wordcount $(ARGS)

test: packages-test ## build with all checks on, and run every test
	@rm -rf $(results) && mkdir -p $(results) && touch $(results)/began
	@$(call suite,debug) --output-junit results/ctest.xml

# Rows of failed tests are open, and shown so.
ledger: packages-test ## which rows of docs/ledger.rows the tests prove
	@scripts/ledger --fresh || $(MAKE) --no-print-directory test || true
	@scripts/ledger

bench: packages-build ## measure every workload on THREADS=2
	@$(call build,release) --target thespis-bench
	@build/release/bin/thespis-bench --list | while read -r workload rest; do \
		build/release/bin/thespis-bench $$workload $(THREADS) || exit; \
	done

asan: packages-test ## run every test under address and undefined sanitizers
	@$(call suite,asan)

tsan: packages-test ## run every test under the thread sanitizer
	@$(call suite,tsan)

memcheck: packages-memcheck ## run every test under valgrind (TESTS=^unit for some)
	@$(call build,memcheck)
	@THS_STRESS_SECONDS=3 ctest --preset memcheck --tests-regex '$(TESTS)' \
	    --exclude-regex '^(ledger|package)[.]'

models: packages-models ## check the models of the protocols with spin
	@tests/models/run.sh

# The number of seconds goes through the environment; see tests/stress/options.h.
stress: packages-test ## run each stress program for SECONDS=10, PRESET=tsan
	@$(call build,$(PRESET))
	@THS_STRESS_SECONDS=$(SECONDS) ctest --preset $(PRESET) \
	    --tests-regex '^stress\.' --timeout $$(( 10 * $(SECONDS) + 120 ))

# What it finds on its way is kept in build/fuzz/corpus, a failure's bytes beside
# it; what is worth keeping goes to tests/fuzz/corpus.
fuzz: packages-ci ## try made-up bytes on each fuzz target for SECONDS=10
	@$(call build,fuzz)
	@for target in build/fuzz/bin/fuzz_*; do \
		noun=$${target##*fuzz_}; \
		mkdir -p build/fuzz/corpus/$$noun; \
		$$target -max_total_time=$(SECONDS) -timeout=10 -max_len=2048 \
		    -print_final_stats=1 \
		    -artifact_prefix=build/fuzz/$$noun- \
		    build/fuzz/corpus/$$noun tests/fuzz/corpus/$$noun || exit; \
	done

soak: packages-test ## explore new seeds of all simulated worlds for SECONDS=10
	@$(call build,release)
	@scripts/explore --bin build/release/bin --seconds $(SECONDS)

# What the emulator costs leaves time for few seeds; see cmake/Tests.cmake.
aarch64: packages-aarch64 ## run unit tests and simulated worlds on an emulated aarch64
	@scripts/fetch-aarch64 build/aarch64-packages
	@$(call build,aarch64)
	@ctest --preset aarch64 --tests-regex '^(unit|sim)[.]'

help: ## print this
	@sed -n 's/^\([a-z0-9]*\):[^#]*## */  make \1	/p' Makefile | expand -t 18

clean: ## remove all that was built
	rm -rf build

packages-build:
	@scripts/install-packages build

packages-test:
	@scripts/install-packages build test

packages-memcheck:
	@scripts/install-packages build test memcheck

packages-ci:
	@scripts/install-packages build ci

packages-aarch64:
	@scripts/install-packages build aarch64

packages-models:
	@scripts/install-packages build models
