"""What goes wrong in the demo's week: categories with the words of those who report and those who put it right."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One kind of fault: 小类 code, scene of `data.demo.pictures`, words, and how often it is reported."""

    category: str
    scene: str
    weight: int
    reports: tuple[str, ...]
    results: tuple[str, ...]


TROUBLES = (
    Trouble(category="06-001", scene="manhole", weight=7,
            reports=("井盖破损，露出井口，行人容易踩空。", "雨水井盖缺失，已用锥桶临时围挡。",
                     "窨井盖松动下陷，车辆驶过有响声。"),
            results=("已更换同规格球墨铸铁井盖，现场清理完毕。", "已重新安装井盖并加装防坠网。")),
    Trouble(category="01-001", scene="garbage", weight=14,
            reports=("垃圾桶满溢，周边散落生活垃圾，有异味。", "路边堆放多袋生活垃圾，两天没有清运。",
                     "农贸市场后门垃圾外溢。"),
            results=("已清运垃圾并冲洗地面，增加一次晚间收运。", "已安排保洁员清理干净。")),
    Trouble(category="06-002", scene="lamp", weight=9,
            reports=("中间一盏路灯不亮，夜间光线很暗。", "巷口路灯连续三晚不亮。", "路灯闪烁后熄灭，老人出行不便。"),
            results=("已更换光源和镇流器，当晚恢复照明。", "线路接头烧坏，已修复。")),
    Trouble(category="04-003", scene="flood", weight=3,
            reports=("低洼路段积水约二十厘米，小车熄火。", "涵洞积水，非机动车无法通行。"),
            results=("已抽排积水并清掏雨水口，道路恢复通行。",)),
    Trouble(category="06-003", scene="pothole", weight=9,
            reports=("路面出现多处坑洼，最大的约一米宽。", "沥青路面开裂起砂，电动车经过颠簸。"),
            results=("已铣刨后用热沥青修补，压实平整。", "坑洼处已修补，恢复通行。")),
    Trouble(category="05-001", scene="stall", weight=12,
            reports=("水果摊占用人行道经营，行人只能走机动车道。", "早市散场后仍有摊位占道。",
                     "烧烤店出店经营，桌椅摆上盲道。"),
            results=("已劝导摊主入市经营，清理路面。", "已要求店家收回桌椅，并登记。")),
    Trouble(category="04-006", scene="tree", weight=3,
            reports=("行道树倒伏，占住一个车道。", "大风刮断树枝，横在路中间。"),
            results=("已锯断清运，车道恢复通行。",)),
    Trouble(category="05-003", scene="parking", weight=10,
            reports=("小车停在人行道上，婴儿车过不去。", "学校门口多辆车违停，影响接送。",
                     "小区出入口被车辆堵住一半。"),
            results=("已联系车主驶离，依法处理未驶离车辆。", "已劝离，并在出入口补划禁停线。")),
    Trouble(category="07-002", scene="river", weight=5,
            reports=("河面有大片水葫芦和塑料瓶。", "渠道拦污栅前漂浮物堆积。"),
            results=("保洁船已打捞干净。", "已打捞漂浮物约半吨并运走。")),
    Trouble(category="02-001", scene="posters", weight=8,
            reports=("围墙上贴满小广告。", "电线杆和站牌上有新贴的小广告。"),
            results=("已铲除小广告并粉刷墙面。", "已清洗干净，登记号码移交。")),
    Trouble(category="03-002", scene="dust", weight=5,
            reports=("工地裸土没有覆盖，刮风时扬尘很大。", "渣土堆未盖防尘网，出入口带泥。"),
            results=("已督促施工单位覆盖防尘网，开启喷淋。",)),
    Trouble(category="04-002", scene="flood", weight=2,
            reports=("主管道破裂，水柱喷出路面，半幅车道被淹。", "供水管爆裂，路面大量积水，沿街住户停水。"),
            results=("已关阀抢修，更换破损管段，恢复供水，路面清洗完毕。",)),
)  # fmt: skip
REJECTS = (
    ("duplicate", "同一地点已有人上报，正在处理，请勿重复。"),
    ("no_fault", "到现场核对，没有发现所说的情况。"),
    ("not_ours", "属于小区内部事务，已告知向物业反映。"),
)
RETURNS = ("不属于我单位管辖范围，请改派管养单位。", "该路段已移交，请派市级部门处理。")
REWORKS = ("现场仍有残留，没有处理到位，请再处理一次。", "修补处又松动了，请返工。")
URGES = ("居民再次反映，请尽快处理。", "已经超过时限，请说明进度。")
REPLIES = "您反映的问题已经处理完毕，感谢您的监督。"
CHECKS = ("现场已恢复，情况属实。", "已到现场查看，处理到位。")
SOLVED = ("现场当场处理完毕。", "已劝导并清理，现场恢复。")
LANDMARKS = (
    "路口往东约二十米",
    "公交站旁",
    "小学门口",
    "超市对面",
    "桥头",
    "菜场后门",
    "小区东门外",
    "村部门前",
    "岔路口",
)
