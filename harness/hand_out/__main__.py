"""Hand out the activations that an SAE is trained on, and count them: `python -m harness.hand_out --folder=F --ledger=FILE --seed=0`.

labloop starts it beside each experiment (`[data]` in template.toml); it ends with SIGINT. What the two say to each other
stands in harness/handed/wire.py, the order of the batches in supply.py.
"""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import replace
from pathlib import Path

from harness.errors import HarnessError
from harness.hand_out.ledger import Ledger
from harness.hand_out.server import Hand, listen, serve
from harness.scales import SCALES, Scale, add_data_flags, add_kind_flag, add_size_flags, data_flags, size_flags


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 it was asked to end · 1 the data cannot be had (one line `error: …` on stderr) · 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m harness.hand_out", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="shared with the experiment, which can only read it")
    parser.add_argument("--ledger", type=Path, required=True, help="the file of counts, out of the experiment's reach")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the batches: the experiment's")
    parser.add_argument("--scale", choices=SCALES, default="tiny", help="which model, text and sizes")
    parser.add_argument(
        "--device", default="auto", help="for a language model that is read meanwhile: auto, cpu, cuda:1, …"
    )
    add_kind_flag(parser)
    add_data_flags(parser)
    add_size_flags(parser)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # to stderr
    try:
        scale = replace(SCALES[given.scale], **data_flags(given), **size_flags(given, SCALES[given.scale]))
        listening = listen(given.folder)
        hand, ledger = opened(given.folder, given.ledger, given.seed, scale, given.device, given.scale)
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # the experiment ended before there was anything to hand out
        return 0
    serve(listening, hand, ledger)
    return 0


def opened(folder: Path, path: Path, seed: int, scale: Scale, device: str, name: str = "tiny") -> tuple[Hand, Ledger]:
    """What is handed out at a scale of this name, and its ledger. Raises HarnessError where it cannot be had."""
    from harness.activations import Request, described, kept_or_unread
    from harness.hand_out.supply import Supply, order_of

    request = Request.to_train_on(scale)
    facts = {"split": request.split, "seed": seed, "pool_tokens": scale.pool_tokens, "scale": name}
    read = {name: getattr(scale, name) for name in ("model", "layer", "site", "context", "dataset", "lm_dtype")}
    ledger = Ledger(path, {**facts, **read}, scale.pool_tokens)
    found = kept_or_unread(request, scale.buffer_tokens, device)
    rows, d_in = found.data.shape
    supply = Supply(found.data, order_of(seed, scale.d_sae, d_in))
    about = {"rows": rows, "d_in": d_in, "mean": found.mean.tolist(), "norm": found.norm, "key": found.key}
    about["norm_out"] = found.norm_out
    return Hand(folder, supply, ledger, about, described(request, scale.buffer_tokens)), ledger


if __name__ == "__main__":
    sys.exit(main())
