"""What the theme of ``.streamlit/config.toml`` cannot say about the look of the pages."""

#: Streamlit writes on the axes of a picture in a grey with too little contrast on a light page (3.7
#: where WCAG asks for 4.5): they get the colour of the page's text, in either theme.
STYLE = """<style>
[data-testid="stPlotlyChart"] :is(.xtick, .ytick, .cbaxis) text,
[data-testid="stPlotlyChart"] text:is(.xtitle, .ytitle, .x2title, .y2title, .legendtext) {
  fill: currentColor !important;
}
</style>"""
