"""Results as papers print them: three-line tables in a Word file or a workbook, with the method they rest on."""

from jiqun.report.papers.printed import Printed, number_text, stars
from jiqun.report.papers.write import KINDS, write_evaluation, write_folder

__all__ = ["KINDS", "Printed", "number_text", "stars", "write_evaluation", "write_folder"]
