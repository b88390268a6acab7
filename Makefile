# Linux Patch Learn: one command for each thing there is to do. `make help` lists them.
#
# make html needs Python 3.11 or newer with its venv module, and a package index for the first time; no kernel
# tree, no mail archive. Settings, as in `make html PYTHON=python3.12`:
PYTHON     ?= python3
VENV       ?= .venv
BUILD      ?= _build
SPHINXOPTS ?= -n -W --keep-going -j auto
ARGS       ?=
PORT       ?= 8000

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Read by `kernelref lock` itself: RELEASE=TREE, by spaces; a clone of the kernel's history.
export KERNELS
export KERNEL_GIT

PY     := $(VENV)/bin/python
SPHINX  = $(PY) -m sphinx
PIP     = $(PY) -m pip --quiet --no-input
DOCS   := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev
AUDIT  := tests/audit/node_modules/.installed

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The goals share .venv and _build, and sphinx-build is parallel by itself: `make -j` runs them one by one.
.NOTPARALLEL:
.PHONY: help html test check check-code audit serve catalogs lock epub pdf deps clean distclean _latex _again

help: ## Say what there is to make (this list)
	@echo 'make TARGET, where TARGET is'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS="$$(printf '\t')" read -r target text; do printf '  %-11s %s\n' "$$target" "$$text"; done

html: $(DOCS) ## Build the site in _build/html, English in en/; the first time makes .venv and installs into it
	@$(SPHINX) -b html -d $(BUILD)/doctrees/html $(SPHINXOPTS) . $(BUILD)/html
	@$(SPHINX) -b html -t en -d $(BUILD)/doctrees/html-en $(SPHINXOPTS) . $(BUILD)/html/en
	@echo 'The site is there: open $(BUILD)/html/index.html'

test: $(DEV) ## Run the tests; ARGS="-k thp -x" goes to pytest
	@$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(DOCS) ## Say what is wrong on the pages, and what is news; ARGS="NOTES.md" checks plain notes
	@$(PY) -m kernelref check $(ARGS)

check-code: $(DEV) ## Check the code: format, lint, strict types
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy

audit: html $(AUDIT) ## Have axe and Lighthouse judge the built site (needs Node with npm, and Chromium)
	$(if $(CHROMIUM),,$(call need,chromium,Install it, or set CHROMIUM to where one is.))
	@CHROMIUM="$${CHROMIUM:-$$(command -v chromium)}" node tests/audit/audit.mjs $(BUILD)/html

serve: $(DEV) ## Serve the site on localhost:8000 (PORT=) and rebuild it as pages are edited
	@$(PY) -m sphinx_autobuild -b html -d $(BUILD)/doctrees/serve --port $(PORT) -n -j auto \
	  --watch _ext --watch lock --ignore '*/.git/*' --ignore '*/.venv/*' --ignore '*/_build/*' \
	  --re-ignore '(__pycache__|_cache)' . $(BUILD)/serve

catalogs: $(DOCS) ## Take what is new on the pages into the catalogs, to be translated: locale/README.md
	@rm -rf $(BUILD)/gettext
	@$(SPHINX) -b gettext -d $(BUILD)/doctrees/gettext $(SPHINXOPTS) -q . $(BUILD)/gettext/en
	@mkdir $(BUILD)/gettext/zh_CN
	@mv $(BUILD)/gettext/en/guide $(BUILD)/gettext/en/sphinx.pot $(BUILD)/gettext/zh_CN
	@for language in en zh_CN; do \
	  $(PY) -m sphinx_intl update -d locale -p $(BUILD)/gettext/$$language -l $$language -w 0 --no-obsolete || exit; done

lock: $(DOCS) ## Resolve what the pages cite into lock/: KERNELS="v6.18=FOLDER …" LORE=URL KERNEL_GIT=CLONE
	@$(PY) -m kernelref lock $(if $(LORE),--lore '$(LORE)') $(ARGS)

epub: $(DOCS) ## Build one EPUB of all pages in _build/epub
	@rm -rf $(BUILD)/epub
	@$(SPHINX) -b epub -d $(BUILD)/doctrees/epub $(SPHINXOPTS) . $(BUILD)/epub
	@echo 'The book is there:' $(BUILD)/epub/*.epub

pdf: _latex $(DOCS) ## Build one PDF of all pages in _build/latex (needs XeLaTeX and latexmk)
	@$(SPHINX) -b latex -d $(BUILD)/doctrees/latex $(SPHINXOPTS) . $(BUILD)/latex
	@$(MAKE) --no-print-directory -C $(BUILD)/latex all-pdf LATEXMKOPTS='-interaction=nonstopmode -halt-on-error'
	@echo 'The PDF is there:' $(BUILD)/latex/*.pdf

deps: ## Pin anew from requirements*.txt, with PYTHON=python3.11; ARGS=--upgrade takes newer releases
	$(if $(shell $(PYTHON) -c 'import sys; sys.version_info[:2] == (3, 11) and print("yes")' 2>&1 | grep -x yes),,$(error \
	  The pins must fit the oldest Python there is a promise for. Say: make deps PYTHON=python3.11))
	@[ -x $(BUILD)/deps/bin/pip-compile ] || { $(PYTHON) -m venv $(BUILD)/deps && \
	  $(BUILD)/deps/bin/python -m pip --quiet --no-input install '$(PIP_TOOLS)'; }
	@$(COMPILE) -o constraints.txt requirements.txt requirements-dev.txt
	@$(COMPILE) --no-annotate --generate-hashes -c constraints.txt -o requirements.lock requirements.txt
	@$(COMPILE) --no-annotate --generate-hashes -c constraints.txt -o requirements-dev.lock requirements-dev.txt

clean: ## Remove what was built; .venv stays
	@rm -rf $(BUILD) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find _ext tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## Remove .venv as well
	@rm -rf tests/audit/node_modules
	@if [ -f $(VENV)/pyvenv.cfg ]; then rm -rf $(VENV); fi

# ----------------------------------------------------------------------------------------------------------------

PIP_TOOLS := pip-tools==7.6.2
COMPILE    = CUSTOM_COMPILE_COMMAND='make deps' $(BUILD)/deps/bin/pip-compile --quiet --strip-extras --allow-unsafe \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options $(ARGS)

# need(PROGRAM, where it is from): stop with one line where the program is missing.
need = $(if $(shell command -v $(1) 2>/dev/null),,$(error This needs $(1), which is not on this machine. $(2)))

_latex:
	$(call need,xelatex,Debian and Ubuntu: texlive-xetex texlive-latex-extra texlive-lang-chinese)
	$(call need,latexmk,Debian and Ubuntu: latexmk)

$(AUDIT): tests/audit/package-lock.json
	$(call need,npm,Debian and Ubuntu: nodejs npm)
	@npm --prefix tests/audit ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

# need_python: stop with one line where $(PYTHON) is missing, too old, or without the means to make a .venv.
need_python = $(if $(shell command -v $(PYTHON) 2>/dev/null),,$(error \
  No $(PYTHON) on this machine. Install Python 3.11 or newer, or say: make PYTHON=/path/to/python3))$(if \
  $(shell $(PYTHON) -c 'import sys; sys.version_info >= (3, 11) and print("new")' 2>/dev/null),,$(error \
  $(shell $(PYTHON) -V 2>&1) is too old: Python 3.11 or newer is needed. Say: make PYTHON=/path/to/python3.11))$(if \
  $(shell $(PYTHON) -c 'import ensurepip, venv; print("there")' 2>/dev/null),,$(error \
  $(PYTHON) has no venv module. Install it (Debian and Ubuntu: python3-venv), or say: make PYTHON=/path/to/python3))

# A .venv whose Python is gone, or which was copied here with another checkout, is installed into again.
usable := $(shell $(PY) -c 'import importlib.util as i, os; \
  print((i.find_spec("kernelref").origin or "").startswith(os.getcwd() + os.sep) and "yes" or "")' 2>/dev/null)

$(DOCS): requirements.lock pyproject.toml $(if $(usable),,_again)
	$(need_python)
	@echo 'Installing into $(VENV); the first time takes about a minute.'
	@$(PY) -c '' 2>/dev/null || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(DOCS) requirements-dev.lock
	@echo 'Installing the tools of test, check-code and serve into $(VENV).'
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
