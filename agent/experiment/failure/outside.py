"""Failures that lie outside the code: told from the exception's own words, never by asking a model."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from dataclasses import dataclass

from agent.session.paths import REPOSITORY


@dataclass(frozen=True)
class Outside:
    """A failure that no edit can mend."""

    kind: str
    """gated, token, network, gpu, no gpu, lost gpu, driver, disk, module, library, machine, cluster or sandbox."""
    remedy: str


# Asked of `Type: message` of the exceptions of the last chain, from the last back; the first row that matches decides.
_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "gated",
        r"GatedRepoError|Cannot access gated repo|gated repo|Access to model .{0,120} is restricted"
        r"|You must (?:have access to it and be|be) authenticated",
        "the model is gated: accept its licence on the hub, log in, and fetch it once",
    ),
    (
        "token",
        r"(?:HF_TOKEN|HUGGING_?FACE\w*TOKEN|API[_ ]?KEY|WANDB_API_KEY).{0,80}(?:not set|missing|not found|required)"
        r"|LocalTokenNotFoundError|Invalid (?:user )?token|Token is required|api_key not configured"
        r"|KeyError: '(?:HF_TOKEN|HUGGINGFACE_TOKEN|HUGGING_FACE_HUB_TOKEN|WANDB_API_KEY|OPENAI_API_KEY)'"
        r"|UsageError: api_key",
        "a token is missing; experiments get none, so fetch what it guards beforehand",
    ),
    (
        "gated",
        r"401 Client Error|403 Client Error|RepositoryNotFoundError|Unauthorized for url|Forbidden for url",
        "the hub refuses access: check the model's name and the account's rights",
    ),
    (
        "network",
        r"OfflineModeIsEnabled|LocalEntryNotFoundError|outgoing traffic has been disabled"
        r"|couldn't connect to 'https?://|We could(?: not|n't) connect to|Cannot reach https?://"
        r"|Temporary failure in name resolution|Name or service not known|nodename nor servname"
        r"|getaddrinfo failed|NameResolutionError|Network is unreachable|No route to host|Failed to resolve"
        r"|MaxRetryError|NewConnectionError|ConnectTimeout|ReadTimeoutError|requests\.exceptions\.(?:Connection|Proxy|SSL)Error"
        r"|urllib\.error\.URLError|httpx\.(?:Connect|Proxy)\w*|CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|Couldn't reach|HfHubHTTPError: 5\d\d|50[0234] Server Error|429 Client Error"
        r"|Cannot find (?:the requested files|an appropriate cached snapshot folder)",
        "the network or the hub cannot be reached: experiments run without one, so fetch models and data beforehand",
    ),
    (
        "driver",
        r"CUDA driver version is insufficient|CUDA driver initialization failed|driver/library version mismatch"
        r"|forward compatibility was attempted|CUDA error: (?:unknown error|initialization error|system not yet initialized"
        r"|all CUDA-capable devices are busy|no kernel image|uncorrectable ECC|device kernel image is invalid)"
        r"|CUDA unknown error|NVML: ?(?:Driver|Unknown)|cuInit.{0,40}(?:304|fail)|NVIDIA driver on your system is too old"
        r"|Error 80[234]: |system has unsupported display driver / cuda driver combination",
        "the GPU's driver does not work with these packages: mend the driver or install the other lock",
    ),
    (
        "lost gpu",
        r"CUDA-capable device\(s\) is/are busy or unavailable|GPU is lost|fallen off the bus|NVRM: Xid"
        r"|(?:CUDA|HIP) error: (?:device (?:is )?lost|uncorrectable NVLink|hardware stack error|an async error has occured in external"
        r"|Invalid access of peer GPU memory over nvlink or a hardware error|system has unsupported display driver|(?:the )?MPS )"
        r"|remote procedural call between the MPS|NVML: (?:GPU access blocked|Insufficient Permissions)|NVMLError_GpuIsLost"
        r"|Unable to determine the device handle for GPU",
        "the GPU does not answer any more: look at nvidia-smi and the kernel's log, reset it or restart the machine",
    ),
    (
        "no gpu",
        r"Found no NVIDIA driver|no CUDA-capable device is detected|No CUDA GPUs are available|No visible GPU devices",
        "there is no GPU for it here",
    ),
    ("gpu", r"not compiled with CUDA enabled|CUDA error: invalid device ordinal", "there is no such GPU for it here"),
    (
        "disk",
        r"No space left on device|Disk quota exceeded|Errno 28\b|Errno 122\b|database or disk is full",
        "the disk is full: free some space",
    ),
    (
        "library",
        r"ImportError: .{0,200}(?:cannot open shared object file|undefined symbol|GLIBC\w*_[\d.]+' not found)"
        r"|OSError: .{0,200}cannot open shared object file|Could not load library .{0,200}cannot open shared object|Failed to find C compiler|numpy\.dtype size changed"
        r"|compiled using NumPy 1\.x cannot be run|cuDNN version incompatibility|module compiled against API version",
        "a system library is missing: install it, or set the environment up again with `make setup`",
    ),
    (
        "machine",
        r"Too many open files in system|cannot allocate memory for thread-local data|Errno 5\] Input/output error"
        r"|Stale file handle|Transport endpoint is not connected|Cannot send after transport endpoint shutdown|Host is down"
        r"|Remote I/O error|Structure needs cleaning|Bus error: .{0,40}I/O",
        "the machine's disk or kernel is at its limit",
    ),
    (
        "cluster",
        r"DUE TO (?:NODE FAIL\w*|PREEMPTION|JOB REQUEUE)|NODE_FAIL|\bPREEMPTED\b|launch failed requeued held",
        "the cluster took the node away: continue with --resume",
    ),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE | re.DOTALL), remedy) for kind, pattern, remedy in _TABLE)
_SANDBOX = re.compile(r"^(?:bwrap|labloop): (?P<what>.+)$", re.MULTILINE)
_MODULE = re.compile(r"ModuleNotFoundError: No module named '(?P<name>[^']+)'")
_NOT_ITS_NAME = {"scikit_learn": "sklearn", "pyyaml": "yaml", "pillow": "pil"}


def outside(message: str, fixed_modules: Collection[str] = ()) -> Outside | None:
    """What an exception's `Type: message` says is wrong outside the code; None where an edit may mend it.

    `fixed_modules` are the template's own, which no edit reaches.
    """
    for kind, pattern, remedy in _COMPILED:
        if pattern.search(message):
            return Outside(kind, remedy)
    missing = missing_module(message)
    if missing and missing in fixed_modules:
        return Outside("module", f"{missing} belongs to the template's fixed half and is missing: put it back")
    if missing and missing in locked_modules():
        return Outside("module", f"the package {missing} belongs to the environment and is missing: type `make setup`")
    return None


def sandbox_failure(stderr: str) -> str:
    """What the sandbox itself says went wrong before the command ran; empty where it says nothing."""
    match = _SANDBOX.search(stderr) if len(stderr) < 2000 else None
    return match["what"] if match else ""


def missing_module(message: str) -> str:
    """The top-level package that an import did not find; empty where it is another failure, or a part of a package."""
    match = _MODULE.search(message)
    return match["name"] if match and "." not in match["name"] else ""


@functools.lru_cache(maxsize=1)
def locked_modules() -> frozenset[str]:
    """Import names of the packages that the environments' locks hold."""
    found = set()
    for path in sorted((REPOSITORY / "requirements").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            match = re.match(r"([A-Za-z0-9][\w.-]*)\s*(?:==|@)", line)
            if match:
                name = re.sub(r"[-.]+", "_", match.group(1)).lower()
                found.add(_NOT_ITS_NAME.get(name, name))
    return frozenset(found)
