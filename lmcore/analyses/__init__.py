"""One file an analysis: readers and text in, plain data out."""
