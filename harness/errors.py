"""Every exception the harness raises on purpose.

HarnessError                 the message says what is wrong and what to do
├── ModelError               a language model cannot be loaded, or has no such layer
├── TextError                the text cannot give what was asked (too few tokens, unknown split or class)
├── DeviceError              the device that was asked for is not there
├── SettingsError            settings of a run that do not fit together (k > d_sae)
├── OutDirError              the folder of a run's results cannot be written
├── ProgramError             an exported program that cannot be written, or must not be run
├── ActivationsError         activations that no SAE can be trained on (NaN, infinity)
├── DataError                the process that hands out training data refuses, or is gone
└── CacheError               the cache folder cannot be used
    └── CacheMiss            the entry is not there and cannot be built here
"""

from __future__ import annotations


class HarnessError(Exception):
    """The root. `str()` is a message for a person: what happened, where, and the remedy."""


class ModelError(HarnessError):
    """A language model cannot be loaded, or has no such layer."""


class TextError(HarnessError):
    """The text cannot give what was asked."""


class DeviceError(HarnessError):
    """The device that was asked for is not there."""


class SettingsError(HarnessError):
    """Settings of a run that do not fit together."""


class OutDirError(HarnessError):
    """The folder of a run's results cannot be written; where training was done, says where the run lies instead."""


class ProgramError(HarnessError):
    """An exported program that cannot be written, or must not be run."""


class ActivationsError(HarnessError):
    """Activations that no SAE can be trained on."""


class DataError(HarnessError):
    """The process that hands out training data refuses what was asked, or is gone; says which."""


class CacheError(HarnessError):
    """The cache folder cannot be used: not writable, full, or held too long by another process."""


class CacheMiss(CacheError):
    """The entry is not in the cache and cannot be built here; says how to build it."""
