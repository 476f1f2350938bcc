# Everything that is done to wirecopy, each in one command. `make` alone lists it.

PYTHON ?= python3
BIN := .venv/bin
PROGRAM := .venv/.program
INSTALLED := .venv/.installed
SPARK := .venv/.spark
WHEELS := --only-binary :all:
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install spark demo test lint types docs docs-check site bench bench-all peers constraints clean

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## make .venv with wirecopy and all that its tests need

$(PROGRAM): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "wirecopy needs Python 3.11 or newer: make PYTHON=python3.12 install")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python lacks venv: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing wirecopy into .venv; the first time this takes a minute …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet -c constraints.txt pip
	@$(BIN)/python -m pip install --quiet $(WHEELS) -c constraints.txt --build-constraint constraints.txt --editable .
	@touch $@

$(INSTALLED): $(PROGRAM)
	$(BIN)/python -m pip install --quiet $(WHEELS) -c constraints.txt --group dev
	@touch $@

spark: $(SPARK) ## add PySpark to .venv (450 MB; a package without wheels)

$(SPARK): $(INSTALLED)
	$(BIN)/python -m pip install --quiet $(WHEELS) --no-binary pyspark -c constraints.txt --group spark
	@touch $@

demo: $(PROGRAM) ## crawl a small made-up web, find its copies, show them
	@$(BIN)/wirecopy demo $(ARGS)

test: install spark ## run the tests (ARGS="-k words -x" narrows them)
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: install ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install ## check the types
	$(BIN)/mypy

docs: install ## write the references in docs/ anew from the program
	$(BIN)/python docs/generate.py

docs-check: install ## fail if the references in docs/ are not what the program says
	$(BIN)/python docs/generate.py --check

site: install ## build the documentation as a site in build/site; broken links fail
	$(BIN)/python -m pip install --quiet $(WHEELS) -c constraints.txt --group docs
	$(BIN)/python docs/website.py

bench: install ## measure speed and memory of each stage
	$(BIN)/python benchmarks/stages.py $(ARGS)

peers: install ## measure near copies beside other tools, each in an environment of its own
	$(BIN)/python benchmarks/peers.py $(ARGS)

bench-all: install ## all speed figures of one machine as tables, and plots in docs/images
	$(BIN)/python benchmarks/machine.py $(ARGS)

constraints: ## pin the newest versions that pyproject.toml allows
	rm -rf build/pins
	$(PYTHON) -m venv build/pins
	build/pins/bin/python -m pip install --quiet --upgrade pip
	build/pins/bin/python -m pip install --quiet $(WHEELS) --no-binary pyspark --group dev --group docs --group spark hatchling .
	{ sed -n '/^#/p' constraints.txt; build/pins/bin/python -m pip freeze --all --exclude wirecopy --exclude setuptools; } > build/pins/constraints.txt
	cp build/pins/constraints.txt constraints.txt

clean: ## remove caches and builds (not .venv, not data)
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find corpus spiders tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
