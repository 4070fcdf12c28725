"""Components of our own, each with its script and style beside it."""
