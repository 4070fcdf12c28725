"""Three Readers: ELMo, GPT and BERT read the same sentence. Start with ``streamlit run app.py``."""

import streamlit as st

from pages._shared.text import LANGUAGES, t

PAGES = {
    "home": ":material/home:",
    "polysemy": ":material/scatter_plot:",
    "attention": ":material/grid_on:",
    "layers": ":material/layers:",
    "masked_word": ":material/password:",
    "generation": ":material/edit_note:",
}

st.set_page_config(
    page_title="Three Readers",
    page_icon=":material/menu_book:",
    layout="wide",
    initial_sidebar_state="expanded",
)

landing = st.session_state.setdefault("landing", st.query_params.get("page", "home"))
if landing not in PAGES:
    landing = "home"

st.sidebar.segmented_control(
    "Language · 语言",
    list(LANGUAGES),
    default="English",
    key="lang",
    required=True,
    bind="query-params",
)
navigation = st.navigation(
    [
        st.Page(
            f"pages/{name}.py",
            title=t(f"{name}.title"),
            url_path=name.replace("_", "-") + "-page",
            icon=icon,
            default=name == landing,
        )
        for name, icon in PAGES.items()
    ]
)
navigation.run()
