"""The original weights: what there is, how it comes here, and how it is loaded."""
