"""The page that `bench.growth` keeps in docs: figures, and the plan of every statement that takes a millisecond."""

import re
from typing import Any

_HEAD = """# Growth

Written by `python -m bench.growth --docs docs/growth.md`; don't edit it. The same queries among {small:,} events and
among {large:,}, {open:,} of them open in both, asked by turns in one run. Times are PostgreSQL's, medians in
milliseconds; what takes less than one has no ratio. To be at most 1.5 times as long. A larger table is a longer
history, 500,000 events a year; `bench/growth_data.py` says how it is made. Load average {load}, {processors}
processors, {gb} GB.

| query | | {small:,} | {large:,} | ratio | statements |
|---|---|---|---|---|---|
"""
_PLANS = """
## Plans

Of the larger table, the longest statement of each query, where it takes a millisecond: its nodes that were executed,
with the conditions of their indexes.
"""
_LONGEST = 40  # lines of a plan
_WIDEST = 140
_TOLD = ("Index Cond:", "Recheck Cond:", "Execution Time:")


def page(result: dict[str, Any]) -> str:
    """As Markdown."""
    sizes = result["sizes"]
    text = _HEAD.format(
        small=sizes["small"], large=sizes["large"], open=sizes["open"], gb=sizes["large_gb"],
        load=result["load_average"][0], processors=result["processors"],
    )  # fmt: skip
    for name, row in result["queries"].items():
        ratio = "-" if row["ratio"] is None else f"{row['ratio']:g}"
        ratio = f"**{ratio}**" if (row["ratio"] or 0) > result["worst"]["limit"] else ratio
        times = f"{row['small_ms']:g} | {row['large_ms']:g} | {ratio}"
        text += f"| {name} | {row['what']} | {times} | {row['statements']} |\n"
    return text + _PLANS + "".join(_of(name, row) for name, row in result["queries"].items() if row["plans"])


def _of(name: str, row: dict[str, Any]) -> str:
    plan = max(row["plans"], key=_seconds)
    return f"\n### {name}\n{row['what']}\n\n```\n{_cut(plan)}\n```\n"


def _seconds(plan: str) -> float:
    """How long it ran, by its own last line (ms)."""
    found = re.search(r"Execution Time: ([0-9.]+)", plan)
    return float(found[1]) if found else 0.0


def _is_told(line: str) -> bool:
    executed = "(actual" in line and "loops=0" not in line
    return executed or line.strip().startswith(_TOLD)


def _cut(plan: str) -> str:
    lines = [line[:_WIDEST].rstrip() for line in plan.splitlines() if _is_told(line)]
    left_out = len(lines) - _LONGEST
    return "\n".join(lines[:_LONGEST] + ([f"... {left_out} lines more"] if left_out > 0 else []))
