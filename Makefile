# Everything happens in .venv at the root; a second call does only what changed.
PYTHON := $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
LINE := hub16.line.toml
PORTS := rp2 esp32
STUBS := $(PORTS:%=build/stubs/%/.installed)
NATIVE_SOURCES := $(wildcard cext/*.py cext/*.h cext/sortyard_c/*.pxd cext/sortyard_c/*.pyx firmware/sorter_core/*.py)

.PHONY: demo test bench bench-plc fuzz lint build clean

# of `make fuzz`: inputs for each parser, and where its random numbers begin
INPUTS := 1000000
SEED := 1

# DIR: folder for the site (it must not hold one yet); without it a temporary one
demo: build
	@set -e; dir="$(DIR)"; test -n "$$dir" || dir=$$(mktemp -d)/hub16; \
	$(BIN)/sortyard init "$$dir" --example hub16; \
	$(BIN)/sortyard check "$$dir/$(LINE)"; \
	$(BIN)/sortyard sim "$$dir/$(LINE)" --manifest "$$dir/manifest.csv" --report "$$dir/report.html"; \
	echo "report: $$dir/report.html"

test: build
	$(BIN)/pytest -q -n 2 --dist worksteal

bench: build
	$(BIN)/pytest -q tests/bench --ignore tests/bench/plc --benchmark-columns=min,median,rounds

# programs in Structured Text, compiled to C, against C by hand
bench-plc: build
	$(BIN)/pytest -q tests/bench/plc --benchmark-columns=min,median,rounds

# frames of the link, answers on Modbus, configurations, and what every scanner sends; goes on where it was interrupted
fuzz: build
	$(BIN)/python tests/fuzz.py $(INPUTS) $(SEED)

lint: build $(STUBS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/python tests/lint/port_stubs.py $(PORTS)
	$(BIN)/python tests/lint/port_names.py $(PORTS)
	$(BIN)/python tests/lint/mpy_compile.py

build: build/.extensions

# The package is linked first, then its extensions are built where the link finds them.
.venv/.installed: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	SORTYARD_PURE=1 PYTHONWARNINGS=ignore $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	touch $@

build/.extensions: .venv/.installed $(NATIVE_SOURCES)
	$(BIN)/python cext/build_hook.py
	mkdir -p build
	touch $@

# Each port's stubs shadow parts of the standard library, so each has a folder of its own.
build/stubs/%/.installed: .venv/.installed
	rm -rf $(@D)
	$(BIN)/python -m pip install -q --disable-pip-version-check --target $(@D) 'micropython-$*-stubs==1.29.*'
	touch $@

clean:
	rm -rf build dist sortyard.egg-info cext/sortyard_c/*.so .pytest_cache .hypothesis .ruff_cache .benchmarks
