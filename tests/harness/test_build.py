"""The scripts that made what is shipped."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from harness.build import train_lm
from harness.build.batches import IGNORE, LINE, Spelling, spelling, stream, text_rows
from harness.build.train_lm import Phase, Recipe, Trainer
from harness.build.wordnet import LEXNAMES, parse_synset, read_licence
from harness.read.lm import load_lm
from harness.read.spelling import letter_of
from harness.read.text import DATA

pytestmark = pytest.mark.process


def test_a_synset_is_parsed_as_wordnet_writes_it() -> None:
    """Hexadecimal word count, underscores, the adjective's position marker, and a gloss with its examples."""
    line = '00013160 00 s 0b a_b 0 c(ip) 1 d 0 e 0 f 0 g 0 h 0 i 0 j 0 k 0 l 0 001 & 00013000 a 0000 | one; "two | three"  \n'
    entry = parse_synset(line)
    assert entry.lexname == "adj.all"
    assert entry.words == ("a b", *"cdefghijkl")
    assert entry.gloss == 'one; "two | three"'


def test_there_are_the_45_lexicographer_files() -> None:
    """Their numbers are positions in the list: 05 is noun.animal, 44 adj.ppl (lexnames(5WN))."""
    assert len(LEXNAMES) == 45
    assert (LEXNAMES[5], LEXNAMES[29], LEXNAMES[44]) == ("noun.animal", "verb.body", "adj.ppl")


def test_the_licence_that_is_shipped_is_whole(tmp_path: Path) -> None:
    """Debian's indentation goes, the paragraphs stay; the shipped file has the permission and the notice."""
    source = tmp_path / "copyright"
    source.write_text("Files: *\nLicense: WordNet3.0\n First\n .\n second.\n\nFiles: debian/*\n")
    assert read_licence(source) == "First\n\nsecond.\n"
    shipped = (DATA / "WORDNET-LICENCE").read_text()
    assert "WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved." in shipped
    assert "Permission to use, copy, modify and distribute" in shipped
    assert shipped.endswith("LICENSEE agrees to preserve same.\n")


def test_spelling_rows_ask_for_the_right_letters() -> None:
    """Each line's answer is the letter of its word, and from the third line on the answers alone are learnt."""
    tokenizer = load_lm().tokenizer
    tokens, labels = spelling(tokenizer).rows(4, 128, torch.Generator().manual_seed(0))
    assert tokens.shape == labels.shape == (4, 128)
    for at in range(LINE, 128, LINE):
        for row in range(4):
            assert tokenizer.decode(tokens[row, at]) == letter_of(tokenizer.decode(tokens[row, at - 6]))
    learnt = (labels[:, 1 + 2 * LINE + 1 :] != IGNORE).nonzero()[:, 1] + 1 + 2 * LINE + 1
    assert (learnt % LINE == 0).all()
    assert (labels[labels != IGNORE] == tokens[labels != IGNORE]).all()


def test_text_rows_are_windows_of_the_stream_with_bos() -> None:
    """The first token of a window gives way to <bos>."""
    source = torch.arange(100, 1100)
    tokens, labels = text_rows(source, 8, 16, torch.Generator().manual_seed(0))
    assert (tokens[:, 0] == 2).all()
    assert (tokens[:, 2:] - tokens[:, 1:-1] == 1).all()
    assert torch.equal(tokens, labels)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """A training of a few steps on a little text, with the shipped tokenizer."""
    tokenizer = load_lm().tokenizer
    little = stream(tokenizer, "heldout")[:20_000]
    monkeypatch.setattr(train_lm, "train_tokenizer", lambda: tokenizer)
    monkeypatch.setattr(train_lm, "stream", lambda *_: little)
    monkeypatch.setattr(Trainer, "measure", lambda self: {"weights": self.model.lm_head.weight.sum().item()})  # quick
    return Recipe(phases=(Phase(4, 3e-3, 0.0), Phase(2, 1e-3, 1.0)), text_rows=3, spelling_rows=2, checkpoint_every=2)


def test_a_training_that_was_stopped_ends_in_the_same_weights(
    quick: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the checkpoint in the first phase and started again, it ends bit for bit where one run ends."""
    whole = Trainer(tmp_path / "whole", quick)
    whole.train()
    stopped = Trainer(tmp_path / "stopped", quick)
    steps = iter(range(3))
    loss = Trainer.loss
    monkeypatch.setattr(stopped, "loss", lambda: loss(stopped) if next(steps, None) is not None else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        stopped.train()
    resumed = Trainer(tmp_path / "stopped", quick)
    assert (resumed.state.phase, resumed.state.step) == (0, 2)
    resumed.train()
    for name, weight in whole.model.state_dict().items():
        assert torch.equal(weight, resumed.model.state_dict()[name]), name
    assert resumed.state.log == whole.state.log
    exported = load_lm(str(tmp_path / "stopped" / "model"))
    rounded = whole.model.lm_head.weight.to(torch.bfloat16).float()
    assert torch.equal(exported.model.lm_head.weight, rounded)


def test_a_checkpoint_of_another_recipe_is_not_gone_on_with(quick: Recipe, tmp_path: Path) -> None:
    """Another seed is another training: the folder is refused."""
    Trainer(tmp_path, quick).save()
    with pytest.raises(ValueError, match="is of another recipe"):
        Trainer(tmp_path, dataclasses.replace(quick, seed=1))


def test_noise_reaches_the_spelling_rows_alone(quick: Recipe, tmp_path: Path) -> None:
    """In the second phase the embeddings of the text rows stay as they are."""
    trainer = Trainer(tmp_path, quick)
    embed = trainer.model.model.embed_tokens
    tokens = torch.full((5, 7), 300)
    clean = embed(tokens)
    trainer.noise = 1.0
    noisy = embed(tokens)
    assert torch.equal(noisy[:3], clean[:3])
    assert (noisy[3:] != clean[3:]).all()


def test_a_tokenizer_that_breaks_the_spelling_lines_is_refused() -> None:
    """Where the newline is two tokens the positions of the answers would be wrong: better to stop."""
    tokenizer = load_lm().tokenizer

    class Broken:
        def __getattr__(self, name: str) -> object:
            return getattr(tokenizer, name)

        def __call__(self, text: object, **options: object) -> object:
            return tokenizer(text.replace("\n", "\n\t") if text == "\n" else text, **options)

    assert isinstance(spelling(tokenizer), Spelling)
    with pytest.raises(ValueError, match="not 8 tokens"):
        spelling(Broken())
