# make demo        lean and obese through the clamp; table and figure under results/
# make test        everything the tests need, then the tests (make test PYTEST="tests/unit -x")
# make validate    the model against published experiments
# make bench       speed against plain Python and C (needs gcc)
# make lint        ruff and mypy
# make docs        the documentation, its tutorials executed, into docs/build/html
# make PYTHON=python3.12 ...   another Python than the first of python3, python3.13, python3.12, python3.11 that fits
export PYTHON
PYTEST ?=
SOURCES := agents environment runs analysis

.PHONY: setup demo test validate bench lint docs

setup: .venv/installed

.venv/installed: setup.cfg pyproject.toml constraints.txt
	@.ci/environment serve,fit,sweep
	@touch $@

.venv/installed-tools: .venv/installed
	@.ci/environment serve,test,lint,docs
	@touch $@

demo: setup
	@.venv/bin/insulattice demo

test: .venv/installed-tools
	@.ci/chromium
	@.venv/bin/python -m pytest $(PYTEST)

validate: setup
	@.venv/bin/insulattice validate

bench: .venv/installed-tools
	@command -v gcc >/dev/null || { echo "make bench compares with C: install the package gcc (Debian: apt-get install gcc libc6-dev)" >&2; exit 1; }
	@.venv/bin/python benchmarks/run.py

lint: .venv/installed-tools
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

docs: .venv/installed-tools
	@.venv/bin/sphinx-build -M html docs docs/build -W --keep-going -q
	@.venv/bin/python docs/check_built.py docs/build/html
