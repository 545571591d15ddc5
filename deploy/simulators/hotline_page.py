"""The pages of the demo's hotline: what it sent, what it was answered, what it was called back with."""

import json
from collections.abc import Sequence
from html import escape
from typing import Final

from deploy.simulators.told import ANSWERED, CALLBACK, SENT, Entry

_STYLE: Final = """
:root { color-scheme: light dark; font: 15px/1.5 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif }
body { margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } caption { text-align: left; font-weight: 600; padding: .3rem 0 }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8886 }
td.words { overflow-wrap: anywhere } td.time { white-space: nowrap; font-variant-numeric: tabular-nums }
.good { color: #137a3c } .bad { color: #b3261e; font-weight: 600 }
@media (prefers-color-scheme: dark) { .good { color: #6fd694 } .bad { color: #ff8a80 } }
label { display: block; margin: .6rem 0 } input, textarea, select { font: inherit; width: 100%; max-width: 34rem }
"""
_HEADINGS: Final = ((SENT, "发出的工单"), (ANSWERED, "收到的答复"), (CALLBACK, "收到的回调"))
_KINDS: Final = {"new": "新件", "urge": "催办", "supplement": "补充", "revisit": "回访", "withdraw": "撤单"}
_SHOWN: Final = 60


def overview(entries: Sequence[Entry], *, origin: str) -> str:
    """The front page, newest first; it fetches itself again every 10 seconds."""
    tables = "".join(_table(title, [e for e in entries if e.what == what]) for what, title in _HEADINGS)
    count = {what: sum(e.what == what for e in entries) for what, _ in _HEADINGS}
    refused = sum(e.what == CALLBACK and not e.good for e in entries)
    return page(
        "演示热线",
        f"<p>这是示范系统自带的模拟 12345 热线，来电内容均为虚构。平台地址：{escape(origin)}。"
        f"最近发出 {count[SENT]} 件，收到回调 {count[CALLBACK]} 次，其中验签不通过 {refused} 次。"
        f"<a href='/new'>发一件工单</a> · <a href='/told'>JSON</a></p>{tables}",
        refresh=True,
    )


def form() -> str:
    """A page to send one order by hand."""
    return page(
        "发一件工单",
        "<form method='post' action='/send'>"
        "<label>内容<textarea name='text' rows='4' required maxlength='2000'></textarea></label>"
        "<label>地址<input name='address' maxlength='300'></label>"
        "<label>经度<input name='lng' inputmode='decimal'></label>"
        "<label>纬度<input name='lat' inputmode='decimal'></label>"
        "<label>坐标系<select name='crs'><option>wgs84<option>gcj02<option>cgcs2000<option>bd09</select></label>"
        "<button>发送</button></form><p><a href='/'>返回</a></p>",
    )


def _table(title: str, entries: Sequence[Entry]) -> str:
    rows = "".join(_row(entry) for entry in entries[:_SHOWN]) or "<tr><td colspan='4'>还没有</td></tr>"
    head = "<tr><th>时间</th><th>工单</th><th>结果</th><th>内容</th></tr>"
    return f"<h2>{title}</h2><table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(entry: Entry) -> str:
    mark = "good" if entry.good else "bad"
    verdict = _KINDS.get(entry.verdict, entry.verdict)
    return (
        f"<tr><td class='time'>{escape(entry.at[5:19].replace('T', ' '))}</td><td>{escape(entry.order_no)}</td>"
        f"<td class='{mark}'>{escape(verdict)}</td><td class='words'>{escape(_words(entry))}</td></tr>"
    )


def _words(entry: Entry) -> str:
    body = entry.body
    if entry.what == SENT:
        place = f"（{body['lng']}, {body['lat']} {body.get('crs', '')}）" if "lng" in body else "（无坐标）"
        where = f"  地址：{body.get('address', '')}{place}" if body.get("type") == "new" else ""
        return f"{body.get('content', '')}{where}"
    if entry.good:
        number = f"第 {body['number']} 号" if "number" in body else ""
        parts = (number, body.get("event_no"), body.get("status_text") or body.get("state_label"), body.get("lead"),
                 body.get("reply"))  # fmt: skip
        return "  ".join(str(part) for part in parts if part)
    return json.dumps(body, ensure_ascii=False)[:300]


def page(title: str, content: str, *, refresh: bool = False) -> str:
    """A whole page of a simulator; `refresh`: it fetches itself again every 10 seconds."""
    again = "<meta http-equiv='refresh' content='10'>" if refresh else ""
    return (
        f"<!doctype html><html lang='zh-Hans'><meta charset='utf-8'>{again}"
        f"<meta name='viewport' content='width=device-width'><title>{title}</title><style>{_STYLE}</style>"
        f"<body><h1>{title}</h1>{content}</body></html>"
    )
