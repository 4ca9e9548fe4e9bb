"""Documents of one page: a `Sheet` of words and pictures, written as HTML, for Word or for PowerPoint.

Nothing here knows of statistics: the words and the pictures are taken as they come.
"""

from evidencekit.rendering.documents.fitting import BESIDE
from evidencekit.rendering.documents.saving import save
from evidencekit.rendering.documents.sheet import Block, Box, Sheet, Table
from evidencekit.rendering.documents.slide import to_pptx
from evidencekit.rendering.documents.web import to_html
from evidencekit.rendering.documents.word import to_docx

__all__ = ["BESIDE", "Block", "Box", "Sheet", "Table", "save", "to_docx", "to_html", "to_pptx"]
