"""Count every indicator again from the journal's export, in another way and with other means than the product.

    python manage.py export_journal journal.csv
    python -m data.evaluation.recount journal.csv --from 2026-03-01 --to 2026-03-31 --as-of 2026-04-01T00:00:00+08:00

Prints one JSON object: for each indicator [hits, of how many, per cent]. An auditor needs nothing but the file, this
page and pandas. The product folds one event after the other; here whole columns are compared, so that a mistake in one
is not one in the other.
"""

import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from data.evaluation.asking import asking

Counts = dict[str, tuple[int, int]]
TIMES = ["at", "due_at", "stage_due_at"]
BESIDE = {
    "place", "recategorise", "amend", "request_extension", "grant_extension", "refuse_extension", "ask_suspension",
    "refuse_suspension", "urge", "supervise", "instruct", "copy_to", "mark_urgent", "note", "revisit",
    "take_in", "let_go", "add_joint", "recall_joint", "joint_sign", "joint_finish", "joint_return", "hand_over",
    "supplement", "redact", "appeal", "correct", "dismiss", "restore",
}  # fmt: skip
"""Steps that leave an event where it stands; every other one begins a new stretch."""


def read(path: str) -> pd.DataFrame:
    """The export as a table, by event and version. Times are UTC."""
    frame = pd.read_csv(path, dtype={"category_code": str, "reason": str, "path": str}, keep_default_na=False)
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[name].replace("", None), utc=True, format="ISO8601")
    frame["satisfaction"] = pd.to_numeric(frame["satisfaction"], errors="coerce")
    return frame.sort_values(["event", "version"], ignore_index=True)


def counts(frame: pd.DataFrame, *, start: pd.Timestamp, end: pd.Timestamp, as_of: pd.Timestamp) -> Counts:
    """Hits and of how many, by indicator, for what happened or fell due from `start` to before `end`, as of a time."""
    known = _without_void(frame[frame["at"] <= as_of])

    def inside(times: pd.Series) -> pd.Series:
        return (times >= start) & (times < end) & (times <= as_of)

    found = _of_events(known, inside)
    found |= _of_stretches(known, inside)
    found |= _of_deeds(known, inside)
    last = _corrections(known)
    corrected = {code: _corrected(items, last.get(code)) for code, items in found.items()}
    return {code: (int(items["hit"].sum()), len(items)) for code, items in corrected.items()}


def _items(event: pd.Series | pd.Index, at: pd.Series, hit: pd.Series) -> pd.DataFrame:
    """What an indicator counts: of which event, of which moment, whether well."""
    values = {"event": event.to_numpy(), "at": at.to_numpy(), "hit": hit.fillna(value=False).to_numpy(dtype=bool)}
    return pd.DataFrame(values)


def _corrections(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """By indicator, the verdicts of appeals that hold: the last word on each moment of an event."""
    said = frame[frame["corrected"].ne("")]
    if said.empty:
        return {}
    words = said["corrected"].str.split(" ", expand=True)
    verdicts = pd.DataFrame({
        "event": said["event"], "code": words[0], "at": pd.to_datetime(words[1], utc=True, format="ISO8601"),
        "verdict": words[2].where(said["step"].eq("correct")),
    })  # fmt: skip
    last = verdicts.drop_duplicates(["event", "code", "at"], keep="last").dropna(subset=["verdict"])
    return {str(code): rows.drop(columns="code") for code, rows in last.groupby("code")}


def _corrected(items: pd.DataFrame, verdicts: pd.DataFrame | None) -> pd.DataFrame:
    """The items as they count once appeals were upheld."""
    if verdicts is None or items.empty:
        return items
    items["at"] = pd.to_datetime(items["at"], utc=True)
    joined = items.merge(verdicts, on=["event", "at"], how="left")
    joined["hit"] = joined["verdict"].eq("hit") | (joined["hit"] & joined["verdict"].ne("miss"))
    return joined[joined["verdict"].ne("out")]


def percent(hits: int, of: int) -> str | None:
    """Half up to two decimals; None of nothing."""
    if of == 0:
        return None
    return str((Decimal(hits) * 100 / of).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _without_void(frame: pd.DataFrame) -> pd.DataFrame:
    """Without what was voided, or turned down because it was only a test."""
    state = frame.groupby("event")["to_state"].transform("last")
    turned = frame[frame["to_state"].eq("rejected") & ~frame["step"].isin(BESIDE)].groupby("event")["reason"].last()
    tested = frame["event"].isin(turned.index[turned.eq("test")])
    return frame[~(state.eq("voided") | (state.eq("rejected") & tested))]


def _of_events(frame: pd.DataFrame, inside) -> dict[str, pd.DataFrame]:  # type: ignore[no-untyped-def]
    by_event = frame.groupby("event")
    reported, last = by_event["at"].first(), by_event.last(skipna=False)
    accepted = frame["to_state"].eq("accepted").groupby(frame["event"]).any()
    new = reported[inside(reported)].index
    due = last[inside(last["due_at"]) & ~last["to_state"].isin(["rejected", "merged"])]
    closed = due["to_state"].eq("closed")
    ends = frame[frame["step"].isin(["close", "force_close"])].groupby("event")["step"].last()
    finished = frame[frame["step"].eq("finish")].groupby("event")["at"].max()
    ordinary = ends.reindex(due.index).eq("close")
    done = pd.to_datetime(finished.reindex(due.index), utc=True) <= due["due_at"]
    state = last["to_state"].reindex(new)
    at, due_at = reported.reindex(new), due["due_at"]
    return {
        "acceptance": _items(new, at, accepted.reindex(new)), "closure": _items(due.index, due_at, closed),
        "closure_on_time": _items(due.index, due_at, closed & ordinary & done),
        "self_closed": _items(new, at, state.eq("self_closed")), "duplicate": _items(new, at, state.eq("merged")),
    }  # fmt: skip


def _of_stretches(frame: pd.DataFrame, inside) -> dict[str, pd.DataFrame]:  # type: ignore[no-untyped-def]
    """Each stay in a state, with the deadline that held at its end, and the step that ended it."""
    number = (~frame["step"].isin(BESIDE)).groupby(frame["event"]).cumsum().rename("number")
    groups = frame.groupby([frame["event"], number])
    stay = groups.agg(state=("to_state", "first"), began=("at", "first"), begun_by=("step", "first"))
    stay["due"] = groups["stage_due_at"].agg(lambda column: column.iloc[-1])
    by_event = stay.groupby(level="event")
    stay["ended"], stay["by"] = by_event["began"].shift(-1), by_event["begun_by"].shift(-1)
    stay["in_time"] = stay["ended"] <= stay["due"]
    parted = stay["by"].eq("merge") & by_event["begun_by"].shift(-2).eq("unmerge")
    goes_on = parted | stay["by"].eq("approve_suspension")
    stay = stay[inside(pd.to_datetime(stay["due"], utc=True)) & ~goes_on]
    wanted = {
        "accepted_on_time": ("reported", ["accept", "reject", "request_verify"]),
        "dispatched_on_time": ("accepted", ["dispatch"]),
        "handled_on_time": ("handling", ["finish"]),
    }
    found = {}
    for code, (state, steps) in wanted.items():
        mine = stay[stay["state"].eq(state)]
        mine = mine[mine["by"].isin(steps) | ~mine["in_time"]]
        found[code] = _items(
            mine.index.get_level_values("event"), mine["due"], mine["in_time"] & mine["by"].isin(steps)
        )
    return found


def _of_deeds(frame: pd.DataFrame, inside) -> dict[str, pd.DataFrame]:  # type: ignore[no-untyped-def]
    given = _followed(frame, ["dispatch", "redispatch", "return"])
    given = given[given["step"].ne("return") & inside(given["at"])]
    done = _followed(frame, ["finish", "fail_check"])
    done = done[done["step"].eq("finish") & inside(done["at"])]
    checks = frame[frame["step"].isin(["pass_check", "fail_check"]) & inside(frame["at"])]
    answers = frame[frame["step"].eq("revisit") & frame["satisfaction"].notna() & inside(frame["at"])]
    found = {
        "dispatched_right": (given, ~given["next"].isin(["return", "redispatch"])),
        "returned": (given, given["next"].eq("return")), "reworked": (done, done["next"].eq("fail_check")),
        "check_passed": (checks, checks["step"].eq("pass_check")), "satisfied": (answers, answers["satisfaction"] >= 2),
    }  # fmt: skip
    return {code: _items(rows["event"], rows["at"], hit) for code, (rows, hit) in found.items()}


def _followed(frame: pd.DataFrame, steps: Sequence[str]) -> pd.DataFrame:
    """The rows with these steps, each with the next one of them."""
    mine = frame[frame["step"].isin(steps)].copy()
    mine["next"] = mine.groupby("event")["step"].shift(-1)
    return mine


def main() -> None:
    """The command line."""
    options = asking("Count every indicator again from the journal's export.").parse_args()
    found = counts(
        read(options.file),
        start=pd.Timestamp(options.since, tz=options.zone),
        end=pd.Timestamp(options.until, tz=options.zone) + pd.Timedelta(days=1),
        as_of=pd.Timestamp(options.as_of),
    )
    print(json.dumps({code: [hits, of, percent(hits, of)] for code, (hits, of) in found.items()}, indent=1))


if __name__ == "__main__":
    main()
