"""The body of the page “sentence score”."""
