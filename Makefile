# Every verb sets up what it needs. `make demo` and `make test` work on a fresh machine with Python 3.11+ and make.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PORT ?= 8000

.PHONY: help demo serve test check bench soak fuzz docs train-default finish-default chaos clean

help: ## Show the verbs
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Recto needs Python 3.11, 3.12 or 3.13"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/base: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

# torch first, in its CPU build: a plain install of the extra would bring the CUDA packages along.
.venv/dev: pyproject.toml .venv/base
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable '.[train,dev]'
	@touch $@

demo: .venv/base ## Read a sample receipt, draw its boxes, say how to open the web page
	@mkdir -p var/demo
	$(BIN)/recto sample var/demo/receipt.jpg
	$(BIN)/recto read var/demo/receipt.jpg --overlay var/demo
	@echo "The page with its boxes drawn: var/demo/receipt.jpg-1.png"
	@echo "The web page: make serve, then open http://127.0.0.1:$(PORT)/ and drop the receipt on it"

serve: .venv/base ## Serve the API and the web pages
	$(BIN)/recto serve --port $(PORT)

test: .venv/dev ## Install and run all tests
	@bash .ci/packages
	$(BIN)/python -m pytest

check: .venv/dev ## Lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/dev ## Measure speed and memory beside named peers
	$(BIN)/python -m bench

train-default: .venv/dev ## Train the shipped model anew, from ../shared/data and the generator (hours; resumable)
	$(BIN)/python -m torch.distributed.run --nproc-per-node 2 -m recto.training

finish-default: .venv/dev ## Calibrate and measure the shipped model again, after a change of rules or OCR (minutes)
	$(BIN)/python -m recto.training --finish default

chaos: .venv/dev ## The long test of faults: killed workers, restarted databases, failing clouds
	RECTO_CHAOS=200 $(BIN)/python -m pytest -s tests/integration/test_chaos.py

soak: .venv/dev ## 200 clients for a minute on two servers, one of them restarted
	$(BIN)/python -m bench.soak

fuzz: .venv/dev ## Thousands of made-up requests to every route
	RECTO_FUZZ=50 $(BIN)/python -m pytest tests/integration/test_openapi.py

docs: .venv/dev ## Build the documentation into docs/_build
	$(BIN)/sphinx-build -W -q -b html docs docs/_build/html

clean: ## Remove what was built
	rm -rf .venv build dist var docs/_build
