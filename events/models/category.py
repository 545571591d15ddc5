"""Categories with their allowances, and the working calendar: data, loaded by a command, edited by a city."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from grid.models import Level


class Clock(models.TextChoices):
    """What an allowance is counted in (events.sla says how)."""

    URGENT_HOUR = "urgent_hour", _("Urgent hours")
    WORK_HOUR = "work_hour", _("Working hours")
    WORK_DAY = "work_day", _("Working days")
    NATURAL_DAY = "natural_day", _("Calendar days")


class Category(models.Model):
    """A 小类: what kind of thing is wrong, who answers for it by default, and how long it may take."""

    code = models.CharField(max_length=6, unique=True)  # 06-001
    major = models.CharField(max_length=2, db_index=True)
    major_name = models.TextField()
    name = models.TextField()
    keywords = ArrayField(models.TextField(), default=list)
    handle_amount = models.FloatField()  # in units of handle_clock
    handle_clock = models.CharField(max_length=12, choices=Clock.choices)
    urgent = models.BooleanField(default=False)  # urgent by itself: the other stages run on urgent allowances
    self_resolvable = models.BooleanField(default=False)
    department = models.CharField(max_length=24)  # function of the city department that answers
    county_department = models.CharField(max_length=24)  # the same in a county
    min_level = models.CharField(max_length=10, choices=Level.choices, default=Level.VILLAGE)
    restricted = models.BooleanField(default=False)
    component_kinds = ArrayField(models.CharField(max_length=12), default=list, blank=True)  # whose owner answers
    auto_dispatch = models.BooleanField(default=False)  # the system dispatches what the rules answer without doubt
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CalendarDay(models.Model):
    """A date on which the rule `Monday to Friday` does not hold: a holiday, or a make-up working day."""

    date = models.DateField(primary_key=True)
    working = models.BooleanField()
    name = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.date} {'on' if self.working else 'off'}"
