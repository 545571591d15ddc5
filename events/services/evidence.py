"""Photos as evidence in a step: whose they are, what they show, and how far from the place they were taken."""

from django.utils.translation import gettext as _

from events.models import Event, Evidence, Photo
from events.services import deeds
from events.services.effects import Case
from events.workflow import Step
from grid.coordinates import metres_between
from grid.policy import Access
from grid.refusals import Invalid
from grid.selectors import settled

CHECK_DISTANCE_M = 100  # a check photo taken farther off than this wants a reason
_SHOWS = {
    Step.CONFIRM: Evidence.Shows.CHECK,
    Step.REFUTE: Evidence.Shows.CHECK,
    Step.FINISH: Evidence.Shows.AFTER,
    Step.JOINT_FINISH: Evidence.Shows.AFTER,
    Step.PASS_CHECK: Evidence.Shows.CHECK,
    Step.FAIL_CHECK: Evidence.Shows.CHECK,
}


def brought(case: Case, deed: deeds.Deed) -> tuple[tuple[Photo, str, float | None], ...]:
    """The photos named, with what they show and how far from the place they were taken."""
    found = own_photos(case.access, deed.photos)
    kind = _SHOWS.get(deed.step, Evidence.Shows.BEFORE)
    kept = tuple((photo, kind.value, metres_from(case.event, photo)) for photo in found)
    if isinstance(deed, deeds.PassCheck | deeds.FailCheck):
        _want_reason_from_afar(case, deed, [metres for _photo, _kind, metres in kept if metres is not None])
    return kept


def own_photos(access: Access, digests: tuple[str, ...]) -> list[Photo]:
    """The photos that this person has uploaded under these digests, in order, one named twice once.

    Raises Invalid when one is missing.
    """
    digests = tuple(dict.fromkeys(digests))
    if not digests:
        return []
    found = {photo.sha256: photo for photo in Photo.objects.filter(sha256__in=digests, uploader_id=access.user)}
    missing = [digest for digest in digests if digest not in found]
    if missing:
        raise Invalid(
            "photo-unknown",
            _("A photo has not arrived yet. Send it again."),
            field="photos",
            extra={"missing": missing},
        )
    return [found[digest] for digest in digests]


def metres_from(event: Event, photo: Photo) -> float | None:
    """How far from the event's place a photo says it was taken; None when one of the two is unknown."""
    if event.point is None or photo.point is None:
        return None
    return round(metres_between(event.point.coords, photo.point.coords), 1)


def _want_reason_from_afar(case: Case, deed: deeds.PassCheck | deeds.FailCheck, known: list[float]) -> None:
    """A photo's own position counts; where none has one, where the checker's device says it stands."""
    if not known and deed.point is not None and case.event.point is not None:
        standing = settled(lng=deed.point.lng, lat=deed.point.lat, crs=deed.point.crs)
        known = [round(metres_between(case.event.point.coords, standing), 1)]
    if known and min(known) <= CHECK_DISTANCE_M:
        return
    if not deed.far_reason.strip():
        far = f"{min(known):.0f}" if known else None
        message = (
            _("The photo was taken %s m away. Say why, or take it again on the spot.") % far
            if far
            else _("The photo doesn't say where it was taken. Say why it was not taken on the spot, or take it again.")
        )
        raise Invalid("check-from-afar", message, field="far_reason", extra={"metres": min(known) if known else None})
    case.payload["far_reason"] = deed.far_reason.strip()[:200]
    case.payload["metres"] = min(known) if known else None
