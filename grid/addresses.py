"""What people write and say of a place, as text: one spelling, character pairs, and the small words around a name.

Pure and bounded: whatever comes in, at most `LONGEST` characters are looked at, and nothing is raised or kept.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 120
"""Characters of a normalised address that are looked at: the longest in use have about 60."""

_RAW = 400  # characters as they come in: NFKC may make one into several, separators go

_TRADITIONAL = (
    "號号區区縣县鎮镇鄉乡橋桥園园廣广場场門门東东對对學学醫医際际衛卫廳厅樓楼棟栋單单層层處处邊边側侧後后裡里裏里"
    "內内進进遠远與与從从車车站站馬马魚鱼鳥鸟龍龙鳳凤麗丽華华國国會会館馆廠厂產产業业農农貿贸糧粮銀银銅铜鐵铁"
    "長长陽阳陰阴灣湾島岛嶺岭澤泽溝沟湧涌瀏浏漣涟漢汉滬沪資资員员賓宾貴贵賢贤買买賣卖質质贊赞趙赵運运達达過过"
    "還还連连遷迁選选鄧邓鄭郑醬酱鋪铺錦锦鋼钢鍋锅鎖锁鍾钟鐘钟開开間间關关聞闻閘闸閣阁隊队階阶隨随險险雙双雞鸡"
    "離离難难電电靈灵靜静頂顶項项順顺須须頭头題题額额風风飛飞飯饭飲饮養养驛驿驗验體体麥麦黃黄點点黨党齊齐齒齿"
    "萬万個个兩两併并倉仓備备傳传優优兒儿兌兑冊册劃划劉刘創创勝胜動动勞劳勵励匯汇協协參参吳吴員员問问啟启團团"
    "圍围圖图圓圆執执報报壇坛壓压壩坝壘垒夾夹奪夺奮奋嬌娇孫孙寧宁寶宝實实審审專专導导屆届屬属岡冈峽峡師师帶带"
    "幣币幹干庫库廟庙張张強强彎弯錄录徑径復复恆恒悅悦慶庆憲宪應应懷怀戰战戶户掛挂採采揚扬換换損损據据擁拥擇择"
    "擊击擔担攔拦攤摊敵敌數数斷断時时晉晋書书條条棗枣槍枪榮荣樂乐樣样樹树機机檢检權权歐欧歲岁歷历歸归氣气決决"
    "溫温準准滅灭滿满漁渔潔洁潤润濟济濱滨瀾澜煙烟燈灯燒烧營营爐炉爺爷牆墙獅狮獎奖環环瓊琼畝亩畢毕畫画療疗發发"
    "監监盤盘盧卢碼码磚砖礦矿祿禄禮礼種种積积穩稳窩窝競竞筆笔節节範范築筑籃篮類类紅红級级納纳紙纸紡纺細细終终"
    "組组結结絡络統统經经維维綠绿網网線线練练縱纵總总織织繞绕續续羅罗義义習习聖圣聯联聲声職职肅肃腦脑臨临興兴"
    "舊旧艦舰藍蓝藝艺藥药蘆芦蘇苏蘭兰虛虚蟲虫術术補补裝装複复見见規规視视親亲覺觉觀观計计訂订討讨訓训記记訪访"
    "設设許许訴诉試试詩诗話话該该詳详認认語语誠诚誤误說说課课調调談谈請请論论諸诸講讲謝谢證证識识議议護护變变"
)
_SIMPLIFIED = {ord(old): new for old, new in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True) if old != new}
"""Traditional characters that stand in addresses, as simplified ones. No simplified one is itself a key."""

_APART = re.compile(r"[^0-9a-z\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+")
_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(r"[〇零一二两三四五六七八九十百千]{1,12}(?=号|弄|栋|幢|组|单元|米|公里|楼|层|室)")


def normalise(text: str) -> str:
    """One spelling: half-width lower-case letters and digits, simplified characters, "128号" for 一百二十八号.

    Whatever separates words becomes one space. At most `LONGEST` characters; the same again when normalised again.
    """
    plain = unicodedata.normalize("NFKC", text[:_RAW])[: 2 * _RAW].lower().translate(_SIMPLIFIED)
    spaced = _APART.sub(" ", plain).strip()
    return _NUMERAL.sub(lambda found: _in_digits(found.group()), spaced)[:LONGEST].strip()


def _in_digits(numeral: str) -> str:
    """一百二十八 as 128, 十二 as 12, 一二八 as 128."""
    if not any(sign in _UNITS for sign in numeral):
        return "".join(str(_DIGITS[sign]) for sign in numeral)
    total, digit = 0, 0
    for sign in numeral:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return str(total + digit)


def bigrams(text: str) -> list[str]:
    """The sorted set of pairs of neighbouring letters and digits of a text, after NFKC and in lower case.

    Spaces and punctuation are left out; a text of one character is its own only "pair".
    """
    letters = _letters(text)
    if len(letters) == 1:
        return [letters]
    return sorted({letters[at : at + 2] for at in range(len(letters) - 1)})


def keys_of_name(name: str) -> list[str]:
    """What a place is found by: its name's pairs, and for one of three characters its ends ("资_路").

    One wrong character in the middle of so short a name leaves none of its pairs.
    """
    letters = _letters(name)
    ends = [f"{letters[0]}_{letters[2]}"] if len(letters) == 3 else []
    return sorted({*bigrams(letters), *ends})


def keys_of_text(text: str) -> list[str]:
    """What a text may find places by: its pairs, and every two characters with one between them."""
    letters = _letters(text)
    ends = {f"{letters[at]}_{letters[at + 2]}" for at in range(len(letters) - 2)}
    return sorted({*bigrams(letters), *ends})


def _letters(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())


@dataclass(frozen=True, slots=True)
class Shift:
    """How far from a place something is said to be: metres, and the bearing in degrees where a direction is named."""

    metres: float
    bearing: float | None


_BEARINGS = {"东北": 45.0, "东南": 135.0, "西南": 225.0, "西北": 315.0, "东": 90.0, "南": 180.0, "西": 270.0, "北": 0.0}
_WAY = r"(?P<way>东北|东南|西南|西北|东|南|西|北)"
_SHIFT = re.compile(
    rf"(?:(?:往|向|朝|偏|以)?{_WAY}(?:边|侧|面|方向|方)?)?[走行约大概]{{0,4}}(?P<number>\d{{1,5}})(?P<unit>米|m(?![a-z])|公里|里路)"
)


def shift(text: str) -> Shift | None:
    """The distance that a normalised text names ("往东50米", "2公里处"); None where it names none."""
    found = _SHIFT.search(text)
    if found is None:
        return None
    metres = float(found["number"]) * {"米": 1.0, "m": 1.0, "公里": 1000.0, "里路": 500.0}[found["unit"]]
    return Shift(metres=metres, bearing=_BEARINGS.get(found["way"] or ""))


_HOUSE = re.compile(
    r" ?(?P<number>\d{1,5})(?:[ -]?\d{1,4})?"
    r"(?:号(?!楼(?![上下前后])|门(?![口前外])|[栋线桥井机厂路街巷杆库])|(?= |$))"
)
_HOUSE_BEFORE = re.compile(r"(?<!\d)(?P<number>\d{1,5})号 ?$")


@dataclass(frozen=True, slots=True)
class House:
    """A house number and where it stands in the text."""

    number: int
    start: int
    end: int


def house_at(text: str, start: int, end: int) -> House | None:
    """The house number that follows (or else stands right before) a road's name at `start` to `end`."""
    after = _HOUSE.match(text, end)
    if after:
        return House(int(after["number"]), after.start(), after.end())
    before = _HOUSE_BEFORE.search(text[:start])
    return House(int(before["number"]), before.start(), before.end()) if before else None


_BESIDE = (
    "十字路口|丁字路口|交叉路口|交叉口|交汇处|交界处|交叉处|路口|拐角处|拐角|转角处|转角|附近|旁边|对面|对过|门口|大门口|"
    "正门|大门|后门|侧门|东门|南门|西门|北门|门前|门外|前面|后面|前方|后方|东侧|南侧|西侧|北侧|东边|南边|西边|北边|"
    "东面|南面|西面|北面|左侧|右侧|左边|右边|一侧|路边|路旁|旁|侧|处|边上|这边|那边|周边|周围|一带|斜对面|隔壁|围墙外|"
    "里面|院内|院里|内|里|口"
)
_HERE = re.compile(
    rf" |$|的?(?:{_BESIDE})|\d{{1,4}}(?:号楼|号院|栋|幢|单元|楼|层|室|号门|号)|[a-z]\d?座|[往向朝]"
    r"(?:东|南|西|北|里|前)|(?:东|南|西|北)\d|约?\d{1,5}(?:米|m)"
)
_SMALL = re.compile(
    rf"{_BESIDE}|{_SHIFT.pattern.replace('?P<way>', '?:').replace('?P<number>', '?:').replace('?P<unit>', '?:')}|"
    r"事发地址|事发地点|详细地址|地址|地点|位置|位于|就在|我家在|我在|家住|住在|住|在|于|到了|反映|请问|靠近|沿着|沿|"
    r"的|是|和|与|这里|那里|[ 往向朝东南西北上下中]|本市|全市|我市|市民"
)
_JOINED = re.compile(r" ?(?:与|和|同|跟|及|、|跟着)? ?")
_MEETING = re.compile(
    r"的?(?:交叉路口|交叉口|交汇处|交汇口|交界处|交叉处|交叉|交汇|十字路口|丁字路口|路口|拐角|转角|口)"
)


def goes_on(text: str, end: int) -> bool:
    """Whether a name that ends here is only the beginning of another: neither a space nor a word like 对面 follows."""
    return _HERE.match(text, end) is None


def joined(text: str, end: int, start: int) -> bool:
    """Whether nothing but "and" stands between two names."""
    return end <= start and _JOINED.fullmatch(text[end:start]) is not None


def meets(text: str, end: int) -> bool:
    """Whether a word for a crossing follows."""
    return length_of_meeting(text, end) > 0


def length_of_meeting(text: str, end: int) -> int:
    """How many characters the word for a crossing has that follows; 0 where none does."""
    found = _MEETING.match(text, end)
    return len(found.group()) if found else 0


def without_small_words(text: str) -> str:
    """What is left of a piece of an address without prepositions, directions and distances."""
    return _SMALL.sub("", text)


_PROVINCES = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|"
    "四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|台湾|香港|澳门"
)
_PROVINCE_CODES = [
    "11",
    "12",
    "13",
    "14",
    "15",
    "21",
    "22",
    "23",
    "31",
    "32",
    "33",
    "34",
    "35",
    "36",
    "37",
    "41",
    "42",
    "43",
    "44",
    "45",
    "46",
    "50",
    "51",
    "52",
    "53",
    "54",
    "61",
    "62",
    "63",
    "64",
    "65",
    "71",
    "81",
    "82",
]
PROVINCES = dict(zip(_PROVINCE_CODES, _PROVINCES.split("|"), strict=True))
"""First two digits of a statistical code to the province's short name (GB/T 2260)."""

_PROVINCE = re.compile(rf"({_PROVINCES})(?:省|市|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区)")
_CITY = re.compile(r"(?:^|(?<=省)|(?<= )|(?<=在))([\u4e00-\u9fff]{2,3}?)市(?!场|政|民|区|委|直|容|府|郊|内|里|中心)")
_COUNTY = re.compile(r"(?:^|(?<=[省市州])|(?<= ))([\u4e00-\u9fff]{1,3}?[县区])(?!域|间|政|委|人民(?:政|医|法|检))")
_NO_COUNTY = re.compile(
    r"(?:小|社|园|校|景|库|厂|矿|林|院|片|街|城|市|老|新|山|地|开发|管理|工业|住宅|生活|服务|商业)区$"
)


def elsewhere(text: str, *, province: str, known: frozenset[str]) -> str:
    """The first name of a province, city or county in an address that is none of `known`; "" where there is none.

    `province` is the short name of our own; `known` holds the names of our regions and the text that they may be cut
    to. Words for other things in 区 and 市 (小区, 市场) are none.
    """
    for found in _PROVINCE.finditer(text):
        if found[1] != province and f"{found[1]}市" not in known:
            return found[0]
    for found in _CITY.finditer(text):
        name = f"{found[1]}市"
        if not any(name.endswith(one) for one in known):
            return name
    for found in _COUNTY.finditer(text):
        if not _NO_COUNTY.search(found[1]) and not any(one in found[1] for one in known):
            return found[1]
    return ""
