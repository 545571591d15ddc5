"""Users, organisations and posts. What one may see and do follows from the posts one holds."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grid.models.ground import Grid, Level, Region


class Role(models.TextChoices):
    """What a post allows; docs/glossary.md says it in both languages."""

    GRID_OFFICER = "grid_officer", _("Grid officer")
    GRID_LEAD = "grid_lead", _("Grid lead")
    ACCEPTOR = "acceptor", _("Acceptor")
    DISPATCHER = "dispatcher", _("Dispatcher")
    SHIFT_LEAD = "shift_lead", _("Shift lead")
    DEPT_CLERK = "dept_clerk", _("Department clerk")
    DEPT_LEAD = "dept_lead", _("Department lead")
    CHECKER = "checker", _("Checker")
    SUPERVISOR = "supervisor", _("Supervisor")
    LEADER = "leader", _("Leader")
    AUDITOR = "auditor", _("Auditor")
    OM_ENGINEER = "om_engineer", _("Operations engineer")
    INTEGRATOR = "integrator", _("Integrator")
    SYSADMIN = "sysadmin", _("System administrator")
    SECADMIN = "secadmin", _("Security administrator")


# The three administrations: whoever holds one of them holds no other at the same time.
SEPARATED = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR)


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    CENTRE = "centre", _("Command centre")
    DEPARTMENT = "department", _("Department")
    UNIT = "unit", _("Unit")


class Organisation(models.Model):
    """A command centre, a functional department, or a unit that owns or keeps components and sites."""

    code = models.CharField(max_length=64, unique=True)
    name = models.TextField()
    short_name = models.TextField()
    kind = models.CharField(max_length=12, choices=OrganisationKind.choices)
    level = models.CharField(max_length=10, choices=Level.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="organisations")
    function = models.CharField(max_length=24, blank=True)  # what a department answers for
    public = models.BooleanField(default=True)  # a public body
    hours = models.CharField(max_length=80, blank=True, db_default="")  # 08:30-12:00,14:00-17:30; empty: the city's
    closed_at = models.DateTimeField(null=True, blank=True)  # nothing is given to it from then on; what it did stays

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "function"])]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes accounts. There is no superuser to make."""

    def create_user(self, *, username: str, name: str, password: str | None = None) -> "User":
        """A new account; without a password it can't sign in."""
        user = self.model(username=self.model.normalize_username(username), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff, or a machine account. Rights come from posts alone."""

    username = models.CharField(max_length=64, unique=True)
    name = models.TextField()
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    # Where the person works: whose administrators keep the account. It gives no rights; posts do.
    home = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Until when a password that was handed over opens the account, for its owner to set another; null: it is their own.
    handed_until = models.DateTimeField(null=True, blank=True)
    # Until when a new password may be handed out, once, although the account holds posts.
    released_until = models.DateTimeField(null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.name


class Period(models.Func):
    """The time that a post lasts, its first instant counted and its last not."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Post(models.Model):
    """Who holds which role for which organisation, over which ground, from when to when."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=Role.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    region = models.ForeignKey(
        Region, null=True, on_delete=models.PROTECT, related_name="+"
    )  # null: its organisation's
    grid = models.ForeignKey(Grid, null=True, on_delete=models.PROTECT, related_name="posts")  # a grid officer's
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    # While an officer is away: the post that this one fills, for a period that ends.
    stands_in_for = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="stand_ins")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="post_grid_belongs_to_officers", condition=Q(grid__isnull=True) | Q(role=Role.GRID_OFFICER)
            ),
            models.CheckConstraint(
                name="post_of_a_stand_in_ends", condition=Q(stands_in_for__isnull=True) | Q(until__isnull=False)
            ),
            models.CheckConstraint(
                name="post_days_in_order", condition=Q(until__isnull=True) | Q(until__gte=models.F("since"))
            ),
            ExclusionConstraint(
                name="post_administrations_apart",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.NOT_EQUAL),
                    (Period("since", "until", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=SEPARATED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class SecondFactor(models.Model):
    """The secret behind an account's one-time codes, sealed; it counts once a code of it has been shown."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.PROTECT, related_name="second_factor")
    secret = models.BinaryField()  # grid.fields.seal
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)  # the last code's: it and what was before it are spent

    def __str__(self) -> str:
        return f"{self.user_id}"


class UserSession(AbstractBaseSession):
    """A signed-in browser: Django's session row, with whose it is and from where."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    address = models.GenericIPAddressField(null=True)
    agent = models.TextField(default="")
    started_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store that reads and writes these rows."""
        from django.conf import settings
        from django.utils.module_loading import import_string

        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")
