# make check [RNN=target]   is this recurrent network right? (without RNN: a right example, then two wrong ones)
#   RNN=torch, RNN=m.onnx   installs the framework of the target too; WITH="torch jax" those that a file of yours imports
# make test                 everything that CI runs; installs every framework
# make proof                what takes minutes: thousands of fresh problems, every mistake there is
# make docs                 the pages that are made from the code alone: docs/generated/checks.md, faults.md
# make matrix               what it says of every framework that is installed: docs/generated/matrix.md
# make mutants              right networks changed in one place each, put through the suite: docs/generated/mutation.md
# make bench [RNN=target]   the time-step loop across batch sizes, beside others': a table and two plots, in minutes
# make bench-full           the same for every size; then python -m benchmarks.studies.performance writes the page

PYTHON ?= python3
VENV ?= .venv
IN = $(VENV)/bin/python
PIP = $(IN) -m pip install --quiet --constraint constraints.txt

# The extras of pyproject.toml that a target needs: a framework's name is that of its extra.
FRAMEWORKS = torch jax flax keras onnx onnxruntime
NEEDED = $(sort $(filter $(FRAMEWORKS),$(subst -, ,$(filter $(FRAMEWORKS) flax-nnx,$(RNN))) $(WITH)) $(if $(filter %.onnx,$(RNN)),onnxruntime))
# An environment with everything serves for all.
FOR_CHECK = $(if $(wildcard $(VENV)/ready),$(VENV)/ready,$(VENV)/check $(NEEDED:%=$(VENV)/with-%))

.PHONY: check test lint proof docs matrix mutants bench bench-full clean

ifdef RNN
check: $(FOR_CHECK)
	@$(IN) -m rnn_reference "$(RNN)" $(ARGS)
else
check: $(FOR_CHECK)
	@echo "A right network, examples/right.py:"; $(IN) -m rnn_reference examples/right.py
	@echo; echo "The document's own notebook, examples/document.ipynb, whose published gradient is wrong:"
	@$(IN) -m rnn_reference examples/document.ipynb; test $$? -eq 1
	@echo; echo "An LSTM that makes the two mistakes of the course's older solution, examples/lstm_document.ipynb:"
	@$(IN) -m rnn_reference examples/lstm_document.ipynb; test $$? -eq 1
	@echo; echo "All verdicts came out as they should. Yours: make check RNN=your_notebook.ipynb"
endif

test: $(VENV)/ready lint
	$(IN) -m pytest -q -m "not slow" -n 2

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

mutants: $(VENV)/ready
	$(IN) -m benchmarks.studies.mutation --write

bench bench-full: GRID = $(if $(filter bench-full,$@),full,short)
bench bench-full: $(VENV)/ready
	@$(IN) -m pytest benchmarks --grid=$(GRID) $(if $(RNN),"--rnn=$(RNN)") --benchmark-quiet --benchmark-save=$(GRID) $(ARGS); \
	status=$$?; $(IN) -m benchmarks.report.summary && exit $$status

# pip, not uv: only pip finds the CPU build of torch that constraints.txt names, where one lies at hand
$(VENV)/check: pyproject.toml constraints.txt | $(IN)
	@echo "installing into $(VENV), once: numpy, pytest, nbformat and jinja2 (20 MB to download, 130 MB on disk)"
	@$(PIP) --editable '.[check]'
	@touch $@

$(VENV)/with-%: $(VENV)/check
	@echo "installing into $(VENV), once: $*"
	@$(if $(filter torch,$*),$(SAY_WHICH_TORCH))
	@$(PIP) --editable '.[check,$*]'
	@touch $@

$(VENV)/ready: pyproject.toml constraints.txt | $(IN)
	@echo "installing into $(VENV), once: every framework and tool that the tests use (torch, jax, flax, keras, onnx,"
	@echo "onnxruntime, dask, scipy, matplotlib, mypy, ruff, ...): 0.5 GB to download and 2.1 GB on disk, some minutes"
	@$(SAY_WHICH_TORCH)
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/check

# `+cpu` ends the version of a build for the CPU. PyPI's own build for Linux brings CUDA.
SAY_WHICH_TORCH = case "$$(uname) $$($(PIP) --dry-run --no-deps --report - torch 2>/dev/null | tr -d ' ')" in \
	Linux*'"version":"'*+cpu'"'*) echo "torch is a build for the CPU";; \
	Linux*'"name":"torch"'*) echo "torch brings gigabytes of CUDA: your index has no build for the CPU (PIP_EXTRA_INDEX_URL adds PyTorch's own)";; \
	esac

$(IN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .benchmarks
