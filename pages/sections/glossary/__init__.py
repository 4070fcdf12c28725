"""The body of the page “glossary”."""
