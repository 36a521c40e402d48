"""Any file that people call a sheet, as grids. What it is, its content says; its name is never asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from issuer.roster.decode import ENCODINGS, decoded
from issuer.roster.delimited import read_delimited
from issuer.roster.errors import SheetError, SheetQuestion
from issuer.roster.grid import Grid, Limits
from issuer.roster.package import open_package
from issuer.roster.questions import Choice, Question
from issuer.roster.words import Said, said
from issuer.roster.workbook import read_old, read_packed

_PACKED = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"
_OTHER_KINDS = (
    (b"%PDF", "This is a PDF. Export the sheet as CSV or Excel from the program that made it."),
    (b"\x89PNG", "This is a picture. Export the sheet as CSV or Excel from the program that made it."),
    (b"\xff\xd8\xff", "This is a picture. Export the sheet as CSV or Excel from the program that made it."),
    (b"\x1f\x8b", "This is a packed file. Unpack it and give the sheet that is in it."),
    (b"PK\x05\x06", "This is an empty archive. Export the sheet again."),
    (b"{", "This is JSON. A sheet is CSV or Excel: one row for each person, column names above."),
    (b"<", "This is a web page or XML, whatever its name says. Open it in Excel and save it as .xlsx."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's sheets, with what was taken for granted and what is open."""

    grids: tuple[Grid, ...]
    notes: tuple[Said, ...] = ()
    questions: tuple[Question, ...] = ()


def open_file(data: bytes, limits: Limits, answers: Mapping[str, str]) -> Opened:
    """The sheets of a file: CSV and its kin, .xlsx, .xls, .ods.

    Args:
        data: The file.
        limits: How much is read.
        answers: `encoding`, where somebody has said.

    Raises:
        SheetError: A code of `errors.FILE_CODES` other than those on columns.
    """
    if len(data) > limits.max_bytes:
        raise SheetError(
            "FILE_TOO_LARGE", f"The file has {len(data)} bytes; {limits.max_bytes} are read. Split it."
        )
    if data.startswith(_PACKED):
        return Opened(read_packed(open_package(data, limits), limits))
    if data.startswith(_OLD):
        return Opened(read_old(data, limits))
    for beginning, message in _OTHER_KINDS:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(beginning):
            raise SheetError("NOT_A_SHEET", message)
    asked = answers.get("encoding", "")
    if asked and asked not in ENCODINGS:
        raise SheetError("BAD_ANSWER", f"encoding={asked} is not read. Say one of {', '.join(ENCODINGS)}.")
    text = decoded(data, asked)
    grid = read_delimited(text, limits)
    if text.certain or not text.sample:
        return Opened((grid,))
    choices = (
        Choice(text.encoding, text.sample),
        *(Choice(other, word) for other, word in text.others if word),
    )
    question = Question(
        "ENCODING", "encoding", choices, said("ask.encoding", sample=text.sample), taken=text.encoding
    )
    if not text.decided:
        raise SheetQuestion(
            "ASK_ENCODING",
            f"One name is {text.sample} or {choices[-1].label}. Say which, as in "
            f"--answer encoding={text.encoding}.",
            replace(question, taken=""),
        )
    return Opened((grid,), (said("note.encoding", encoding=text.encoding, sample=text.sample),), (question,))
