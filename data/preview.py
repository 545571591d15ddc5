"""A page that shows a city file on a map: one HTML file that needs nothing else, can be mailed and printed.

Counties coloured, townships with their counts of villages, grids and sites. The page links nothing: Leaflet stands in
it (data/vendor, BSD-2-Clause), and its policy forbids every request. It needs the GIS packages: import it inside the
function that uses it, in a worker or a command.
"""

import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
import geopandas
import pandas
import pyogrio
import shapely
from branca.element import Element
from jinja2 import Template

from data.escaping import escaped
from data.pipeline.codes import Level
from data.pipeline.layers import is_geopackage
from data.pipeline.problems import GroundRefused, Problem, ProblemKind

_VENDOR = Path(__file__).parent / "vendor" / "leaflet"
_DEGREES = "EPSG:4326"
# A printed map is as large as the paper, whatever the window was; it must be laid out anew before the paper is.
_PRINTING = """
    for (const [when, printed] of [["beforeprint", true], ["afterprint", false]]) {
        addEventListener(when, () => {
            %(map)s.getContainer().classList.toggle("printed", printed);
            %(map)s.invalidateSize({animate: false});
            %(map)s.fitBounds(%(bounds)s, {animate: false});
        });
    }
"""
_TOLERANCE_M = 15.0  # of the generalised outlines: less than a hair on a printed page
_PLAN = "EPSG:3857"
_NEEDED = {"region": ("code", "name", "level", "parent"), "grid": ("code", "village")}
# Told apart on paper and by people who see few colours (Okabe and Ito, 2008); they repeat after eight counties.
_COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999")
_COUNTS = ("villages", "grids", "sites")
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_STYLE = """
    html, body { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; }
    body div.folium-map.folium-map { position: fixed !important; inset: 0 300px 0 0; background: #fff;
                                     width: auto !important; height: auto !important; }
    #caption { position: fixed; inset: 0 0 0 auto; width: 276px; padding: 12px; overflow: auto; font-size: 14px; }
    #caption h1 { font-size: 18px; margin: 0 0 4px; }
    #caption table { border-collapse: collapse; } #caption th, #caption td { padding: 1px 8px 1px 0; text-align: left; }
    #caption td.n { text-align: right; font-variant-numeric: tabular-nums; }
    #caption i { display: inline-block; width: 14px; height: 14px; border: 1px solid #444; vertical-align: -2px; }
    @page { size: A4 landscape; margin: 10mm; }
    #townships { margin-top: 16px; }
    body div.folium-map.printed { position: relative !important; inset: 0;
                                  width: 1000px !important; height: 640px !important; }
    @media print {
        .leaflet-control-zoom { display: none; } * { print-color-adjust: exact; }
        #caption { position: static; width: auto; columns: 3; break-before: page; overflow: visible; }
    }
"""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the page says, in the reader's language; `note` stands below the table ("" for none)."""

    title: str
    county: str = "County"
    township: str = "Township"
    villages: str = "Villages"
    grids: str = "Grids"
    sites: str = "Sites"
    note: str = ""


@dataclass(frozen=True)
class _City:
    """Counties and townships with their outlines and counts, in code order."""

    counties: geopandas.GeoDataFrame
    townships: geopandas.GeoDataFrame


def write_preview(source: Path, target: Path, *, words: Words) -> None:
    """Write the page that shows the city file `source` to `target`, replacing what is there in one step.

    Secret sites are not counted. Raises FileNotFoundError, and GroundRefused where layers or columns are missing; the
    file need not be proved otherwise, since looking at it is how one finds out.
    """
    page = preview(source, words=words)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.write_text(page, encoding="utf-8")
    fresh.replace(target)


def preview(source: Path, *, words: Words) -> str:
    """The page as one text; see `write_preview`."""
    city = _read(source)
    west, south, east, north = (float(edge) for edge in city.counties.total_bounds)
    page = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, control_scale=True, zoom_snap=0.25,
        attribution_control=False, prefer_canvas=False,
    )  # fmt: skip
    page.default_js, page.default_css = [], []
    colours = {code: _COLOURS[number % len(_COLOURS)] for number, code in enumerate(city.counties["code"])}
    _outlines(city.townships, words, colours).add_to(page)
    _borders(city.counties).add_to(page)
    bounds = [[south, west], [north, east]]
    page.fit_bounds(bounds)
    figure: Any = page.get_root()
    _dress(figure, words, city, colours)
    figure.script.add_child(_Verbatim(_PRINTING % {"map": page.get_name(), "bounds": bounds}), name="printing")
    return str(figure.render())


def _read(source: Path) -> _City:
    regions, grids = _layers(source)
    parent = dict(zip(regions["code"], regions["parent"], strict=True))
    grids["township"] = grids["village"].map(parent)
    grids = grids[grids["township"].notna()]
    grids = _generalised(grids)
    townships = grids[["township", "geometry"]].dissolve(by="township", method="unary").reset_index()
    townships = townships.rename(columns={"township": "code"}).sort_values("code", ignore_index=True)
    names = dict(zip(regions["code"], regions["name"], strict=True))
    townships["name"] = townships["code"].map(names)
    townships["county"] = townships["code"].map(parent)
    townships["grids"] = townships["code"].map(Counter(grids["township"]))
    townships["villages"] = townships["code"].map(grids.groupby("township")["village"].nunique())
    townships["sites"] = _sites(source, townships)
    counties = townships.dissolve(by="county", aggfunc={"grids": "sum", "villages": "sum", "sites": "sum"})
    counties = counties.reset_index().rename(columns={"county": "code"}).sort_values("code", ignore_index=True)
    counties["name"] = counties["code"].map(names)
    return _City(counties=counties, townships=townships)


def _layers(source: Path) -> tuple[pandas.DataFrame, geopandas.GeoDataFrame]:
    """Regions and grids. Raises GroundRefused with what is missing."""
    if not is_geopackage(source):
        reason = "save the city as a GeoPackage (.gpkg)"
        raise GroundRefused([Problem(ProblemKind.NOT_A_GEOPACKAGE, source.name, reason)])
    present = {str(name) for name, _ in pyogrio.list_layers(str(source))}
    missing = [
        Problem(ProblemKind.MISSING_LAYER, layer, "add this layer, or check its name")
        for layer in _NEEDED
        if layer not in present
    ]
    if missing:
        raise GroundRefused(missing)
    regions = pandas.DataFrame(geopandas.read_file(source, layer="region", ignore_geometry=True))
    grids = geopandas.read_file(source, layer="grid")
    problems = [
        Problem(ProblemKind.MISSING_COLUMN, f"{layer}.{column}", "add this column")
        for layer, frame in (("region", regions), ("grid", grids))
        for column in _NEEDED[layer]
        if column not in frame.columns
    ]
    problems += _unusable(regions, grids) if not problems else []
    if problems:
        raise GroundRefused(problems)
    for column in ("code", "parent"):
        regions[column] = regions[column].astype("string")
    return regions, grids.astype({"code": "string", "village": "string"})


def _unusable(regions: pandas.DataFrame, grids: geopandas.GeoDataFrame) -> list[Problem]:
    if grids.crs is None:
        return [Problem(ProblemKind.UNKNOWN_CRS, "grid", "say its coordinate system, best EPSG:4490 or 4326")]
    known = set(regions.loc[regions["level"] == Level.VILLAGE, "code"].astype("string"))
    if not grids["village"].astype("string").isin(known).any():
        return [Problem(ProblemKind.UNKNOWN_PARENT, "grid", "no grid's village is a village of this file")]
    return []


def _generalised(grids: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """Outlines of a few metres' tolerance in degrees; common edges stay common."""
    plan = grids.to_crs(_PLAN)
    shapes = plan.geometry.to_numpy()
    if shapely.coverage_is_valid(shapes):
        plan.geometry = shapely.coverage_simplify(shapes, _TOLERANCE_M)
    return plan.to_crs(_DEGREES)


def _sites(source: Path, townships: geopandas.GeoDataFrame) -> Any:
    """How many sites that are no secret each township holds, in its order; on an edge the lowest code has it."""
    none = pandas.Series(0, index=townships.index)
    if "site" not in {str(name) for name, _ in pyogrio.list_layers(str(source))}:
        return none
    sites = geopandas.read_file(source, layer="site")
    if "secret" in sites.columns:
        sites = sites[~sites["secret"].astype(bool)]
    held = sites[["geometry"]].to_crs(_DEGREES).sjoin(townships[["geometry"]], predicate="intersects")
    counted = held.groupby(level=0)["index_right"].min().value_counts()
    return none.add(counted, fill_value=0).astype(int)


def _outlines(townships: geopandas.GeoDataFrame, words: Words, colours: dict[str, str]) -> folium.GeoJson:
    """The townships, filled with their county's colour, with their counts in a tooltip."""
    shown = townships[["geometry"]].copy()
    shown["colour"] = townships["county"].map(colours)
    for column in ("name", "villages", "grids", "sites"):
        shown[column] = townships[column].map(escaped)
    columns = {"name": words.township, "villages": words.villages, "grids": words.grids, "sites": words.sites}
    tooltip = folium.GeoJsonTooltip(
        fields=list(columns), aliases=[escaped(word) for word in columns.values()], sticky=True
    )

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        colour = feature["properties"]["colour"]
        return {"fillColor": colour, "fillOpacity": 0.55, "color": "#444", "weight": 0.8}

    return folium.GeoJson(shown.to_json(drop_id=False), style_function=style, tooltip=tooltip, name="townships")


def _borders(counties: geopandas.GeoDataFrame) -> folium.GeoJson:
    lines = geopandas.GeoDataFrame(geometry=counties.boundary, crs=_DEGREES)
    return folium.GeoJson(
        lines.to_json(), style_function=lambda _: {"color": "#111", "weight": 2.2}, interactive=False, name="counties"
    )


def _dress(figure: Any, words: Words, city: _City, colours: dict[str, str]) -> None:
    """Policy, title, style and Leaflet into the head, the caption into the body."""
    figure.title = escaped(words.title)
    for name, text in {
        "policy": f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        "licence": f"<!-- This page contains Leaflet.\n{_vendored('LICENSE')}-->",
        "leaflet_css": f"<style>{_leaflet_style()}</style>",
        "leaflet_js": f"<script>{_leaflet_script()}</script>",
        "style": f"<style>{_STYLE}</style>",
    }.items():
        figure.header.add_child(_Verbatim(text), name=name)
    figure.html.add_child(_Verbatim(_caption(words, city, colours)), name="caption")


class _Verbatim(Element):
    """Text as it is: branca takes an Element's own text for a template, and would work out what stands in braces."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _vendored(name: str) -> str:
    return (_VENDOR / name).read_text(encoding="utf-8")


def _leaflet_style() -> str:
    """Without its comments and pictures: no control that needs them is on the page."""
    bare = re.sub(r"/\*.*?\*/", "", _vendored("leaflet.css"), flags=re.DOTALL)
    return re.sub(r"[a-z-]+: url\([^)]*\);", "", bare)


def _leaflet_script() -> str:
    """Without the address of its source map, which a browser would look for, and the link of a control that is off."""
    return _vendored("leaflet.js").replace("https://leafletjs.com", "leafletjs.com").partition("//# source")[0]


def _caption(words: Words, city: _City, colours: dict[str, str]) -> str:
    """Title and note, a table of counties with their sum, and one of townships: a print has no tooltips."""
    sums = "".join(f'<td class="n">{city.counties[name].sum()}</td>' for name in _COUNTS)
    counties = _rows(city.counties, lambda row: colours[row.code]) + f"<tr><td></td>{sums}</tr>"
    townships = _rows(city.townships, lambda row: colours[row.county])
    note = f"<p>{escaped(words.note)}</p>" if words.note else ""
    return (
        f'<div id="caption"><h1>{escaped(words.title)}</h1>{note}'
        f'<table id="counties">{_head(words.county, words)}{counties}</table>'
        f'<table id="townships">{_head(words.township, words)}{townships}</table></div>'
    )


def _head(first: str, words: Words) -> str:
    titles = (first, words.villages, words.grids, words.sites)
    return "<tr>" + "".join(f"<th>{escaped(title)}</th>" for title in titles) + "</tr>"


def _rows(places: geopandas.GeoDataFrame, colour: Callable[[Any], str]) -> str:
    return "".join(
        f'<tr><td><i style="background:{colour(row)}"></i> {escaped(row.name)}</td>'
        + "".join(f'<td class="n">{getattr(row, name)}</td>' for name in _COUNTS)
        + "</tr>"
        for row in places.itertuples()
    )
