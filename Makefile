# Two commands: `make demo` and `make test`. `make` alone says what there is.
# Works with GNU make 3.81 and BSD tools. Everything lands in this folder; nothing needs sudo.

VENV := .venv
PY   := $(VENV)/bin/python
STEP := @sh scripts/step
PIP  := $(PY) -m pip install --disable-pip-version-check --no-input
# Tests run on two workers unless the caller says otherwise: make test WORKERS=8
WORKERS ?= 2
# No dependency may open a window, call home, or guess from the caller's Python settings.
unexport PYTHONPATH PYTHONHOME
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint web-test web docs bench study wheel wheel-test requirements format clean distclean

help:
	@echo 'make demo          set everything up and open the example clusters in a browser'
	@echo 'make test          set everything up and run every check and test'
	@echo 'make docs          build the documentation into docs/_build/html'
	@echo 'make bench         run the benchmarks (minutes; figures go to benchmarks/)'
	@echo 'make study         size and power of the tests of two spaces (an hour; ARGS=--quick: minutes)'
	@echo 'make wheel         build the source archive and the wheel into dist/'
	@echo 'make wheel-test    install the wheel into an empty environment without Node and start it'
	@echo 'make web           build the web client where its sources changed'
	@echo 'make requirements  pin the newest dependencies with hashes'
	@echo 'make format        put the Python code into its one layout'
	@echo 'make clean         remove what was built; make distclean: the environments and the demo, too'

demo: $(VENV)/.installed-demo
	$(STEP) 'Web client' $(PY) hatch_build.py
	@echo '── Example clusters'
	@$(VENV)/bin/jiqun demo --dir demo $(ARGS)

test: $(VENV)/.installed-dev
	$(STEP) 'Web client' $(PY) hatch_build.py
	@$(MAKE) --no-print-directory lint web-test
	@echo '── Tests'
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(VENV)/.installed-dev
	$(STEP) 'Style (ruff)' $(PY) -m ruff check --quiet
	$(STEP) 'Layout (ruff format)' $(PY) -m ruff format --check --quiet
	$(STEP) 'Types (mypy)' $(PY) -m mypy
	$(STEP) 'Order of the rooms (import-linter)' $(VENV)/bin/lint-imports

web-test: $(VENV)/.installed-dev
	$(STEP) 'Web client: style' $(PY) hatch_build.py run lint
	$(STEP) 'Web client: agrees with the HTTP API' $(PY) hatch_build.py run schema:check
	$(STEP) 'Web client: types' $(PY) hatch_build.py run typecheck
	$(STEP) 'Web client: tests' $(PY) hatch_build.py run test

web: $(VENV)/.installed-demo
	$(STEP) 'Web client' $(PY) hatch_build.py

docs: $(VENV)/.installed-dev
	$(STEP) 'Documentation' $(PY) -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench: $(VENV)/.installed-dev
	@set -e; for file in benchmarks/*.py; do sh scripts/step "$$file" $(PY) "$$file"; done

study: $(VENV)/.installed-dev
	@set -e; for name in two_spaces digital_power; do $(PY) benchmarks/studies/$$name.py $(ARGS); done

wheel: $(VENV)/.installed-demo
	$(STEP) 'Archives' $(PY) -m build --no-isolation --outdir dist

wheel-test: wheel
	$(STEP) 'Wheel in an empty environment' $(PY) scripts/try_wheel.py

requirements: $(VENV)/.installed-dev
	$(STEP) 'uv' $(PIP) --quiet uv
	$(STEP) 'Pinned dependencies' $(PY) requirements/compile.py

format: $(VENV)/.installed-dev
	$(STEP) 'Layout' $(PY) -m ruff format --quiet
	$(STEP) 'Style' $(PY) -m ruff check --fix --quiet

clean:
	rm -rf build dist docs/_build docs/reference docs/api jiqun/serve/static web/dist
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

distclean: clean
	rm -rf $(VENV) web/node_modules demo

$(VENV)/.made: scripts/make-venv
	$(STEP) 'Python environment in $(VENV)' sh scripts/make-venv $(VENV)
	@touch $@

# Node comes from the machine where it is recent enough, else as a Python wheel.
$(VENV)/.installed-demo: $(VENV)/.made requirements/demo.txt requirements/node.txt pyproject.toml
	$(STEP) 'Python packages (demo)' $(PIP) --require-hashes -r requirements/demo.txt
	$(STEP) 'Jiqun itself' $(PIP) --quiet --no-deps --no-build-isolation --editable .
	@if $(PY) hatch_build.py --needs-node-wheel; then sh scripts/step 'Node' $(PIP) --require-hashes -r requirements/node.txt; fi
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made requirements/dev.txt requirements/node.txt pyproject.toml
	$(STEP) 'Python packages (tests)' $(PIP) --require-hashes -r requirements/dev.txt
	$(STEP) 'Jiqun itself' $(PIP) --quiet --no-deps --no-build-isolation --editable .
	@if $(PY) hatch_build.py --needs-node-wheel; then sh scripts/step 'Node' $(PIP) --require-hashes -r requirements/node.txt; fi
	@touch $@ $(VENV)/.installed-demo
