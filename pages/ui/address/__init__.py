"""What the address of a page holds: state, rules, checks, and the link to copy."""
