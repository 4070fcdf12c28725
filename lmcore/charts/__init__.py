"""Figures: pure functions from plain data to ``plotly.graph_objects.Figure``.

No torch and no Streamlit here. Colours, sizes and the escaping of labels come from
:mod:`lmcore.charts.theme`; backgrounds, fonts and axis colours are left to the page.
"""
