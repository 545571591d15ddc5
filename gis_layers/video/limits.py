"""Every time-out, cap and bound of the gateway, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one gateway process: times in seconds, sizes in bytes, counts as named."""

    connect: float = 5.0
    """Until the camera's TCP port has answered."""
    first_frame: float = 10.0
    """From the start of a stream until its first whole key frame."""
    silence: float = 8.0
    """Without any media packet, once playing; a dropped connection is healed within the same time."""
    unusable: float = 20.0
    """With packets, but without one frame that could be shown (lost packets and no key frame)."""
    authorise: float = 5.0
    """For the answer to "may this viewer watch?"."""
    recheck: float = 300.0
    """Between two checks that a viewer may still watch."""
    recheck_grace: float = 30.0
    """For which a check may stay unanswered (a web process restarting) before the picture is closed."""
    linger: float = 5.0
    """For which a stream without viewers is kept, so that coming back costs nothing."""
    slow: float = 10.0
    """For which a viewer may lag behind `viewer_queue` before it is closed."""
    ticket: float = 60.0
    """Life of a ticket."""
    per_user: int = 9
    """Pictures of one user at a time."""
    per_gateway: int = 200
    """Pictures of one gateway process at a time."""
    viewer_queue: int = 2 * 1024 * 1024
    """Unsent bytes for one viewer, above which frames are dropped until the next key frame."""
    group_of_pictures: int = 8 * 1024 * 1024
    """Bytes kept since the last key frame, so that a new viewer starts at once."""
    access_unit: int = 4 * 1024 * 1024
    """Bytes of one frame; more is taken for damage."""
    client_message: int = 4096
    """Bytes of one message from a browser."""
    client_messages_per_second: int = 100
    """Messages that a browser may send; they are ignored, and more than this closes."""
