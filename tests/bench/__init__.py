"""Benchmarks: `make bench` runs them all, each figure beside its raw limit in the same run."""
