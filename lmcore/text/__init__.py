"""Text as data: words with spans, languages, inflections, prompts, blanks, the catalogue."""
