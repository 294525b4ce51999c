# A bare `make` lists the recipes. pre-commit and .ci/run call exactly these.

.DEFAULT_GOAL := list
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# What Python compiled is kept, whatever the shell says: without it each process compiles 2,000 files again, for 5 seconds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: list demo test soak bench quick quick-core quick-rest mutants check fmt clean

list: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: .venv/made ## the story, on a real Kafka that it starts and stops
	$(BIN)/hub demo

test: check ## everything: the checks, then all tests, with a real Kafka
	HUB_EXAMPLES=$${HUB_EXAMPLES:-60} HUB_SEEDS=$${HUB_SEEDS:-500} $(BIN)/pytest -n 2 --ignore tests/kafka --ignore tests/properties
	HUB_EXAMPLES=$${HUB_EXAMPLES:-30} $(BIN)/pytest -n 2 tests/properties
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder tests/kafka --ignore tests/kafka/cluster --ignore tests/kafka/faults
	$(BIN)/pytest tests/kafka/cluster tests/kafka/faults

soak: .venv/made ## workers, stores and brokers that fail for HUB_SOAK_ROUNDS (30) or HUB_SOAK_MINUTES; HUB_SOAK_SEED repeats a choice
	HUB_SOAK_ROUNDS=$${HUB_SOAK_ROUNDS:-30} $(BIN)/pytest -o log_cli=true --log-cli-level=INFO tests/kafka/faults tests/kafka/cluster tests/kafka/test_stall.py tests/kafka/test_bench.py tests/kafka/hub/test_story_by_chance.py

bench: .venv/made ## how fast this machine does it, beside other engines; about an hour, on a quiet machine
	$(BIN)/hub bench --json --out docs/performance.json

quick: .venv/made ## what needs neither Kafka nor patience, in under 20 seconds
	@$(MAKE) --no-print-directory -k -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) quick-core quick-rest

# Two runs beside each other, none of which imports what only the other needs, instead of two workers that both import everything.
CORE := entitlement identity intake law policy register settlement simulation task values
QUICK := HUB_EXAMPLES=$${HUB_EXAMPLES:-2} HUB_SEEDS=$${HUB_SEEDS:-16} $(BIN)/pytest -q -m "not kafka and not slow"
quick-core:
	$(QUICK) $(CORE:%=tests/%)
quick-rest:
	$(QUICK) $(foreach folder,$(CORE) kafka packaging properties stories,--ignore tests/$(folder))

mutants: .venv/made ## which changes of a rule no case notices; HUB_MUTANTS: only those whose names fit
	rm -rf .mutants/copy && mkdir -p .mutants/copy && git archive HEAD | tar -x -C .mutants/copy
	UV_PROJECT_ENVIRONMENT=.venv nice -n 15 $(BIN)/uv run --no-sync --system-certs --with mutmut==3.8.1 \
		sh -c 'cd .mutants/copy && PYTHONPATH=streams exec python -m tests.mutants'

check: .venv/made ## format, lint, types, layers, and the catalogue against itself
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hub check

fmt: .venv/made ## format, and mend what ruff can mend
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

clean: ## the environment and all caches
	rm -rf .venv dist .hypothesis .mutants .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# pip brings uv, uv brings everything else as uv.lock says, itself included.
.venv/made: pyproject.toml uv.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --locked --quiet --system-certs
	@touch $@
