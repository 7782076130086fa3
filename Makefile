# `make` alone lists what can be made. Works with GNU make 3.81 and newer.

PYTHON ?= python3
PORT   ?=
ARGS   ?=

# Whatever the shell says: each of hundreds of processes that the tests start would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

BIN = .venv/bin
TEXTS = app/web/locale

# A test run that takes longer is ended. Where there is no GNU timeout, each test's own limit is left.
MINUTES ?= 20
# Processes that share the tests out, one more than two cores: what a test waits for is often no core.
# 0 runs them in one, for a debugger.
WORKERS ?= 3
LIMITED = $(shell timeout --foreground 1 true 2>/dev/null && echo timeout --foreground --signal=INT --kill-after=30 $(MINUTES)m)

LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

LOCKED = node_modules/.package-lock.json
NODE = tests/node/$(LOCKED)
BENCH_NODE = benchmarks/node/$(LOCKED)
EXAMPLE = examples/python

.DEFAULT_GOAL := help
.PHONY: help install demo test check audit format schema client texts screenshots bench soak lock clean

help: ## List what can be made
	@echo "PyTune. Python 3.11 or newer is all it needs: PYTHON=python3.12 chooses one."
	@echo
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

install: .venv/.dev ## Create .venv with everything that developers need
	@echo "PyTune and its tools are in .venv."

demo: .venv/.runtime ## Set up the demo and serve it at 127.0.0.1:8000; PORT= changes the port
	@exec $(BIN)/pytune demo $(if $(PORT),--port $(PORT))

test: .venv/.dev $(NODE) $(EXAMPLE)/.venv/.ready ## Run the tests, ended after MINUTES=20; ARGS= goes to pytest
	@$(LIMITED) $(BIN)/pytest -q --numprocesses=$(WORKERS) --no-loadscope-reorder $(ARGS) || { code=$$?; \
		[ $$code -ne 124 ] || echo "The tests took longer than $(MINUTES) minutes." >&2; exit $$code; }

check: .venv/.dev ## Lint, formatting, types, floors, the exported schema, no secrets
	@scripts/check.sh

audit: .venv/.dev ## Ask whether anything that is locked has a known weakness (needs the network)
	@scripts/audit.sh

format: .venv/.dev ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

schema: .venv/.dev ## Export the GraphQL schema to schema.graphql
	@$(BIN)/pytune schema > .schema.new && mv .schema.new schema.graphql

client: $(EXAMPLE)/.venv/.ready ## Generate the example's typed client from schema.graphql
	@cd $(EXAMPLE) && rm -rf pytune_client && .venv/bin/ariadne-codegen > /dev/null

texts: .venv/.dev ## Bring the catalogues of translations up to date with the templates
	@$(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output --omit-header -o $(TEXTS)/pytune.pot .
	@for po in $(TEXTS)/*.po; do $(BIN)/pybabel -q update -i $(TEXTS)/pytune.pot -o $$po -l $$(basename $$po .po) \
		--no-fuzzy-matching --ignore-obsolete --omit-header --width=96; done
	@echo "Translate what is empty in $(TEXTS)/*.po: tests/web/test_translations.py names it."

screenshots: .venv/.dev ## Take the pictures of README and docs from a fresh demo (needs Chromium)
	.venv/bin/python scripts/screenshots.py

bench: .venv/.dev $(BENCH_NODE) ## Run every benchmark; ARGS= goes to each
	@$(BIN)/python -m benchmarks $(ARGS)

soak: .venv/.dev ## Run the long tests that `make test` leaves out, for hours; ARGS= goes to pytest
	@$(BIN)/pytest -q -m soak $(ARGS)

lock: ## Lock the requirements again (needs uv); ARGS=--upgrade takes newer versions
	@command -v uv >/dev/null 2>&1 || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	$(LOCK) $(ARGS) pyproject.toml -o requirements/runtime.txt
	$(LOCK) $(ARGS) pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	$(LOCK) $(ARGS) $(EXAMPLE)/pyproject.toml -o requirements/example.txt

clean: ## Delete caches; .venv and the data in .pytune stay
	@rm -rf build *.egg-info .schema.new .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.runtime: requirements/runtime.txt pyproject.toml
	@scripts/install.sh runtime "$(PYTHON)"

.venv/.dev: requirements/dev.txt pyproject.toml
	@scripts/install.sh dev "$(PYTHON)"

# Without npm, or without a way to its packages, what needs them is left out and named.
%/$(LOCKED): %/package-lock.json
	@! command -v npm >/dev/null 2>&1 || npm ci --prefix $* --ignore-scripts --no-audit \
		--no-fund --loglevel=error || echo "npm could not install the packages of $*." >&2

# It wants other versions than PyTune has, so it gets an environment of its own.
$(EXAMPLE)/.venv/.ready: requirements/example.txt
	@$(PYTHON) -m venv --clear $(EXAMPLE)/.venv && $(EXAMPLE)/.venv/bin/python -m pip install -qq \
		--disable-pip-version-check --root-user-action=ignore --require-hashes \
		-r requirements/example.txt && touch $@ || echo "pip could not install what $(EXAMPLE) needs." >&2
