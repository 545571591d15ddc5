"""How a grant is asked for, answered and ended: by whom, with which words, once; and many who do so together."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.grants import READERS, Act, Standing, may, standing_of
from events.services.lending import LONGEST, Request, ask, decide, note_lapsed
from grid.models import AuditEntry, EventGrant, GrantState, Region, Role
from grid.refusals import Conflict, Forbidden, Invalid, NotFound
from tests.factories import access_for, reported, user_with
from tests.factories.lending import LEAST, lent, sees
from tests.factories.people import CITY, HESHAN, ZIYANG, organisation
from tests.factories.together import together

COUNTY = f"centre-{ZIYANG}"
FAR_COUNTY, FAR = f"centre-{HESHAN}", f"dept-{HESHAN}-chengguan_zhujian"
FAR_GRID = "430903001002001"


def wish(**changed) -> Request:
    today = timezone.localdate()
    fields = {
        "owner": organisation(COUNTY).pk, "path": Region.objects.get(code=ZIYANG).path, "classes": ("06",),
        "reason": "沿河联合整治需要掌握情况", "until": today + timedelta(days=30),
    }  # fmt: skip
    return Request(**fields | changed)


@pytest.fixture
def asker(db):
    return access_for(user_with("dept_lead", FAR))


@pytest.fixture
def leader(db):
    return access_for(user_with("leader", COUNTY))


def test_asked_approved_and_over_by_itself(asker, leader):
    event, now = reported(), timezone.now()
    grant = ask(access=asker, request=wish(classes=("06-001", "06", "07-001")))
    assert (grant.state, grant.classes, grant.grantee_id) == ("asked", ["06", "07-001"], organisation(FAR).pk)
    assert not sees(access_for(user_with("dept_clerk", FAR)), event)
    done = decide(access=leader, number=grant.pk, act=Act.APPROVE, text="同意，到期请勿再用")
    assert (done.answered_by_id, standing_of(done, timezone.now())) == (leader.user, Standing.HOLDS)
    clerk = user_with("dept_clerk", FAR)
    assert sees(access_for(clerk), event)
    last_day = timezone.localtime(grant.until - LEAST).date()
    assert last_day == timezone.localdate(now) + timedelta(days=30)
    assert not sees(access_for(clerk, now=grant.until), event)
    assert standing_of(done, grant.until) == Standing.LAPSED


@pytest.mark.parametrize("side", ["owner", "grantee"])
def test_either_side_ends_it_at_once(asker, leader, side):
    event, grant = reported(), ask(access=asker, request=wish())
    decide(access=leader, number=grant.pk, act=Act.APPROVE)
    clerk = user_with("dept_clerk", FAR)
    assert sees(access_for(clerk), event)
    decide(access=leader if side == "owner" else asker, number=grant.pk, act=Act.END)
    assert not sees(access_for(clerk), event)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"owner": 10**9}, "owner", "owner-unknown"),
        ({"path": "9/9/"}, "path", "region-unknown"),
        ({"classes": ()}, "classes", "classes-needed"),
        ({"classes": ("06", "99")}, "classes", "category-unknown"),
        ({"classes": ("06", "09")}, "classes", "dispute-not-shared"),
        ({"classes": ("09-001",)}, "classes", "dispute-not-shared"),
        ({"reason": "  要看 "}, "reason", "reason-needed"),
        ({"grantee": 1}, "grantee", "grantee-unknown"),
    ],
)
def test_what_cannot_be_taken_is_refused_on_its_field(asker, changed, field, code):
    with pytest.raises(Invalid) as refused:
        ask(access=asker, request=wish(**changed))
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not EventGrant.objects.exists()


def test_the_period_is_a_future_one_of_a_year_at_most(asker):
    today, day = timezone.localdate(), timedelta(days=1)
    for changed, field in (
        ({"until": today - day}, "until"), ({"since": today - day}, "since"),
        ({"since": today + 2 * day, "until": today + day}, "until"), ({"until": today + LONGEST}, "until"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            ask(access=asker, request=wish(**changed))
        assert refused.value.field == field
    longest = ask(access=asker, request=wish(since=today + day, until=today + LONGEST))
    assert longest.until - longest.since == LONGEST
    shortest = ask(access=asker, request=wish(until=today, classes=("07",)))
    assert shortest.since < shortest.until <= timezone.now() + day


def test_the_region_is_the_owners_and_the_events_are_anothers(asker):
    with pytest.raises(Invalid) as refused:
        ask(access=asker, request=wish(path=Region.objects.get(code=HESHAN).path))
    assert refused.value.code == "region-not-the-owners"
    with pytest.raises(Invalid) as refused:
        ask(access=asker, request=wish(owner=organisation(FAR).pk))
    assert refused.value.code == "own-events"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_who_asks_and_who_answers(role):
    grid = FAR_GRID if role == Role.GRID_OFFICER else None
    asking = access_for(user_with(role.value, FAR_COUNTY, grid=grid))
    if role in (Role.SHIFT_LEAD, Role.DEPT_LEAD, Role.LEADER):
        assert ask(access=asking, request=wish()).state == "asked"
        EventGrant.objects.all().delete()
    else:
        with pytest.raises(Forbidden):
            ask(access=asking, request=wish())
    grant = lent(FAR_COUNTY, FAR, region=HESHAN, state=GrantState.ASKED)
    if role in (Role.DEPT_LEAD, Role.LEADER):
        assert decide(access=asking, number=grant.pk, act=Act.APPROVE).state == "granted"
    else:
        with pytest.raises(Forbidden if role in READERS else NotFound):
            decide(access=asking, number=grant.pk, act=Act.APPROVE)


def test_who_asked_never_approves_though_a_post_at_the_owner_would(asker):
    both = user_with("leader", COUNTY, user=user_with("dept_lead", FAR))
    grant = ask(access=access_for(both), request=wish(grantee=organisation(FAR).pk))
    with pytest.raises(Forbidden) as refused:
        decide(access=access_for(both), number=grant.pk, act=Act.APPROVE)
    assert refused.value.code == "own-request"
    assert decide(access=access_for(both), number=grant.pk, act=Act.REFUSE, text="自己提的自己退回").state == "refused"


def test_a_stranger_finds_nothing(asker, leader):
    grant = ask(access=asker, request=wish())
    with pytest.raises(NotFound):
        decide(access=access_for(user_with("leader", f"centre-{CITY}")), number=grant.pk, act=Act.APPROVE)


def test_a_refusal_says_why(asker, leader):
    grant = ask(access=asker, request=wish())
    with pytest.raises(Invalid) as refused:
        decide(access=leader, number=grant.pk, act=Act.REFUSE, text=" 不行 ")
    assert refused.value.field == "text"
    grant.refresh_from_db()
    assert grant.state == "asked"
    assert decide(access=leader, number=grant.pk, act=Act.REFUSE, text="与职责无关，请说明").state == "refused"


def test_the_same_waits_once_and_may_be_asked_again_when_it_was_answered(asker, leader):
    grant = ask(access=asker, request=wish())
    with pytest.raises(Conflict, match="asked-already"):
        ask(access=asker, request=wish(reason="换一个理由再申请一次"))
    decide(access=leader, number=grant.pk, act=Act.REFUSE, text="与职责无关，请说明")
    assert ask(access=asker, request=wish()).pk != grant.pk


def _late(access, grant, act):
    with pytest.raises(Conflict) as refused:
        decide(access=access, number=grant.pk, act=act, text="写明理由再来处理")
    return refused.value.code


def test_what_comes_too_late_is_told_how_it_stands(asker, leader):
    grant = ask(access=asker, request=wish())
    assert _late(leader, grant, Act.END) == "grant-asked"
    decide(access=leader, number=grant.pk, act=Act.APPROVE)
    assert _late(leader, grant, Act.APPROVE) == "grant-holds"
    assert _late(leader, grant, Act.REFUSE) == "grant-holds"
    assert _late(asker, grant, Act.WITHDRAW) == "grant-holds"
    decide(access=leader, number=grant.pk, act=Act.END)
    assert _late(leader, grant, Act.END) == "grant-ended"
    again = ask(access=asker, request=wish())
    decide(access=asker, number=again.pk, act=Act.WITHDRAW)
    assert _late(leader, again, Act.APPROVE) == "grant-withdrawn"
    third = lent(COUNTY, FAR, region=ZIYANG, state="asked", until=timezone.now())
    assert _late(leader, third, Act.APPROVE) == "grant-lapsed"


def test_every_act_is_one_row_of_the_audit_without_anybodys_words(asker, leader):
    grant = ask(access=asker, request=wish())
    decide(access=leader, number=grant.pk, act=Act.APPROVE, text="同意你们的申请")
    decide(access=leader, number=grant.pk, act=Act.END, text="整治已经结束了")
    other = ask(access=asker, request=wish())
    decide(access=leader, number=other.pk, act=Act.REFUSE, text="整治已经结束了")
    taken = ask(access=asker, request=wish(classes=("07",)))
    decide(access=asker, number=taken.pk, act=Act.WITHDRAW)
    rows = AuditEntry.objects.filter(subject_kind="event_grant").order_by("pk")
    assert [row.action.removeprefix("event_grant.") for row in rows] == [
        "ask", "approve", "end", "ask", "refuse", "ask", "withdraw",
    ]  # fmt: skip
    assert {row.organisation.code for row in rows} == {COUNTY}
    assert rows[1].detail["grantee"] == FAR
    assert not any("整治" in str(row.detail) or "同意" in str(row.detail) for row in rows)


def test_running_out_is_written_down_once_and_is_nobodys_precondition(asker, leader):
    event, clerk = reported(), user_with("dept_clerk", FAR)
    held, waiting = lent(COUNTY, FAR, region=ZIYANG), ask(access=asker, request=wish())
    over = held.until
    assert note_lapsed(now=over - LEAST) == 0
    assert not sees(access_for(clerk, now=over), event)
    assert note_lapsed(now=over) == 1
    assert note_lapsed(now=over) == 0
    assert note_lapsed(now=waiting.until) == 1
    held.refresh_from_db()
    assert (held.state, held.ended_at) == ("lapsed", over)
    assert AuditEntry.objects.filter(action="event_grant.lapse").count() == 2


def test_a_request_that_ran_out_unanswered_stands_in_nobodys_way(asker):
    then = timezone.now() - timedelta(days=40)
    old = ask(access=asker, request=wish(until=timezone.localdate(then) + timedelta(days=1)), now=then)
    new = ask(access=asker, request=wish())
    old.refresh_from_db()
    assert (old.state, new.state) == ("lapsed", "asked")
    assert may(access_for(user_with("leader", COUNTY)), Act.APPROVE, new, now=timezone.now()).allowed


# Many at once


def test_of_two_who_answer_and_one_who_takes_it_back_one_is_first(committed):
    asking = access_for(user_with("dept_lead", FAR))
    leaders = [access_for(user_with("leader", COUNTY)) for _ in range(2)]
    for _ in range(15):
        grant = ask(access=asking, request=wish())
        number = grant.pk
        answers = together(
            lambda number=number: decide(access=leaders[0], number=number, act=Act.APPROVE),
            lambda number=number: decide(access=leaders[1], number=number, act=Act.REFUSE, text="与职责无关"),
            lambda number=number: decide(access=asking, number=number, act=Act.WITHDRAW),
        )
        assert sum(isinstance(one, EventGrant) for one in answers) == 1, answers
        assert sum(isinstance(one, Conflict) for one in answers) == 2
        assert AuditEntry.objects.filter(subject_kind="event_grant", subject=str(number)).count() == 2
        EventGrant.objects.filter(pk=number, state="granted").update(state="ended")


def test_the_same_asked_ten_times_at_once_waits_once(committed):
    asking = access_for(user_with("dept_lead", FAR))
    request = wish()
    answers = together(*[lambda: ask(access=asking, request=request) for _ in range(10)])
    assert sum(isinstance(one, EventGrant) for one in answers) == 1
    assert EventGrant.objects.count() == AuditEntry.objects.filter(action="event_grant.ask").count() == 1
