"""The body of the page “home”."""
