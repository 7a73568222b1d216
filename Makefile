# Every target does its own set-up from nothing: Python 3.11 or newer and make are all that is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export CELLKEEP_DATA ?= $(CURDIR)/.cellkeep

.PHONY: demo serve test lint types check fix bench clean

demo: $(READY)  ## the main job, end to end, on generated data
	@$(BIN)/cellkeep demo
	@echo "(In this checkout, \`make serve\` shows it.)"

serve: $(READY)  ## the server, on what the demo left
	@$(BIN)/cellkeep serve

test: $(READY)  ## all tests
	@echo "Running the tests on SQLite, PostgreSQL, local disk and a real S3 server …"
	@$(BIN)/python -m pytest -n auto

lint: $(READY)  ## style and arrows
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports

types: $(READY)  ## mypy, strict
	@$(BIN)/mypy

check: lint types test  ## what CI runs

fix: $(READY)  ## mend what can be mended by itself
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: $(READY)  ## measure
	@$(BIN)/python benchmarks/ingest.py

clean:  ## forget the set-up and the demo's data
	rm -rf $(VENV) .cellkeep

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable '.[server,cluster,pandas,dev]'
	@touch $@
