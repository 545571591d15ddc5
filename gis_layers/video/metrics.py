"""Counters of one gateway process, in Prometheus's text format. No label ever names a camera or a user."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Metrics:
    """Counts since the start of the process; sizes in bytes, times in seconds."""

    opened: int = 0
    closed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    bytes_sent: int = 0
    frames: int = 0
    frames_dropped: int = 0
    connections: int = 0
    reconnections: int = 0
    gaps: int = 0
    jumps: int = 0
    skipped: int = 0
    malformed: int = 0
    first_pictures: int = 0
    first_picture_seconds: float = 0.0

    def render(self, *, viewers: int, streams: int) -> str:
        """The text of /gateway/metrics."""
        lines = [
            _line("viewers", "gauge", viewers),
            _line("streams", "gauge", streams),
            _line("opened_total", "counter", self.opened),
            _line("sent_bytes_total", "counter", self.bytes_sent),
            _line("frames_total", "counter", self.frames),
            _line("frames_dropped_total", "counter", self.frames_dropped),
            _line("camera_connections_total", "counter", self.connections),
            _line("camera_reconnections_total", "counter", self.reconnections),
            _line("rtp_gaps_total", "counter", self.gaps),
            _line("rtp_malformed_total", "counter", self.malformed),
            _line("clock_jumps_total", "counter", self.jumps),
            _line("frames_skipped_total", "counter", self.skipped),
            _line("first_picture_seconds_count", "counter", self.first_pictures),
            _line("first_picture_seconds_sum", "counter", round(self.first_picture_seconds, 6)),
            _family("closed_total", self.closed),
            _family("refused_total", self.refused),
        ]
        return "".join(lines)


def _line(name: str, kind: str, value: float) -> str:
    return f"# TYPE media_gateway_{name} {kind}\nmedia_gateway_{name} {value}\n"


def _family(name: str, counts: Counter[str]) -> str:
    rows = "".join(f'media_gateway_{name}{{reason="{reason}"}} {counts[reason]}\n' for reason in sorted(counts))
    return f"# TYPE media_gateway_{name} counter\n{rows}"
