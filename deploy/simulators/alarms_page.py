"""The page of the demo's alarm buttons and video doors: press one, and see what the platform answered."""

from collections.abc import Sequence
from html import escape
from typing import Final

from deploy.simulators.devices import BUTTONS, HAPPENINGS, Device
from deploy.simulators.hotline_page import page
from deploy.simulators.told import ANSWERED, SENT, Entry

_SHOWN: Final = 30
_NOTED: Final = 40


def overview(devices: Sequence[Device], entries: Sequence[Entry], *, words: str, origin: str) -> str:
    """The devices that `words` names (all, where it is empty), the first 30 of them, and the newest messages."""
    found = [one for one in devices if words in f"{one.code} {one.name} {one.address}"]
    count = f"共 {len(found)} 个设备" + (f"，显示前 {_SHOWN} 个" if len(found) > _SHOWN else "")
    return page(
        "演示报警设备",
        f"<p>这是示范系统自带的模拟一键报警柱和可视门禁，设备与报警均为虚构。平台地址：{escape(origin)}。"
        "按下后由所属平台按自己的字段签名上报。<a href='/told'>JSON</a></p>"
        f"<form><label>查找设备<input name='q' value='{escape(words, quote=True)}' maxlength='64'></label>"
        "<button>查找</button></form>"
        f"<h2>设备</h2><p>{count}</p><table><thead><tr><th>编号</th><th>设备</th><th>操作</th></tr></thead><tbody>"
        + "".join(_device(one, words) for one in found[:_SHOWN])
        + f"</tbody></table>{_messages(entries[: 2 * _NOTED], origin)}",
    )


def _device(one: Device, words: str) -> str:
    hidden = "".join(
        f"<input type='hidden' name='{name}' value='{escape(value, quote=True)}'>"
        for name, value in (("source", one.source), ("code", one.code), ("q", words))
    )
    buttons = " ".join(f"<button name='kind' value='{h.word}'>{h.label}</button>" for h in HAPPENINGS[one.source])
    kind = "报警柱" if one.source == BUTTONS else "门禁"
    return (
        f"<tr><td class='time'>{escape(one.code)}</td><td class='words'>{escape(one.name)}（{kind}）</td>"
        f"<td><form method='post' action='/press'>{hidden}{buttons}</form></td></tr>"
    )


def _messages(entries: Sequence[Entry], origin: str) -> str:
    sent = {entry.message_id: entry for entry in entries if entry.what == SENT}
    rows = "".join(
        _message(entry, sent.get(entry.message_id), origin) for entry in entries if entry.what == ANSWERED
    )  # fmt: skip
    head = "<tr><th>时间</th><th>设备</th><th>报警</th><th>结果</th><th>事件</th></tr>"
    none = "<tr><td colspan='5'>还没有</td></tr>"
    return f"<h2>上报记录</h2><table><thead>{head}</thead><tbody>{rows or none}</tbody></table>"


def _message(entry: Entry, sent: Entry | None, origin: str) -> str:
    data = entry.body.get("data")
    no = str(data.get("caseNo", "")) if isinstance(data, dict) else ""
    link = f"<a href='{escape(origin, quote=True)}/events/{escape(no, quote=True)}'>{escape(no)}</a>" if no else ""
    mark = "good" if entry.good else "bad"
    return (
        f"<tr><td class='time'>{escape(entry.at[5:19].replace('T', ' '))}</td>"
        f"<td class='words'>{escape(str(sent.body.get('device', '')) if sent else entry.order_no)}</td>"
        f"<td>{escape(sent.verdict if sent else '')}</td>"
        f"<td class='{mark}'>{escape(entry.verdict)}</td><td>{link}</td></tr>"
    )
