# All that people and CI run. Each step of the installation leaves a stamp, so nothing is done twice.
PYTHON ?= python3
BIN := .venv/bin
PO := $(wildcard sleek/locale/*/LC_MESSAGES/django.po)
MO := $(PO:.po=.mo)
READY := .venv/.sleek node_modules/.installed $(MO)
READY_TO_TEST := .venv/.dev $(READY)
# Two processes are what a small machine has cores for. What tests of one file share is made once.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile

# Compiled modules are kept: else each of the processes that run, and those that tests start, compiles
# all of Sleek anew, which takes a second or more.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up test test-browser check simulate crash lint types messages catalogues bench seed docs shell migrate lock clean

help:
	@echo "make up            the demo: installs what is missing, then runs everything (Ctrl-C stops it)"
	@echo "make test          the tests, without the browser's"
	@echo "make test-browser  the tests that drive a browser"
	@echo "make check         all that CI checks"
	@echo "make simulate      payments in simulated worlds, SEEDS=10000 of them"
	@echo "make crash         real processes, killed while PAYMENTS=1000 are made"
	@echo "make lint types messages bench seed docs shell migrate lock clean"

up: $(READY)
	@exec $(BIN)/sleek up

test: $(READY_TO_TEST)
	$(PYTEST)

test-browser: node_modules/.dev $(READY_TO_TEST)
	$(BIN)/pytest tests/browser

check:
	@.ci/run

# Simulated worlds, as many as are asked for: `make simulate SEEDS=10000`, from another first one by FIRST=….
SEEDS ?= 1000
FIRST ?= 1
simulate: $(READY_TO_TEST)
	SLEEK_SIMULATION_SEEDS=$(SEEDS) SLEEK_SIMULATION_FIRST=$(FIRST) \
		$(BIN)/pytest -n 2 --dist load tests/simulation/test_seeds.py -k breaks_an

# Real processes, killed at random while people pay: `make crash PAYMENTS=2000 SEED=7`.
PAYMENTS ?= 1000
crash: $(READY_TO_TEST)
	$(BIN)/python -m tests.crash --payments $(PAYMENTS) $(if $(SEED),--seed $(SEED))

lint: .venv/.dev .venv/.sleek
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports

types: .venv/.dev .venv/.sleek
	$(BIN)/mypy

# Collect the texts of the code into the catalogue; then translate what is new in it.
messages: .venv/.dev .venv/.sleek
	$(BIN)/python tools/messages.py update
	$(BIN)/python tools/messages.py check

catalogues: $(MO)

bench: $(READY_TO_TEST)
	@set -e; for program in bench/[a-z]*.py; do echo "== $$program"; $(BIN)/python $$program; done

seed: $(READY)
	$(BIN)/sleek seed

# The documentation is checked against the code: settings, event kinds, error codes, channels.
docs: $(READY_TO_TEST)
	$(BIN)/pytest tests/test_docs.py

shell: $(READY)
	$(BIN)/sleek shell

migrate: $(READY)
	$(BIN)/sleek migrate

# After a change of the dependencies in pyproject.toml.
lock: .venv/.dev .venv/.sleek
	$(BIN)/python tools/uv.py pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		pyproject.toml --output-file requirements/run.txt
	$(BIN)/python tools/uv.py pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		pyproject.toml --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt

# The demo's data are only deleted by `make clean`.
clean:
	@test ! -x $(BIN)/sleek || $(BIN)/sleek postgres delete
	rm -rf var .venv node_modules sleek.egg-info

.venv/.made: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"Sleek needs Python 3.11 or later. Where it has another name: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.run: .venv/.made requirements/run.txt
	@echo "Installing what Sleek runs on"
	@$(BIN)/python tools/uv.py pip sync --quiet --compile-bytecode requirements/run.txt
	@touch $@

.venv/.sleek: .venv/.run pyproject.toml
	@$(BIN)/python tools/uv.py pip install --quiet --no-deps --editable .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@echo "Installing what Sleek is tested with"
	@$(BIN)/python tools/uv.py pip install --quiet --require-hashes --compile-bytecode -r requirements/dev.txt
	@# The PayPal SDK's parts bring their own tests as a package that would hide ours.
	@rm -rf .venv/lib/python*/site-packages/tests
	@touch $@

node_modules/.installed: package-lock.json package.json | .venv/.run
	@echo "Installing the pages' styles and scripts"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent --omit=dev
	@touch $@

# What the browser's tests measure the pages with, too. It replaces the folder, and the stamp above with it.
node_modules/.dev: package-lock.json package.json | .venv/.run
	@echo "Installing what the pages are measured with"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent
	@touch node_modules/.installed $@

# One program writes all of them; `make -j` must not start it once for each.
$(MO) &: $(PO) tools/messages.py | .venv/.run
	@$(BIN)/python tools/messages.py compile
