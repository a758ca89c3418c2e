"""Train the small language model that `harness/data/` ships.

    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 python -m harness.build.train_lm OUT

About 25 minutes on two cores. Two phases: text and spelling lines together; then again with Gaussian noise on the
embeddings of the spelling rows, without which too few letters can be read off the residual stream by a linear probe.
A checkpoint every 100 steps; the same command goes on from it. OUT/model is what is shipped.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import Gemma2Config, Gemma2ForCausalLM

from harness.build.batches import IGNORE, LINE, Spelling, spelling, stream, text_rows
from harness.build.tokenizer import CONTEXT, VOCAB, train_tokenizer
from harness.grad import no_grad

log = logging.getLogger("harness.build.train_lm")


@dataclass(frozen=True)
class Phase:
    """Steps, peak learning rate, and the noise on spelling embeddings in standard deviations of the embeddings."""

    steps: int
    lr: float
    noise: float


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the trained weights, up to the order of floating-point sums."""

    phases: tuple[Phase, ...] = (Phase(2400, 3e-3, 0.0), Phase(600, 1.5e-3, 1.0))
    text_rows: int = 24
    spelling_rows: int = 8
    warmup_steps: int = 100
    weight_decay: float = 0.05
    betas: tuple[float, float] = (0.9, 0.98)
    clip: float = 1.0
    seed: int = 0
    checkpoint_every: int = 100


@dataclass
class State:
    """What a checkpoint holds."""

    phase: int = 0
    step: int = 0
    log: list[dict[str, float]] = field(default_factory=list)


def new_model() -> Any:
    """The Gemma-2 architecture at 2.03 M parameters, freshly initialised."""
    return Gemma2ForCausalLM(
        Gemma2Config(
            vocab_size=VOCAB,
            hidden_size=128,
            intermediate_size=512,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=32,
            query_pre_attn_scalar=32,
            max_position_embeddings=CONTEXT,
            sliding_window=CONTEXT,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=2,
            tie_word_embeddings=True,
            attn_implementation="eager",
        )
    )


class Trainer:
    """The training loop, with everything it needs to stop and go on."""

    def __init__(self, out: Path, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        self.out, self.recipe = out, recipe
        self.generator = torch.Generator().manual_seed(recipe.seed)
        self.tokenizer = train_tokenizer()
        self.text: dict[str, Tensor] = {split: stream(self.tokenizer, split) for split in ("train", "heldout")}
        self.spelling: Spelling = spelling(self.tokenizer)
        self.model = new_model()
        self.state = State()
        self.optimizer = self.new_optimizer()
        self.noise = 0.0
        self.model.model.embed_tokens.register_forward_hook(self.add_noise)
        self.resume()

    def new_optimizer(self) -> torch.optim.Optimizer:
        recipe = self.recipe
        return torch.optim.AdamW(self.model.parameters(), lr=1e-3, weight_decay=recipe.weight_decay, betas=recipe.betas)

    def add_noise(self, module: Any, inputs: Any, output: Tensor) -> Tensor:
        """Gaussian noise on the embeddings of the spelling rows, which come after the text rows."""
        if self.noise == 0.0:
            return output
        rows = output[self.recipe.text_rows :]
        noise = torch.randn(rows.shape, generator=self.generator) * rows.detach().std() * self.noise
        return torch.cat([output[: self.recipe.text_rows], rows + noise])

    def loss(self) -> Tensor:
        """One batch's loss: mean cross-entropy of the text, and of the spelling rows' labels by their share of rows."""
        recipe, hidden_size = self.recipe, self.model.config.hidden_size
        text, text_labels = text_rows(self.text["train"], recipe.text_rows, CONTEXT, self.generator)
        lines, line_labels = self.spelling.rows(recipe.spelling_rows, CONTEXT, self.generator)
        labels = torch.cat([text_labels, line_labels])[:, 1:]
        labelled = labels != IGNORE
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.model.model(input_ids=torch.cat([text, lines])).last_hidden_state[:, :-1]
            # Logits only where there is a label: they are most of a step's cost at this size.
            logits = hidden[labelled].reshape(-1, hidden_size) @ self.model.lm_head.weight.T
        cap = self.model.config.final_logit_softcapping
        logits = torch.tanh(logits.float() / cap) * cap
        wanted, n = labels[labelled], text_labels[:, 1:].numel()
        share = recipe.spelling_rows / recipe.text_rows
        return cross_entropy(logits[:n], wanted[:n]) + share * cross_entropy(logits[n:], wanted[n:])

    def train(self) -> None:
        """Every phase from where the state stands; a checkpoint every `checkpoint_every` steps and at each end."""
        while self.state.phase < len(self.recipe.phases):
            phase = self.recipe.phases[self.state.phase]
            self.train_phase(phase)
            self.state.phase, self.state.step = self.state.phase + 1, 0
            self.optimizer = self.new_optimizer()
            self.save()
        self.export(self.out / "model")

    def train_phase(self, phase: Phase) -> None:
        began, first = time.monotonic(), self.state.step
        for step in range(first, phase.steps):
            cosine = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / phase.steps))
            for group in self.optimizer.param_groups:
                group["lr"] = phase.lr * min(1.0, (step + 1) / self.recipe.warmup_steps) * cosine
            self.noise = phase.noise
            loss = self.loss()
            self.noise = 0.0
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
            self.optimizer.step()
            self.state.step = step + 1
            if self.state.step % self.recipe.checkpoint_every == 0 or self.state.step == phase.steps:
                seconds = (time.monotonic() - began) / (self.state.step - first)
                self.state.log.append({"phase": self.state.phase, "step": self.state.step, **self.measure()})
                log.info("%s, %.2f s a step", self.state.log[-1], seconds)
                self.save()

    @no_grad
    def measure(self) -> dict[str, float]:
        """Held-out cross-entropy in nats a token, and accuracy of the first letter from the second line on."""
        self.model.eval()
        generator = torch.Generator().manual_seed(1)
        text, _ = text_rows(self.text["heldout"], 64, CONTEXT, generator)
        lines, labels = self.spelling.rows(32, CONTEXT, generator)
        logits = self.model(text).logits[:, :-1]
        loss = cross_entropy(logits.reshape(-1, VOCAB), text[:, 1:].reshape(-1)).item()
        answers = torch.arange(2 * LINE, CONTEXT, LINE)
        guesses = self.model(lines).logits[:, answers - 1].argmax(-1)
        accuracy = (guesses == labels[:, answers]).float().mean().item()
        self.model.train()
        return {"heldout_ce": round(loss, 4), "letter_accuracy": round(accuracy, 4)}

    def save(self) -> None:
        """A checkpoint, written aside and renamed."""
        self.out.mkdir(parents=True, exist_ok=True)
        aside = self.out / "checkpoint.part"
        checkpoint = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "generator": self.generator.get_state(),
            "state": asdict(self.state),
            "recipe": asdict(self.recipe),
        }
        torch.save(checkpoint, aside)
        aside.replace(self.out / "checkpoint.pt")

    def resume(self) -> None:
        """Go on from the checkpoint where there is one of this recipe."""
        path = self.out / "checkpoint.pt"
        if not path.exists():
            return
        found = torch.load(path, weights_only=True)
        if found["recipe"] != asdict(self.recipe):
            raise ValueError(f"{path} is of another recipe: remove it, or name another folder")
        self.model.load_state_dict(found["model"])
        self.optimizer.load_state_dict(found["optimizer"])
        self.generator.set_state(found["generator"])
        self.state = State(**found["state"])

    def export(self, folder: Path) -> None:
        """The model in bf16, its tokenizer and the log of its training, in the format that is shipped."""
        rounded = new_model()
        rounded.load_state_dict(self.model.state_dict())
        rounded.to(torch.bfloat16).save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        record = {"recipe": asdict(self.recipe), "log": self.state.log}
        (folder / "training.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder of the checkpoint and of the finished model")
    parser.add_argument("--export", action="store_true", help="write the checkpoint's model to OUT/model and stop")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(2)
    trainer = Trainer(arguments.out, Recipe())
    if arguments.export:
        trainer.export(arguments.out / "model")
    else:
        trainer.train()


if __name__ == "__main__":
    main()
