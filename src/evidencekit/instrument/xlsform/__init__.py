"""XLSForm in and out: workbooks as parts of an instrument, and parts as workbooks."""

from evidencekit.instrument.xlsform.headings import split_language
from evidencekit.instrument.xlsform.reading import ReadForm, read_form
from evidencekit.instrument.xlsform.remarks import Remark
from evidencekit.instrument.xlsform.types import known_type
from evidencekit.instrument.xlsform.writing import write_form

__all__ = ["ReadForm", "Remark", "known_type", "read_form", "split_language", "write_form"]
