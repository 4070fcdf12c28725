"""Everything Streamlit: thin page files, their sections, and what they share in ``ui``."""
