"""The orders that the demo's hotline makes up: who never called, about places that the demo prefecture has."""

import math
import random
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from deploy.simulators.geopackage import point

ENDED: Final = frozenset({"closed", "self_closed", "rejected", "merged", "voided"})
_KINDS: Final = {"new": 80, "urge": 12, "supplement": 4, "withdraw": 4}
_POINTS: Final = {"wgs84": 45, "gcj02": 30, "": 25}  # the last: an address only
_REMEMBERED: Final = 200
_METRES_AWAY: Final = 60
_METRES_PER_DEGREE: Final = 111_320
_CHANNELS: Final = ("电话", "电话", "电话", "微信", "网站", "手机应用")
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕"
_HOMES: Final = ("housing", "village", "home")
_STREETS: Final = ("market", "mall", "square", "government", "station", "post", "hospital", "bridge")
_GREEN: Final = ("park", "square", "library", "home")
_WATERS: Final = ("pond", "bridge", "farm", "village")
_SCHOOLS: Final = ("school", "kindergarten")


@dataclass(frozen=True, slots=True)
class Place:
    """A named place of the demo, degrees in WGS-84."""

    name: str
    kind: str
    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody could ring about: our category's name, the kind of call, where it fits, and the words."""

    category: str
    order_type: str
    kinds: tuple[str, ...]
    words: str
    urgent: bool = False


COMPLAINTS: Final = (
    Complaint(
        "暴露垃圾", "投诉", _HOMES, "{place}门口的垃圾桶满了三天没人清运，污水流到人行道上，味道很大，请尽快处理。"
    ),
    Complaint("道路不洁", "投诉", _STREETS, "{place}前面的路上全是泥土，像是渣土车带出来的，一刮风灰尘很大。"),
    Complaint("绿地脏乱", "投诉", _GREEN, "{place}的绿化带里有很多塑料袋和饭盒，好几个星期没有人打扫。"),
    Complaint("乱堆物料", "投诉", _HOMES, "有人在{place}楼下堆了一大堆装修废料，老人出门不方便。"),
    Complaint("焚烧垃圾", "投诉", _HOMES, "{place}后面有人烧垃圾，浓烟飘进屋里，窗户都不敢开。"),
    Complaint("油烟污染", "投诉", _STREETS, "{place}旁边的烧烤店晚上油烟直接排到路边，住在楼上的人受不了。"),
    Complaint("非法小广告", "投诉", _HOMES, "{place}的楼道里又贴满了小广告，刚清理完没几天。"),
    Complaint(
        "广告破损有坠落危险", "求助", _STREETS, "{place}门口的广告牌松动了，风一吹就摇晃，担心砸到人。", urgent=True
    ),
    Complaint("施工扰民", "投诉", _HOMES, "{place}旁边的工地夜里十一点多还在施工，孩子没法睡觉。"),
    Complaint("工地扬尘", "投诉", _STREETS, "{place}对面的工地裸土没有盖，大车一过全是扬尘。"),
    Complaint("路面塌陷", "求助", _STREETS, "{place}前面的路面塌了一个坑，直径有一米多，来往车辆很危险。", urgent=True),
    Complaint("管道破裂", "求助", _STREETS, "{place}路边的水管爆了，水喷得很高，路面已经积水。", urgent=True),
    Complaint("道路积水内涝", "求助", _STREETS, "{place}前面的路积水很深，小车过不去，请派人看看下水口。", urgent=True),
    Complaint("树木倒伏", "求助", _GREEN, "{place}有一棵树倒在路中间，把半边路挡住了。", urgent=True),
    Complaint("占道经营", "投诉", ("market", *_SCHOOLS), "{place}门口每天早上都有摊贩占道摆摊，行人只能走机动车道。"),
    Complaint("机动车乱停放", "投诉", (*_SCHOOLS, "hospital"), "{place}门口两边停满了小车，公交车都转不过弯来。"),
    Complaint("非机动车乱停放", "投诉", _STREETS, "{place}人行道上共享单车倒了一片，盲道也被占了。"),
    Complaint("井盖缺损", "求助", _STREETS, "{place}路口的井盖破了一半，晚上看不清，容易踩空。", urgent=True),
    Complaint("路灯不亮", "求助", (*_HOMES, "park"), "{place}这条路的路灯坏了好几盏，晚上一片漆黑，走路不安全。"),
    Complaint("路面破损", "建议", _HOMES, "{place}进出的水泥路坑坑洼洼，下雨天积水，希望修一修。"),
    Complaint("护栏损坏", "求助", ("bridge", *_WATERS), "{place}的护栏被撞断了两米多，还没有修好。"),
    Complaint("交通信号故障", "求助", _STREETS, "{place}路口的红绿灯一直是黄灯闪，上下班时间很堵。", urgent=True),
    Complaint("线缆垂落", "求助", _HOMES, "{place}有一根光缆垂下来了，快挨到地面，骑车的人要绕开。"),
    Complaint("供水漏水", "求助", _HOMES, "{place}自来水管漏水，已经漏了两天，白白浪费。"),
    Complaint("排水堵塞", "求助", _HOMES, "{place}的下水道堵了，污水从井里冒出来，一楼住户没法出门。"),
    Complaint("公厕设施损坏", "投诉", _GREEN, "{place}旁边的公厕水龙头坏了，一直关不上，洗手池也堵了。"),
    Complaint("污水直排", "举报", _WATERS, "{place}附近有管子往水里排黑水，气味刺鼻，晚上排得更多。"),
    Complaint("河道漂浮物", "投诉", _WATERS, "{place}水面上漂着很多水葫芦和泡沫箱，没有人打捞。"),
    Complaint("非法倾倒", "举报", _WATERS, "夜里有货车在{place}边上倒建筑垃圾，已经倒了好几车。"),
    Complaint("噪声污染", "投诉", _GREEN, "{place}跳广场舞的音响声音太大，一直放到晚上十点。"),
    Complaint("畜禽粪污", "投诉", ("farm", "village"), "{place}附近的养殖场粪水流到沟里，臭味很重。"),
    Complaint("消防通道堵塞", "举报", ("housing", "market"), "{place}的消防通道被车堵死了，万一着火消防车进不来。"),
    Complaint("电动车违规充电", "举报", ("housing",), "{place}有人从楼上拉电线给电动车充电，楼道里也停着车。"),
    Complaint("水域临边无防护", "建议", ("pond", "village"), "{place}的水塘边没有护栏，放学的孩子常在那里玩。"),
    Complaint("校园周边隐患", "建议", _SCHOOLS, "{place}门口没有减速带，放学时车开得很快。"),
    Complaint("高空坠物隐患", "求助", ("housing",), "{place}外墙的瓷砖掉了好几块下来，楼下是过道。", urgent=True),
    Complaint("物业纠纷", "投诉", ("housing",), "{place}电梯坏了半个月，物业一直说在等配件，不给准话。"),
    Complaint("停水", "咨询", _HOMES, "{place}从早上开始停水，没有收到通知，什么时候能来水？"),
    Complaint("公共设施增设建议", "建议", ("park", "square"), "建议在{place}加几张椅子和一盏灯，晚上散步的老人多。"),
    Complaint("独居老人探访求助", "求助", ("village", "home"), "{place}有位独居老人这几天没有出门，麻烦上门看一下。"),
    Complaint("政策咨询", "咨询", ("government", "town"), "想问一下{place}办理医保参保登记需要带什么材料。"),
    Complaint("", "求助", _STREETS, "{place}这里的路走不通了，具体什么情况说不清楚，请派人来看一下。"),
)
_WHERE: Final = ("门口", "北门对面", "东侧路口", "南边五十米", "西侧人行道", "后面的巷子")
_LATER: Final = {
    "urge": ("来电人再次来电催办，表示还没有看到人来处理。", "这个工单已经两次来电，请抓紧处理。"),
    "supplement": ("来电人补充：问题在晚上更明显。", "来电人补充：位置在路的北侧，靠近公交站。"),
    "withdraw": ("来电人表示问题已经自行解决，申请撤单。",),
}


def read_places(path: Path) -> tuple[str, tuple[Place, ...]]:
    """The city's name and every named place of a city file (GeoPackage, points in degrees).

    Raises OSError or sqlite3.Error for a file that is no such thing.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there")
    found = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = found.execute("SELECT name, kind, geom FROM place ORDER BY fid").fetchall()
        city = found.execute("SELECT name FROM region WHERE level = 'city'").fetchone()
    finally:
        found.close()
    places = (Place(str(name), str(kind), *point(geometry)) for name, kind, geometry in rows)
    return (str(city[0]) if city else ""), tuple(places)


def to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """WGS-84 degrees as the maps of the Chinese market show them: the published approximation, good to a metre."""
    x, y = lng - 105.0, lat - 35.0
    root, waves = math.sqrt(abs(x)), 20 * math.sin(6 * math.pi * x) + 20 * math.sin(2 * math.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves * 2 / 3
    north += (20 * math.sin(math.pi * y) + 40 * math.sin(math.pi * y / 3)) * 2 / 3
    north += (160 * math.sin(math.pi * y / 12) + 320 * math.sin(math.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves * 2 / 3
    east += (20 * math.sin(math.pi * x) + 40 * math.sin(math.pi * x / 3)) * 2 / 3
    east += (150 * math.sin(math.pi * x / 12) + 300 * math.sin(math.pi * x / 30)) * 2 / 3
    axis, squared = 6_378_245.0, 0.00669342162296594323  # Krasovsky 1940
    angle = math.radians(lat)
    magic = 1 - squared * math.sin(angle) ** 2
    north_degrees = math.degrees(north / (axis * (1 - squared) / magic**1.5))
    east_degrees = math.degrees(east / (axis / math.sqrt(magic) * math.cos(angle)))
    return lng + east_degrees, lat + north_degrees


@dataclass
class Operator:
    """Makes up one message after the other; knows its orders and how they stand."""

    city: str
    places: Sequence[Place]
    chance: random.Random = field(default_factory=random.Random)
    _states: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def heard(self, order_no: str, state: str | None) -> None:
        """An order of ours stands in `state`, as an answer or a callback says."""
        if state:
            self._states[order_no] = state
        while len(self._states) > _REMEMBERED:
            del self._states[next(iter(self._states))]

    def next_message(self, now: datetime) -> dict[str, Any]:
        """A message for the platform: mostly a new order, now and then more about one that isn't ended."""
        kind = self._drawn(_KINDS)
        still = [order for order, state in self._states.items() if state not in ENDED]
        if kind != "new" and still:
            return self.about(self.chance.choice(still), kind, self.chance.choice(_LATER[kind]), now)
        return self.new_order(now)

    def new_order(self, now: datetime) -> dict[str, Any]:
        """A call about something at one of the places."""
        complaint = self.chance.choice(COMPLAINTS)
        fitting = [place for place in self.places if place.kind in complaint.kinds] or self.places
        place = self.chance.choice(fitting)
        crs = self._drawn(_POINTS)
        return self.written(
            now, content=complaint.words.format(place=place.name),
            address=f"{self.city}{place.name}{self.chance.choice(_WHERE)}",
            order_type=complaint.order_type, urgency="urgent" if complaint.urgent else "normal",
            **({"categories": [complaint.category]} if complaint.category else {}),
            **(self._point(place, crs) if crs else {}),
        )  # fmt: skip

    def written(self, now: datetime, **fields: Any) -> dict[str, Any]:
        """A new order with `fields`; what they leave out is made up, the caller too."""
        self._count += 1
        order_no = f"YY{now:%Y%m%d%H%M%S}{self._count % 1000:03d}"
        made_up = {
            **self._message(order_no, "new", now), "order_type": "求助", "channel": self.chance.choice(_CHANNELS),
            "accept_time": now.isoformat(timespec="seconds"), "urgency": "normal",
            "caller": f"{self.chance.choice(_SURNAMES)}{self.chance.choice(('先生', '女士'))}",
            "caller_phone": f"1200000{self.chance.randrange(10_000):04d}",  # no mobile number begins with 120
            "reply_deadline": (now + timedelta(days=5)).isoformat(timespec="seconds"), "want_callback": True,
        }  # fmt: skip
        return made_up | fields

    def about(self, order_no: str, kind: str, content: str, now: datetime) -> dict[str, Any]:
        """An urge, supplement, revisit or withdrawal of an order that was sent before."""
        return {**self._message(order_no, kind, now), "content": content}

    def _message(self, order_no: str, kind: str, now: datetime) -> dict[str, Any]:
        return {
            "order_no": order_no, "message_id": f"hl-{order_no}-{kind}-{self.chance.getrandbits(32):08x}",
            "type": kind, "occurred_at": now.isoformat(timespec="seconds"),
        }  # fmt: skip

    def _drawn(self, weights: Mapping[str, int]) -> str:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _point(self, place: Place, crs: str) -> Mapping[str, Any]:
        angle, metres = self.chance.uniform(0, math.tau), self.chance.uniform(5, _METRES_AWAY)
        lat = place.lat + metres * math.sin(angle) / _METRES_PER_DEGREE
        lng = place.lng + metres * math.cos(angle) / (_METRES_PER_DEGREE * math.cos(math.radians(lat)))
        if crs == "gcj02":
            lng, lat = to_gcj02(lng, lat)
        return {"lng": round(lng, 6), "lat": round(lat, 6), "crs": crs}
