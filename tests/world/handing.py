"""The toy template with a process that hands out its data, the noise of each gradient, in as few lines as it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

HAND_OUT = """
import argparse, json, os, random, signal, socket, sys

parser = argparse.ArgumentParser()
for name in ("folder", "ledger", "seed"):
    parser.add_argument("--" + name)
given = parser.parse_args()
ODD
os.chdir(given.folder)
rng, count = random.Random(int(given.seed)), 0

def write_ledger(*_):
    with open(given.ledger + ".part", "w") as file:
        json.dump({"gradients": count, "seed": int(given.seed)}, file)
    os.replace(given.ledger + ".part", given.ledger)

write_ledger()
listening = socket.socket(socket.AF_UNIX)
listening.bind(".socket")
listening.listen()
os.rename(".socket", "socket")
try:
    while True:
        with listening.accept()[0] as asked, asked.makefile("rw") as line:
            for request in line:
                DRAW
                count += 1
                line.write(json.dumps([rng.gauss(0.0, 0.3) for _ in range(20)]) + "\\n")
                line.flush()
        write_ledger()
except KeyboardInterrupt:
    write_ledger()
"""
ASKING = '''

def handed():
    """The process that hands out noise, once it is there."""
    import os, socket, time
    folder = os.environ["LABLOOP_DATA"]
    inside = os.open(folder, os.O_RDONLY)
    for _ in range(1000):
        if os.path.exists(folder + "/socket"):
            break
        if os.path.exists(folder + "/ended"):
            raise RuntimeError(open(folder + "/ended").read())
        time.sleep(0.01)
    asking = socket.socket(socket.AF_UNIX)
    asking.connect(f"/proc/self/fd/{inside}/socket")
    return asking.makefile("rw")


def noisy_gradient(x, rng):
    """The gradient with noise that was handed out."""
    import json
    global line
    line = globals().get("line") or handed()
    line.write("next\\n")
    line.flush()
    return [a * v + n for a, v, n in zip(CURVATURE, x, json.loads(line.readline()))]
'''
DECLARED = """
[data]
command = ["python", "-m", "judge.hand_out", "--folder={folder}", "--ledger={ledger}", "--seed={seed}"]

[[proofs]]
check = "drawn.gradients == config.gradients"
reason = "the run was not handed the gradients of its budget"
"""


def handing_out(odd: str = "pass", draw: str = "pass") -> Callable[[Path], None]:
    """Gives a copy of the toy template a process that hands out noise; `odd` runs as it starts, `draw` at each request."""

    def alter(root: Path) -> None:
        (root / "judge/hand_out.py").write_text(HAND_OUT.replace("ODD", odd).replace("DRAW", draw))
        problem, contract = root / "judge/problem.py", root / "template.toml"
        if "def handed" not in problem.read_text():
            problem.write_text(problem.read_text() + ASKING)
            own = re.sub(r"\[data\]\nunproven = .*\n", "", contract.read_text())
            contract.write_text(own + DECLARED)

    return alter
