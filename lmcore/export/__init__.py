"""A figure that leaves the app: its palette, the caption below it, and its numbers as a table.

What stands here is shared by the browser, which saves what it shows
(:mod:`pages.ui.components.save_figure`), and by the command line
(:mod:`lmcore.lessons.figures`).
"""
