"""Categories for choosing."""

from dataclasses import dataclass

from events.models import Category


@dataclass(frozen=True)
class CategoryOption:
    """A 小类 to choose; `handle` says its allowance in words."""

    code: str
    name: str
    major: str
    major_name: str
    keywords: list[str]
    self_resolvable: bool
    urgent: bool
    restricted: bool
    handle: str


def categories() -> list[CategoryOption]:
    """Those in use, by code."""
    return [
        CategoryOption(
            code=one.code, name=one.name, major=one.major, major_name=one.major_name, keywords=one.keywords,
            self_resolvable=one.self_resolvable, urgent=one.urgent, restricted=one.restricted,
            handle=f"{one.handle_amount:g} {one.get_handle_clock_display()}",
        )
        for one in Category.objects.filter(active=True)
    ]  # fmt: skip
