"""What organisations of the demo share with one another: in force, waiting, refused and run out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from data.demo.accounts import CITY, DAMATOU, HESHAN, ZIYANG
from events.grants import Act
from events.services.lending import Request, ask, decide
from grid.models import EventGrant, Organisation, OrganisationKind, Post, Region, Role
from grid.policy import Access, access_of


@dataclass(frozen=True)
class _Wish:
    """Who asked whom for what, how many days ago and for how many days; and what was answered (None: nothing yet)."""

    owner: str
    grantee: str
    region: str
    classes: tuple[str, ...]
    reason: str
    ago: int
    days: int
    join: bool = False
    act: Act | None = None
    answer: str = ""


_WISHES = (
    _Wish(f"centre-{HESHAN}", f"dept-{ZIYANG}-chengguan_zhujian", HESHAN, ("01", "05"),
          "两区交界路段市容联合整治，需要掌握对方一侧的问题", 6, 45, True, Act.APPROVE, "同意，联合整治期间有效"),
    _Wish(f"centre-{ZIYANG}", f"dept-{CITY}-jiaojing", ZIYANG, ("06-005",),
          "主干道信号灯故障需第一时间安排警力疏导", 20, 180, False, Act.APPROVE, "同意"),
    _Wish(f"centre-{ZIYANG}", f"centre-{HESHAN}", ZIYANG, ("07-001", "07-002"),
          "跨区河道水质异常溯源，需要了解上游情况", 1, 30),
    _Wish(f"dept-{ZIYANG}-chengguan_zhujian", f"dept-{ZIYANG}-yingji_xiaofang", ZIYANG, ("06",),
          "防汛值守期间掌握排水和路面设施隐患", 2, 60, True),
    _Wish(f"centre-{ZIYANG}", f"centre-{DAMATOU}", ZIYANG, ("01", "02", "03", "05", "06", "07", "08", "10"),
          "想了解全区各类事件的总体情况", 12, 90, False, Act.REFUSE, "范围过大，请按实际需要缩小类别和区域后再申请"),
    _Wish(f"centre-{DAMATOU}", f"dept-{ZIYANG}-nongshui_huanbao", DAMATOU, ("07",),
          "入河排污口排查专项行动", 40, 30, False, Act.APPROVE, "同意"),
)  # fmt: skip


@transaction.atomic
def fill(*, now: datetime) -> int:
    """Make them through the doors, as the people of these organisations; how many. Leaves out what the ground lacks."""
    made = 0
    for wish in _WISHES:
        asker, leader = _speaker(wish.grantee, now), _speaker(wish.owner, now, answers=True)
        region = Region.objects.filter(code=wish.region).defer("boundary").first()
        if asker is not None and leader is not None and region is not None:
            _play(wish, asker, leader, region.path, now)
            made += 1
    return made


def _play(wish: _Wish, asker: Access, leader: Access, path: str, now: datetime) -> EventGrant:
    then = now - timedelta(days=wish.ago)
    owner = Organisation.objects.only("pk").get(code=wish.owner)
    grantee = Organisation.objects.only("pk").get(code=wish.grantee)
    request = Request(
        owner=owner.pk, grantee=grantee.pk, path=path, classes=wish.classes, reason=wish.reason, join=wish.join,
        until=timezone.localdate(then) + timedelta(days=wish.days),
    )  # fmt: skip
    grant = ask(access=asker, request=request, now=then)
    if wish.act is None:
        return grant
    return decide(access=leader, number=grant.pk, act=wish.act, text=wish.answer, now=then + timedelta(hours=3))


def _speaker(code: str, now: datetime, *, answers: bool = False) -> Access | None:
    """The leader or department lead of an organisation; who asks for a centre is its shift lead."""
    body = Organisation.objects.filter(code=code).only("pk", "kind").first()
    if body is None:
        return None
    centre = Role.LEADER if answers else Role.SHIFT_LEAD
    role = centre if body.kind == OrganisationKind.CENTRE else Role.DEPT_LEAD
    posts = Post.objects.filter(role=role, organisation=body, until__isnull=True).select_related("user").order_by("pk")
    post = posts.first()
    return access_of(post.user, now=now) if post else None
