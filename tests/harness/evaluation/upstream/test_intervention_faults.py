"""Each fault of sae-bench's unlearning and RAVEL evals is still there: a failure here means that a mending can go."""

from __future__ import annotations

import inspect
import json
import os
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from harness.evaluation.upstream import ravel, unlearning
from harness.evaluation.upstream.whole import own_data
from harness.read.lm import LOCAL_MODEL, load_lm

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_unlearning_upstream_still_goes_by_the_name() -> None:
    """A model without "it" in its name is refused, before anything is read; "unitary" is not (fault I1)."""
    from sae_bench.evals.unlearning import main

    config = unlearning.UnlearningEvalConfig(model_name="gemma-2-2b")
    with pytest.raises(ValueError, match="instruct tuned"):
        main.run_eval(config, [], "cpu", "/nowhere")
    assert 'if "it" not in config.model_name' in inspect.getsource(main.run_eval)


def test_the_forget_corpus_upstream_is_still_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel has no such file, and the path is taken from the working directory (fault I2)."""
    from sae_bench.evals.unlearning.utils import feature_activation

    assert not (files("sae_bench") / "evals" / "unlearning" / "data").is_dir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(feature_activation, "load_dataset", lambda *_, **__: [])
    with pytest.raises(FileNotFoundError, match=r"\./sae_bench/evals/unlearning/data"):
        feature_activation.get_forget_retain_data()


def test_prompts_upstream_still_go_by_four_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other name ends in an exception (fault I3)."""
    from sae_bench.evals.unlearning.utils import metrics

    row = {"question": "?", "choices": list("wxyz"), "answer": 0}
    monkeypatch.setattr(metrics, "load_dataset_with_retries", lambda *_, **__: [row])
    model = SimpleNamespace(cfg=SimpleNamespace(model_name="another-it"))
    with pytest.raises(Exception, match="prompt format not found"):
        metrics.calculate_MCQ_metrics(model, 1, "")
    with unlearning.called(model, "gemma-2-2b-it"):
        assert model.cfg.model_name == "gemma-2-2b-it"
    assert model.cfg.model_name == "another-it"


def test_results_upstream_of_other_settings_still_count(tmp_path: Path) -> None:
    """A .pkl of an earlier sweep is scored with the others (fault I4)."""
    import pickle

    for multiplier, right in ((25, 0.9), (999, 0.1)):
        metrics = {
            "wmdp-bio": {"mean_correct": right, "total_correct": 1, "is_correct": [1]},
            "human_aging": {"mean_correct": 1.0, "total_correct": 1, "is_correct": [1]},
        }
        name = f"clamp_feature_activation_multiplier{multiplier}_nfeatures10_layer2_retainthres0.01.pkl"
        (tmp_path / name).write_bytes(pickle.dumps(metrics))
    assert unlearning.get_unlearning_scores(unlearning.get_metrics_df(tmp_path)) == pytest.approx(0.9)


def test_gradients_upstream_are_still_switched_for_good(tmp_path: Path) -> None:
    """Both evals set them for the whole process; within own_data that ends with it (fault I5)."""
    from sae_bench.evals.unlearning.utils import eval as theirs

    assert "torch.set_grad_enabled(False)" in inspect.getsource(theirs.run_eval_single_sae)
    assert "torch.set_grad_enabled(True)" in inspect.getsource(ravel.main.run_eval_single_sae)
    here = os.getcwd()
    with own_data(tmp_path, {}):
        torch.set_grad_enabled(False)
    assert torch.is_grad_enabled()
    assert os.getcwd() == here


def test_hooks_upstream_still_want_tuples() -> None:
    """Without tuples a batch's first text is read for all of it; with them each text's own (fault I6)."""
    from sae_bench.sae_bench_utils.activation_collection import get_layer_activations

    lm = load_lm(LOCAL_MODEL)
    batch = lm.tokenizer(["a man", "a dog"], return_tensors="pt")
    inputs = {"input_ids": batch["input_ids"]}
    true = lm.model(**inputs, output_hidden_states=True).hidden_states[2][:, -1]
    last = torch.tensor([-1, -1])
    with pytest.raises(IndexError):  # [tokens, d_model] where [batch, tokens, d_model] is meant
        get_layer_activations(lm.model, 1, inputs, last)
    plain = lm.model(**inputs).logits
    with ravel.tupled_blocks(lm.model):
        assert torch.equal(get_layer_activations(lm.model, 1, inputs, last), true)
        assert torch.equal(lm.model(**inputs).logits, plain)
    assert torch.equal(lm.model(**inputs).logits, plain)


def test_the_download_upstream_still_passes_an_argument_that_is_gone() -> None:
    """`local_dir_use_symlinks` is in its call and not in huggingface_hub (fault I7)."""
    from huggingface_hub import snapshot_download

    assert "local_dir_use_symlinks" in inspect.getsource(ravel.RAVELInstance.load_files)
    assert "local_dir_use_symlinks" not in inspect.signature(snapshot_download).parameters


def test_data_sets_named_by_a_relative_path_are_still_mixed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second folder of the same relative name gives the first one's rows, but not within own_data (fault I8)."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")

    def folder(name: str) -> Path:
        data = tmp_path / name / "real"
        data.mkdir(parents=True)
        (data / "test.jsonl").write_text(json.dumps({"text": name}) + "\n")
        entry = "- config_name: some\n  data_files:\n  - split: test\n    path: test.jsonl\n"
        (data / "README.md").write_text(f"---\nconfigs:\n{entry}---\n")
        return data

    plain = []
    for name in ("a", "b"):
        work = tmp_path / name / "work" / "some"
        work.mkdir(parents=True)
        (work / "set").symlink_to(folder(name))
        monkeypatch.chdir(work.parent)
        plain += datasets.load_dataset("some/set", "some", split="test")["text"]
    assert plain == ["a", "a"]
    mended = []
    for name in ("c", "d"):
        (tmp_path / name).mkdir()
        with own_data(tmp_path / name, {Path("some/set"): folder(name)}):
            mended += datasets.load_dataset("some/set", "some", split="test")["text"]
    assert mended == ["c", "d"]


def test_ravel_upstream_still_averages_nothing() -> None:
    """No batch, no scores: NaN comes back and no error (fault I9)."""
    from sae_bench.evals.ravel.intervention import generate_batched_interventions

    with pytest.warns(RuntimeWarning):
        cause, isolation = generate_batched_interventions(None, None, None, [])
    assert cause != cause
    assert isolation != isolation


def test_ravel_upstream_still_finds_the_blocks_of_two_kinds_of_models() -> None:
    """Llama's are not found, GPT-NeoX's are, but have no norm where `tupled_blocks` looks for it (fault I10)."""
    from sae_bench.sae_bench_utils.activation_collection import get_module
    from transformers import AutoModelForCausalLM, GPTNeoXConfig

    llama = SimpleNamespace(config=SimpleNamespace(architectures=["LlamaForCausalLM"]))
    with pytest.raises(ValueError, match="LlamaForCausalLM not supported"):
        get_module(llama, 0)
    sizes = {
        "vocab_size": 30,
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
    }
    pythia = AutoModelForCausalLM.from_config(GPTNeoXConfig(**sizes, architectures=["GPTNeoXForCausalLM"]))
    assert get_module(pythia, 0) is pythia.base_model.layers[0]
    with pytest.raises(AttributeError, match="norm"), ravel.tupled_blocks(pythia):
        pass
