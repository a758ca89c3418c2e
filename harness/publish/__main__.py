"""python -m harness.publish RUN --out=FOLDER [--latents=256] [--texts=10] [--tokens=200000]

RUN is a folder with final_info.json and sae/: run_3 of a session, or one made by hand and scored. FOLDER gets what the
hub wants: the SAE as SAELens loads it, a card (README.md), latents.html, neuronpedia/. Nothing is sent anywhere.

Exit codes: 0 written · 1 the run cannot be published (one line `error: …` on stderr) · 2 usage
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jinja2

from harness.errors import HarnessError, OutDirError
from harness.evaluation.submitted.submission import Submission, load_submission
from harness.publish.card import Card, card_of
from harness.saved import write_json
from harness.site import MLP, hooks

log = logging.getLogger("harness.publish")
FILES = ("cfg.json", "sae_weights.safetensors")


class PublishError(HarnessError):
    """The run cannot be published; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the folder. Returns the exit code."""
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        publish(given.run, given.out, given.latents, given.texts, given.tokens)
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


def publish(run: Path, out: Path, latents: int, texts: int, tokens: int) -> None:
    """Write `out`, which must not exist or be empty. Raises PublishError, RunsError, SubmissionError, OutDirError."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutDirError(f"{out}: exists and is not empty; name a new folder")
    card = card_of(run)
    submission = load_submission(run, made_here="reference" not in card.run.info)
    if submission.sae.architecture == "program":
        raise PublishError(
            f"{run}: its SAE is an exported program, which SAELens cannot load; SAEs of {', '.join(FILES)} can be published"
        )
    name = hooks(submission.site, submission.layer).read
    with _whole(out) as folder:
        (folder / name).mkdir(parents=True)
        for file in FILES:
            shutil.copyfile(run / "sae" / file, folder / name / file)
        write_json(folder / "final_info.json", dict(card.run.info))
        shown = _latents(folder, card, submission, name, latents, texts, tokens)
        (folder / "README.md").write_text(_card(card, name, shown), encoding="utf-8")
    log.info("%s: written; `hf upload OWNER/REPOSITORY %s .` sends it to the hub", out, out)


@contextlib.contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place once all is written; nothing is left where that fails."""
    aside = out.with_name(f".{out.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        yield aside
        if out.exists():
            out.rmdir()
        aside.rename(out)
    except OSError as error:
        raise OutDirError(f"{out}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _card(card: Card, name: str, latents: int) -> str:
    protocol = card.run.detail("protocol") or "labloop's own (docs/metrics.md says where it differs from SAEBench's)"
    has_baseline = any(row.baseline for row in card.rows)
    page = _templates().get_template("README.md.jinja")
    return page.render(card=card, name=name, latents=latents, protocol=protocol, has_baseline=has_baseline) + "\n"


def _latents(out: Path, card: Card, submission: Submission, name: str, wanted: int, texts: int, tokens: int) -> int:
    """latents.html and neuronpedia/; how many latents they show."""
    import torch

    from harness.evaluation.scoring.described import as_upstream_sae
    from harness.evaluation.upstream.lens import load_hooked, with_mlp_input
    from harness.publish.activating import activating
    from harness.publish.latents import chosen, told
    from harness.publish.neuronpedia import write_features
    from harness.read.kept_text import TextRequest, kept_rows

    model = load_hooked(submission.model)
    if submission.site == MLP:
        with_mlp_input(model, submission.layer)
    sae = as_upstream_sae(submission)
    request = TextRequest(
        model=submission.model,
        dataset=submission.dataset,
        tokens=tokens,
        split="heldout",
        context=submission.context,
        seed=2,
        pool_tokens=submission.pool_tokens,
    )
    ids = torch.from_numpy(kept_rows(request))
    found = activating(sae, model, ids, chosen(submission.d_sae, wanted), texts)
    listed = told(found, ids, submission.directions, model)
    rows, context = ids.shape
    write_features(
        out / "neuronpedia", listed, submission.model, submission.layer, name, context, rows, submission.dataset
    )
    page = _templates().get_template("latents.html.jinja")
    shown: dict[str, Any] = {"title": card.run.title, "latents": listed, "d_sae": submission.d_sae}
    (out / "latents.html").write_text(page.render(**shown, tokens=found.tokens), encoding="utf-8")
    return len(listed)


def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.jinja",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )


def _parser() -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(
        prog="python -m harness.publish", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    flags.add_argument("run", type=Path, metavar="RUN", help="folder with final_info.json and sae/")
    flags.add_argument("--out", type=Path, required=True, help="new folder for what is published")
    flags.add_argument("--latents", type=int, default=256, help="how many are shown, evenly spread over the dictionary")
    flags.add_argument("--texts", type=int, default=10, help="texts for each")
    flags.add_argument("--tokens", type=int, default=200_000, help="of held-out text that are looked at")
    return flags


if __name__ == "__main__":
    sys.exit(main())
