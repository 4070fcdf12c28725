"""The body of the page “lessons”."""
