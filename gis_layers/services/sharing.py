"""Sharing: an owner lets another organisation watch its sites, for a purpose, until a date."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gis_layers.models import Grant
from gis_layers.services import playback
from grid.models import Organisation
from grid.policy import Access
from grid.refusals import Invalid
from grid.services import audit
from grid.services.ground import move_revision


@transaction.atomic
def share(
    *, access: Access, owner: Organisation, grantee: Organisation, path: str, purpose: str, since: datetime,
    until: datetime,
) -> Grant:  # fmt: skip
    """Let `grantee` watch what `owner` has within the region subtree `path`, between the two times; audited.

    Whoever calls has asked whether `access` may speak for the owner. Raises Invalid without a purpose, for a time that
    ends before it begins, and for an organisation that would share with itself.
    """
    if not purpose.strip():
        raise Invalid("purpose-needed", _("Say what the sites are watched for."), field="purpose")
    if until <= since:
        raise Invalid("until-too-early", _("The sharing must end after it begins."), field="until")
    if owner == grantee:
        raise Invalid("own-sites", _("An organisation needs no grant for its own sites."), field="grantee")
    grant = Grant.objects.create(
        owner=owner, grantee=grantee, path=path, purpose=purpose.strip(), since=since, until=until,
        approved_by_id=access.user,
    )  # fmt: skip
    move_revision(name="rights")
    audit.record(
        access=access, action="grant.share", kind="grant", subject=grant.pk, organisation=owner.pk,
        detail={"owner": owner.code, "grantee": grantee.code, "path": path, "until": until.isoformat()},
    )  # fmt: skip
    return grant


@transaction.atomic
def revoke(*, access: Access, grant: Grant, now: datetime) -> int:
    """End a grant before its time; pictures that it alone allowed are cut at once. How many those were; audited."""
    grant.revoked_at = now
    grant.save(update_fields=["revoked_at"])
    move_revision(name="rights")
    audit.record(access=access, action="grant.revoke", kind="grant", subject=grant.pk, organisation=grant.owner_id)
    return playback.cut_unentitled()
