# Every target does its own set-up from nothing: Python 3.11 or newer and make are all that is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
OFFICIAL := .venv-official
OFFICIAL_READY := $(OFFICIAL)/.ready
AXE := .axe
AXE_VERSION := 4.14.1
AXE_READY := $(AXE)/.ready-$(AXE_VERSION)
export CELLKEEP_DATA ?= $(CURDIR)/.cellkeep
# Where it is set, every process that a test starts would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo serve test screenshots official lint types check fix bench bench-peers clean

demo: $(READY)  ## the main job, end to end, on generated data
	@$(BIN)/cellkeep demo
	@echo "(In this checkout, \`make serve\` shows it.)"

serve: $(READY)  ## the server, on what the demo left
	@$(BIN)/cellkeep serve

test: $(READY) $(if $(shell command -v npm),$(AXE_READY))  ## all tests
	@echo "Running the tests on SQLite, PostgreSQL, local disk, a real S3 server and in Chromium …"
	@$(BIN)/python -m pytest -n auto

screenshots: $(READY)  ## the pictures of docs/first-files.md, anew
	@PYTHONPATH=tests $(BIN)/python -m browser.screenshots docs/screenshots

official: $(READY) $(OFFICIAL_READY)  ## the official client against real installations; our tables beside the field's
	@echo "Running the official client against SQLite with a folder and PostgreSQL with S3, and comparing tables …"
	@cd compat && CELLKEEP_PYTHON=$(CURDIR)/$(BIN)/python ../$(OFFICIAL)/bin/python -m pytest -n auto both official oracle

lint: $(READY)  ## style and arrows
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports

types: $(READY)  ## mypy, strict
	@$(BIN)/mypy

check: lint types test official  ## what CI runs

fix: $(READY)  ## mend what can be mended by itself
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(READY)  ## measure
	@$(BIN)/python benchmarks/ingest.py
	@$(BIN)/python benchmarks/summaries.py

bench-peers: $(READY)  ## measure beside other libraries
	@$(BIN)/python benchmarks/summaries.py --peers

clean:  ## forget the set-up and the demo's data
	rm -rf $(VENV) $(OFFICIAL) $(AXE) .bench .cellkeep .screenshots

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable '.[server,cluster,cyclers,pandas,dev]'
	@touch $@

# The official client brings a simulator and pins of its own, so it lives beside our environment and never in it.
# Its reader of remote tables changed between polars releases, so an older polars lies beside the newer.
$(OFFICIAL_READY): constraints-official.txt
	@echo "Setting up $(OFFICIAL) (once, about two minutes) …"
	@$(PYTHON) -m venv $(OFFICIAL)
	@$(OFFICIAL)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-official.txt \
		ionworks-api ionworksdata hypothesis pytest pytest-xdist pandas pyarrow
	@$(OFFICIAL)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--target $(OFFICIAL)/polars-1.44 polars==1.44.2 polars-runtime-32==1.44.2
	@touch $@

# The rules of accessibility that tests hold the pages against; no part of what is installed.
$(AXE_READY):
	@echo "Setting up $(AXE) …"
	@npm install --prefix $(AXE) --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --silent \
		axe-core@$(AXE_VERSION)
	@touch $@
