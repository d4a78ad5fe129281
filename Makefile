# Copyright (c) 2026 telephony.auth contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What can be done with a checkout. Needed: Python 3.11 or newer with venv and pip, make, git.

PYTHON ?= python3
VENV := .venv
DEMO_VENV := .venv-demo
BENCHMARK_VENV := .venv-benchmark
CONSTRAINTS := tests/tools/constraints.txt
GATES := $(VENV)/bin/python tests/tools/gates.py
# More words for the tool behind a target, such as: make units ARGS="-k kazoo"
ARGS ?=
MORE := $(if $(ARGS),-- $(ARGS))

.DEFAULT_GOAL := help
.PHONY: help playground demo quick test matrix lint format docs docs-site simulators units lifecycle soak sanity integration playbooks inside roles report awx eda benchmark release clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

playground: $(DEMO_VENV)/.ready ## Start simulated vendors to play with, until Ctrl-C
	@$(DEMO_VENV)/bin/python -u tests/demo/playground.py $(ARGS)

demo: $(DEMO_VENV)/.ready ## Show the collection at work on simulated vendors
	@PATH="$(CURDIR)/$(DEMO_VENV)/bin:$$PATH" tests/demo/demo.sh

quick: $(VENV)/.ready ## Run what finds most mistakes within 90 seconds, before each commit
	@$(GATES) quick

test: $(VENV)/.ready ## Run all gates
	@$(GATES)

matrix: $(VENV)/.ready ## Run the tests with all versions of ansible-core and Python, and the packages of distributions, or with ARGS=SESSION one of them
	@$(GATES) matrix $(MORE)

lint: $(VENV)/.ready ## Run the quick gates: formatting, code quality, types, licences
	@$(GATES) lint

format: $(VENV)/.ready ## Format the code, and write what is documented in several places into each
	@CI=false $(VENV)/bin/nox -s formatters shared-docs

docs: $(VENV)/.ready ## Check documentation, its site, build and playbooks
	@$(GATES) docs

docs-site: $(VENV)/.ready ## Build the documentation site, or with ARGS=linkcheck also try the links that leave it
	@$(GATES) docs-site $(MORE)

simulators: $(VENV)/.ready ## Test the simulators
	@$(GATES) simulators $(MORE)

units: $(VENV)/.ready ## Run the unit tests
	@$(GATES) units $(MORE)

lifecycle: $(VENV)/.ready ## Prove that no token is lost and none left behind, whatever fails
	@$(GATES) lifecycle $(MORE)

soak: $(VENV)/.ready ## The same for an hour or more, or with ARGS="SEQUENCES SEED" as long as wanted
	@$(GATES) soak $(MORE)

sanity: $(VENV)/.ready ## Run ansible-test sanity
	@$(GATES) sanity $(MORE)

integration: $(VENV)/.ready ## Run the integration targets, or with ARGS=TARGET one of them
	@$(GATES) integration $(MORE)

playbooks: $(VENV)/.ready ## Run the playbooks from the installed collection, and the demo
	@$(GATES) playbooks $(MORE)

inside: $(VENV)/.ready ## Compare tasks run inside Ansible and shipped, and search all that is kept for secrets
	@$(GATES) inside $(MORE)

roles: $(VENV)/.ready ## Test the role token with each of its stores
	@$(GATES) roles $(MORE)

report: $(VENV)/.ready ## Test the report, its page in Chromium
	@$(GATES) report $(MORE)

awx: $(VENV)/.ready ## Test the role awx, and its jobs as AWX runs them
	@$(GATES) awx $(MORE)

eda: $(VENV)/.ready ## Test the event source with ansible-rulebook, for which Java is needed
	@$(GATES) eda $(MORE)

benchmark: $(BENCHMARK_VENV)/.ready ## Measure what an API user costs, or with ARGS=--quick in short
	@PATH="$(CURDIR)/$(BENCHMARK_VENV)/bin:$$PATH" $(BENCHMARK_VENV)/bin/python tests/benchmark/benchmark.py $(ARGS)

release: $(VENV)/.ready ## Make the release that galaxy.yml names, and publish nothing; with ARGS=--dry-run keep nothing
	@$(VENV)/bin/nox -s release $(MORE)

clean: ## Remove all that the other targets made
	rm -rf $(VENV) $(DEMO_VENV) $(BENCHMARK_VENV) .nox .ansible .mypy_cache .pytest_cache .ruff_cache collections tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready: requirements-dev.txt $(CONSTRAINTS)
$(DEMO_VENV)/.ready: tests/demo/requirements.txt $(CONSTRAINTS)
$(BENCHMARK_VENV)/.ready: tests/benchmark/requirements.txt $(CONSTRAINTS)

%/.ready:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Choose another one with: make PYTHON=...")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo 'Python has no venv here. On Debian: apt-get install python3-venv' >&2; exit 1; }
	@echo "Preparing $*"
	@$(PYTHON) -m venv --clear $*
	@$*/bin/python -m pip --quiet --disable-pip-version-check install --requirement $< --constraint $(CONSTRAINTS)
	@touch $@
