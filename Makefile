.PHONY: run test check audit fix bench exam package publish deploytest proxytest loadtest faulttest

# Any Python from 3.11 on, under the first name that has one.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
ADDRESS ?= 127.0.0.1:8000
STAGE ?= dev
RUNTIME ?= python3.13
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
AUDITED = $(patsubst %,-r %,requirements.txt requirements-dev.txt requirements-deploy.txt requirements-lambda.txt)
TEMPLATES = $$(find templates -name '*.html')

run: .venv/installed  ## Set up what is missing, then serve with demo designs.
	@$(BIN)/python manage.py run_home $(ADDRESS)

test: .venv/installed-dev  ## All tests: on PostgreSQL, the main job on SQLite, in a browser.
	@tests/browser/ensure_chromium
	BROWSER_TESTS=required $(BIN)/python -m pytest -q -n auto --maxprocesses 4 -m "not alone"
	$(BIN)/python -m pytest -q -m alone tests/forecasts
	TEST_DATABASE=sqlite $(BIN)/python -m pytest -q -m main_job --ignore tests/browser

check: .venv/installed-dev  ## Linters, types, contracts, security, missing migrations.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	$(BIN)/djhtml --check --tabwidth 2 templates
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infra/*.yaml
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml apps project manage.py
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --tag migrations

audit: .venv/installed-dev  ## Known vulnerabilities of what is pinned; it asks PyPI, so it needs the network.
	$(BIN)/pip-audit --strict --disable-pip --no-deps $(AUDITED)

fix: .venv/installed-dev  ## Format and fix what can be fixed.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $(TEMPLATES)
	$(BIN)/djhtml --tabwidth 2 templates

bench: .venv/installed-dev .venv-bench/installed  ## Speed and accuracy, as ratios in one run.
	$(BIN)/python -m tests.bench.run $(BENCH)

exam: .venv/installed-dev  ## What needs ../shared: real templates and measured traces.
	$(BIN)/python -m pytest -q -n auto --maxprocesses 4 tests/exam

proxytest: .venv/installed-dev  ## The tests through a stand-in for RDS Proxy that refuses what pins.
	TEST_DATABASE=proxy $(BIN)/python -m pytest -q -n auto --maxprocesses 4 -m "not alone" \
	  --ignore tests/browser --ignore tests/engine --ignore apps

package: .venv-$(RUNTIME)/installed  ## The Lambda zip of STAGE, built by the Python of RUNTIME.
	@mkdir -p build
	VIRTUAL_ENV=.venv-$(RUNTIME) RUNTIME=$(RUNTIME) .venv-$(RUNTIME)/bin/zappa package $(STAGE) \
	  --output build/headroom-$(STAGE).zip

publish: .venv-$(RUNTIME)/installed  ## The static files, into the bucket of STAGE.
	.venv-$(RUNTIME)/bin/python -m project.deploying.publishing $(STAGE)

deploytest: .venv/installed-dev .venv-lambda-$(RUNTIME)/installed package  ## The zip in Lambda's own runtime, and Zappa's commands on a moto server.
	DEPLOY_TESTS=$(RUNTIME) $(BIN)/python -m pytest -q -n 0 tests/deploy

loadtest: .venv/installed-dev .venv-lambda-$(RUNTIME)/installed package  ## The zip under load, beside what Headroom predicts of it.
	$(BIN)/python -m tests.load.run $(RUNTIME) $(LOAD)

faulttest: .venv/installed-dev  ## Killed servers, full disks, refusing stores: what people are told, and what is kept.
	FAULT_TESTS=1 $(BIN)/python -m pytest -q -n 2 tests/faults

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Headroom needs Python 3.11 or newer."; exit 1; }
	@echo "Making a virtual environment …"
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing what the application needs …"
	@$(PIP) -r requirements.txt
	@touch $@

.venv-bench/installed: requirements-bench.txt | .venv/bin/python
	@echo "Installing the simulators that the measurements compare with …"
	@$(BIN)/python -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

.venv-lambda-$(RUNTIME)/installed: requirements-lambda.txt | .venv/bin/python
	@echo "Installing what $(RUNTIME) of Lambda brings …"
	@python=$$($(BIN)/python -m project.deploying.runtimes $(RUNTIME)) && $$python -m venv .venv-lambda-$(RUNTIME)
	@.venv-lambda-$(RUNTIME)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-lambda.txt
	@touch $@

.venv-$(RUNTIME)/installed: requirements-deploy.txt requirements.txt | .venv/bin/python
	@echo "Making an environment to build for $(RUNTIME) …"
	@python=$$($(BIN)/python -m project.deploying.runtimes $(RUNTIME)) && $$python -m venv --clear .venv-$(RUNTIME)
	@.venv-$(RUNTIME)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-deploy.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what tests and checks need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@
