"""What each address of the product writes into the audit trail when it does what it is there for, and how it is asked.

tests/http/test_every_deed.py asks them all.
"""

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings as installed
from django.db import connection
from django.test import Client
from django.utils import timezone

from events.models import ShiftNote
from events.models.calendar import working_calendar
from events.selectors.organisations import organisation_version
from events.services import senders
from gis_layers.models import PlaybackSession
from gis_layers.video.platform import signature
from grid import fields, totp
from grid.models import AuditEntry, Organisation, SecondFactor, User
from tests.factories import organisation, user_with
from tests.factories.hotline import hand_in, message
from tests.factories.sources import alarm, button, hand_in_alarm, loaded
from tests.http.administration import EDITED, GRANT, account
from tests.http.asking import appealed
from tests.http.doors import TOKEN, Browser
from tests.http.pages import PASSWORD
from tests.http.stage import CENTRE, Stage, plant_canary
from webapp.sessions import binding

# What the house keeps for itself and what is no deed: the trail, sessions and guesses, jobs and what they are woken by,
# lists that screens read, and sums that are made of what was recorded.
OWN_BOOKS = (
    "grid_audit", "grid_usersession", "django_session", "axes_", "procrastinate_", "gis_layers_update", "grid_revision",
)  # fmt: skip
CITY = "centre-430900000000"
NEW = "ein ganz anderes langes Wort"
KEY = b"12345678901234567890"
Ask = Callable[[Stage, Browser, str], Any]


@dataclass(frozen=True)
class Deed:
    """What one address writes into the trail when it does what it is there for: one row for each of `actions`."""

    actions: tuple[str, ...]
    by: str = ""  # a reader; else the first that the matrix lets in. "nobody": no session
    place: str = ""
    ask: Ask | None = None  # else as the matrix asks it
    machine: bool = False  # the deed of another system: no person stands behind it


def _wrote(*actions: str, **how: Any) -> Deed:
    return Deed(actions=actions, **how)


STORES_NOTHING = Deed(actions=())


@dataclass(frozen=True)
class Mark:
    """Where the trail stood, and how many rows this transaction had written, by table."""

    trail: int
    written: dict[str, int]


def mark() -> Mark:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        written = {name: count for name, count in cursor.fetchall() if not name.startswith(OWN_BOOKS)}
    last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    return Mark(trail=last or 0, written=written)


MARKS: list[Mark] = []


def _only(deed: Callable[[], Any]) -> Any:
    """What was made ready before is none of the deed: the count begins anew."""
    MARKS.append(mark())
    return deed()


# Signing in and out, one's own account


def someone(stage: Stage) -> User:
    user = user_with("dept_clerk", CENTRE)
    user.set_password(PASSWORD)
    user.save()
    stage.users["asks"] = user
    return user


def browser_of(user: User | None) -> Browser:
    return Browser(user, raises=False)


def form(browser: Browser, path: str, **sent: str) -> Any:
    return browser.client.post(path, sent, headers={"X-CSRFToken": TOKEN})


def _sign_in(stage: Stage, _browser: Browser, _place: str) -> Any:
    return form(browser_of(None), "/login", username=someone(stage).username, password=PASSWORD)


def _code_step(stage: Stage, _browser: Browser, _place: str) -> Any:
    user, visit = someone(stage), browser_of(None)
    SecondFactor.objects.create(user=user, secret=fields.seal(KEY.hex()), confirmed_at="2026-01-01T00:00:00Z")
    form(visit, "/login", username=user.username, password=PASSWORD)
    return form(visit, "/login/step", code=totp.code_at(KEY, int(time.time() // 30)))


def _end_another(stage: Stage, _browser: Browser, _place: str) -> Any:
    user = someone(stage)
    here, there = browser_of(user), browser_of(user)
    handle = binding(there.client.session.session_key)[:16]
    return form(here, "/account/sessions/end", session=handle)


def _sign_out(stage: Stage, _browser: Browser, _place: str) -> Any:
    return form(browser_of(someone(stage)), "/logout")


def _own_password(stage: Stage, _browser: Browser, _place: str) -> Any:
    return form(browser_of(someone(stage)), "/account/password", current=PASSWORD, new=NEW, again=NEW)


def _own_factor(stage: Stage, _browser: Browser, _place: str) -> Any:
    visit = browser_of(someone(stage))
    shown = visit.client.get("/account/factor").content.decode()
    secret = base64.b32decode(re.search(r'id="key">([A-Z2-7 ]+)<', shown)[1].replace(" ", ""))  # type: ignore[index]
    return form(visit, "/account/factor", code=totp.code_at(secret, int(time.time() // 30)))


# Other systems


def _order(_stage: Stage, _browser: Browser, _place: str) -> Any:
    return hand_in(message())


def _press(_stage: Stage, _browser: Browser, _place: str) -> Any:
    loaded()
    button()
    return _only(lambda: hand_in_alarm(alarm()))


def _view(stage: Stage) -> tuple[Browser, str]:
    """A dispatcher's own view of a channel, granted."""
    user = user_with("dispatcher", CENTRE)
    stage.users["asks"] = user
    visit = browser_of(user)
    plant_canary(stage.sites["own_grid"].channels.get(number=1))
    answer = visit.post("playback", {"channel": stage.channel("own_grid"), "purpose": "例行巡视检查"})
    assert answer.status_code == 201, answer.content
    return visit, answer.json()["session"]


def _gateway(path: str, call: dict[str, Any]) -> Any:
    raw, stamp = json.dumps(call).encode(), str(int(time.time()))
    headers = {
        "X-Gateway-Time": stamp,
        "X-Gateway-Signature": signature(key=installed.TICKET_KEY, stamp=stamp, body=raw),
    }
    return Client().post(f"/internal/playback/{path}", raw, content_type="application/json", headers=headers)


def _opened(stage: Stage) -> tuple[str, Any]:
    _visit, session = _view(stage)
    row = PlaybackSession.objects.get(pk=session)
    call = {
        "session": session, "user": str(row.user_id), "channel": row.channel.code, "binding": row.binding,
        "address": "192.0.2.1",
    }  # fmt: skip
    return session, _only(lambda: _gateway("authorise", call))


def _authorised(stage: Stage, _browser: Browser, _place: str) -> Any:
    return _opened(stage)[1]


def _rechecked(stage: Stage, _browser: Browser, _place: str) -> Any:
    session, _answer = _opened(stage)
    return _only(lambda: _gateway("recheck", {"session": session}))


def _closed(stage: Stage, _browser: Browser, _place: str) -> Any:
    session, _answer = _opened(stage)
    return _only(lambda: _gateway("closed", {"session": session, "reason": "left", "seconds": 4.2, "bytes": 4711}))


def _left(stage: Stage, _browser: Browser, _place: str) -> Any:
    visit, session = _view(stage)
    return _only(lambda: visit.post(f"playback/{session}/end", {}))


# The desk, the shift, the city's administration


def _kept_view(browser: Browser) -> str:
    kept = browser.post("views", {"name": "在办", "view": "open"})
    return f"views/{kept.json()['id']}"


def _view_changed(_stage: Stage, browser: Browser, _place: str) -> Any:
    path = _kept_view(browser)
    return _only(lambda: browser.post(path, {"name": "路灯", "view": "open"}))


def _view_removed(_stage: Stage, browser: Browser, _place: str) -> Any:
    path = _kept_view(browser)
    return _only(lambda: browser.post(f"{path}/remove", {}))


def _text(body: str) -> dict[str, Any]:
    return {"organisation": organisation(CENTRE).pk, "step": "close", "title": "办结答复", "body": body}


def _template_changed(_stage: Stage, browser: Browser, _place: str) -> Any:
    kept = browser.post("templates", _text("{no}已办结。")).json()
    changed = _text("{no}办好了。") | {"changed_at": kept["changed_at"]}
    return _only(lambda: browser.post(f"templates/{kept['id']}", changed))


def _template_removed(_stage: Stage, browser: Browser, _place: str) -> Any:
    number = browser.post("templates", _text("{no}已办结。")).json()["id"]
    return _only(lambda: browser.post(f"templates/{number}/remove", {}))


def _taken_over(_stage: Stage, browser: Browser, _place: str) -> Any:
    day = browser_of(user_with("shift_lead", CENTRE))
    note = day.post("shifts", {"text": "夜间平稳，注意排水口"}).json()
    return _only(lambda: browser.post(f"shifts/{note['id']}/take", {"written_at": note["written_at"]}))


def _shift_on_paper(_stage: Stage, browser: Browser, _place: str) -> Any:
    assert browser.post("shifts", {"text": "夜间平稳，注意排水口"}).status_code == 200
    number = ShiftNote.objects.latest("pk").pk
    return _only(lambda: browser.get(f"shifts/{number}/sheet.pdf"))


def _at_city(role: str, ask: Callable[[Browser], Any]) -> Ask:
    def of_city(stage: Stage, _browser: Browser, _place: str) -> Any:
        user = user_with(role, CITY)
        stage.users["asks"] = user
        visit = browser_of(user)
        return _only(lambda: ask(visit))

    return of_city


def _grant_preview(_stage: Stage, browser: Browser, _place: str) -> Any:
    name = account().username
    return _only(lambda: browser.post(f"administration/accounts/{name}/posts/preview", GRANT))


def _category(browser: Browser) -> Any:
    version = browser.get("administration/categories/06-001").json()["row"]["version"]
    return browser.post("administration/categories/06-001", {**EDITED, "version": version})


def _category_added(browser: Browser) -> Any:
    return browser.post("administration/categories", {**EDITED, "name": "共享单车乱停（自定义）", "code": "06-080"})


def _workday() -> date:
    """One to come, of a year whose holidays are known."""
    known, day = working_calendar(), timezone.localdate() + timedelta(days=1)
    while day in known.exceptions or day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _a_day(browser: Browser) -> Any:
    day = _workday()
    version = browser.get("administration/calendar", year=day.year).json()["version"]
    return browser.post(f"administration/calendar/{day}", {"kind": "rest", "name": "地方节日", "version": version})


def _endpoint(browser: Browser) -> Any:
    hand_in(message())
    senders.close(code=senders.HOTLINE, now=timezone.now())
    return _only(lambda: browser.post("deliveries/endpoint/open", {}))


def _decided(stage: Stage, browser: Browser, place: str) -> Any:
    where, body = appealed(stage, place)
    return _only(lambda: browser.post(where, body))


def _renamed(_stage: Stage, browser: Browser, _place: str) -> Any:
    version = organisation_version(Organisation.objects.get(code=CENTRE))
    names = {"name": "改名后的指挥中心", "short_name": "改名", "version": version}
    return browser.post(f"administration/organisations/{CENTRE}", names)


def _one_note(stage: Stage, browser: Browser, place: str) -> Any:
    event = stage.events[place]
    one = [{"no": event.no, "version": event.version}]
    return browser.post("batches", {"step": "note", "events": one, "text": "记一笔"})


DEEDS: dict[str, Deed] = {
    "POST /login": _wrote("session.sign-in", by="nobody", ask=_sign_in),
    "POST /login/step": _wrote("session.sign-in", by="nobody", ask=_code_step),
    "POST /logout": _wrote("session.sign-out", by="asks", ask=_sign_out),
    "POST /account/sessions/end": _wrote("session.end", by="asks", ask=_end_another),
    "POST /account/password": _wrote("account.password", by="asks", ask=_own_password),
    "POST /account/factor": _wrote("account.factor", by="asks", ask=_own_factor),
    "POST /i18n/language": Deed(actions=(), by="nobody"),  # a cookie
    "POST /hotline/v1/messages": _wrote("event.report", by="nobody", ask=_order, machine=True),
    "POST /api/v1/sources/{}": _wrote("event.report", by="nobody", ask=_press, machine=True),
    "POST /internal/playback/authorise": _wrote("playback.open", by="asks", ask=_authorised),
    "POST /internal/playback/recheck": Deed(actions=(), by="asks", ask=_rechecked),
    "POST /internal/playback/closed": _wrote("playback.end", by="asks", ask=_closed),
    "POST /api/v1/playback": _wrote("playback.grant"),
    "POST /api/v1/playback/{}/end": _wrote("playback.end", by="asks", ask=_left),
    "POST /api/v1/photos": _wrote("photo.keep"),
    "POST /api/v1/events": _wrote("photo.keep", "event.report"),  # the report's photo is sent before it, by itself
    "POST /api/v1/duplicates": STORES_NOTHING,
    "POST /api/v1/events/{}/steps": _wrote("event.note"),
    "POST /api/v1/events/{}/caller": _wrote("caller.unmask"),
    "POST /api/v1/events/{}/redactions": _wrote("event.redact"),
    "POST /api/v1/events/{}/appeals": _wrote("event.appeal"),
    "POST /api/v1/events/{}/appeals/{}": _wrote("event.dismiss", ask=_decided),
    "POST /api/v1/notices/read": _wrote("notice.read"),
    "POST /api/v1/patrol/check-ins": _wrote("patrol.check_in"),
    "POST /api/v1/sheets": _wrote("sheet.print"),
    "POST /api/v1/shifts": _wrote("shift.write"),
    "POST /api/v1/shifts/{}/take": _wrote("shift.take_over", by="shift_lead", ask=_taken_over),
    "POST /api/v1/assessments/{}/rows/{}": _wrote("assessment.enter"),
    "POST /api/v1/deliveries/{}/resend": _wrote("delivery.resend"),
    "POST /api/v1/deliveries/resend": _wrote("delivery.resend_many"),
    "POST /api/v1/deliveries/endpoint/open": _wrote("sender.open", by="asks", ask=_at_city("shift_lead", _endpoint)),
    "POST /api/v1/sharing": _wrote("event_grant.ask"),
    "POST /api/v1/sharing/{}/acts": _wrote("event_grant.approve"),
    "POST /api/v1/views": _wrote("view.keep"),
    "POST /api/v1/views/{}": _wrote("view.change", by="dispatcher", ask=_view_changed),
    "POST /api/v1/views/{}/remove": _wrote("view.remove", by="dispatcher", ask=_view_removed),
    "POST /api/v1/batches": _wrote("event.note", by="dispatcher", place="own_grid", ask=_one_note),  # one for each
    "POST /api/v1/batches/plan": STORES_NOTHING,
    "POST /api/v1/templates": _wrote("template.keep"),
    "POST /api/v1/templates/{}": _wrote("template.change", by="shift_lead", ask=_template_changed),
    "POST /api/v1/templates/{}/remove": _wrote("template.remove", by="shift_lead", ask=_template_removed),
    "POST /api/v1/administration/accounts": _wrote("account.create"),
    "POST /api/v1/administration/accounts/{}": _wrote("account.amend"),
    "POST /api/v1/administration/accounts/{}/active": _wrote("post.end", "account.disable"),  # each post
    "POST /api/v1/administration/accounts/{}/password": _wrote("account.hand-password"),
    "POST /api/v1/administration/accounts/{}/release": _wrote("account.release"),
    "POST /api/v1/administration/accounts/{}/factor": _wrote("account.forget-factor"),
    "POST /api/v1/administration/accounts/{}/posts": _wrote("post.give"),
    "POST /api/v1/administration/accounts/{}/posts/preview": Deed(actions=(), by="secadmin", ask=_grant_preview),
    "POST /api/v1/administration/posts/{}/end": _wrote("post.end"),
    "POST /api/v1/administration/organisations/{}": _wrote("organisation.amend", by="sysadmin", ask=_renamed),
    "POST /api/v1/administration/organisations/{}/preview": STORES_NOTHING,
    "POST /api/v1/administration/organisations/{}/closed": _wrote("organisation.reopen"),
    "POST /api/v1/administration/categories": _wrote(
        "category.add", by="asks", ask=_at_city("sysadmin", _category_added)
    ),
    "POST /api/v1/administration/categories/{}": _wrote(
        "category.amend", by="asks", ask=_at_city("sysadmin", _category)
    ),
    "POST /api/v1/administration/categories/{}/preview": Deed(
        actions=(), by="asks",
        ask=_at_city("sysadmin", lambda b: b.post("administration/categories/06-001/preview", EDITED)),
    ),
    "POST /api/v1/administration/calendar/{}": _wrote("calendar.day", by="asks", ask=_at_city("sysadmin", _a_day)),
    "POST /api/v1/administration/calendar/{}/preview": Deed(
        actions=(), by="asks",
        ask=_at_city(
            "sysadmin",
            lambda b: b.post(f"administration/calendar/{_workday()}/preview", {"kind": "rest", "name": "地方节日"}),
        ),
    ),
}  # fmt: skip

# What reading leaves: whatever is a file to take away, and what nobody looks at unseen.
LOOKS: dict[str, Deed] = {
    "GET /api/v1/audit": _wrote("audit.read"),
    "GET /api/v1/events/{}": _wrote("restricted.view", by="acceptor", place="class_09"),
    "GET /api/v1/events/{}/counting": _wrote("restricted.view", by="acceptor", place="class_09"),
    "GET /api/v1/photos/{}": _wrote("restricted.view", by="acceptor", place="class_09"),
    "GET /api/v1/events/{}/sheet.pdf": _wrote("sheet.print"),
    "GET /api/v1/shifts/{}/sheet.pdf": _wrote("shift.print", by="shift_lead", ask=_shift_on_paper),
    "GET /api/v1/indicators/export": _wrote("evaluation.export"),
    "GET /api/v1/indicators/paper": _wrote("evaluation.export"),
    "GET /api/v1/assessments/{}/export": _wrote("evaluation.export"),
    "GET /api/v1/assessments/{}/paper": _wrote("evaluation.export"),
}
