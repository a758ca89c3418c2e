"""SAEBench's published protocol: our calls are those of its own script, field by field, and each file says where it differs."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from harness.evaluation import protocol
from harness.evaluation.data_sets import OPENWEBTEXT
from harness.evaluation.evals import EVALS
from harness.evaluation.scoring.writer import SUFFIX
from harness.read.lm import LOCAL_MODEL, model_folder
from tests.harness.evaluation.full_scale import full_subject, scored

OF_THE_MACHINE = ("model_name", "artifact_dir", "results_path", "model_cache_path", "verbose")


def handed_over(model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, dict[str, Any]]:
    """By eval, the configuration that sae-bench's own script of its published runs hands over for a model."""
    from sae_bench.custom_saes import run_all_evals_custom_saes as script

    found: dict[str, dict[str, Any]] = {}
    modules = {
        "absorption": script.absorption,
        "autointerp": script.autointerp,
        "ravel": script.ravel,
        "sparse_probing": script.sparse_probing,
        "sparse_probing_sae_probes": script.sparse_probing_sae_probes,
    }
    for name, module in modules.items():
        monkeypatch.setattr(
            module, "run_eval", lambda config, *_, name=name, **__: found.update({name: asdict(config)})
        )

    def scr_or_tpp(config: Any, *_: object, **__: object) -> None:
        found["scr" if config.perform_scr else "tpp"] = asdict(config)

    monkeypatch.setattr(script.scr_and_tpp, "run_eval", scr_or_tpp)
    monkeypatch.setattr(script.core, "multiple_evals", lambda **given: found.update({"core": given}))
    monkeypatch.chdir(tmp_path)
    known = script.MODEL_CONFIGS[model]
    script.run_evals(model, [], known["batch_size"], known["dtype"], "cpu", list(script.output_folders), api_key="k")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("model", ["gemma-2-2b", "pythia-70m-deduped"])
def test_each_configuration_is_that_of_the_published_runs(
    model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Field by field, for every eval that its script runs; core by the arguments of its own function."""
    theirs = handed_over(model, monkeypatch, tmp_path)
    assert set(theirs) == {protocol_folder(each) for each in EVALS} - {"unlearning"}
    for each in EVALS:
        if each.name in ("core", "unlearning"):
            continue
        given = json.loads(json.dumps(theirs[protocol_folder(each)]))
        ours = protocol.fields(each.name, model)
        for field, value in given.items():
            assert field in OF_THE_MACHINE or ours[field] == value, (each.name, field)
    core = protocol.fields("core", model)
    for name, value in theirs["core"].items():
        field = {"eval_batch_size_prompts": "batch_size_prompts", "dtype": "llm_dtype"}.get(name, name)
        assert field in ("selected_saes", "output_folder", "device", "verbose") or core[field] == value, name


def protocol_folder(each: Any) -> str:
    """sae-bench's script calls an eval by its folder, absorption aside."""
    return "sparse_probing_sae_probes" if each.name == "sae_probes" else str(each.name)


def test_unlearning_has_the_sizes_of_the_paper_s_runs() -> None:
    """The script names them and skips the eval: an eighth of the batch, the instruction-tuned sibling."""
    found = protocol.fields("unlearning", "google/gemma-2-2b")
    assert (found["llm_batch_size"], found["model_name"], found["llm_dtype"]) == (4, "gemma-2-2b-it", "bfloat16")


def test_a_file_that_follows_the_protocol_differs_in_nothing() -> None:
    """Its configuration is the published one, of a published layer: nothing is to be said."""
    value = {"eval_config": protocol.fields("scr", "gemma-2-2b"), "sae_cfg_dict": {"hook_layer": 12}}
    assert protocol.mark("scr", value, "saebench", "google/gemma-2-2b") == {"protocol": "saebench", "differs": []}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_values": [1]}, "n_values: [1], [2, 5, 10, 20, 50, 100, 500] in the published runs"),
        ({"llm_batch_size": 8}, "llm_batch_size: 8, 32 in the published runs"),
        ({"dataset_names": ["wordnet"]}, 'dataset_names: ["wordnet"], '),
    ],
)
def test_each_difference_is_named(change: dict[str, Any], said: str) -> None:
    """With both values, so that a reader can tell whether two files may be compared."""
    value = {"eval_config": {**protocol.fields("scr", "gemma-2-2b"), **change}, "sae_cfg_dict": {"hook_layer": 12}}
    (found,) = protocol.mark("scr", value, "labloop", "gemma-2-2b")["differs"]
    assert found.startswith(said)


def test_another_layer_and_another_model_are_named() -> None:
    """No published result is of them."""
    value = {"eval_config": protocol.fields("scr", "gemma-2-2b"), "sae_cfg_dict": {"hook_layer": 7}}
    assert protocol.differences("scr", value, "gemma-2-2b") == ["layer: 7, 12 in the published runs"]
    assert "no results" in protocol.differences("scr", value, "local/small")[0]
    assert protocol.differences("robustness", {}, "gemma-2-2b") == ["SAEBench has no such eval"]


@pytest.mark.slow
@pytest.mark.usefixtures("own_cache")
def test_core_is_sae_bench_s_own_run_on_its_own_text(tmp_path: Path) -> None:
    """Its figures under our names, on the text of its name; ours on held-out activations beside them; its file marked."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "core")
    sizes = {"n_eval_reconstruction_batches": 2, "n_eval_sparsity_variance_batches": 3, "batch_size_prompts": 2}
    given = replace(
        given,
        protocol="saebench",
        settings={"core": protocol.CORE | sizes | {"context_size": 64}},
        writer=replace(given.writer, protocol="saebench"),
    )
    text = tmp_path / "data" / OPENWEBTEXT / "train.jsonl"
    text.parent.mkdir(parents=True)
    line = "a long walk along the river in the rain , and then a stop for tea . " * 20
    text.write_text("".join(json.dumps({"text": f"{n} {line}"}) + "\n" for n in range(40)))
    found = scored(given)
    file = json.loads((tmp_path / "out" / "core" / f"run_1{SUFFIX}").read_text())
    theirs = file["eval_result_metrics"]["reconstruction_quality"]["explained_variance"]
    assert found.metrics["explained_variance"].mean == theirs
    assert found.details["core_on_heldout"]["explained_variance"] != theirs
    assert "explained_variance_legacy" in found.details and found.details["protocol"] == "saebench"
    assert file["labloop"]["protocol"] == "saebench"
    assert file["eval_config"]["dataset"] == OPENWEBTEXT
    assert any(each.startswith("context_size: 64") for each in file["labloop"]["differs"])


@pytest.mark.slow
@pytest.mark.usefixtures("own_cache")
def test_a_run_of_core_that_gives_up_says_why(tmp_path: Path) -> None:
    """sae-bench logs and goes on; here the reason is raised."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "core")
    given = replace(given, protocol="saebench", settings={"core": dict(protocol.CORE)})
    text = tmp_path / "data" / OPENWEBTEXT / "train.jsonl"
    text.parent.mkdir(parents=True)
    text.write_text(json.dumps({"words": "no text"}) + "\n")
    with pytest.raises(Exception, match="sae-bench's core gave up"):
        scored(given)
