#!/bin/sh
# Make the locks from the .in files again (`make locks`). Pins that still fit are kept; to move one, edit or delete
# its line first. Needs network; takes about a minute. Downloads metadata only.
set -eu
cd "$(dirname "$0")"
tools=../.venv/locks
[ -x "$tools/bin/uv" ] || { python3 -m venv "$tools"; "$tools/bin/pip" install -q uv==0.13.8; }
lock() {  # lock NAME.in NAME.txt OLDEST_PYTHON [OPTION]
    echo "locking $1" >&2
    "$tools/bin/uv" pip compile -q --universal --python-version "$3" --no-annotate --no-header \
        --no-emit-package torchvision ${4:-} "$1" -o "$2"
    grep -v '^-c ' "$2" | grep -v -E "== '(win32|emscripten)'$" > "$2.new"  # platforms that are not supported
    { echo "# Made by requirements/lock.sh from $1; every package, pinned. Edit $1, then \`make locks\`."; cat "$2.new"; } > "$2"
    rm "$2.new"
}
lock agent.in agent.txt 3.10
lock dev.in dev.txt 3.10
lock coder.in coder.txt 3.10
lock experiment.in experiment-cuda.txt 3.11
grep -v -E '^(nvidia-|cuda-|triton==)' experiment-cuda.txt > experiment-cpu.txt
lock bench.in bench.txt 3.11 --no-deps  # beside experiment-*.txt
