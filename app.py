"""Three Readers: ELMo, GPT and BERT read the same sentence. Start with ``streamlit run app.py``."""

import streamlit as st

from pages.ui.startup import set_up

#: Imported once, when the server starts; what runs for every visitor stands in the script.
app = st.App("pages/ui/startup/script.py", lifespan=set_up.lifespan)
