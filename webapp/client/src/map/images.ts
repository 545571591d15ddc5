/** The map's icons, drawn here on canvas in the colours of the theme: no sprite is fetched from anywhere. */
import type { Map as Engine } from "maplibre-gl";
import type { MarkKind } from "../shared/api/index.ts";
import { type DeviceKind, devicePaths } from "./deviceshape.tsx";

type Token = (name: string) => string;
type Draw = (pen: CanvasRenderingContext2D, size: number) => void;

const RATIO = 2;

function drawn(size: number, draw: Draw): ImageData | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (pen === null) return null;
  pen.scale(RATIO, RATIO);
  draw(pen, size);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function square(pen: CanvasRenderingContext2D, centre: number, half: number): void {
  pen.rect(centre - half, centre - half, 2 * half, 2 * half);
}

function triangle(pen: CanvasRenderingContext2D, centre: number, half: number): void {
  pen.moveTo(centre, centre - half * 1.05);
  pen.lineTo(centre + half * 1.1, centre + half * 0.9);
  pen.lineTo(centre - half * 1.1, centre + half * 0.9);
  pen.closePath();
}

function circle(pen: CanvasRenderingContext2D, centre: number, radius: number): void {
  pen.arc(centre, centre, radius, 0, 2 * Math.PI);
}

/** A filled shape with a thin edge in the colour of the land, so that neighbours stay apart. */
function solid(colour: string, land: string, shape: (pen: CanvasRenderingContext2D, centre: number) => void): Draw {
  return (pen, size) => {
    pen.beginPath();
    shape(pen, size / 2);
    pen.strokeStyle = land;
    pen.lineWidth = 2.5;
    pen.lineJoin = "round";
    pen.stroke();
    pen.fillStyle = colour;
    pen.fill();
  };
}

function ring(colour: string, land: string, radius: number, dash: number[], tick: boolean): Draw {
  return (pen, size) => {
    const centre = size / 2;
    pen.beginPath();
    circle(pen, centre, radius + 1.5);
    pen.fillStyle = land;
    pen.fill();
    pen.strokeStyle = colour;
    pen.lineWidth = 1.7;
    pen.setLineDash(dash);
    pen.beginPath();
    circle(pen, centre, radius);
    pen.stroke();
    if (!tick) return;
    pen.setLineDash([]);
    pen.beginPath();
    pen.moveTo(centre - 3, centre);
    pen.lineTo(centre - 0.8, centre + 2.2);
    pen.lineTo(centre + 3, centre - 2.2);
    pen.stroke();
  };
}

function marks(token: Token): Record<MarkKind, [size: number, draw: Draw]> {
  const land = token("--map-land");
  return {
    over: [20, solid(token("--over"), land, (pen, centre) => square(pen, centre, 7.5))],
    near: [22, solid(token("--near-mark"), land, (pen, centre) => triangle(pen, centre, 8.5))],
    normal: [16, solid(token("--normal"), land, (pen, centre) => circle(pen, centre, 5.5))],
    wait: [18, ring(token("--wait"), land, 6, [3, 1.9], false)],
    done: [18, ring(token("--done"), land, 6.4, [], true)],
  };
}

/** Beside a mark: one card for yellow, two for red, an exclamation for plain supervision, a question for what was applied for. */
function flag(kind: string, token: Token): Draw {
  const colour = token(kind === "red" ? "--over" : kind === "yellow" ? "--near-mark" : "--text-2");
  const land = token("--map-land");
  return (pen, size) => {
    const card = (left: number, top: number): void => {
      pen.beginPath();
      pen.rect(left, top, 6, 9);
      pen.fillStyle = colour;
      pen.fill();
      pen.lineWidth = 1.4;
      pen.strokeStyle = land;
      pen.stroke();
    };
    if (kind === "red") card(7, 1);
    if (kind === "red" || kind === "yellow") {
      card(4, 4);
      return;
    }
    pen.beginPath();
    circle(pen, size / 2, 6.2);
    pen.fillStyle = token("--surface");
    pen.fill();
    pen.lineWidth = 1.3;
    pen.strokeStyle = colour;
    pen.stroke();
    pen.fillStyle = colour;
    pen.font = `600 10px ${token("--font")}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(kind === "asked" ? "?" : "!", size / 2, size / 2 + 0.5);
  };
}

/** Public sites are dots, traffic and checkpoints diamonds, sectors' and social ones squares; hollow when offline. */
function siteShape(pen: CanvasRenderingContext2D, kind: string, centre: number): void {
  if (kind === "dot") circle(pen, centre, 3);
  else if (kind === "box") square(pen, centre, 2.6);
  else {
    pen.moveTo(centre, centre - 3.8);
    pen.lineTo(centre + 3.8, centre);
    pen.lineTo(centre, centre + 3.8);
    pen.lineTo(centre - 3.8, centre);
    pen.closePath();
  }
}

function site(kind: string, hollow: boolean, token: Token): Draw {
  return (pen, size) => {
    pen.beginPath();
    siteShape(pen, kind, size / 2);
    if (hollow) {
      pen.strokeStyle = token("--wait");
      pen.lineWidth = 1.2;
      pen.stroke();
    } else {
      pen.fillStyle = token("--map-site");
      pen.fill();
    }
  };
}

/** A channel's number in its ring; dashed and grey when there is no picture. */
function number(text: string, off: boolean, token: Token): Draw {
  return (pen, size) => {
    const colour = off ? token("--wait") : token("--accent-text");
    const centre = size / 2;
    pen.beginPath();
    circle(pen, centre, 9);
    pen.fillStyle = token("--surface");
    pen.fill();
    pen.strokeStyle = colour;
    pen.lineWidth = 1.8;
    if (off) pen.setLineDash([3, 2]);
    pen.stroke();
    pen.fillStyle = colour;
    pen.font = `600 12px ${token("--font")}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(text, centre, centre + 0.5);
  };
}

/** A device that reports by itself: a lozenge, and in it what kind it is. */
function device(kind: DeviceKind, token: Token): Draw {
  return (pen) => {
    const { outline, inside } = devicePaths(kind);
    const around = new Path2D(outline);
    pen.fillStyle = token("--surface");
    pen.fill(around);
    pen.strokeStyle = token("--accent-text");
    pen.lineWidth = 1.4;
    pen.lineJoin = "round";
    pen.stroke(around);
    pen.fillStyle = token("--accent-text");
    pen.fill(new Path2D(inside));
  };
}

/** How many nearby channels get a number, on map, list and tile alike. */
export const NUMBERED = 9;

/** Adds every icon to the map; again after each change of theme. */
export function addImages(map: Engine, token: Token): void {
  const add = (name: string, size: number, draw: Draw): void => {
    const image = drawn(size, draw);
    if (image && !map.hasImage(name)) map.addImage(name, image, { pixelRatio: RATIO });
  };
  for (const [name, [size, draw]] of Object.entries(marks(token))) add(`mark-${name}`, size, draw);
  for (const kind of ["red", "yellow", "normal", "asked"]) add(`flag-${kind}`, 15, flag(kind, token));
  for (const kind of ["dot", "box", "diamond"]) {
    add(`site-${kind}`, 10, site(kind, false, token));
    add(`site-${kind}-off`, 10, site(kind, true, token));
  }
  for (const kind of ["button", "door", "other"] as const) add(`device-${kind}`, 16, device(kind, token));
  for (let n = 1; n <= NUMBERED; n += 1) {
    add(`channel-${n}`, 22, number(String(n), false, token));
    add(`channel-${n}-off`, 22, number(String(n), true, token));
  }
}
