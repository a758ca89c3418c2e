# labloop: `make run` and `make test` set up whatever is missing first. `make help` lists every target.
PYTHON ?= python3
IDEA ?= ideas/progressive.json
AGENT := .venv/agent/bin/python
EXPERIMENT := .venv/experiment/bin/python
# Tests share few cores: one thread each is faster than many that wait for one another.
QUIET := OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 TOKENIZERS_PARALLELISM=false
HARNESS_TESTS := $(wildcard tests/harness tests/test_experiment.py tests/test_handed_experiment.py tests/test_plot.py tests/templates/synthetic)
TRITON_TESTS := tests/harness/fast/test_gpu_kernels.py tests/harness/fast/test_triton_code.py
QUICK := not slow and not process and not tex and not whole
BY_FILE := --dist loadfile --no-loadscope-reorder
# Neighbours share what they are shown on; who is done takes over from the other's end.
BY_HALVES := --dist worksteal
AGENT_TESTS := tests $(addprefix --ignore=,$(HARNESS_TESTS))

# `make t T=…`: what lies in or below HARNESS_TESTS runs in the experiment's environment, what stands above them in both.
# A space within [the parameters of a test] parts no names.
space := $(subst ,, )
WORDS := $(subst $(space),~~,$(subst ] ,]^^,$(T)))
NAMED := $(patsubst %/,%,$(patsubst ./%,%,$(patsubst $(CURDIR)/%,%,$(if $(findstring [,$(T)),$(subst ^^, ,$(WORDS)),$(T)))))
NAMED_HARNESS := $(strip $(filter $(HARNESS_TESTS) $(foreach each,$(HARNESS_TESTS),$(each)/% $(each)::%),$(NAMED)) \
    $(foreach each,$(NAMED),$(filter $(each)/%,$(HARNESS_TESTS))))
NAMED_AGENT := $(strip $(filter-out $(NAMED_HARNESS),$(NAMED)))
quoted = $(foreach each,$(1),'$(subst ~~, ,$(subst ','\'',$(each)))')

.DEFAULT_GOAL := help
.PHONY: docs help setup run t fast coverage test test-agent test-harness test-gpu test-slow fraud bench bench-campaign lint types format doctor release locks clean slurm sweep-slurm

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup:  ## make or mend .venv/{agent,coder,experiment} and install system packages (about 3 minutes the first time; TEMPLATE=folder: its own environment too)
	@$(PYTHON) -m setup $(if $(TEMPLATE),--template '$(TEMPLATE)')

$(AGENT) $(EXPERIMENT):
	@$(PYTHON) -m setup

run: setup  ## set up, then work the example idea through to a paper (IDEA=path for another)
	@echo "run: $(IDEA), from baseline to paper (6 to 7 minutes on two idle cores, longer on busy ones; Ctrl-C stops it, resumable)" >&2
	@$(PYTHON) agent/run_idea.py $(IDEA)

test: setup  ## set up, then run all tests, of the orchestrator and of the experiments
	@echo "test: the orchestrator and the set-up (.venv/agent)" >&2
	@status=0; \
	$(QUIET) $(AGENT) -m pytest -q -n 2 $(BY_HALVES) -m "not slow" $(AGENT_TESTS) || status=1; \
	echo "test: the SAE template (.venv/experiment)" >&2; \
	$(QUIET) $(EXPERIMENT) -m pytest -q -n 2 $(BY_FILE) $(HARNESS_TESTS) || status=1; \
	$(MAKE) --no-print-directory test-gpu || status=1; \
	exit $$status

t: | $(AGENT) $(EXPERIMENT)  ## only the tests that T names, in their environment (T="tests/agent/test_loop.py tests/…::test_x", ARGS="-x -k word")
	@$(if $(NAMED),,echo "error: name the tests: make t T=tests/agent/test_loop.py" >&2; exit 2)
	@status=0; \
	$(if $(NAMED_AGENT),$(QUIET) $(AGENT) -m pytest -q $(ARGS) $(call quoted,$(NAMED_AGENT) $(addprefix --ignore=,$(HARNESS_TESTS))) || status=$$?;) \
	$(if $(NAMED_HARNESS),$(QUIET) $(EXPERIMENT) -m pytest -q $(ARGS) $(call quoted,$(NAMED_HARNESS)) || status=$$?;) \
	exit $$status

fast: | $(AGENT) $(EXPERIMENT)  ## the quick tests of both halves: no process, no TeX, nothing slow (half a minute)
	@status=0; \
	$(QUIET) $(AGENT) -m pytest -q -n 2 -m "$(QUICK)" $(AGENT_TESTS) || status=1; \
	$(QUIET) $(EXPERIMENT) -m pytest -q -n 2 $(BY_FILE) -m "$(QUICK)" $(HARNESS_TESTS) || status=1; \
	exit $$status

test-agent: setup  ## the orchestrator's tests only
	@$(QUIET) $(AGENT) -m pytest -q -n 2 $(BY_HALVES) -m "not slow" $(AGENT_TESTS)

test-harness: setup  ## the SAE template's tests only
	@$(QUIET) $(EXPERIMENT) -m pytest -q -n 2 $(BY_FILE) $(HARNESS_TESTS)

test-gpu:  ## the GPU's kernels on a CPU: in Triton's interpreter, and compiled (.venv/triton; a minute)
	@echo "test: the GPU's kernels, interpreted and compiled (.venv/triton)" >&2
	@$(PYTHON) -m setup triton
	@TRITON_INTERPRET=1 $(QUIET) .venv/triton/bin/python -m pytest -q $(TRITON_TESTS)

sweep-slurm: | $(AGENT)  ## sessions on a real Slurm, killed again and again, for as long as it takes (KILLS=40)
	@LABLOOP_SWEEP_KILLS=$(or $(KILLS),40) $(AGENT) -m pytest -q -s -m slow tests/agent/test_slurm_sessions.py

slurm:  ## install Slurm for the tests on a real one (Debian, as root)
	@$(PYTHON) -m setup slurm

test-slow: setup  ## the tests that take minutes: the shipped session, worked through on this machine; jobs of a real Slurm, where one is installed (CI installs it)
	@$(if $(CI),$(PYTHON) -m setup slurm || true)
	@$(AGENT) -m pytest -q -n 2 $(BY_FILE) -m slow $(AGENT_TESTS)

coverage: setup  ## how much of agent/ its tests run, module by module; a report, no gate
	@$(QUIET) $(AGENT) -m pytest -q -n 2 $(BY_HALVES) -m "not slow" --cov --cov-report=term $(AGENT_TESTS)

fraud: setup  ## planted fraud and honest cases, tried: counts by kind (ARGS="--tool 'COMMAND'" for another tool; ARGS=drafts for one domain)
	@$(QUIET) $(AGENT) -m tests.fraud $(ARGS)

bench:  ## measure training beside other libraries (about 45 minutes; ARGS=--quick: 6; ARGS=--session: ten runs with the cache and without, 35; ARGS=--absorption: 4; ARGS=--attempt: 3; ARGS=--device=cuda)
	@$(PYTHON) -m setup bench
	@HF_HUB_OFFLINE=1 HF_DATASETS_OFFLINE=1 .venv/bench/bin/python -m benchmarks $(ARGS)

bench-campaign: | $(AGENT)  ## measure campaigns on scripted sessions into docs/campaign.md (a quarter of an hour; ARGS="many waiting slots" for some)
	@$(AGENT) -m benchmarks.campaign $(ARGS)

lint: setup  ## ruff's rules and formatting, codespell's list of slips
	@echo "lint: ruff check, ruff format --check, codespell" >&2
	@$(AGENT) -m ruff check .
	@$(AGENT) -m ruff format --check .
	@$(AGENT) -m codespell_lib

types: setup  ## mypy --strict on the source, the set-up and the tests
	@echo "types: mypy --strict" >&2
	@$(AGENT) -m mypy

format: setup  ## put every file into ruff's format and mend what ruff can
	@$(AGENT) -m ruff check --fix -q . ; $(AGENT) -m ruff format .

doctor: setup  ## try everything that could fail late in a session
	@$(PYTHON) agent/doctor.py

docs:  ## make docs/commands.md and docs/settings.md from the code again
	@$(AGENT) -m agent.commands.reference

release:  ## version, changelog's heading and tag, in one commit; pushes nothing (VERSION=0.2.0, ARGS=--dry-run to look)
	@$(PYTHON) -m setup.release $(VERSION) $(ARGS)

locks:  ## make requirements/*.txt from requirements/*.in again (needs network)
	@requirements/lock.sh

clean:  ## remove environments and caches; sessions in runs/ stay
	rm -rf .venv .cache .coverage* .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
