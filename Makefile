# Bare `make` lists everything. CI and people call the same targets.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS := api,vision,lm,matcher,conductor,s3,embedded,demo
STAMP := $(VENV)/.installed
T ?= tests

.PHONY: help install demo run test check format schemas bench-line check-extras clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch torchvision
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS),dev]'
	touch $@

install: $(STAMP) ## Make the environment: everything but Blender, pinned

demo: $(STAMP) ## Photos in, recommended backgrounds out; PHOTO=path for your own
	$(BIN)/backlot demo $(if $(PHOTO),--photo '$(PHOTO)')

run: $(STAMP) ## Serve the line on http://127.0.0.1:8000 until Ctrl-C
	$(BIN)/backlot run

test: $(STAMP) ## Everything that belongs to a normal test run; T=path for a part
	$(BIN)/python -m pytest $(T)

check: $(STAMP) ## Format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: $(STAMP) ## Approve the contracts' JSON schemas as they are now
	$(BIN)/python -m backlot.contracts.schemas docs/schemas

bench-line: $(STAMP) ## Time the line against bare Redis streams, and a real photo
	$(BIN)/python bench/line.py

check-extras: ## Install each extra alone and start its service, as its image does
	$(PYTHON) deploy/check_extras.py

clean: ## Forget the embedded line's state
	rm -rf .state
