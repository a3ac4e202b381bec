# make check [RNN=target]   is this recurrent network right? (without RNN: a right example, then two wrong ones)
# make test                 everything that CI runs
# make proof                what takes minutes: thousands of fresh problems, every mistake there is
# make docs                 the pages that are made from the code alone: docs/generated/checks.md, faults.md
# make matrix               what it says of every framework that is installed: docs/generated/matrix.md
# make bench [RNN=target]   the time-step loop across batch sizes, beside others': a table and two plots, in minutes
# make bench-full           the same for every size; then python -m benchmarks.studies.performance writes the page

PYTHON ?= python3
VENV ?= .venv
IN = $(VENV)/bin/python

.PHONY: check test lint proof docs matrix bench bench-full clean

ifdef RNN
check: $(VENV)/ready
	@$(IN) -m rnn_reference "$(RNN)" $(ARGS)
else
check: $(VENV)/ready
	@echo "A right network, examples/right.py:"; $(IN) -m rnn_reference examples/right.py
	@echo; echo "The document's own notebook, examples/document.ipynb, whose published gradient is wrong:"
	@$(IN) -m rnn_reference examples/document.ipynb; test $$? -eq 1
	@echo; echo "An LSTM that makes the two mistakes of the course's older solution, examples/lstm_document.ipynb:"
	@$(IN) -m rnn_reference examples/lstm_document.ipynb; test $$? -eq 1
	@echo; echo "All verdicts came out as they should. Yours: make check RNN=your_notebook.ipynb"
endif

test: $(VENV)/ready lint
	$(IN) -m pytest -q -m "not slow"

lint: $(VENV)/ready
	$(IN) -m ruff check .
	$(IN) -m ruff format --check .
	$(IN) -m mypy

proof: $(VENV)/ready
	$(IN) -m pytest -q -m slow -n 2 tests

docs: $(VENV)/ready
	$(IN) -m benchmarks.studies

matrix: $(VENV)/ready
	$(IN) -m benchmarks.studies.matrix --write

bench bench-full: GRID = $(if $(filter bench-full,$@),full,short)
bench bench-full: $(VENV)/ready
	@$(IN) -m pytest benchmarks --grid=$(GRID) $(if $(RNN),"--rnn=$(RNN)") --benchmark-quiet --benchmark-save=$(GRID) $(ARGS); \
	status=$$?; $(IN) -m benchmarks.report.summary && exit $$status

# pip, not uv: only pip finds the CPU build of torch that constraints.txt names, where one lies at hand
$(VENV)/ready: pyproject.toml constraints.txt
	@echo "setting up $(VENV) (once; a few minutes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@test -x $(IN) || $(PYTHON) -m venv $(VENV)
	@$(IN) -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .benchmarks
