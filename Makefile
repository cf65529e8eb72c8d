# Everything a newcomer types. `make` alone explains.

PYTHON ?= python3
BIN := .local/venv/bin
BOOTSTRAP := $(PYTHON) deploy/local/bootstrap.py
SOURCES := services gateway deploy tests
PYTEST_ARGS ?=
OWN := accounts billing enrolment gateway messaging operator

export DETACH
ifdef PORT
export PORTAIL_DEMO_PORT := $(PORT)
endif

ifdef EMPTY
export PORTAIL_DEMO_EMPTY := 1
endif

.DEFAULT_GOAL := help
.PHONY: help cluster-test upgrade-test demo stop status demo-reset test check format bench bench-portal images compose-test screenshots documents lock

help: ## Say what can be done
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

demo: ## Run the whole system with demo data (PORT=8081, DETACH=1 in the background, EMPTY=1 for no data)
	@$(BOOTSTRAP)
	@exec $(BIN)/python -m portail_local demo

stop: ## Stop the demo that runs in the background
	@$(BOOTSTRAP) --python-only
	@exec $(BIN)/python -m portail_local stop

status: ## Say where the demo runs and who can sign in
	@$(BOOTSTRAP) --python-only
	@exec $(BIN)/python -m portail_local status

demo-reset: ## Stop the demo and empty its data
	@$(BOOTSTRAP) --python-only
	@exec $(BIN)/python -m portail_local reset

test: ## Run all tests on private servers (PYTEST_ARGS="-k agenda")
	@$(BOOTSTRAP) --with chromium --with asyncapi --with promtool --with curl
	$(BIN)/pytest tests -n 2 $(PYTEST_ARGS)

cluster-test: ## Kill brokers, database and replicas of a cluster under traffic; print the gaps
	@$(BOOTSTRAP)
	PORTAIL_CLUSTER_TEST=1 $(BIN)/pytest tests/cluster tests/partners/test_broker_killed.py -q -s

upgrade-test: ## Tell the previous release's processes their story on this one's schema (PREVIOUS=commit)
	@$(BOOTSTRAP) --with chromium
	cd tests && PYTHONPATH=. ../$(BIN)/python -m upgrade $(PREVIOUS)

check: ## Check format, lint, types, who may import whom, and the manifests
	@$(BOOTSTRAP) --python-only
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m portail_local.manifests check

format: ## Format the code and fix what can be fixed
	@$(BOOTSTRAP) --python-only
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

bench: ## Measure our figures beside their limits (GROUP=pipeline for one group)
	@$(BOOTSTRAP) --with wrk
	cd tests && PYTHONPATH=. ../$(BIN)/python -m bench $(GROUP)

bench-portal: ## Measure the pages with 500 families (KEEP=1 leaves the system running)
	@$(BOOTSTRAP) --with wrk
	cd tests && PYTHONPATH=. ../$(BIN)/python -m bench pages $(if $(KEEP),--keep)

images: ## Build the container images, or say why they were not (deploy/README.md)
	@$(BOOTSTRAP) --with containers
	@nice $(BIN)/python -m portail_local.images

compose-test: images ## Start the images with deploy/compose.yaml and tell them the browser's story
	@$(BOOTSTRAP) --with chromium
	cd tests && PYTHONPATH=. nice ../$(BIN)/python -m trial

screenshots: ## Picture every page at 360, 768 and 1280 px into .local/screenshots
	@$(BOOTSTRAP) --with chromium
	PORTAIL_PICTURES=$(CURDIR)/.local/screenshots $(BIN)/pytest tests/journeys/test_accessibility.py -k pages

documents: ## Write the documents made from code: events, permissions, coverage of the guide
	@$(BOOTSTRAP)
	$(BIN)/portail events document docs/events
	$(BIN)/python -m portail_local.settings_page
	$(BIN)/python -m portail_local.manifests
	cd tests && PYTHONPATH=. ../$(BIN)/python -m support.guide
	cd tests && PYTHONPATH=. ../$(BIN)/python -m support.permissions

lock: ## Resolve the dependencies of all packages into requirements.lock
	@$(BOOTSTRAP) --python-only
	$(BIN)/uv pip compile pyproject.toml --group dev services/*/pyproject.toml gateway/pyproject.toml \
		deploy/*/pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-annotate --no-emit-package portail-contracts \
		--no-emit-package portail-chassis $(OWN:%=--no-emit-package portail-%) -o requirements.lock
