# Every command of the repository. `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
# How many tests at a time; a worker has its own servers. One more than processors: a test waits for a fifth of its time, but a quick one never.
WORKERS ?= $(shell echo $$(( $$(nproc 2>/dev/null || sysctl -n hw.ncpu) + $(if $(findstring quick,$(ARGS)),0,1) )))
LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.PHONY: help run suite up down logs test e2e mutants bench drill drill-restore drill-upgrade check fmt protos types roles migration snapshot lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.for-run ## the whole suite in one process; nothing to install but Python (PORT, CASELOAD_HOME)
	@exec $(PYTHON) -m standalone run

suite: .venv/.for-run ## every service its own process, with RabbitMQ and PostgreSQL on this machine (PORT, CASELOAD_HOME)
	@scripts/rabbitmq
	exec $(PYTHON) -m standalone suite

up: .venv/.for-run ## the suite in containers, for trying it out (PORT; IMAGES=local where no image can be pulled)
	@deploy/compose/development up

down: ## stops the containers; their data stays (ARGS=--volumes)
	@deploy/compose/development down $(ARGS)

logs: ## what the containers say (ARGS="clinical")
	@deploy/compose/development logs --follow $(ARGS)

# The tests are many: compiled once, they are collected in half the time, wherever else Python may not write.
test e2e: export PYTHONDONTWRITEBYTECODE =

test: .venv/.for-dev ## every test, on real parts, side by side (ARGS="-k name"; ARGS="-m quick": half a minute; WORKERS=3)
	@scripts/rabbitmq for-tests
	@scripts/redis
	@scripts/clamav
	@scripts/chromium
	scripts/openid-provider >/dev/null
	scripts/json-server >/dev/null
	$(PYTHON) -m pytest -n $(WORKERS) $(ARGS)

e2e: .venv/.for-dev ## only the journeys across services
	@scripts/rabbitmq for-tests
	@scripts/redis
	@scripts/clamav
	@scripts/chromium
	$(PYTHON) -m pytest -n $(WORKERS) tests-e2e $(ARGS)

mutants: .venv/.for-dev ## changes the rules one by one and asks whether a quick test notices (ARGS="clients scheduling")
	@$(PYTHON) scripts/mutants.py --workers $(WORKERS) $(ARGS)

bench: .venv/.for-dev ## the suite beside three baselines, as ratios of one run (ROUNDS=5 SECONDS=1 USERS=1,16,100 ONLY=client SCALE=small)
	@scripts/rabbitmq
	$(PYTHON) -m bench

drill: .venv/.for-dev ## races, 100 kills, every outage and every attack against the suite, with their figures (ARGS="--kills 20 --each 200 --seed 2")
	@scripts/rabbitmq
	PYTHONPATH=tests-e2e $(PYTHON) -m drill $(ARGS)
	CASELOAD_STREAM_EXAMPLES=1000 CASELOAD_OFFLINE_EXAMPLES=100 CASELOAD_MERGE_EXAMPLES=100 CASELOAD_GENERATED_REQUESTS=5000 CASELOAD_MUTATED_TOKENS=10000 CASELOAD_HOSTILE_VALUES=30 CASELOAD_HOSTILE_FILES=500 CASELOAD_TRAIL_CHANGES=1000 $(PYTHON) -m pytest -q -s \
		tests-e2e/test_generated_requests.py tests-e2e/test_forged_credentials.py tests-e2e/test_revocation.py \
		tests-e2e/test_hostile_requests.py tests-e2e/test_hostile_calls.py tests-e2e/test_hostile_files.py tests-e2e/test_canaries.py tests-e2e/test_offline_devices.py tests-e2e/test_merges.py libs/verify/tests/test_verifier.py libs/chassis/tests/test_stream_faults.py
	$(PYTHON) -m pytest -q -n $(WORKERS) -m drill
	CASELOAD_CALENDARS=50 $(PYTHON) -m pytest -q services/scheduling/tests/test_busy_periods.py -k never_inconsistent
	$(PYTHON) -m pytest -q -n $(WORKERS) -m quick --hypothesis-profile=drill

drill-upgrade: .venv/.for-dev ## upgrades between the last release and this tree and back, under load, in random orders, with their figures (ARGS="--seed 2 --writers 8")
	@scripts/rabbitmq
	PYTHONPATH=tests-e2e $(PYTHON) -m drill.upgrades $(ARGS)

drill-restore: .venv/.for-dev ## a database's disk dies under load, and what is restored is compared (ARGS="--megabytes 1000 --seconds 30 --seed 2", or --pgbackrest)
	PYTHONPATH=tests-e2e:deploy/tests $(PYTHON) -m drill.restores $(ARGS)

check: .venv/.for-dev ## format, lint, types, import rules, contracts, migrations, manifests
	@$(PYTHON) -m ruff format --check --quiet .
	$(PYTHON) -m ruff check --quiet .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	.venv/bin/buf lint protos
	$(PYTHON) -m standalone.source_releases breaking
	$(PYTHON) libs/contracts/generate.py --check
	$(PYTHON) -m standalone.schema drift
	deploy/k8s/check

fmt: .venv/.for-dev ## formats, and fixes what can be fixed safely
	@$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

protos: .venv/.for-dev ## writes libs/contracts/src from protos/
	@.venv/bin/buf lint protos
	$(PYTHON) libs/contracts/generate.py

types: .venv/.for-dev ## TypeScript types from the OpenAPI document; compiles the example client and runs it (installs Node.js into .tools where there is none)
	@$(PYTHON) scripts/typescript.py

roles: .venv/.for-dev ## writes docs/roles.md: who may do what, as a gateway answers every role
	@scripts/rabbitmq for-tests
	CASELOAD_WRITE_ROLES=1 $(PYTHON) -m pytest -q tests-e2e/test_roles.py

migration: .venv/.for-dev ## writes the next migration from tables.py (service=clients name="add a column")
	@$(PYTHON) -m standalone.schema write "$(service)" "$(name)"
	$(PYTHON) -m ruff format --quiet services/*/migrations
	$(PYTHON) -m ruff check --quiet --fix services/*/migrations

snapshot: .venv/.for-dev ## stores what this release leaves in a database, for all later ones to migrate (version=0.3.0)
	@PYTHONPATH=tests-e2e $(PYTHON) -m releases "$(version)"

lock: ## resolves the dependencies again (ARGS="--upgrade")
	@$(LOCK) $(ARGS) -o requirements.lock
	$(LOCK) $(ARGS) --group dev -o requirements-dev.lock

# What is there for developing will do for running.
.venv/.for-run: requirements.lock scripts/prepare
	@if [ ! .venv/.for-dev -nt requirements-dev.lock ] || [ ! .venv/.for-dev -nt scripts/prepare ]; then scripts/prepare run; else touch $@; fi

.venv/.for-dev: requirements-dev.lock scripts/prepare
	@scripts/prepare dev
