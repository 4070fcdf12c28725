"""What happens when the server starts and before the first page."""
