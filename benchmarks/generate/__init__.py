"""Invented programmes with the shape of the published data: `python -m benchmarks.generate`."""
