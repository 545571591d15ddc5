"""Walk 1: an officer reports, the dispatch centre sees it, others handle it, and it comes back closed."""

import time

from tests.visitors import Line, in_time, picture, plain
from tests.walks.route import CLERK, OFFICER, category, handle, own_grid, steps

WHOLE = ["report", "accept", "dispatch", "sign", "finish", "pass_check", "close"]


def test_a_report_is_live_within_a_second_and_comes_back_closed(people):
    officer, desk, elsewhere = people(OFFICER), people("damatou.desk"), people("heshan.dispatch")
    grid, point = own_grid(officer)
    photo = officer.photo(picture(point=point))
    with Line(desk) as line, Line(elsewhere) as other:
        line.ready()
        other.ready()
        began = time.monotonic()
        answer = officer.report(point=point, category=category(officer), photos=[photo])
        assert answer.status_code == 201, answer.text
        no = answer.json()["no"]
        heard = line.wait_row(no, 10, state="reported", grid=grid)
        assert in_time(heard.at - began, 1.0), f"{heard.at - began:.2f} s from sending the report to hearing of it"

        assert desk.step(no, "accept")["state"] == "accepted"
        handle(people, no, dispatcher=desk, point=point)
        assert desk.step(no, "close", text="已经办结")["state"] == "closed"
        ended = line.wait_row(no, 10, state="closed").change["row"]
        assert ended["ended_at"]
        fresh = {row["id"]: row for row in desk.ask("map/events")["rows"]}
        assert plain(fresh[ended["id"]]) == plain(ended), "what was pushed is what a new snapshot shows"
        assert no not in {(one.change.get("row") or {}).get("no") for one in other.heard}

    card = officer.card(no)
    assert steps(card) == WHOLE
    assert [item["version"] for item in card["journal"]] == list(range(1, len(WHOLE) + 1))
    assert len({item["actor"] for item in card["journal"]}) == 3, "officer, desk and clerk"
    assert {photo["shows"] for photo in card["photos"]} == {"before", "after", "check"}
    mine = {row["no"]: row for row in officer.ask("events", view="mine", sort="-reported")["rows"]}
    assert (mine[no]["state"], plain(mine[no])["ended_at"]) == ("closed", plain(ended)["ended_at"])
    assert elsewhere.get(f"events/{no}").status_code == 404


def test_a_report_sent_twice_is_one_event(people):
    officer = people(OFFICER)
    _grid, point = own_grid(officer)
    body = {"photos": [officer.photo()], "client_id": "6f1f8f0e-6a0c-4a58-9d4c-" + f"{time.time_ns() % 16**12:012x}"}
    first = officer.report(point=point, category=category(officer), **body)
    again = officer.report(point=point, category=category(officer), **body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["no"] == again.json()["no"]


def test_solved_on_the_spot_is_one_call_and_two_entries(people):
    officer = people(OFFICER)
    _grid, point = own_grid(officer)
    solved = {"description": "已当场清理", "photos": [officer.photo()]}
    with Line(people("damatou.desk")) as line:
        line.ready()
        answer = officer.report(point=point, category=category(officer, self_resolvable=True), self_resolve=solved)
        assert answer.status_code == 201, answer.text
        no = answer.json()["no"]
        assert answer.json()["state"] == "self_closed"
        assert line.wait_row(no, 10, state="self_closed").change["row"]["ended_at"]
    card = officer.card(no)
    assert steps(card) == ["report", "self_resolve"]
    assert [item["to_state"] for item in card["journal"]] == ["reported", "self_closed"]


def test_a_step_on_an_old_version_is_told_how_things_stand(people):
    officer, desk = people(OFFICER), people("damatou.desk")
    _grid, point = own_grid(officer)
    no = officer.report(point=point, category=category(officer)).json()["no"]
    version = desk.card(no)["version"]
    assert desk.step(no, "accept")["state"] == "accepted"
    late = desk.post(f"events/{no}/steps", {"step": "accept", "version": version})
    assert late.status_code == 409
    assert late.json()["event"]["state"] == "accepted"
    assert people(CLERK).get(f"events/{no}").status_code == 404, "a department sees it once it has a part in it"
