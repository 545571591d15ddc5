"""Count the patrol coverage again from the export of plans and check-ins, in another way than the product does.

    python manage.py export_patrols patrols.csv
    python -m data.evaluation.recount_patrols patrols.csv --from 2026-03-01 --to 2026-03-31 \\
        --as-of 2026-04-01T00:00:00+08:00

Prints one JSON object: [visited as due, due, per cent]. The product walks from plan to plan and counts the days of each
period; here every plan is laid against every period of the calendar at once, and joined with the days visited.
"""

import json

import pandas as pd

from data.evaluation.asking import asking
from data.evaluation.recount import percent

FREQUENCY = {"day": "D", "week": "W-SUN", "month": "M"}  # weeks begin on Monday
ONE_DAY = pd.Timedelta(days=1)


def read(path: str) -> pd.DataFrame:
    """The export as a table. `at` is UTC; days are without a zone."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame["at"] = pd.to_datetime(frame["at"].replace("", None), utc=True, format="ISO8601")
    for name in ("since", "until", "day"):
        frame[name] = pd.to_datetime(frame[name].replace("", None), format="ISO8601")
    frame["times"] = pd.to_numeric(frame["times"], errors="coerce")
    return frame


def counts(frame: pd.DataFrame, *, first: pd.Timestamp, last: pd.Timestamp, as_of: pd.Timestamp,
           zone: str = "Asia/Shanghai", region: str = "") -> tuple[int, int]:  # fmt: skip
    """Visited as due, and due: of the periods whose last day lies from `first` to `last` and was over at `as_of`."""
    known = frame[(frame["at"] <= as_of) & frame["path"].str.startswith(region)]
    today = as_of.tz_convert(zone).tz_localize(None).normalize()
    plans, visits = known[known["kind"].eq("plan")], known[known["kind"].eq("visit")]
    last = min(last, today - ONE_DAY)
    found = [_of(plans, visits, cadence, first, last) for cadence in FREQUENCY]
    return sum(hits for hits, _of_ in found), sum(of for _hits, of in found)


def _of(
    plans: pd.DataFrame, visits: pd.DataFrame, cadence: str, first: pd.Timestamp, last: pd.Timestamp
) -> tuple[int, int]:
    """The same of the plans with one cadence: no two cadences have a period in common."""
    mine = plans[plans["cadence"].eq(cadence)]
    if mine.empty or last < first:
        return 0, 0
    calendar = _periods(cadence, first, last)
    laid = mine.merge(calendar, how="cross")
    whole = (laid["begin"] >= laid["since"]) & (laid["until"].isna() | (laid["finish"] < laid["until"]))
    asked = laid[whole].groupby(["grid", "begin"])["times"].max().rename("asked").reset_index()
    days = visits[["grid", "day"]].drop_duplicates()
    begin = days["day"].dt.to_period(FREQUENCY[cadence]).dt.start_time
    done = days.assign(begin=begin).groupby(["grid", "begin"]).size().rename("done").reset_index()
    both = asked.merge(done, on=["grid", "begin"], how="left")
    return int((both["done"].fillna(0) >= both["asked"]).sum()), len(both)


def _periods(cadence: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Those of the calendar that end within the days."""
    every = pd.period_range(first, last, freq=FREQUENCY[cadence])
    found = pd.DataFrame({"begin": every.start_time, "finish": every.end_time.normalize()})
    return found[(found["finish"] >= first) & (found["finish"] <= last)]


def main() -> None:
    """The command line."""
    parser = asking("Count the patrol coverage again from the export.")
    parser.add_argument("--region", default="", help="path of a region or grid: only below it")
    options = parser.parse_args()
    hits, of = counts(
        read(options.file), first=pd.Timestamp(options.since), last=pd.Timestamp(options.until),
        as_of=pd.Timestamp(options.as_of), zone=options.zone, region=options.region,
    )  # fmt: skip
    print(json.dumps([hits, of, percent(hits, of)]))


if __name__ == "__main__":
    main()
