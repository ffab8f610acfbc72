# Every target sets up what it needs: a machine with Python 3.11+, a C compiler and make suffices.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test lint bench clean

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	touch $@

demo: setup
	$(BIN)/imr-rules evaluate cases

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/imr-rules lint --level warning

bench: setup
	$(BIN)/python -m pytest --benchmark-only --benchmark-columns=median,ops,rounds --override-ini addopts= tests/bench

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
