"""What the machine lacks is found with its remedy; what a session can do without is a warning."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.checks import machine as module
from agent.checks.machine import disk_check, gpu_check, output_check, sandbox_check
from tests.agent.checks.conftest import Fake


@pytest.mark.parametrize("out", ["/proc/labloop/runs", "/dev/null/runs"])
def test_an_output_folder_that_cannot_be_made_is_found(out: str) -> None:
    """Even root cannot write there, and is told before a session begins."""
    if not Path(out).parents[1].exists():
        pytest.skip("no such folder on this system")
    result = output_check(Path(out))
    assert not result.ok
    assert result.fatal
    assert out in result.detail
    assert "--out" in result.remedy


def test_a_full_disk_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little room is named with what is needed."""
    monkeypatch.setattr(module, "DISK_NEEDED_GB", 1e9)
    result = disk_check(tmp_path)
    assert not result.ok
    assert "make room" in result.remedy


def test_bubblewrap_that_does_not_work_is_fatal_only_when_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` goes on without namespaces and says so, but not with live code; `bwrap` stops."""
    monkeypatch.setattr(module, "bwrap_problem", lambda: "no namespaces here")
    for kind, fatal in (("auto", False), ("bwrap", True)):
        result = sandbox_check(kind)
        assert (result.ok, result.fatal) == (False, fatal)
        assert "no namespaces here" in result.detail
    demanded = sandbox_check("bwrap", live=True)
    assert demanded.fatal and "without namespaces" not in demanded.detail and "--sandbox plain" in demanded.remedy
    assert sandbox_check("plain").ok and sandbox_check("plain", live=True).ok
    asked = sandbox_check("auto", live=True)
    assert asked.fatal and not asked.ok and "give --sandbox plain once" in asked.remedy


@pytest.mark.parametrize(
    ("script", "ok", "said"),
    [
        ("echo 'NVIDIA H200, 143771 MiB'", True, "NVIDIA H200"),
        ("echo 'NVIDIA-SMI has failed' ; exit 9", False, "NVIDIA-SMI has failed"),
        ("exit 0", False, "no answer"),
    ],
)
def test_a_gpu_is_reported_and_never_fatal(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, script: str, ok: bool, said: str
) -> None:
    """A GPU is named, a broken driver is a warning: experiments run on the CPU."""
    program = fake("nvidia-smi", script)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    result = gpu_check()
    assert (result.ok, result.fatal) == (ok, False)
    assert said in result.detail


def test_a_machine_without_a_gpu_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Experiments run on the CPU, and nothing is to be done about it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_check().ok and gpu_check().remedy == ""
