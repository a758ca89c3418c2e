"""An SAE that was made elsewhere, laid out as a run, so that it is scored as a reference: `--from_sae`."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.evaluation.submitted.architectures import OWN_TENSORS, is_transcoder
from harness.evaluation.submitted.submission import SubmissionError
from harness.saved import write_json
from harness.scales import SCALES
from harness.site import MLP, hooks

log = logging.getLogger(__name__)

FILES = ("cfg.json", "sae_weights.safetensors")
_READS = re.compile(r"blocks\.(\d+)\.hook_resid_(pre|post)")
_READS_MLP = re.compile(r"blocks\.(\d+)\.mlp\.hook_in")


class BroughtError(HarnessError):
    """What was named is no SAE that can be brought in; the message names it and the remedy."""


def bring(source: str, run_dir: Path, scale: str, instead: Mapping[str, Any]) -> None:
    """Lay the SAE `source` out in `run_dir`, which must not hold a run: `sae/` and final_info.json.

    `source` is a folder in SAELens' format, or RELEASE/ID as SAELens' list of published SAEs (or OWNER/REPOSITORY/PATH
    of the hub). Model, layer and context are those that its cfg.json names; `instead` (flags that were typed) goes before
    them, and the scale says what it does not. Raises BroughtError, SubmissionError.
    """
    if (run_dir / "final_info.json").exists() or (run_dir / "sae").exists():
        raise BroughtError(f"{run_dir}: holds a run already; name another --run_dir for what --from_sae brings in")
    sae = run_dir / "sae"
    sae.mkdir(parents=True)
    try:
        _fetch(source, sae)
        cfg = _described(sae / "cfg.json")
        config = _config(cfg, source, scale, instead)
    except BaseException:
        shutil.rmtree(sae)
        raise
    info = {
        "format": 1,
        "config": config,
        "training": {},
        "metrics": {},
        "reference": {"source": source, "trained": "elsewhere: nothing of its training was measured here"},
    }
    write_json(run_dir / "final_info.json", info)
    log.info("%s: brought to %s, to be scored on %s, layer %d", source, run_dir, config["model"], config["layer"])


def _fetch(source: str, target: Path) -> None:
    """The two files of the SAE, copied from a folder or written by SAELens from the hub's."""
    folder = Path(source)
    if folder.is_dir():
        folder = folder / "sae" if (folder / "sae" / "cfg.json").is_file() else folder
        for name in FILES:
            if not (folder / name).is_file():
                raise BroughtError(
                    f"{folder}: has no {name}; --from_sae reads SAELens' format (SAE.save_model writes it)"
                )
            shutil.copyfile(folder / name, target / name)
        return
    release, sae_id = _release(source)
    from sae_lens import SAE

    try:
        SAE.from_pretrained(release, sae_id, device="cpu").save_model(target)
    except Exception as error:  # SAELens and the hub's client raise kinds of their own for a wrong name or no network
        said = " ".join(str(error).split())[:300]
        raise BroughtError(
            f"--from_sae {source}: there is no such folder, and SAELens cannot load release {release!r}, id {sae_id!r} "
            f"({type(error).__name__}: {said}); check the name and the network, or download it and name its folder"
        ) from error


def _release(source: str) -> tuple[str, str]:
    """Release and id: SAELens' own where its list has the first part, else a repository of the hub."""
    from sae_lens.loading.pretrained_saes_directory import get_pretrained_saes_directory

    parts = source.strip("/").split("/")
    first = 1 if parts[0] in get_pretrained_saes_directory() else 2
    if len(parts) <= first:
        raise BroughtError(
            f"--from_sae {source}: neither a folder nor RELEASE/ID of SAELens' published SAEs nor OWNER/REPOSITORY/PATH"
        )
    return "/".join(parts[:first]), "/".join(parts[first:])


def _described(path: Path) -> dict[str, Any]:
    """cfg.json. Raises SubmissionError where it is none, or of an architecture that is not known."""
    try:
        cfg = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SubmissionError(f"{path}: not JSON ({error})") from error
    known = [name for name in OWN_TENSORS if name != "program"]
    if not isinstance(cfg, dict) or cfg.get("architecture") not in known:
        found = cfg.get("architecture") if isinstance(cfg, dict) else None
        raise SubmissionError(f"{path}: architecture is {found!r}; {', '.join(known)} can be brought in")
    return cfg


def _config(cfg: Mapping[str, Any], source: str, scale: str, instead: Mapping[str, Any]) -> dict[str, Any]:
    """What a run's config would be. Raises BroughtError where nobody says what the SAE reads."""
    told = {**cfg, **(cfg.get("metadata") or {})}  # older files have no metadata of their own
    transcodes = is_transcoder(cfg["architecture"])
    reads = None if transcodes else _READS.fullmatch(str(told.get("hook_name", "")))
    if transcodes:
        instead = {"layer": _layer_of_mlp(told, source), **instead, "site": MLP}
    elif "layer" not in instead and (reads is None or (reads[2], int(reads[1])) == ("pre", 0)):
        raise BroughtError(
            f"{source}: hook_name is {told.get('hook_name')!r}; only SAEs of the residual stream after a block can be scored: "
            "say which with --layer, if it is one"
        )
    if "model" not in instead and not told.get("model_name"):
        raise BroughtError(f"{source}: its cfg.json names no model_name; say which model it reads with --model")
    layer = int(reads[1]) - (reads[2] == "pre") if reads else 0
    known = {
        "model": _full_name(str(told.get("model_name"))),
        "layer": layer,
        "context": told.get("context_size") or SCALES[scale].context,
    }
    sizes = {"d_sae": cfg.get("d_sae"), **({"k": cfg["k"]} if "k" in cfg else {})}
    data = {**SCALES[scale].data(), **known, **instead}
    for of_training in ("pool_tokens", "buffer_tokens"):
        data.pop(of_training, None)
    return {"scale": scale, "sae": cfg["architecture"], **data, **sizes}


def _layer_of_mlp(told: Mapping[str, Any], source: str) -> int:
    """The block whose MLP a transcoder reads. Raises BroughtError where it reads or predicts something else."""
    reads = _READS_MLP.fullmatch(str(told.get("hook_name", "")))
    if reads is None or told.get("hook_name_out") != hooks(MLP, int(reads[1])).wanted:
        raise BroughtError(
            f"{source}: hook_name is {told.get('hook_name')!r} and hook_name_out {told.get('hook_name_out')!r}; only transcoders from "
            "blocks.N.mlp.hook_in (the MLP's own input, after its norm's weights) to blocks.N.hook_mlp_out can be scored"
        )
    return int(reads[1])


def _full_name(name: str) -> str:
    """The hub's name of a model that transformer-lens calls by a shorter one; others as they are."""
    if "/" in name:
        return name
    from transformer_lens.loading_from_pretrained import get_official_model_name

    try:
        return str(get_official_model_name(name))
    except ValueError:  # one of ours, or a folder's
        return name
