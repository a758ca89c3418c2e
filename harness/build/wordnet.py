"""Make `harness/data/wordnet.jsonl.xz` and `WORDNET-LICENCE` from Debian's `wordnet-base` 3.0.

apt-get download wordnet-base && dpkg-deb -x wordnet-base_*.deb unpacked
python -m harness.build.wordnet unpacked/usr
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path

from harness.read.text import DATA, WORDNET, Entry

# Lexicographer files in the order of their numbers (lexnames(5WN)).
LEXNAMES = """
adj.all adj.pert adv.all
noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition noun.communication noun.event
noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person noun.phenomenon noun.plant
noun.possession noun.process noun.quantity noun.relation noun.shape noun.state noun.substance noun.time
verb.body verb.change verb.cognition verb.communication verb.competition verb.consumption verb.contact verb.creation
verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather
adj.ppl
""".split()  # noqa: SIM905


def read_database(folder: Path) -> Iterator[Entry]:
    """The synsets of WordNet's four data files (format: wndb(5WN)), in their order."""
    for part in ("noun", "verb", "adj", "adv"):
        with (folder / f"data.{part}").open(encoding="latin-1") as file:
            yield from (parse_synset(line) for line in file if not line.startswith("  "))  # two blanks: the licence


def parse_synset(line: str) -> Entry:
    """One line `offset lex_filenum ss_type w_cnt(hex) word lex_id … | gloss` as an Entry."""
    head, gloss = line.rstrip("\n").split(" | ", 1)
    fields = head.split(" ")
    count = int(fields[3], 16)
    words = (re.sub(r"\((?:a|p|ip)\)$", "", word) for word in fields[4 : 4 + 2 * count : 2])  # adjective positions
    return Entry(LEXNAMES[int(fields[1])], tuple(word.replace("_", " ") for word in words), gloss.strip())


def read_licence(copyright_file: Path) -> str:
    """The WordNet licence of Debian's machine-readable copyright file, without its indentation."""
    text = copyright_file.read_text(encoding="utf-8")
    body = text.split("License: WordNet3.0\n", 1)[1].split("\n\n", 1)[0]
    lines = [line[1:] if line.startswith(" ") else line for line in body.splitlines()]
    return "\n".join("" if line == "." else line for line in lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("usr", type=Path, help="the unpacked package's usr folder")
    usr: Path = parser.parse_args().usr
    found = list(read_database(usr / "share/wordnet"))
    rows = (json.dumps(vars(entry), ensure_ascii=False, separators=(",", ":")) for entry in found)
    WORDNET.write_bytes(lzma.compress(("\n".join(rows) + "\n").encode(), preset=9 | lzma.PRESET_EXTREME))
    (DATA / "WORDNET-LICENCE").write_text(read_licence(usr / "share/doc/wordnet-base/copyright"), encoding="utf-8")
    print(f"{len(found)} entries, {WORDNET.stat().st_size / 1e6:.2f} MB: {WORDNET}")


if __name__ == "__main__":
    main()
