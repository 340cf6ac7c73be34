# The front door: `make help` lists what it opens.

VENV  := .venv
BIN   := $(VENV)/bin
PEERS := build/peers

PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

DATA ?= build/demo
PORT ?= 8000
HOURS ?= 1
EVENTS ?= 20000
SECONDS ?= 60

# Tests keep their files in memory where there is room: no commit waits for a disk. That each is synced before its
# receipt is counted by tests/ledger/test_durability.py, wherever it runs.
MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')
PYTEST := $(if $(MEMORY),PYTEST_DEBUG_TEMPROOT=$(MEMORY) PLEDGER_TEST_SERVERS=$(MEMORY) )$(BIN)/pytest

# Python 3.11 where it stands under its own name, else a python3 that is no older.
PYTHON ?= $(shell for python in python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help install demo demo-postgres checks test test-all test-postgres test-slow test-verified faults tampering council fuzz screenshots lint format types imports mutants bench bench-postgres bench-peers growth soak lock lock-peers clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Build .venv; again only when requirements.lock or pyproject.toml changed

$(VENV)/.locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "Pledger needs Python 3.11 or newer: none found." >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP_INSTALL) --require-hashes --no-deps --only-binary=:all: -r requirements.lock
	@touch $@

# Where the lock is unchanged the environment stays, and only the project's own entry is renewed.
$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	$(PIP_INSTALL) --no-deps --no-build-isolation --no-index -e .
	@touch $@

demo: install ## Seed a ledger, serve it and check it (DATA=build/demo PORT=8000)
	$(BIN)/pledger demo --data $(DATA) --port $(PORT)

demo-postgres: DATA = build/demo-postgres
demo-postgres: install ## The demo moved to PostgreSQL, on two servers, and failed over (KEEP=--keep to stay)
	@$(BIN)/python -m tests.demo_postgres --data $(DATA) $(KEEP)

# Parts run in this order even under `make -j`: pytest's summary is the last thing printed.
test: checks ## Style, types, architecture and the tests that take a few minutes together
	@$(PYTEST) -n 2 -q -m "not slow and not thorough" $(PYTEST_ARGS)

test-all: checks ## What must hold before a change lands: faults, databases, fuzzing and browsers too
	@$(PYTEST) -n 2 -q -m "not slow" $(PYTEST_ARGS)

checks: install
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory imports

test-slow: install ## The slow tests
	@$(PYTEST) -q -m slow $(PYTEST_ARGS)

test-verified: install ## The tests again; every ledger that any of them makes must pass the offline verifier
	@$(PYTEST) -n 2 -q -m "not slow" -p tests.support.verifying $(PYTEST_ARGS)

test-postgres: install ## The tests of the ledger, the projections and the doors again, on PostgreSQL
	@PLEDGER_TEST_STORE=postgres $(PYTEST) -n 2 -q -m "not slow" tests/ledger tests/projections tests/api $(PYTEST_ARGS)

faults: install ## What breaks, row by row: what was acknowledged against what is found
	@$(PYTEST) -q -m "not slow" tests/faults $(PYTEST_ARGS)

tampering: install ## Everything that can be tampered with, one by one: a list of what finds it, nothing may pass
	@$(PYTEST) -q -s tests/tampering $(PYTEST_ARGS)

council: install ## Fifty programmes in three years with planted irregularities: a table of what was found
	@$(PYTEST) -q -s -m slow tests/projections/findings/test_council.py $(PYTEST_ARGS)

screenshots: install ## Every page at 1280 and 360 pixels, in build/screenshots, to be looked at (ONLY=history)
	@$(BIN)/python -m tests.screenshots $(ONLY)

fuzz: install ## Coverage-guided search for crashes of the parsers (SECONDS=60, for all together; Linux)
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

lint: install ## Style and likely mistakes (ruff)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: install ## Rewrite the code in the project's format
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

types: install ## Types (mypy --strict)
	$(BIN)/mypy

imports: install ## Which layer may import which (import-linter)
	$(BIN)/lint-imports --no-logo

mutants: install ## Planted bugs that the tests must catch
	$(BIN)/python -m tests.mutants

bench: install ## Benchmarks, as a table and as build/bench.json
	@mkdir -p build
	$(BIN)/python -m tests.bench --json build/bench.json

bench-postgres: install ## PostgreSQL, many processes, failover: tables, and build/bench-postgres.json
	@mkdir -p build
	$(BIN)/python -m tests.bench.postgres --json build/bench-postgres.json

bench-peers: install $(PEERS)/.installed ## Beside git and other tools: a table, build/bench-peers.json (EVENTS=20000 ARGS=)
	$(BIN)/python -m tests.bench.peers --events $(EVENTS) --json build/bench-peers.json $(ARGS)

# The tools that Pledger is compared with have an environment of their own: nothing here depends on them.
$(PEERS)/.installed: tests/bench/peers/requirements.lock
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --no-deps --only-binary=:all: -r tests/bench/peers/requirements.lock
	@touch $@

growth: install ## How every cost grows with the log: a table, build/growth.json (ARGS="--events 10000 100000 1000000")
	@mkdir -p build
	$(BIN)/python -m tests.bench.growing --json build/growth.json $(ARGS)

soak: install ## A steady load for hours, looked at every minute (HOURS=1)
	$(BIN)/python -m tests.bench.soak --hours $(HOURS)

lock: ## Write requirements.lock anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	build/lock/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 $(UPGRADE) \
		--generate-hashes --custom-compile-command "make lock" --quiet --output-file requirements.lock
	@! grep -n "://" requirements.lock

lock-peers: ## The same for the tools of bench-peers, from tests/bench/peers/requirements.in
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	cd tests/bench/peers && $(CURDIR)/build/lock/bin/uv pip compile requirements.in --universal --python-version 3.11 \
		$(UPGRADE) --generate-hashes --custom-compile-command "make lock-peers" --quiet --output-file requirements.lock
	@! grep -n "://" tests/bench/peers/requirements.lock

clean: ## Remove .venv, build and caches
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
