# `make run` on a fresh machine: everything it needs is set up first. PYTHON=… chooses the Python (3.11 or newer).
.DEFAULT_GOAL := help
.PHONY: help setup run test lint unit kafka docs simulate-faults bench-latency bench-mails bench-restart bench-state bench-scoring bench-streams model faults clean

BIN := .venv/bin

help: ## What there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## Python libraries in .venv, Kafka's jars
	@PYTHON="$(PYTHON)" sh tools/setup.sh

run: setup ## Everything, with a scenario played and shown live; ARGS="--seed 3" and such go to `router run`
	@exec $(BIN)/router run $(ARGS)

test: lint unit kafka ## All that CI runs

lint: setup ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: setup ## Tests that need no broker
	$(BIN)/pytest -m "not kafka" -n auto

kafka: setup ## Tests on a real broker: KAFKA_BOOTSTRAP_SERVERS, or two of a Docker engine, or two embedded ones
	$(BIN)/pytest -m kafka --tb=short $(if $(KAFKA_BOOTSTRAP_SERVERS),,-n 2 --dist loadfile)

simulate-faults: setup ## Seeds of simulated faults, on all cores; SEEDS=100000, FROM=0
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),100000) --from $(or $(FROM),0)

bench-latency: setup ## Latency and cost from webhook to queue; ARGS="--quick" and such
	@$(BIN)/python -m bench.latency $(ARGS)

bench-mails: setup ## Twenty mails of 30 MB at once: the gateway's memory, and text messages beside them; ARGS="--count 5"
	@$(BIN)/python -m bench.mails $(ARGS)

bench-restart: setup ## How soon a worker with 100,000 open incidents serves again; ARGS="--incidents 5000"
	@$(BIN)/python -m bench.restart $(ARGS)

bench-state: setup ## What a worker's state costs in memory and on disk; ARGS="--contacts 1000000"
	@$(BIN)/python -m bench.state $(ARGS)

bench-scoring: setup ## How long an assessment takes, how that grows with the text, and what loading takes; ARGS=--quick
	@$(BIN)/python -m bench.scoring $(ARGS)

bench-streams: setup ## How fast events reach hundreds of event streams; ARGS="--quick" and such
	@$(BIN)/python -m bench.streams $(ARGS)

faults: setup ## Breaks the running system in every way and checks that nothing is lost, an hour; ARGS="--only NAME --times 5"
	@$(BIN)/python -m tests.faults $(ARGS)

model: setup ## Trains what scoring judges with, from training/rows; about three minutes, the same each time
	@$(BIN)/python -m training

docs: setup ## docs/asyncapi.yaml and docs/openapi.json, made anew of topics.yaml, models and routes
	$(BIN)/router topics doc --output docs/asyncapi.yaml
	@ROUTER_LOG_LEVEL=error $(BIN)/python -m tests.router.gateway.described >/dev/null

clean: ## Removes .venv and caches; the data in .data stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
