# vsmlab: `make run` shows what it does, `make test` proves it. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
SCENARIO ?= scenarios/llm-fleet.yaml
VENV := .venv
JOBS ?= 2
FOLDER ?= notebooks
BIN := $(VENV)/bin
CORE := $(VENV)/.core-is-installed
EVERYTHING := $(VENV)/.everything-is-installed

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_NO_COMPILE := 1

##@ The two commands
.PHONY: run test
run: $(CORE) ## Run the flagship scenario on real input; figures here, the rest in its report
	@$(BIN)/vsmlab run $(SCENARIO)

test: setup ## Set up everything and run the whole suite, except the slow tests
	@$(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist loadfile --no-loadscope-reorder

##@ Working on it
.PHONY: setup test-slow check format docs bench bench-growth bench-live bench-canvas bench-memory lab clean help
setup: $(EVERYTHING) ## Set up everything: the core, notebooks, the compiler, the tools for tests

test-slow: setup ## The long statistical and load tests
	@$(BIN)/python -m pytest -m slow

check: setup ## Formatting, lint, types, layers, and that generated docs are up to date
	@$(BIN)/ruff format --check --quiet . || { echo "make format would change the files above"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > $(VENV)/.lint-imports.log || { cat $(VENV)/.lint-imports.log; exit 1; }
	@$(BIN)/python tools/make_docs.py --check
	@echo "check: formatting, lint, types, layers and generated docs are good"

format: setup ## Format and mend what can be mended
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

docs: setup ## Write docs/laws.md, docs/anatomy.md and docs/scenario.md from the code
	@$(BIN)/python tools/make_docs.py

bench: setup ## Measure our engines against their peers on this machine (a quarter of an hour; QUICK=1: some minutes)
	@$(call install,'.[bench]') || echo "not every peer could be installed: the page says which are absent"
	@$(BIN)/vsmlab bench engines $(if $(QUICK),--quick) --json reports/engines.json

bench-growth: setup ## What an event costs from 85 to 1,398,101 systems (five minutes; QUICK=1: less)
	@$(BIN)/vsmlab bench engines --growth $(if $(QUICK),--quick)

bench-live: setup ## Measure how the live page keeps up: events a second, clicks, frames (needs a Chromium)
	@$(BIN)/python tools/bench_live.py

bench-canvas: setup ## Measure how soon the canvas is there, over several openings (needs a Chromium)
	@$(BIN)/python tools/bench_canvas.py

bench-memory: setup ## Measure what each page costs the server in memory (needs a Chromium)
	@$(BIN)/python tools/bench_memory.py

lab: setup ## Open JupyterLab on the notebooks; it asks nothing of the network (FOLDER=. opens all of it)
	@$(BIN)/python -m vsmlab.apps.notebook $(FOLDER)

clean: ## Remove caches and builds; .venv and runs/ stay
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find vsmlab tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} \
	/^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo

# ---------------------------------------------------------------------------------------------------------
# .venv: built with uv where it is there, else with venv and pip. A stamp says what is installed; it is older
# than pyproject.toml when something must be installed anew, and written last, so a broken try is repeated.

$(BIN)/python:
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python '>=3.11' $(VENV); \
	elif ! command -v $(PYTHON) >/dev/null; then \
	  echo "vsmlab needs Python 3.11 or newer, and '$(PYTHON)' is not there. Install it, or say where it is:"; \
	  echo "  make PYTHON=/path/to/python3.12 ..."; exit 1; \
	elif ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  echo "vsmlab needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name a newer one:"; \
	  echo "  make PYTHON=/path/to/python3.12 ..."; exit 1; \
	elif ! $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  echo "'$(PYTHON)' comes without venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; \
	else $(PYTHON) -m venv $(VENV); fi

define install
if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python -e $(1); \
else $(BIN)/python -m pip install -qq -e $(1); fi
endef

$(CORE): pyproject.toml | $(BIN)/python
	@echo "setting up $(VENV): what running and reporting need (a minute or two, once)"
	@$(call install,.)
	@touch $@

# The browser of the tests of `vsmlab app`: a package where this is Debian and we may install one. Without it they
# are skipped, and say so.
define browser
if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } \
    >/dev/null 2>&1 || true; \
fi
endef

$(EVERYTHING): pyproject.toml | $(BIN)/python
	@echo "setting up $(VENV): everything (a few minutes, once)"
	@$(call install,'.[dev]')
	@$(browser)
	@touch $(CORE) $@
