# Each target sets up all that it needs: Python >= 3.10 and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# What the SDK declares and its signer does not need, and what compiles cffi.
UNUSED := --no-emit-package=requests --no-emit-package=urllib3 --no-emit-package=charset-normalizer --no-emit-package=idna --no-emit-package=pycparser

.PHONY: help demo test test-fast coverage lint fuzz package wheel check-deployment bench interop browser lock release clean
.DEFAULT_GOAL := help

help: ## What can be made here
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

$(READY): requirements/dev.txt requirements/runtime.txt tools/setup.py
	@command -v "$(PYTHON)" >/dev/null || { echo "im-access: there is no $(PYTHON). Python 3.10 or newer is needed; where it has another name: make PYTHON=python3.12 ..." >&2; exit 2; }
	@"$(PYTHON)" tools/setup.py $(VENV)

demo: $(READY) ## A life on an embedded cloud: join, move, lose a key, leave, come back
	@$(BIN)/python -m local demo $(DEMO)

test: $(READY) ## The whole suite
	@$(BIN)/python -m pytest -n 2 --dist=worksteal -q

test-fast: $(READY) ## The tests of single rooms, tests/unit, for the inner loop
	@$(BIN)/python -m pytest -n 2 --dist=worksteal -q tests/unit

coverage: $(READY) ## The whole suite, and how much of shared/ it runs; fails below the floor in pyproject.toml
	@$(BIN)/python -m pytest -n 2 --dist=worksteal -q --cov

lint: $(READY) ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

fuzz: $(READY) ## Hostile input, 20 000 a target: led by atheris where it installs, else drawn by hypothesis
	@$(BIN)/python -m pip install -q --only-binary :all: --target $(VENV)/fuzz atheris 2>/dev/null || true
	@PYTHONPATH=$(VENV)/fuzz $(BIN)/python -m tools.fuzz $(FUZZ)

package: $(READY) ## dist/im-access.zip: the functions as they are deployed, the same bytes from the same commit
	@$(BIN)/python -m tools.package

wheel: $(READY) ## dist/im_access-*.whl: the command im-access for other environments
	@$(BIN)/python -m tools.wheel

check-deployment: package ## serverless.yml through Tencent's own deployment library (needs node and npm)
	@$(BIN)/python -m tools.deployment

bench: package ## Every benchmark, and the tables of docs/performance.md (some minutes; needs a Python 3.10)
	@$(BIN)/python -m benchmarks $(BENCH)

interop: $(READY) ## Foreign clients (Node.js SDKs, kcat, tccli, SCIM suites) against the local cloud
	@$(BIN)/python -m tools.interop $(INTEROP)

browser: $(READY) ## The credentials page in Chromium (needs chromium); pictures go to dist/browser
	@$(BIN)/python -m tools.browser

lock: ## Renew the locked requirements (needs uv)
	@command -v uv >/dev/null || { echo "lock: uv is needed: https://docs.astral.sh/uv/" >&2; exit 2; }
	@lock() { name=$$1; shift; uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-annotate -q --upgrade \
	  --no-emit-package tencentcloud-sdk-python requirements/$$name.in -o requirements/$$name.txt "$$@"; }; \
	lock dev && lock browser && lock runtime $(UNUSED)

release: $(READY) ## VERSION=1.2.3: check, test, build the package and the wheel, and tag; nothing is pushed
	@$(BIN)/python -m tools.release $(VERSION) $(RELEASE)

clean: ## Remove what was made
	@rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
