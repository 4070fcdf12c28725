"""The body of the page “finetuning”."""
