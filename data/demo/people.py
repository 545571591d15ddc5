"""Made-up names of demo staff: common family and given names, put together by a seed. They are nobody's."""

import numpy as np

FAMILY = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万"
)
FIRST = tuple("建国志文明海永春丽秀小晓玉红军伟立新光德荣学兴思雨子佳俊嘉卫庆向家长远")
LAST = tuple("华平明强军杰辉波涛勇刚斌鹏飞林峰芳燕娟敏静霞玲梅兰英颖洁慧琴云萍雪莹宁安")


def names(seed: int, n: int) -> tuple[str, ...]:
    """`n` names, no two alike, the same for the same seed. Raises ValueError where the lists can't give so many."""
    most = len(FAMILY) * len(LAST) * (len(FIRST) + 1)
    if n > most // 2:
        raise ValueError(f"{n} different names were asked for; at most {most // 2} are given")
    rng = np.random.default_rng(seed)
    found: dict[str, None] = {}
    while len(found) < n:
        middle = "" if rng.random() < 0.3 else FIRST[rng.integers(len(FIRST))]
        found[FAMILY[rng.integers(len(FAMILY))] + middle + LAST[rng.integers(len(LAST))]] = None
    return tuple(found)
