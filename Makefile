# Bare `make` lists everything. CI and people call the same targets.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS := api,vision,lm,matcher,conductor,s3,embedded,demo,render,catalog
STAMP := $(VENV)/.installed
T ?= tests
JOBS ?= 2

.PHONY: help install demo run test test-window window check format catalog schemas bench-crowd bench-line bench-refine bench-render bench-vision train train-mask audit check-extras clean locks

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch torchvision
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS),dev]'
	touch $@

install: $(STAMP) ## Make the environment, pinned

demo: $(STAMP) ## Photos in, recommended backgrounds out; PHOTO=path for your own
	$(BIN)/backlot demo $(if $(PHOTO),--photo '$(PHOTO)')

run: $(STAMP) ## Serve the line on http://127.0.0.1:8000 until Ctrl-C
	$(BIN)/backlot run

test: $(STAMP) ## Everything that belongs to a normal test run; T=path for a part, JOBS=0 in one process
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(T)

NODE_STAMP := window/node_modules/.package-lock.json

$(NODE_STAMP): window/package.json window/package-lock.json
	cd window && npm ci --no-audit --no-fund --loglevel=error
	touch $@

window: $(NODE_STAMP) ## Build the shop window's files; needs Node 20
	cd window && npm run --silent build

test-window: $(STAMP) $(NODE_STAMP) ## Try the shop window in a real Chromium
	$(BIN)/python -m tests.window.browser.run

check: $(STAMP) ## Format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

catalog: $(STAMP) ## Build the starter library's 3D files into the object store
	$(BIN)/backlot catalog

schemas: $(STAMP) ## Approve the contracts' JSON schemas as they are now
	$(BIN)/python -m backlot.contracts.schemas docs/schemas

bench-crowd: $(STAMP) ## A burst of 2,000 submits and 500 event streams on one API process
	$(BIN)/python bench/crowd.py

bench-line: $(STAMP) ## Time the line against bare Redis streams, and a real photo
	$(BIN)/python bench/line.py

bench-render: $(STAMP) ## Seconds and memory of a picture, over the whole library
	$(BIN)/python bench/render.py

bench-matcher: $(STAMP) ## Time a match, and how far each index engine goes
	$(BIN)/python bench/matcher.py

bench-refine: $(STAMP) ## Time a brief, by rules and around a language model
	$(BIN)/python bench/refine.py

bench-vision: $(STAMP) ## Time the vision worker against its bare network
	$(BIN)/python bench/vision.py

train-mask: $(STAMP) ## Train the cut-out's network: DATA=folder RENDERS=folder
	$(BIN)/python -m training.mask.teach --data '$(DATA)' --out .state/mask/masks
	$(BIN)/python -m training.mask.train --data '$(DATA)' --renders '$(RENDERS)' \
		--masks .state/mask/masks --kept .state/mask/kept.pt \
		--out services/vision_worker/weights/mask.safetensors
	$(BIN)/python -m training.mask.evaluate --data '$(DATA)' --renders '$(RENDERS)' \
		--masks .state/mask/masks

include training/mini/train.mk

TOOLS := .state/tools

$(TOOLS)/.installed: deploy/locks/tools.txt
	test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

locks: $(TOOLS)/.installed ## Lock what each image installs, by hashes, after a change of pins
	$(TOOLS)/bin/python deploy/lock.py

audit: $(TOOLS)/.installed ## Look the locked packages up; ADVISORIES=folder without a network
	$(TOOLS)/bin/python deploy/audit.py $(ADVISORIES)

check-extras: ## Install each extra alone and start its service, as its image does
	$(PYTHON) deploy/check_extras.py

clean: ## Forget the embedded line's state
	rm -rf .state
