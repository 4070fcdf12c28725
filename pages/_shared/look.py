"""What the theme of ``.streamlit/config.toml`` cannot say about the look of the pages."""

#: Streamlit writes on the axes of a picture in a grey with too little contrast on a light page (3.7
#: where WCAG asks for 4.5): they get the colour of the text, in either theme. And it cuts the name
#: of a page short where it does not fit on one line: it goes on below.
STYLE = """<style>
[data-testid="stPlotlyChart"] :is(.xtick, .ytick, .cbaxis) text,
[data-testid="stPlotlyChart"] text:is([class$="title"], .legendtext) {
  fill: currentColor !important;
}
[data-testid="stMain"] [data-testid="stPageLink"] a :is(span, p) {
  white-space: normal !important;
  overflow: visible !important;
  line-height: 1.3;
}
</style>"""
