"""What the theme of ``.streamlit/config.toml`` cannot say about the look of the pages."""

#: Streamlit writes into pictures in a grey with too little contrast on a light page (3.7 where WCAG
#: asks for 4.5): such text gets the colour of the page's text, in either theme. Plotly writes into
#: cells and bars in dark grey or white, which on a colour between the two is as hard to read (2.5):
#: the grey becomes black, and white gets a dark edge. And Streamlit cuts the name of a page short
#: where it does not fit on one line: it goes on below.
STYLE = """<style>
[data-testid="stPlotlyChart"] :is(.xtick, .ytick, .cbaxis) text,
[data-testid="stPlotlyChart"] text:is([class$="title"], .legendtext),
[data-testid="stPlotlyChart"] text[style*="rgb(128, 132, 149)"] {
  fill: currentColor !important;
}
[data-testid="stPlotlyChart"] :is(.heatmap-label text, .bartext-inside)[style*="rgb(68, 68, 68)"] {
  fill: #000000 !important;
}
[data-testid="stPlotlyChart"]
  :is(.heatmap-label text, .bartext-inside)[style*="rgb(255, 255, 255)"] {
  paint-order: stroke;
  stroke: rgba(0, 0, 0, 0.5);
  stroke-width: 2px;
}
[data-testid="stMain"] [data-testid="stPageLink"] a :is(span, p) {
  white-space: normal !important;
  overflow: visible !important;
  line-height: 1.3;
}
</style>"""
