"""The body of the page “generation”."""
