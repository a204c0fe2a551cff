"""Measurements: each module is one bench, run alone as `python -m bench.NAME` or all by `make bench`."""
