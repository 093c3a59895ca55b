# Reclamo. Needs python3 (3.11 or later) with venv, and make; everything else is set up in .venv.
#
#   make demo      process sample complaints: first on a simulated clock, then with the real daemon
#   make test      all checks and all tests, with the real mail servers they need
#   make lint      the checks alone
#   make cover     the lines of daemon/decide and daemon/cases that none of their tests runs
#   make mutants   sample 600 mutants of the decision and check that tests kill them (SAMPLE=600 SEED=1 WORKERS=2)
#   make pictures  regenerate the step graphs of the policies in docs/, and the tables of keys and of letters
#   make release   build the wheel into dist, install it into an empty environment and try it there
#   make lock      resolve the dependencies again (UPGRADE=--upgrade for the newest versions)
#   make clean     remove everything that make has set up

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
.NOTPARALLEL:

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
HASHED := install --require-hashes --no-build-isolation --use-pep517
export PIP_NO_INPUT := 1

# The stamp files are named by a hash of the files that define the environment and of this folder's path, because a
# virtual environment cannot be moved.
sum = $(firstword $(shell (echo "$(CURDIR)"; cat $(1) 2>/dev/null) | sha256sum))
BUILD := requirements-build.lock
RUN := .venv/.run-$(call sum,pyproject.toml $(BUILD) requirements.lock)
DEV := .venv/.dev-$(call sum,pyproject.toml $(BUILD) requirements-dev.lock)
DECISION_TESTS := tests/daemon/decide tests/daemon/cases tests/scenarios -k "not postgresql"
SAMPLE ?= 600
SEED ?= 1
WORKERS ?= 2
SOURCES := config parsers storage templates daemon tests $(wildcard benchmarks)

.PHONY: help demo test lint cover mutants pictures release lock clean servers

help:
	@sed -n 's/^#   //p' Makefile

demo: $(RUN)
	@$(BIN)/reclamo demo

test: $(DEV) servers lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(DEV)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

cover: $(DEV)
	@$(BIN)/coverage run --branch --source=daemon/decide,daemon/cases -m pytest -q $(DECISION_TESTS)
	@$(BIN)/coverage report --skip-covered --show-missing

# Takes under an hour on two cores. The coverage of each test is kept in .mutants.json until the code or a test of these
# folders changes.
mutants: $(DEV)
	@$(BIN)/python -m tests.mutation.mutants --sample $(SAMPLE) --seed $(SEED) --workers $(WORKERS)

pictures: $(RUN)
	@$(BIN)/python -m config.diagrams.graph_text docs/pictures
	@$(BIN)/python -m config.diagrams.key_reference docs/policies.md
	@$(BIN)/python -m daemon.letters.variables_table docs/letters.md

# Install the wheel as an operator would: an empty environment, the locked dependencies, nothing from this folder.
TRY := .venv/release
release: $(DEV)
	@rm -rf dist $(TRY) && mkdir -p $(TRY)
	@$(BIN)/python -m hatchling build --target wheel --directory dist > /dev/null
	@$(PYTHON) -m venv $(TRY)/venv
	@$(TRY)/venv/bin/python -m pip --disable-pip-version-check --quiet $(HASHED) -r $(BUILD)
	@$(TRY)/venv/bin/python -m pip --disable-pip-version-check --quiet $(HASHED) -r requirements.lock
	@$(TRY)/venv/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-index dist/*.whl
	@cd $(TRY) && venv/bin/reclamo --version && venv/bin/reclamo init desk --proof confirmation > /dev/null \
	    && venv/bin/reclamo policy new trial --in desk > /dev/null && venv/bin/reclamo check --config desk 2> /dev/null \
	    && venv/bin/reclamo rehearse desk/scenarios/trial/first.scenario --brief --config desk \
	    && venv/bin/reclamo ledger verify --config desk
	@rm -rf $(TRY)
	@ls dist

servers:
	@tests/servers/install.sh

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ------------------------------------------------------------------------------------------------------ setting up

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Reclamo needs Python 3.11 or later; this is " + sys.version)'
	@echo "setting up .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "on Debian: apt-get install python3-venv"; exit 1; }

# Dependencies published only as source, and Reclamo itself, are built with the tools of requirements-build.lock:
# nothing is fetched without a hash in a lock.
define set_up
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(BIN)/python -m ensurepip > /dev/null
	@echo "installing $(1)"
	@$(PIP) $(HASHED) -r $(BUILD)
	@$(PIP) $(HASHED) -r $(1)
	@$(PIP) install --no-build-isolation --no-deps --no-index --editable .
endef

$(RUN): | .venv/bin/python
	$(call set_up,requirements.lock)
	@rm -f .venv/.run-* && touch $(RUN)

$(DEV): | .venv/bin/python
	$(call set_up,requirements-dev.lock)
	@rm -f .venv/.dev-* .venv/.run-* && touch $(DEV) $(RUN)

# ----------------------------------------------------------------------------------------------------------- locks

# Locks have names, versions and hashes, but no address of a package index. A locked version stays until pyproject.toml
# requires another, or UPGRADE=--upgrade is given. Each lock is constrained to the versions of the one before it.
UPGRADE ?=
LOCKER := .venv/locker
COMPILE := $(LOCKER)/bin/uv pip compile pyproject.toml --quiet --no-header --universal --python-version 3.11 \
	--generate-hashes $(UPGRADE)

lock: | .venv/bin/python
	@$(PYTHON) -m venv $(LOCKER)
	@$(LOCKER)/bin/python -m pip --disable-pip-version-check --quiet install uv
	$(COMPILE) -o requirements.lock > /dev/null
	$(COMPILE) --extra postgres --group dev -c requirements.lock -o requirements-dev.lock > /dev/null
	$(subst compile pyproject.toml,compile,$(COMPILE)) --group build -c requirements-dev.lock -o $(BUILD) > /dev/null
	@rm -rf $(LOCKER)
