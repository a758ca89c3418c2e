"""Failures that lie outside the code, told by the exception's own words; and those that only sound alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.experiment.failure.outside import locked_modules, outside
from tests.agent.experiment.failure.causes import CRASH, cause_of


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (
            "huggingface_hub.errors.GatedRepoError: 401 Client Error. (Request ID: Root=1-abc)\nCannot access gated repo for url https://hub/x.",
            "gated",
        ),
        (
            "OSError: You are trying to access a gated repo.\nMake sure to have access to it at https://hub/google/gemma-2-2b.",
            "gated",
        ),
        ("requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://hub/api/models/x", "gated"),
        (
            "huggingface_hub.errors.LocalTokenNotFoundError: Token is required (`token=True`), but no token found.",
            "token",
        ),
        ("KeyError: 'HF_TOKEN'", "token"),
        ("ValueError: environment variable WANDB_API_KEY is not set", "token"),
        (
            "huggingface_hub.errors.OfflineModeIsEnabled: Cannot reach https://hub/x: offline mode is enabled.",
            "network",
        ),
        (
            "huggingface_hub.errors.LocalEntryNotFoundError: Cannot find the requested files in the local cache",
            "network",
        ),
        (
            "OSError: We couldn't connect to 'https://hub' to load the files, and couldn't find them in the cached files.",
            "network",
        ),
        (
            "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='hub', port=443): Max retries exceeded",
            "network",
        ),
        ("urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>", "network"),
        ("socket.gaierror: [Errno -2] Name or service not known", "network"),
        ("OSError: [Errno 101] Network is unreachable", "network"),
        ("RuntimeError: The NVIDIA driver on your system is too old (found version 11040).", "driver"),
        ("RuntimeError: CUDA error: CUDA driver version is insufficient for CUDA runtime version", "driver"),
        ("RuntimeError: CUDA unknown error - this may be due to an incorrectly set up environment", "driver"),
        ("RuntimeError: CUDA error: no kernel image is available for execution on the device", "driver"),
        (
            "torch.AcceleratorError: CUDA error: uncorrectable ECC error encountered\nCUDA kernel errors might be asynchronously reported at some other API call",
            "driver",
        ),
        (
            "torch.AcceleratorError: CUDA error: CUDA-capable device(s) is/are busy or unavailable\nSearch for `cudaErrorDevicesUnavailable'",
            "lost gpu",
        ),
        ("RuntimeError: CUDA error: uncorrectable NVLink error detected during the execution", "lost gpu"),
        ("RuntimeError: CUDA error: Invalid access of peer GPU memory over nvlink or a hardware error", "lost gpu"),
        ("RuntimeError: CUDA error: hardware stack error", "lost gpu"),
        (
            "RuntimeError: CUDA error: the remote procedural call between the MPS server and the MPS client failed",
            "lost gpu",
        ),
        ("pynvml.NVMLError_GpuIsLost: GPU is lost", "lost gpu"),
        (
            "RuntimeError: Unable to determine the device handle for GPU0000:3B:00.0: GPU is lost.  Reboot the system to recover this GPU",
            "lost gpu",
        ),
        (
            "RuntimeError: NVRM: Xid (PCI:0000:3b:00): 79, pid=4242, name=python, GPU has fallen off the bus.",
            "lost gpu",
        ),
        ("RuntimeError: Found no NVIDIA driver on your system.", "no gpu"),
        ("RuntimeError: CUDA error: no CUDA-capable device is detected", "no gpu"),
        ("RuntimeError: CUDA error: invalid device ordinal", "gpu"),
        ("AssertionError: Torch not compiled with CUDA enabled", "gpu"),
        ("RuntimeError: No CUDA GPUs are available", "no gpu"),
        ("OSError: [Errno 28] No space left on device", "disk"),
        (
            'safetensors_rust.SafetensorError: Error while serializing: IoError(Os { code: 28, message: "No space left on device" })',
            "disk",
        ),
        ("OSError: [Errno 122] Disk quota exceeded", "disk"),
        ("ImportError: libcudart.so.12: cannot open shared object file: No such file or directory", "library"),
        ("ImportError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by x.so)", "library"),
        ("ModuleNotFoundError: No module named 'harness'", "module"),
    ],
)
def test_failures_outside_the_code(tmp_path: Path, message: str, kind: str) -> None:
    """Failures that no edit can mend are told by the exception's words, each with what to do about it."""
    cause = cause_of(tmp_path, CRASH.split("TypeError")[0] + message + "\n")
    assert cause.environment, cause
    assert cause.kind == kind
    assert "Hint: " in cause.shown


@pytest.mark.parametrize(
    "message",
    [
        "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB",
        "RuntimeError: CUDA error: device-side assert triggered",
        "torch.AcceleratorError: CUDA error: an illegal memory access was encountered\nSearch for `cudaErrorIllegalAddress'",
        "RuntimeError: CUDA error: misaligned address",
        "RuntimeError: CUDA error: unspecified launch failure",
        "RuntimeError: CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa, opb)`",
        "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2048x128 and 256x2048)",
        "ModuleNotFoundError: No module named 'einops_extra_tools'",
        "ModuleNotFoundError: No module named 'torch.sparsity'",
        "ImportError: cannot import name 'topk' from 'harness'",
        "FileNotFoundError: [Errno 2] No such file or directory: 'data.bin'",
        "OSError: [Errno 30] Read-only file system: '/repo/harness/x'",
        "PermissionError: [Errno 13] Permission denied: '/etc/x'",
        "KeyError: 'token'",
        "ValueError: token ids must be below 4096",
        "AttributeError: 'Trainer' object has no attribute 'network'",
        "AssertionError: network has 401 units",
        "ValueError: k=403 must be smaller than d_sae",
    ],
)
def test_failures_of_the_code(message: str) -> None:
    """Failures that an edit can mend are never taken for the environment's, however alike they sound."""
    assert outside(message) is None


def test_a_gpu_lost_below_python_is_the_environments(tmp_path: Path) -> None:
    """Where C++ aborts, its own what() line above the stack says why; a fault of the code there stays the code's."""
    text = (
        "terminate called after throwing an instance of 'c10::AcceleratorError'\n  what():  CUDA error: {}\n"
        "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.\n"
        "Exception raised from c10_cuda_check_implementation at ../c10/cuda/CUDAException.cpp:43 (most recent call first):\n"
        "frame #0: c10::Error::Error(c10::SourceLocation, std::string) + 0x98 (0x7f0a in /x/lib/libc10.so)\n"
    )
    lost = cause_of(tmp_path, text.format("CUDA-capable device(s) is/are busy or unavailable"), exit_code=-6)
    assert (lost.environment, lost.kind) == (True, "lost gpu")
    assert not cause_of(tmp_path, text.format("an illegal memory access was encountered"), exit_code=-6).environment


def test_a_warning_in_the_log_is_not_the_cause(tmp_path: Path) -> None:
    """Only the exception decides: a warning about a missing driver far above changes nothing."""
    warning = "UserWarning: CUDA initialization: Found no NVIDIA driver on your system.\n  return torch._C._cuda_getDeviceCount() > 0\n"
    assert not cause_of(tmp_path, warning + CRASH).environment
    assert not cause_of(
        tmp_path, warning + "experiment.py: error: unrecognized arguments: --x\n", exit_code=2
    ).environment


def test_a_network_failure_beneath_another_exception(tmp_path: Path) -> None:
    """The root of a chain decides where the last exception does not say it."""
    text = (
        'Traceback (most recent call last):\n  File "/x/site-packages/urllib3/connection.py", line 9, in connect\n    f()\n'
        "socket.gaierror: [Errno -3] Temporary failure in name resolution\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
    ) + CRASH.replace("exp()", "None")
    cause = cause_of(tmp_path, text)
    assert cause.environment
    assert cause.kind == "network"


def test_the_sandbox_itself_failing_is_the_environments(tmp_path: Path) -> None:
    """Where bubblewrap cannot start the program, no edit is asked for."""
    cause = cause_of(tmp_path, "bwrap: setting up uid map: Permission denied\n")
    assert cause.environment
    assert cause.reason == "the sandbox could not run it: setting up uid map: Permission denied"


def test_a_module_of_the_fixed_half_is_no_edits_fault() -> None:
    """The template says which modules are its own; any other that is missing may be the coder's import."""
    message = "ModuleNotFoundError: No module named 'judge'"
    assert outside(message) is None
    found = outside(message, {"judge"})
    assert found is not None and found.kind == "module" and "fixed half" in found.remedy


def test_a_locked_package_that_is_missing_is_the_environments() -> None:
    """What the environments' locks hold was there when they were made: import names, not names of packages."""
    assert "yaml" in locked_modules() and "pyyaml" not in locked_modules()
    found = outside("ModuleNotFoundError: No module named 'yaml'")
    assert found is not None and "make setup" in found.remedy
