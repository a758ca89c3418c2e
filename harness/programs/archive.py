"""The parts of an exported program's archive (`.pt2`) that are data: JSON, and tensors as bytes. No pickle is opened."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from harness.errors import ProgramError

# torch._export.serde.schema.ScalarType
DTYPES = {
    1: torch.uint8,
    2: torch.int8,
    3: torch.int16,
    4: torch.int32,
    5: torch.int64,
    6: torch.float16,
    7: torch.float32,
    8: torch.float64,
    12: torch.bool,
    13: torch.bfloat16,
}
TABLES = {  # member that describes tensors → folder and names of the members that hold them
    "data/weights/model_weights_config.json": re.compile(r"data/weights/weight_\d+"),
    "data/constants/model_constants_config.json": re.compile(r"data/constants/tensor_\d+"),
}
MAX_GRAPH_BYTES = 20_000_000
MAX_TENSOR_BYTES = 4_000_000_000


class Members:
    """The members of the archive by their names below its top folder."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in archive.infolist():
            name = info.filename.partition("/")[2]
            if name in self._members:
                raise ProgramError(f"holds {name} twice")
            if name.startswith("data/aotinductor/"):
                raise ProgramError("holds compiled code; export it without compiling")
            self._members[name] = info

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a member, at most so many."""
        info = self._members.get(name)
        if info is None:
            raise ProgramError(f"has no {name}: it is no program as torch.export.save writes it")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > most:
            raise ProgramError(f"{name} is compressed, or larger than {most} bytes")
        return self._archive.read(info)


def read_tensors(members: Members) -> dict[str, Tensor]:
    """All tensors of the archive, by name. Raises ProgramError for one that is pickled or does not fit its description."""
    return {name: tensor for table, pattern in TABLES.items() for name, tensor in _described(members, table, pattern)}


def _described(members: Members, table: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, Tensor]]:
    for name, described in json.loads(members.read(table, MAX_GRAPH_BYTES))["config"].items():
        member = f"{table.rpartition('/')[0]}/{described['path_name']}"
        if described["use_pickle"] or not pattern.fullmatch(member):
            raise ProgramError(f"{name} is pickled or no tensor: only plain tensors are read")
        meta = described["tensor_meta"]
        dtype = dtype_of(meta["dtype"])
        raw = bytearray(members.read(member, MAX_TENSOR_BYTES))
        flat = torch.frombuffer(raw, dtype=dtype) if raw else torch.empty(0, dtype=dtype)
        sizes, strides = ([_number(size) for size in meta[key]] for key in ("sizes", "strides"))
        yield name, flat.as_strided(sizes, strides, _number(meta["storage_offset"])).clone()


def _number(described: dict[str, Any]) -> int:
    value = described["as_int"]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ProgramError(f"{value!r} stands where a size must be")
    return value


def dtype_of(number: object) -> torch.dtype:
    """The dtype that torch.export writes as this number. Raises ProgramError for another."""
    if not isinstance(number, int) or number not in DTYPES:
        raise ProgramError(f"holds numbers of an unknown type ({number!r})")
    return DTYPES[number]
