"""Which sites somebody sees, and which channels they may watch. Deny by default; every no says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_layers.models import Channel, Grant, Site
from grid.models import Role
from grid.policy import Access, Duty, visible_regions, within

WATCHERS = (Role.DISPATCHER, Role.SHIFT_LEAD, Role.SUPERVISOR)
SHORTEST_PURPOSE = 5  # characters


@dataclass(frozen=True)
class Purpose:
    """Why somebody wants to watch: an event that they see, or words of their own."""

    event_no: str = ""
    words: str = ""

    @property
    def stated(self) -> bool:
        """Whether it says anything."""
        return bool(self.event_no) or len(self.words.strip()) >= SHORTEST_PURPOSE


@dataclass(frozen=True)
class Decision:
    """Whether somebody may watch, and if so on which of their posts; if not, why not."""

    allowed: bool
    reason: str | Promise = ""
    duty: Duty | None = None


def visible_sites(access: Access) -> Q:
    """The sites in the regions that one works in; the secret ones are in the register alone, and on nobody's screen."""
    return within(visible_regions(access)) & Q(secret=False)


def grants_to(access: Access, *, now: datetime) -> tuple[Grant, ...]:
    """The grants that hold now for the organisations one watches for. Two queries; none for who may never watch."""
    watching = {duty.organisation for duty in access.having(*WATCHERS)}
    if not watching:
        return ()
    held = Grant.objects.filter(grantee__in=watching, since__lte=now, until__gt=now, revoked_at__isnull=True)
    return tuple(held.prefetch_related("sites"))


def may_watch(access: Access, channel: Channel, purpose: Purpose, grants: Iterable[Grant]) -> Decision:
    """Whether somebody may watch a channel of a site that they see, for this purpose, under these grants."""
    standing = may_ever_watch(access, channel.site, grants)
    if standing.allowed and not purpose.stated:
        return Decision(False, _("Say what you watch it for: choose an event, or write at least 5 characters."))
    return standing


def may_ever_watch(access: Access, site: Site, grants: Iterable[Grant]) -> Decision:
    """The same, before a purpose is stated: what a list shows as playable."""
    duties = access.having(*WATCHERS)
    if not duties:
        return Decision(False, _("Live pictures are for dispatchers, shift leads and supervisors."))
    local = [duty for duty in duties if site.path.startswith(duty.path)]
    if not local:
        return Decision(False, _("This site lies outside the region of your post."))
    if site.owner.public:
        return Decision(True, duty=local[0])
    kept = tuple(grants)
    for duty in local:
        if any(_covers(grant, site, duty) for grant in kept):
            return Decision(True, duty=duty)
    return Decision(False, _("%(owner)s owns it and has not shared it with you.") % {"owner": site.owner.short_name})


def _covers(grant: Grant, site: Site, duty: Duty) -> bool:
    if grant.grantee_id != duty.organisation or grant.owner_id != site.owner_id:
        return False
    if grant.path:
        return bool(site.path.startswith(grant.path))
    return any(named.pk == site.pk for named in grant.sites.all())
