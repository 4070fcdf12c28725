"""What readers return: plain data without torch."""
