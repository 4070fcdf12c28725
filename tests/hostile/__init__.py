"""Generated hostile inputs, every analysis that takes a text, and what must not come out."""
