# stationd: what one does with it, by name. `make` alone prints the list.

SWIFT ?= swift
PYTHON ?= python3
CONFIGURATION = release
BIN = .build/$(CONFIGURATION)
DEV ?= .dev

# Debian packages: to build and run; to make and try the package; for the tests.
BUILD_PACKAGES = libsqlite3-dev libssl-dev libexpat1-dev pkg-config socat
PACKAGING_PACKAGES = debhelper lintian debootstrap systemd-container
TEST_PACKAGES = gcc g++ golang-go golang-golang-x-mod-dev libjsonrpccpp-dev python3-venv strace e2fsprogs mount libxml2-utils curl
SWIFT_SOURCES = Package.swift Sources Plugins Tests Fuzz

# Which test suites run under a sanitizer (a regular expression of test names, as for `swift test --filter`).
SANITIZED ?= StationJSONTests|StationAuditTests|StationRPCTests|StationStoreTests|StationTransportTests|StationXMLTests
FUZZ_SECONDS ?= 30

# How the programs of the package are built: the runtimes of Swift and C++ in them, all symbols bound before anything
# runs, and relative relocations packed, which only lld can (DT_RELR, glibc 2.36). The packing is 3 MB less in memory,
# libstdc++ 1 MB; it is found as an archive only, in a folder of its own.
ARCHIVES = $(CURDIR)/.build-deb/archives
STATIC = --static-swift-stdlib --scratch-path .build-deb -Xswiftc -use-ld=lld \
  -Xlinker -z -Xlinker now -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -L$(ARCHIVES)

export STATIOND ?= $(CURDIR)/$(BIN)/stationd
export STATIONCTL ?= $(CURDIR)/$(BIN)/stationctl

.DEFAULT_GOAL := help

.PHONY: help
help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

# ---- Build and run

.PHONY: deps
deps: ## Install the Debian packages that building and running need
	@Tools/deps.sh $(BUILD_PACKAGES)

.PHONY: deps-test
deps-test: ## Install the Debian packages that the tests need
	@Tools/deps.sh $(BUILD_PACKAGES) $(TEST_PACKAGES)

.PHONY: build
build: ## Build stationd and stationctl into .build/release
	$(SWIFT) build -c $(CONFIGURATION) --product stationd
	$(SWIFT) build -c $(CONFIGURATION) --product stationctl

.PHONY: build-static
build-static: ## Build both programs with the Swift runtime in them, into .build-deb/release
	@mkdir -p $(ARCHIVES) && ln -sf "$$(clang -print-file-name=libstdc++.a)" $(ARCHIVES)/
	$(SWIFT) build -c $(CONFIGURATION) $(STATIC) --product stationd
	$(SWIFT) build -c $(CONFIGURATION) $(STATIC) --product stationctl

.PHONY: deb
deb: deps-deb build-static package ## Make the Debian package stationd_VERSION_amd64.deb

.PHONY: package
package: # The package, of programs that are built
	BUILT=$(CURDIR)/.build-deb/$(CONFIGURATION) Tools/package.sh

.PHONY: deps-deb
deps-deb: ## Install the Debian packages that making the package needs
	@Tools/deps.sh $(BUILD_PACKAGES) $(PACKAGING_PACKAGES)

.PHONY: run
run: deps build ## Build, start a development daemon in .dev, and say what to type next
	@Tools/run.sh $(BIN) $(DEV)

.PHONY: demo
demo: build ## Play a day of a bureau with twelve stations, and count everything again
	$(PYTHON) Demo/demo.py

# ---- Tests: `make test` runs them all, each part runs alone too

.PHONY: test
test: deps-test ## Everything that CI checks, with a summary
	@$(PYTHON) Tools/test.py

.PHONY: test-format
test-format: ## Swift files are formatted as .swift-format says
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_SOURCES)

.PHONY: test-swift
test-swift: ## The Swift tests, in a release build without warnings
	@$(PYTHON) Tools/warnings.py $(SWIFT) build -c $(CONFIGURATION) --build-tests; built=$$?; \
	if [ $$built -ne 0 ] && [ $$built -ne 3 ]; then exit $$built; fi; \
	$(SWIFT) test -c $(CONFIGURATION) --skip-build && exit $$built

.PHONY: test-config
test-config: build ## The example configuration in etc/ is accepted
	$(STATIOND) --check-config etc/stationd.yaml

.PHONY: test-systemd
test-systemd: deb ## The package in a booted Debian 12 (as root; ONLY=name of a test); writes docs/package.md
	$(PYTHON) Tests/systemd/run.py $(ONLY)

.PHONY: test-blackbox
test-blackbox: build .venv/ready ## Tests through the socket (one file: make test-blackbox ONLY=test_json.py)
	.venv/bin/python -m unittest discover -v -s Tests/blackbox -p '$(or $(ONLY),test_*.py)'

.PHONY: test-isolated
test-isolated: build .venv/ready ## The modules' own tests, with every module in a process of its own
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	STATIOND_ISOLATED=1 $(SWIFT) test -c $(CONFIGURATION) --skip-build \
	  --filter '(Directory|SupportRequests|StopLoss|Mediation|KeyPerson|CaseTransfer)Tests'
	for files in '[ac]*' spool; do STATIOND_ISOLATED=1 \
	  .venv/bin/python -m unittest discover -v -s Tests/blackbox -p "test_$$files.py" || exit 1; done

.PHONY: test-powercut
test-powercut: ## The simulated power cut does what it says
	$(PYTHON) Tests/powercut/test_powercut.py

.PHONY: test-loadgen
test-loadgen: ## The load generator of the benchmarks notices wrong answers
	$(PYTHON) Benchmarks/test_loadgen.py

.PHONY: test-fuzz
test-fuzz: ## Fuzz each target for FUZZ_SECONDS (30)
	@Tools/fuzz.sh $(FUZZ_SECONDS)

.PHONY: test-docs
test-docs: build ## Generated pages are current, links lead somewhere, the example module compiles
	$(PYTHON) Tools/docs.py --check

.PHONY: test-demo
test-demo: build ## The demonstration ends with every figure as counted
	$(PYTHON) Demo/demo.py

.PHONY: test-address
test-address: ## The Swift tests that SANITIZED names, under AddressSanitizer
	CLEAN_LOGS=20 ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test --sanitize=address --scratch-path .build-address \
	  --filter '$(SANITIZED)'

.PHONY: test-thread
test-thread: ## The same under ThreadSanitizer
	$(SWIFT) build --build-tests --sanitize=thread --scratch-path .build-thread
	clang -O2 -Wall -Wextra -Werror -shared -fPIC -o .build-thread/mutex.so Tools/mutex.c
	CLEAN_LOGS=20 LD_PRELOAD=$(CURDIR)/.build-thread/mutex.so \
	  $(SWIFT) test --skip-build --sanitize=thread --scratch-path .build-thread --filter '$(SANITIZED)'

# ---- Longer work

.PHONY: sweep
sweep: build .venv/ready ## Every write, sync, truncation, rename and removal fails once, or kills (an hour or two)
	.venv/bin/python Tests/blackbox/sweep.py
	.venv/bin/python Tests/blackbox/sweep.py --new

.PHONY: clean-logs
clean-logs: ## Ten thousand states that nobody tampered with give no false alarm (four minutes with TMPDIR=/dev/shm)
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	for from in 0 2500 5000 7500; do CLEAN_LOGS=2500 CLEAN_LOGS_FROM=$$from \
	  $(SWIFT) test -c $(CONFIGURATION) --skip-build --filter CleanLogTests || exit 1; done

.PHONY: soak
soak: build ## An hour of two hundred connections, well-behaved and not; SECONDS=… for less; writes docs/soak.svg
	$(PYTHON) Benchmarks/soak.py --seconds $(or $(SECONDS),3600)

.PHONY: bench
bench: build-static ## Measure beside PostgreSQL, Redis and bare SQLite; writes docs/benchmarks.md
	$(PYTHON) Benchmarks/run.py

.PHONY: fuzz
fuzz: ## Fuzz each target for ten minutes
	@Tools/fuzz.sh 600

.PHONY: fuzz-calls
fuzz-calls: build ## Random calls of all methods over the socket, judged by their schemas (SEED=1, CALLS=3000)
	$(PYTHON) Fuzz/calls/fuzz.py --seed $(or $(SEED),1) --calls $(or $(CALLS),3000)

.PHONY: docs
docs: build ## Generate the generated pages of docs/ again
	$(PYTHON) Tools/docs.py

.PHONY: format
format: ## Format the Swift files
	$(SWIFT) format --in-place --parallel --recursive $(SWIFT_SOURCES)

.PHONY: clean
clean: ## Remove what was built (the development state in .dev stays)
	rm -rf .build .build-deb .build-address .build-thread .build-fuzz .build-docs .venv

.venv/ready: Tests/blackbox/requirements.txt Tests/blackbox/requirements-nodeps.txt
	rm -rf .venv
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement Tests/blackbox/requirements.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps \
	  --requirement Tests/blackbox/requirements-nodeps.txt
	touch $@
