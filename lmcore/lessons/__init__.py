"""Lessons as data, their figures, and the printable handout."""
