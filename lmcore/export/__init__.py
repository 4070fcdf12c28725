"""Numbers of a picture as a table."""
