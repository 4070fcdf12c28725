"""Everything Streamlit: one thin file a page, shared parts in ``_shared``."""
