"""PDF files: lines broken as Chinese is, the font inside, nothing lost from page to page."""

import io
from itertools import pairwise
from unicodedata import category

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from data.paper import Column, FontMissing, Picture, Sheet, sheet
from data.paper.breaking import NEVER_FIRST, NEVER_LAST, broken, plain
from tests.papers import pages_of

CHINESE = st.text(alphabet="网格事件，。、（）“”《》：abc 12-3%\n", max_size=120)


def _wide(char):
    return 1.0 if ord(char) > 0x2000 else 0.5


@given(text=CHINESE, width=st.floats(min_value=4, max_value=40))
def test_no_line_is_too_wide_and_nothing_but_spaces_is_lost(text, width):
    lines = broken(text, width=width, measure=_wide)
    assert all(sum(map(_wide, line)) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


@given(text=st.text(alphabet="网格事件处置，。、（《", max_size=80))
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text):
    """Unless more such marks stand together than a line has room for."""
    marks = NEVER_FIRST | NEVER_LAST
    assume(not any({one, other} <= marks for one, other in pairwise(text)))
    lines = [line for line in broken(text, width=8, measure=_wide) if line]
    assert all(line[0] not in NEVER_FIRST for line in lines[1:])
    assert all(line[-1] not in NEVER_LAST for line in lines[:-1])


def test_words_and_numbers_are_kept_whole_where_they_fit():
    lines = broken("编号EV20261121-0042，请在2026-11-23前办结", width=10, measure=_wide)
    assert any("EV20261121-0042" in line for line in lines)
    assert any("2026-11-23" in line for line in lines)


@given(st.text(max_size=60))
def test_what_turns_the_direction_or_controls_is_left_out(text):
    assert not [char for char in plain(text) if char != "\n" and category(char) in {"Cc", "Cf"}]


def _made(**options):
    paper = Sheet(title="测试", numbering="第 %(page)s 页，共 %(pages)s 页", **options)
    paper.begin("网格事件办理单", subtitle="EV20261121-0042", foot="甲页脚")
    return paper


def test_a_long_table_goes_on_with_its_titles_and_loses_no_row():
    paper = _made()
    paper.table([Column("时间", 1), Column("记录", 4)], [(f"第{n}行", "很长的记录，" * 30) for n in range(40)])
    pages = pages_of(paper.body())
    assert len(pages) > 3
    assert all("时间" in page for page in pages)
    assert all(f"第{n}行" in "".join(pages) for n in range(40))
    assert f"第 1 页，共 {len(pages)} 页" in pages[0]


def test_a_row_taller_than_a_page_is_split():
    paper = _made()
    paper.facts([("|说明", "字" * 6000), ("状态", "处置中")])
    pages = pages_of(paper.body())
    assert "".join(pages).count("字") == 6000
    assert "处置中" in pages[-1]


def test_each_case_has_its_own_foot():
    paper = _made()
    paper.begin("网格事件办理单", foot="乙页脚")
    pages = pages_of(paper.body())
    assert ("甲页脚" in pages[0], "乙页脚" in pages[1], "甲页脚" in pages[1]) == (True, True, False)


def test_the_font_is_inside_and_only_what_was_used_of_it():
    paper = _made()
    paper.paragraph("问题描述：<script>alert(1)</script> ${x} `y`")
    body = paper.body()
    assert len(body) < 40_000
    assert "<script>alert(1)</script> ${x} `y`" in pages_of(body)[0]
    fonts = PdfReader(io.BytesIO(body)).pages[0]["/Resources"]["/Font"].values()
    descriptors = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert descriptors
    assert all("/FontFile3" in descriptor.get_object() for descriptor in descriptors)
    assert all(word not in body for word in (b"/JavaScript", b"/JS", b"/OpenAction /S", b"/URI"))


def test_pictures_are_drawn_with_their_captions(tmp_path):
    path = tmp_path / "one.jpg"
    Image.new("RGB", (400, 300), (20, 90, 40)).save(path)
    paper = _made()
    paper.pictures([Picture(path, f"照片{n}") for n in range(6)])
    body = paper.body()
    assert "照片5" in pages_of(body)[0]
    assert len(PdfReader(io.BytesIO(body)).pages[0].images) >= 1


def test_without_the_font_it_says_which_package_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "FONTS", tmp_path)
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        Sheet(title="x")
