"""Filling blanks: beam search over what each family can predict."""
