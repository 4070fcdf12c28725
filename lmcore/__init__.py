"""Three readers: trained ELMo, GPT and BERT models read one sentence and are compared word by word.

The library never imports Streamlit. Start at :mod:`lmcore.text.words` (what a word is),
:mod:`lmcore.outputs.reading` (what a reader returns) and :mod:`lmcore.readers` (the readers
themselves).
"""

__version__ = "0.1.0"
