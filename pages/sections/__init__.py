"""Bodies of the pages, one folder a page: they draw views and compute nothing."""
