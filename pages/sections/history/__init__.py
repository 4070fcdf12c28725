"""The body of the page “history”."""
