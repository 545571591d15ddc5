"""Make the clips that simulated cameras play: `python -m deploy.simulators.clips DIR`.

Twelve drawn places as H.264 (Annex B, main profile, no B-frames, a key frame every 50), 640 x 360 at 25 frames a
second, each with its name, a clock and a frame counter in the picture, and an index.json beside them.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

import av
from av.video.stream import VideoStream
from PIL import Image, ImageDraw, ImageFont

from deploy.simulators.places import SCENES
from deploy.simulators.scenes import HEIGHT, WIDTH, Colour, Mover, Scene, background, sprite

FRAMES_PER_SECOND: Final = 25
GROUP_OF_PICTURES: Final = 50
SECONDS: Final = 12
_OPTIONS: Final = {
    "profile": "main",
    "preset": "veryfast",
    "crf": "27",
    "maxrate": "500k",
    "bufsize": "1000k",
    "g": str(GROUP_OF_PICTURES),
    "keyint_min": str(GROUP_OF_PICTURES),
    "sc_threshold": "0",
    "bf": "0",
    "threads": "1",
}


@dataclass(frozen=True, slots=True)
class Clip:
    """One line of index.json: sizes in pixels, `seconds` of picture, `bytes` on disk."""

    file: str
    name: str
    width: int
    height: int
    frames_per_second: int
    seconds: int
    bytes: int


def build(directory: Path) -> list[Clip]:
    """Draw and encode all clips into `directory`, two at a time; writes index.json last."""
    directory.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(max_workers=2) as pool:
        clips = list(pool.map(_encode, range(len(SCENES)), [directory] * len(SCENES)))
    index = json.dumps([asdict(clip) for clip in clips], indent=1)
    (directory / "index.json").write_text(index + "\n", encoding="utf-8")
    return clips


def _encode(number: int, directory: Path) -> Clip:
    scene = SCENES[number]
    path = directory / f"{number:02d}-{scene.name.lower().replace(' ', '-').replace(chr(39), '')}.h264"
    with av.open(str(path), "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND, options=_OPTIONS)
        if not isinstance(stream, VideoStream):
            raise TypeError("libx264 did not give a video stream")
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index, picture in enumerate(frames(scene, number)):
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = index, Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Clip(path.name, scene.name, WIDTH, HEIGHT, FRAMES_PER_SECOND, SECONDS, path.stat().st_size)


def frames(scene: Scene, number: int) -> Iterator[Image.Image]:
    """All pictures of a scene; the last leads to the first, so that a clip can be looped."""
    still = background(scene)
    count = FRAMES_PER_SECOND * SECONDS
    font = ImageFont.load_default(size=15)
    for index in range(count):
        picture = still.copy()
        placed = sorted(((mover, mover.at(index / count)) for mover in scene.movers), key=lambda pair: pair[1][1])
        for mover, (x, y, size) in placed:
            image = _sprite(mover.sprite, mover.paint, round(size), _to_left(mover), scene.night)
            picture.paste(image, (round(x - image.width / 2), round(y - image.height)), image)
        _caption(picture, font, f"DEMO {number:02d}  {scene.name}", index)
        yield picture


def _to_left(mover: Mover) -> bool:
    return mover.end[0] < mover.start[0] and mover.sprite not in {"front", "rear"}


@lru_cache(maxsize=2048)
def _sprite(kind: str, paint: Colour, size: int, mirrored: bool, night: bool) -> Image.Image:
    return sprite(kind, paint, size, mirrored=mirrored, night=night)


def _caption(picture: Image.Image, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, title: str, index: int) -> None:
    brush = ImageDraw.Draw(picture)
    seconds, rest = divmod(index, FRAMES_PER_SECOND)
    clock = f"00:00:{seconds:02d}.{rest * 1000 // FRAMES_PER_SECOND:03d}  #{index:05d}"
    for text, place, anchor in ((title, (10, 8), "la"), (clock, (WIDTH - 10, HEIGHT - 10), "rd")):
        brush.text(
            place, text, fill=(255, 255, 255), font=font, anchor=anchor, stroke_width=2, stroke_fill=(20, 22, 24)
        )


def main(arguments: list[str] | None = None) -> int:
    """Command line: the folder to write to."""
    parser = argparse.ArgumentParser(description="Make the clips that the simulated cameras play.")
    parser.add_argument("directory", type=Path)
    clips = build(parser.parse_args(arguments).directory)
    total = sum(clip.bytes for clip in clips)
    sys.stdout.write(f"{len(clips)} clips, {total / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
