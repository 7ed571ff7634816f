# Everything a person or CI does is one of these targets; CI calls nothing else.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SPEC ?= spec.yaml
WAIT ?= core
export UV_NO_PROGRESS := 1
# Many containers forbid Python to write bytecode; then every start compiles every library anew, a third of a render's time.
export PYTHONDONTWRITEBYTECODE :=
# The package's own metadata and code are read from this checkout, so editing needs no second install.
OBTAIN := $(BIN)/python -m generator.launch.obtain
INSTALL = $(BIN)/uv pip install --quiet --python $(VENV) --require-hashes --no-build-isolation -r

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

stack: $(VENV)/run ## render the stack, launch it, wait until its core is ready; WAIT=all for everything that can be had
	@$(BIN)/stackgen render --quiet --spec $(SPEC)
	@$(BIN)/stackgen up --spec $(SPEC) --wait $(WAIT) $(ARGS)

obtain: $(VENV)/run ## fetch what the stack launches, and say where it came from; ARGS=--all for slow builds too
	@$(BIN)/stackgen obtain $(ARGS)

down: $(VENV)/run ## stop the stack
	@$(BIN)/stackgen down --spec $(SPEC)

status: $(VENV)/run ## what runs, where, how much memory
	@$(BIN)/stackgen status --spec $(SPEC)

logs: $(VENV)/run ## the components' logs; ARGS="prometheus -f" for one, followed
	@$(BIN)/stackgen logs --spec $(SPEC) $(ARGS)

render: $(VENV)/run ## spec.yaml -> stack/
	@$(BIN)/stackgen render --spec $(SPEC) $(ARGS)

check: $(VENV)/run ## is spec.yaml right, and does stack/ match it
	@$(BIN)/stackgen check --spec $(SPEC)
	@$(BIN)/stackgen render --check --quiet --spec $(SPEC)

verify: $(VENV)/run ## every config judged by the program that would read it; ARGS="--strict --allow compose" fails on what was not
	@$(BIN)/stackgen verify --spec $(SPEC) $(ARGS)

prove: $(VENV)/run ## do the alerts work: every incident of the library; ARGS=--mutants breaks the rules on purpose
	@$(BIN)/stackgen prove --spec $(SPEC) $(ARGS)

traffic: $(VENV)/run ## a believable day of questions; ARGS="--rate 5 --speed 60 --duration 120"
	@PYTHONPATH=examples $(BIN)/python -m app.traffic $(ARGS)

chaos: $(VENV)/run ## make the model simulator misbehave: ARGS="slow 10", ARGS="errors 0.2", ARGS=recover
	@PYTHONPATH=examples $(BIN)/python -m app.simulator.chaos $(ARGS)

drill: $(VENV)/run ## play three incidents through a real stack of their own, in about eight minutes; ARGS="outage" for another
	@mkdir -p .stackgen
	@$(BIN)/stackgen drill --spec $(SPEC) --html .stackgen/drill.html $(or $(ARGS),tenfold-slowdown refusal-wave dearer-calls)

backtest: $(VENV)/run ## the alerts over a real server's history; ARGS="--prometheus URL --days 30"
	@$(BIN)/stackgen backtest --spec $(SPEC) $(ARGS)

evals: $(VENV)/run ## the judges on the fixed questions: did anything get worse; ARGS=redteam attacks, ARGS=label for another part
	@EVALS_FOLDER=$${EVALS_FOLDER:-.stackgen/data/evals} PYTHONPATH=examples $(BIN)/python -m app.evals $(or $(ARGS),check)

test: $(VENV)/dev ## all tests that need no running stack
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m "not e2e" $(ARGS)

e2e: $(VENV)/dev ## slower tests: every promtool, every mutant, the Collector, the real stack from end to end
	@failed=; $(BIN)/pytest -q -n 2 --dist loadgroup -m "e2e and not alone" $(ARGS) || failed=1; \
	$(BIN)/pytest -q -m "e2e and alone" $(ARGS) && test -z "$$failed"

lint: $(VENV)/dev $(VENV)/types ## code, types, spelling, YAML, names in queries, alert rules, every config by its own program
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/basedpyright >$(VENV)/pyright.log || { cat $(VENV)/pyright.log; exit 1; }
	@$(BIN)/codespell
	@$(BIN)/yamllint --strict .
	@$(BIN)/stackgen contract --spec $(SPEC)
	@$$($(OBTAIN) promtool) check rules --lint-fatal stack/prometheus/rules/*.yml
	@$$($(OBTAIN) amtool) check-config stack/alertmanager/alertmanager.yml
	@$(BIN)/stackgen verify --spec $(SPEC)

lock: $(VENV)/dev ## pin the newest dependencies again, with hashes
	@sh requirements/lock.sh $(BIN)/uv

clean: ## remove what make built; the stack's data stays in .stackgen
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bootstrap: requirements/bootstrap.txt
	@echo "installing into $(VENV) ..." >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "stackgen needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv $(VENV) || { echo "no venv module: apt-get install python3-venv, or the like" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/run: $(VENV)/bootstrap requirements/run.txt pyproject.toml
	@$(INSTALL) requirements/run.txt
	@$(BIN)/uv pip install --quiet --python $(VENV) --no-deps --no-build-isolation --editable .
	@$(BIN)/stackgen render --check --quiet >/dev/null 2>&1 || true # leaves compiled bytecode behind
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	@$(INSTALL) requirements/dev.txt
	@touch $@

# A second type checker, which brings 280 MB of Node.js: whoever only tests does without.
$(VENV)/types: $(VENV)/bootstrap requirements/types.txt
	@$(INSTALL) requirements/types.txt
	@touch $@

.PHONY: help stack obtain down status logs render check verify prove traffic chaos backtest drill evals test e2e lint lock clean
