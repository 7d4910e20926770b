"""Drawing a sheet on paper, by Typst: as a PDF/A-3b to keep, or as pictures of the same pages to
look at. Words reach the drawing as JSON, so that nobody's text can become an instruction; each
layout is a file in `layouts/`, and what they share is in `parts.typ`.

The same sheet gives the same bytes, on a machine with the same fonts. No letter is ever drawn as an
empty box: `missing_letters` says beforehand which ones no font has, and `draw` refuses them.
"""

from sleek.papers.drawing.hybrid import enclosed_invoice
from sleek.papers.drawing.letters import missing_letters
from sleek.papers.drawing.pages import STRADDLED_PAGES, Undrawable, draw, preview

__all__ = [
    "STRADDLED_PAGES",
    "Undrawable",
    "draw",
    "enclosed_invoice",
    "missing_letters",
    "preview",
]
