from __future__ import annotations

import pytest

from issuer.roster.errors import SheetError
from issuer.roster.grid import Limits
from issuer.roster.table import read_table


def test_the_first_filled_row_names_the_columns() -> None:
    table = read_table(b"\n local ; sasid\n\n300000001;0012\n;\n300000002;0013\n")
    assert table.header == ("local", "sasid")
    assert [(line.number, line.cells) for line in table.lines] == [
        (4, ("300000001", "0012")),
        (6, ("300000002", "0013")),
    ]


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "EMPTY_FILE"), (b"a,b\n", "HEADER_ONLY"), (b"%PDF-1", "NOT_A_SHEET")]
)
def test_what_holds_no_rows_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as caught:
        read_table(data)
    assert caught.value.code == code


def test_rows_are_bounded() -> None:
    limits = Limits(max_rows=2)
    assert len(read_table(b"a\n1\n2\n", limits).lines) == 2
    with pytest.raises(SheetError, match="TOO_MANY_ROWS"):
        read_table(b"a\n1\n2\n3\n", limits)
