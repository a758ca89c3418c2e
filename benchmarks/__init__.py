"""How fast the harness trains, beside other libraries, on this machine: `make bench` (docs/performance.md)."""
