"""What the pages share: text, inputs, caching, downloads."""
