"""What is said of corrections holds no answer and no id."""

from __future__ import annotations

import pickle
import traceback

import pytest
from correction_tables import FORM, KINDS, answers, rows_of, table

from evidencekit.errors import InputError
from evidencekit.instrument import corrected

SECRET = "s3cQXZvkq"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["key", "item", "action", "new", "old", "cell"])
@pytest.mark.parametrize("item", ["age", "note", "uses", "interviewer"])
def test_no_answer_and_no_id_gets_out(kind: str, where: str, item: str) -> None:
    frame, rows = answers().astype({"age": object}), table(("k1", item, "replace", "chat"), ("k2", "", "okay", None))
    if where == "cell":
        frame.loc[0, item] = SECRET
    elif where == "key":
        frame.loc[0, "key"] = rows.loc[0, "key"] = SECRET
    else:
        rows.loc[0, where] = SECRET
    frame = frame.astype("str").where(frame.notna(), None)
    try:
        made = corrected(KINDS[kind](frame), KINDS[kind](rows.astype("str").where(rows.notna(), None)), id="key", form=FORM)
    except InputError as trouble:
        told = "".join(traceback.format_exception(trouble)) + repr(vars(trouble)) + repr(pickle.dumps(trouble))
        at: BaseException | None = trouble
        while at is not None:
            told += repr(at)
            at = at.__cause__ or at.__context__
    else:
        told = f"{made!r}{made._repr_html_()}{rows_of(made.log)}{rows_of(made.rules())}{made.before!r}{made.after!r}{made.notes}"
        assert not any(key in told for key in ("k1", "k2", "chat"))
        with pytest.raises(InputError, match="not pickled"):
            pickle.dumps(made)
    assert SECRET not in told
