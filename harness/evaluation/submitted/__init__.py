"""The SAE that a run left: read as data, checked, and run as it says."""
