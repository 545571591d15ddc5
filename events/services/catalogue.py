"""The category list as the system administrator edits it on a page, one 小类 at a time. A city's whole list comes by
`manage.py load_categories`; here nothing is deleted either: old events keep their category."""

import re
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.models import Category
from events.selectors.catalogue import category_version, editable, find_category
from events.sla import Clock
from grid.models import Level, Role
from grid.policy import Access
from grid.refusals import Conflict, Invalid
from grid.selectors.accounts import administered_city
from grid.services import audit

LOCAL_FROM = 80  # 小类 numbers from here on are a city's own
LOCAL_MARK = "（自定义）"
LONGEST_NAME, MOST_KEYWORDS, LONGEST_KEYWORD = 30, 20, 12
# As much as an allowance may be, on each clock: about a year.
MOST = {Clock.URGENT_HOUR: 720.0, Clock.WORK_HOUR: 720.0, Clock.WORK_DAY: 250.0, Clock.NATURAL_DAY: 365.0}
_CODE = re.compile(r"[0-9]{2}-[0-9]{3}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A 小类 as it is to be."""

    name: str
    keywords: tuple[str, ...]
    handle_amount: float
    handle_clock: Clock
    urgent: bool
    self_resolvable: bool
    auto_dispatch: bool
    min_level: Level
    active: bool


def checked(category: Category, edited: Edited) -> Category:
    """The category with what was edited, not saved. Raises Invalid with the field at fault."""
    category.name = _name(category, edited.name)
    category.keywords = _keywords(edited.keywords)
    category.handle_amount = _amount(edited)
    category.handle_clock = edited.handle_clock.value
    category.urgent = edited.urgent
    category.self_resolvable = edited.self_resolvable
    category.auto_dispatch = edited.auto_dispatch
    category.min_level = edited.min_level.value
    category.active = edited.active
    return category


@transaction.atomic
def amend(*, access: Access, code: str, version: str, edited: Edited) -> Category:
    """Change a 小类 as it stood at `version`; events that are taken on already keep the time they were promised.

    Raises Forbidden, NotFound, Invalid with the field at fault, Conflict when somebody was faster.
    """
    administered_city(access, Role.SYSADMIN)
    category = find_category(code, lock=True)
    if category_version(category) != version:
        detail = _("Somebody has changed this category since you looked. See how it stands, then save again.")
        raise Conflict("stale", detail, extra={"version": category_version(category)})
    old = editable(category)
    checked(category, edited).save()
    if editable(category) != old:
        audit.record_change(
            access=access, action="category.amend", kind="category", subject=code, old=old, new=editable(category)
        )
    return category


@transaction.atomic
def add(*, access: Access, code: str, edited: Edited) -> Category:
    """A 小类 of the city's own: a number from 080 on in a 大类 that there is. What its 大类 answers with is taken over.

    Raises Forbidden, Invalid with the field at fault, Conflict for a code that is taken.
    """
    administered_city(access, Role.SYSADMIN)
    if not _CODE.fullmatch(code) or int(code[3:]) < LOCAL_FROM:
        detail = _("A category of your own has the two digits of its class and a number from 080 to 999: 06-080.")
        raise Invalid("code-unfit", detail, field="code")
    if Category.objects.filter(code=code).exists():
        raise _code_taken()
    like = Category.objects.select_for_update().filter(major=code[:2]).order_by("code").first()
    if like is None:
        detail = _("There is no class %s. A class comes with the whole list, by command.") % code[:2]
        raise Invalid("no-such-major", detail, field="code")
    category = Category(
        code=code, major=like.major, major_name=like.major_name, department=like.department,
        county_department=like.county_department, restricted=like.restricted,
    )  # fmt: skip
    checked(category, edited)
    try:
        with transaction.atomic():
            category.save(force_insert=True)
    except IntegrityError as error:  # somebody else added it meanwhile
        raise _code_taken() from error
    audit.record_change(
        access=access, action="category.add", kind="category", subject=code, old={}, new=editable(category)
    )
    return category


def _code_taken() -> Conflict:
    return Conflict("code-taken", _("There is a category of this code already."), field="code")


def _name(category: Category, given: str) -> str:
    name = " ".join(given.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid("name-unfit", _("Enter a name, 30 characters at most."), field="name")
    if int(category.code[3:]) >= LOCAL_FROM and not f"{name}{category.major_name}".count(LOCAL_MARK):
        detail = _("The name of a category of your own ends in %s.") % LOCAL_MARK
        raise Invalid("name-unfit", detail, field="name")
    same = Category.objects.filter(major=category.major, name=name, active=True).exclude(code=category.code).first()
    if same is not None:
        detail = _("%s has this name already: nobody could tell them apart.") % same.code
        raise Invalid("name-taken", detail, field="name")
    return name


def _keywords(given: tuple[str, ...]) -> list[str]:
    words = list(dict.fromkeys(word.strip() for word in given if word.strip()))
    if not 0 < len(words) <= MOST_KEYWORDS or any(len(word) > LONGEST_KEYWORD for word in words):
        detail = _("One to 20 words, of 12 characters at most: by them the phone guesses the category.")
        raise Invalid("keywords-unfit", detail, field="keywords")
    return words


def _amount(edited: Edited) -> float:
    most = MOST[edited.handle_clock]
    if not 0 < edited.handle_amount <= most:
        detail = _("More than 0, and %s at most on this clock.") % f"{most:g}"
        raise Invalid("amount-unfit", detail, field="handle_amount")
    return round(edited.handle_amount, 2) or 0.01
