"""Programs are read as data: what is good computes what was exported, and nothing in a bad file is ever executed."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from harness.errors import ProgramError
from harness.exported import ExportedSAE
from harness.programs.program import load_program, read_program
from harness.saved import save_sae

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).resolve().parents[3]
D_IN, D_SAE, K = 6, 20, 3
CONFIG = {"k": K, "d_sae": D_SAE, "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}


class OddSAE(nn.Module):
    """An encoder in two layers with a TopK written in place: nothing that a SAELens file could describe."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Linear(D_IN, 30)
        self.second = nn.Linear(30, D_SAE)
        self.W_dec = nn.Parameter(torch.randn(D_SAE, D_IN))
        self.b_dec = nn.Parameter(torch.randn(D_IN))
        self.register_buffer("floor", torch.rand(D_SAE) / 10)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        hidden = nn.functional.gelu(nn.functional.layer_norm(self.first(x - self.b_dec), (30,)))
        pre = self.second(hidden)
        values, indices = pre.topk(K, dim=-1)
        codes = torch.zeros_like(pre).scatter_(1, indices, values.relu())
        codes[:, 0] = 0
        return torch.where(codes > self.floor, codes, torch.zeros((x.shape[0], 1), device=x.device))

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return codes @ self.W_dec + self.b_dec


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs of an OddSAE that was trained on inputs scaled by 0.5."""
    folder = tmp_path_factory.mktemp("sae")
    sae = OddSAE()
    exported = ExportedSAE(sae.encode, sae.decode, D_IN, D_SAE, k=K, W_dec=sae.W_dec)
    save_sae(folder, exported.unscaled(0.5), CONFIG)
    return folder


def test_a_program_computes_what_was_exported_for_any_number_of_rows(saved: Path) -> None:
    """encode and decode equal the module's, for one row, many and none."""
    sae, (encode, decode) = OddSAE(), load_program(saved)
    for rows in (1, 7, 300, 0):
        x = torch.randn(rows, D_IN)
        codes = encode(x)
        assert torch.allclose(codes, sae.encode(0.5 * x) / 0.5, atol=1e-6)
        assert torch.allclose(decode(codes), sae.decode(0.5 * codes) / 0.5, atol=1e-6)
        assert not codes.requires_grad
    assert (encode(torch.randn(50, D_IN)) > 0).any()


def test_the_files_also_are_what_torch_itself_loads(saved: Path) -> None:
    """The archive is torch's own format: torch.export.load gives the same function."""
    x = torch.randn(9, D_IN)
    theirs = torch.export.load(saved / "encode.pt2").module()(x)
    assert torch.allclose(load_program(saved)[0](x), theirs, atol=1e-6)


def test_a_process_without_the_experiments_code_can_run_them(saved: Path, tmp_path: Path) -> None:
    """A fresh process in an empty folder, where `experiment` and this test cannot be imported, encodes and decodes."""
    code = """
import sys
sys.modules["experiment"] = None  # an import of it is an ImportError
import pickle, torch
def refuse(*a, **k): raise SystemExit("something was unpickled")
torch.load = pickle.load = pickle.loads = refuse
from pathlib import Path
from harness.programs.program import load_program
encode, decode = load_program(Path(sys.argv[1]))
x = decode(encode(torch.ones(4, 6)))
assert x.shape == (4, 6) and not [name for name in sys.modules if name.startswith(("tests", "sae_lens"))]
print(x.sum().item())
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(saved)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    sae = OddSAE()
    wanted = sae.decode(sae.encode(0.5 * torch.ones(4, D_IN))) / 0.5
    assert abs(float(done.stdout) - wanted.sum().item()) < 1e-4


def altered(saved: Path, path: Path, changes: dict[str, bytes | None], compression: int = zipfile.ZIP_STORED) -> Path:
    """A copy of encode.pt2 with members replaced, added or (None) left out."""
    with zipfile.ZipFile(saved / "encode.pt2") as old, zipfile.ZipFile(path, "w", compression) as new:
        for info in old.infolist():
            name = info.filename.partition("/")[2]
            content = changes.get(name, old.read(info)) if name in changes else old.read(info)
            if content is not None:
                new.writestr(info.filename, content)
        for name, content in changes.items():
            if content is not None and f"encode/{name}" not in old.namelist():
                new.writestr(f"encode/{name}", content)
    return path


def member(saved: Path, name: str) -> Any:
    with zipfile.ZipFile(saved / "encode.pt2") as archive:
        return json.loads(archive.read(f"encode/{name}"))


def with_graph(saved: Path, path: Path, change: Any) -> Path:
    """A copy whose graph was changed by a function."""
    whole = member(saved, "models/model.json")
    change(whole["graph_module"])
    return altered(saved, path, {"models/model.json": json.dumps(whole).encode()})


def with_weights(saved: Path, path: Path, change: Any) -> Path:
    """A copy whose table of weights was changed by a function."""
    name = "data/weights/model_weights_config.json"
    table = member(saved, name)
    change(next(iter(table["config"].values())))
    return altered(saved, path, {name: json.dumps(table).encode()})


class Payload:
    """Unpickled, it writes a file: the sign that foreign code ran."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.write_text, (self.sign, "executed"))


def test_pickles_in_the_archive_are_never_opened(saved: Path, tmp_path: Path) -> None:
    """A payload among the sample inputs runs under torch.export.load, and does not run here."""
    sign = tmp_path / "sign"
    payload = io.BytesIO()
    torch.save((Payload(sign),), payload)
    path = altered(saved, tmp_path / "bad.pt2", {"data/sample_inputs/model.pt": payload.getvalue()})
    program = read_program(path)
    assert program(torch.ones(2, D_IN)).shape == (2, D_SAE)
    assert not sign.exists()
    with pytest.raises(Exception, match=""):
        torch.export.load(path)
    assert sign.exists()  # the payload works: what did not run it above was this reader


def test_a_pickled_weight_is_refused(saved: Path, tmp_path: Path) -> None:
    """A weight marked as pickled is an error, and is not opened."""
    sign = tmp_path / "sign"

    def change(weight: Any) -> None:
        weight["use_pickle"] = True

    path = with_weights(saved, tmp_path / "bad.pt2", change)
    whole: dict[str, bytes | None] = {"data/weights/weight_0": pickle.dumps(Payload(sign))}
    with zipfile.ZipFile(path) as archive:
        whole["data/weights/model_weights_config.json"] = archive.read("encode/data/weights/model_weights_config.json")
    with pytest.raises(ProgramError, match="is pickled or no tensor"):
        read_program(altered(saved, tmp_path / "worse.pt2", whole))
    assert not sign.exists()


def test_text_in_the_graph_is_never_evaluated(saved: Path, tmp_path: Path) -> None:
    """An expression for a size is code to torch.export.load; here it is not even read."""
    sign = tmp_path / "sign"
    code = f"__import__('pathlib').Path({str(sign)!r}).write_text('executed')"

    def change(graph_module: Any) -> None:
        for described in graph_module["graph"]["sym_int_values"].values():
            described["as_expr"]["expr_str"] = code
        for described in graph_module["graph"]["tensor_values"].values():
            for size in described["sizes"]:
                if "as_expr" in size:
                    size["as_expr"]["expr_str"] = code

    read_program(with_graph(saved, tmp_path / "bad.pt2", change))(torch.ones(3, D_IN))
    assert not sign.exists()


@pytest.mark.parametrize(
    "target",
    [
        "torch.os.system",
        "torch.hub.load",
        "torch.load",
        "_operator.methodcaller",
        "_operator.attrgetter",
        "math.__class__",
        "builtins.eval",
        "torch.ops.aten.from_file.default",
        "torch.ops.aten.add_.Tensor",
        "torch.ops.aten.rand.default",
        "torch.ops.aten.native_dropout.default",
        "torch.ops.aten.empty.memory_format",
        "torch.ops.aten.as_strided.default",
        "torch.ops.aten.__class__.__name__",
        "torch.ops.aten.add.__init__",
        "torch.ops.prims.add.default",
        "torch.ops.aten.addmm.out",
        "torch.ops.aten.atan2.out",
        "torch.ops.aten.resize_.default",
        "torch.ops.higher_order.cond",
        "#custom:thing",
        "",
        None,
        7,
    ],
)
def test_only_pure_core_operators_are_called(saved: Path, tmp_path: Path, target: str | int | None) -> None:
    """An operator that reaches the system, changes its input, draws at random or reads raw memory: an error naming it."""

    def change(graph_module: Any) -> None:
        graph_module["graph"]["nodes"][0]["target"] = target

    with pytest.raises(ProgramError, match="calls"):
        read_program(with_graph(saved, tmp_path / "bad.pt2", change))


def set_first_input(kind: Any, value: Any) -> Any:
    def change(graph_module: Any) -> None:
        graph_module["graph"]["nodes"][0]["inputs"][0]["arg"] = {kind: value}

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_first_input("as_graph", {"name": "g"}), "as_graph"),
        (set_first_input("as_custom_obj", {"name": "o"}), "as_custom_obj"),
        (set_first_input("as_int", {"name": "o"}), "no number"),
        (set_first_input("as_scalar_type", 99), "unknown type"),
        (lambda g: g["signature"]["input_specs"].append({"custom_obj": {}}), "takes a custom_obj"),
        (lambda g: g["signature"]["input_specs"].append(g["signature"]["input_specs"][-1]), "must take one tensor"),
        (lambda g: g["signature"]["output_specs"].append({"buffer_mutation": {}}), "remember nothing"),
        (lambda g: g["signature"].pop("output_specs"), "cannot be read"),
        (lambda g: g["graph"].update(nodes=3), "cannot be read"),
    ],
)
def test_a_graph_that_is_no_plain_function_is_refused(saved: Path, tmp_path: Path, change: Any, message: str) -> None:
    """Control flow, objects, state and nonsense: an error that names the file and the reason."""
    path = with_graph(saved, tmp_path / "bad.pt2", change)
    with pytest.raises(ProgramError, match=message) as caught:
        read_program(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda w: w.update(path_name="../../../etc/passwd"), "pickled or no tensor"),
        (lambda w: w.update(path_name="weight_99"), "has no data/weights/weight_99"),
        (lambda w: w["tensor_meta"].update(dtype=9), "unknown type"),
        (lambda w: w["tensor_meta"].update(sizes=[{"as_int": 10**6}, {"as_int": 10**6}]), "do not fit"),
        (lambda w: w["tensor_meta"].update(storage_offset={"as_int": 10**9}), "do not fit"),
        (lambda w: w["tensor_meta"].update(strides=[{"as_int": -4}, {"as_int": 1}]), "where a size must be"),
    ],
)
def test_tensors_that_do_not_fit_their_description_are_refused(
    saved: Path, tmp_path: Path, change: Any, message: str
) -> None:
    """A wrong member, an unknown type, sizes and offsets beyond the bytes: an error, and no memory is read past its end."""
    with pytest.raises(ProgramError, match=message):
        read_program(with_weights(saved, tmp_path / "bad.pt2", change))


def test_damaged_archives_are_refused(saved: Path, tmp_path: Path) -> None:
    """Missing, cut short, compressed, without a graph, with compiled code, with a member twice: each is named."""
    with pytest.raises(ProgramError, match="nothing.pt2"):
        read_program(tmp_path / "nothing.pt2")
    half = tmp_path / "half.pt2"
    half.write_bytes((saved / "encode.pt2").read_bytes()[:5000])
    with pytest.raises(ProgramError, match="cannot be read"):
        read_program(half)
    with pytest.raises(ProgramError, match="compressed"):
        read_program(altered(saved, tmp_path / "deflated.pt2", {}, zipfile.ZIP_DEFLATED))
    with pytest.raises(ProgramError, match=r"has no models/model.json"):
        read_program(altered(saved, tmp_path / "empty.pt2", {"models/model.json": None}))
    with pytest.raises(ProgramError, match="compiled code"):
        read_program(altered(saved, tmp_path / "compiled.pt2", {"data/aotinductor/model/model.so": b"ELF"}))
    twice = tmp_path / "twice.pt2"
    twice.write_bytes((saved / "encode.pt2").read_bytes())
    with zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("other/models/model.json", "{}")
    with pytest.raises(ProgramError, match="holds models/model.json twice"):
        read_program(twice)
    huge = altered(saved, tmp_path / "nested.pt2", {"models/model.json": b"[" * 100_000})
    with pytest.raises(ProgramError):
        read_program(huge)
