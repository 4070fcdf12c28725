"""Which models read: choice, cards, downloads."""
