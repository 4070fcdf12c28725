"""Every page imports this before anything else, so that it never runs without the frame of app.py.

On a server that has just started, Streamlit runs a page whose own address was asked for alone (see
:func:`pages.ui.navigation.ensure`). Starting over must come before the page's heavy imports:
they take seconds, and the stored first view is sent by ``app.py``.
"""

from pages.ui.navigation import ensure

ensure()
