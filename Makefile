# Cairn. `make demo` shows it working, `make test` proves it; both need only Python 3.11+ and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: help demo test check bench chaos conformance interop browser fuzz lock

help: ## Say what can be made.
	@grep -hE '^[a-z.]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z.]+):.*## /\1|/' | awk -F'|' '{printf "  make %-11s %s\n", $$1, $$2}'

# The stamp is the lock file's own time: a changed lock makes the environment anew. uv brings certificates of its own,
# which a network that inspects its traffic is not in: then the system's are tried, and then pip.
$(VENV)/ready: requirements.lock pyproject.toml
	@with_uv() { \
	  uv venv --quiet --allow-existing --python "$(PYTHON)" $(VENV) && \
	  uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	}; \
	with_pip() { \
	  "$(PYTHON)" -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	}; \
	if command -v uv >/dev/null 2>&1; then \
	  with_uv || { echo "Trying again with this system's certificates." >&2; UV_SYSTEM_CERTS=1 with_uv; } || \
	  { echo "Trying again with pip." >&2; with_pip; } ; \
	else with_pip; fi
	@touch $@

.venv: $(VENV)/ready ## Make the environment: .venv, from requirements.lock with hashes.

demo: $(VENV)/ready ## Run a fictional district and a verifier on this machine. ARGS="--once --data DIR" plays the story and ends.
	@$(BIN)/python -m tests.demo $(ARGS)

test: $(VENV)/ready ## Run every test; those in a browser where Chromium is installed.
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup $(ARGS)

conformance: $(VENV)/ready ## A server for other people's tests of conformance. ARGS="--port N --folder DIR"; "--once" asks it itself.
	@exec $(BIN)/python -m tests.conformance $(ARGS)

interop: $(VENV)/ready ## Only the tests against other people's software.
	@$(BIN)/python -m pytest tests/interop tests/signon $(ARGS)

browser: $(VENV)/ready ## The pages in a real Chromium, where one is installed.
	@$(BIN)/python -m pytest tests/browser $(ARGS)

check: $(VENV)/ready ## Lint, types, import rules.
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/ready ## Measure, as ratios in one run. ARGS="--json" for a last line of JSON.
	@$(BIN)/python -m bench $(ARGS)

chaos: $(VENV)/ready ## Kill workers and databases at random, and count what is missing. ARGS="--seconds 60 --json"; "--mutants" only the planted mistakes.
	@$(BIN)/python -m tests.chaos $(ARGS)

# Fuzzers bring much that nothing else needs, so they have an environment of their own.
.venv-fuzz/ready: requirements-fuzz.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$(PYTHON)" .venv-fuzz && \
	  uv pip sync --quiet --python .venv-fuzz/bin/python --require-hashes requirements-fuzz.lock ; \
	else \
	  "$(PYTHON)" -m venv .venv-fuzz && \
	  .venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.lock ; \
	fi
	@touch $@

fuzz: .venv-fuzz/ready ## Random bytes and requests, a minute for each reader and interface. ARGS="--seconds N --only png,jws"
	@.venv-fuzz/bin/python -m tests.fuzz $(ARGS)

lock: ## Renew requirements.lock and requirements-fuzz.lock from pyproject.toml (needs uv).
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --python-version 3.11 --extra issuer --extra verifier --extra dev pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --python-version 3.11 --extra issuer --extra verifier --extra fuzz -c requirements.lock pyproject.toml -o requirements-fuzz.lock
