"""Faults that are put into a running app."""
