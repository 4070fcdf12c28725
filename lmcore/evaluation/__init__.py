"""Benchmarks: readers in, numbers out. ``python -m lmcore evaluate NAME`` runs one."""
