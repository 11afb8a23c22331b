# `make demo` runs Sekisho on this machine, `make test` proves it; both set up what they need. `make` lists the rest.

PYTHON ?= python3
PORT ?= 8000
RESET ?=
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
# What only the system can provide for some tests; without it those tests are skipped and counted.
SYSTEM_PACKAGES := chromium fonts-noto-cjk gettext xmlsec1 zip
UV_VERSION := 0.13.9
# Dozens of tests start processes of the product: they find it compiled, whatever the environment says.
TEST := SEKISHO_MODE=test PYTHONDONTWRITEBYTECODE=

.PHONY: help code demo test suite lint format messages setup setup-demo system lock secrets clean bench-isolation bench-tenants bench-login bench-session bench-audit bench-backup bench-retention bench-notices

help:  ## Show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | sort | expand -t 17

code:  ## What the authenticator app of the demo's operator shows now
	@SEKISHO_MODE=demo $(BIN)/python manage.py demo_code

demo: setup-demo  ## Run everything with demo data; PORT=8123 picks the port, RESET=1 starts over
	@rm -f var/demo.json  # left by a crash, it would announce a demo that is not there yet
	@if [ -n "$(RESET)" ]; then SEKISHO_MODE=demo $(BIN)/python manage.py reset_demo; fi
	@SEKISHO_MODE=demo PUBLIC_URL=http://localhost:$(PORT) exec $(BIN)/python manage.py demo

test: setup system  ## Lint and run the whole test suite, side by side: the linters leave a processor idle
	@$(MAKE) --no-print-directory --jobs 2 --keep-going lint suite

suite:
	$(TEST) $(BIN)/python -m pytest -n auto

lint: setup  ## Check style, types, architecture, templates, migrations, deployment settings and known vulnerabilities
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(TEST) $(BIN)/mypy .
	$(TEST) $(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --check --quiet
	$(BIN)/djlint templates --lint --quiet
	$(TEST) $(BIN)/python manage.py makemigrations --check --dry-run
	set -a && . config/rehearsal.env && $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python scripts/audit.py

bench-isolation: setup  ## Measure what the wall between tenants costs (about 10 minutes); ARGS="--help" lists the sizes
	$(BIN)/python -m benchmarks.isolation $(ARGS)

bench-tenants: setup  ## Measure creating and migrating tenants beside django-tenants (about 7 minutes); ARGS as above
	$(BIN)/python -m benchmarks.tenants $(ARGS)

bench-login: setup  ## Measure a log-in beside one bare hash, and pages under a flood (about 2 minutes); ARGS as above
	$(BIN)/python -m benchmarks.login $(ARGS)

bench-audit: setup  ## Measure recording beside three libraries, sealing and verifying the audit log (about 2 minutes)
	$(BIN)/python -m benchmarks.audit $(ARGS)

bench-backup: setup  ## Measure archives and restoring beside pg_dump and pg_restore (about 40 minutes, 12 GB of disk); ARGS as above
	$(BIN)/python -m benchmarks.backup $(ARGS)

bench-retention: setup  ## Measure expiry beside DELETE, an erasure beside pages, a data return beside zip (about 20 minutes); ARGS as above
	$(BIN)/python -m benchmarks.retention $(ARGS)

bench-notices: setup  ## Measure a mail to 50,000 people, also with kill -9 in the middle, and the status page (about 15 minutes); ARGS as above
	$(BIN)/python -m benchmarks.notices $(ARGS)

bench-session: setup  ## Measure what stands between a request and its view (about 1 minute); ARGS as above
	$(BIN)/python -m benchmarks.session $(ARGS)

format: setup  ## Put code and templates into the agreed form
	$(BIN)/ruff check --fix --quiet || true
	$(BIN)/ruff format --quiet
	$(BIN)/djlint templates --reformat --quiet

messages: setup  ## Collect the texts to translate into locale/ (needs gettext)
	$(TEST) $(BIN)/python manage.py makemessages --locale ja --no-wrap --add-location file --ignore "var/*" --ignore "tests/*" --ignore "benchmarks/*"

setup: .venv/development.stamp $(CATALOGUES)  ## Install the locked packages with the tools of development

setup-demo: .venv/runtime.stamp $(CATALOGUES)

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit("Sekisho needs Python 3.11 or newer: make PYTHON=/path/to/python")'
	@$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.lock | $(BIN)/pip
	@echo "Installing the locked packages; this happens once ..."
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

.venv/development.stamp: requirements-dev.lock requirements-beside.lock | $(BIN)/pip
	@echo "Installing the locked packages and the tools of development; this happens once ..."
	@$(PIP_INSTALL) -r requirements-dev.lock
	@$(PIP_INSTALL) --upgrade --no-deps --target .venv/beside -r requirements-beside.lock
	@touch .venv/runtime.stamp $@

%.mo: %.po | .venv/runtime.stamp
	@$(BIN)/pybabel --quiet compile -i $< -o $@ -l $(word 2,$(subst /, ,$<))

system:
	@if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 0; fi; \
	for package in $(SYSTEM_PACKAGES); do \
	  dpkg-query --show --showformat '$${db:Status-Status}' $$package 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "Installing for the tests:$$missing"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing >/dev/null; } \
	    || echo "Could not install$$missing; the tests that need them will be skipped."; \
	fi

lock: | $(BIN)/pip  ## Choose the versions anew within requirements*.in (versions and hashes, no index addresses)
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install -qq --disable-pip-version-check uv==$(UV_VERSION)
	@for name in requirements requirements-dev "requirements-beside --no-deps"; do \
	  set -- $$name; \
	  .venv/lock/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --python-version 3.11 $$1.in -o $$1.lock $$2 || exit 1; \
	done

SECRETS := SECRET_KEY POSTGRES_PASSWORD OWNER_PASSWORD APP_PASSWORD PLATFORM_PASSWORD SCRATCH_PASSWORD VALKEY_PASSWORD S3_SECRET_KEY
secrets:  ## Write .env with fresh secrets for docker compose; HOST=sekisho.example.com is the name that people use
	@test ! -e .env || { echo ".env is there already, and the data that it opens may be, too; remove it yourself."; exit 1; }
	@test -n "$(HOST)" || { echo "Say under which name people will come: make secrets HOST=sekisho.example.com"; exit 1; }
	@umask 077; { echo PUBLIC_URL=https://$(HOST); echo ALLOWED_HOSTS=$(HOST); for name in $(SECRETS); do \
	  $(PYTHON) -c "import secrets; print('$$name=' + secrets.token_hex(32))"; done; } > .env

clean:  ## Remove what was installed or built; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis $(CATALOGUES)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
