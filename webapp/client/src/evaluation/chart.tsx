/* What fell due, stretch by stretch: closed on time, closed late, not closed; and the rate of closing on time as a line.
   Full, striped and hollow say the same as the colours, for whoever can't tell these apart. The line goes through the
   stretches in which enough fell due; the others have a grey dot. */
import type { Evaluation, TrendPoint } from "../shared/api/index.ts";
import { gettext, say } from "../shared/i18n.ts";
import { dateText } from "../shared/time.ts";
import { countText, percentText } from "./figures.ts";

const WIDTH = 1200;
const HEIGHT = 240;
const LEFT = 44;
const RIGHT = 44;
const TOP = 30;
const BOTTOM = 28;
const INNER = HEIGHT - TOP - BOTTOM;

interface Bar {
  label: string;
  due: number;
  onTime: number;
  closed: number;
  percent: string | null;
  firm: boolean;
}

export function barsOf(trend: readonly TrendPoint[]): Bar[] {
  return trend.map((point) => {
    const closure = point.values["closure"];
    const onTime = point.values["closure_on_time"];
    return { label: dateText(Date.parse(point.start)), due: closure?.of ?? 0, closed: closure?.hits ?? 0, onTime: onTime?.hits ?? 0, percent: onTime?.percent ?? null, firm: onTime?.firm ?? false };
  });
}

/** The top of a scale that holds `most`, and its step: 1, 2 or 5 times a power of ten, four steps or so. */
export function scaleFor(most: number): { top: number; step: number } {
  const rough = Math.max(1, most / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((one) => one >= rough) ?? 1);
  return { top: Math.max(step, Math.ceil(most / step) * step), step };
}

export function Chart({ report }: { report: Evaluation }) {
  const bars = barsOf(report.trend);
  const most = Math.max(...bars.map((bar) => bar.due));
  if (bars.length < 2 || most === 0) return null;
  const { top, step } = scaleFor(most);
  const wide = (WIDTH - LEFT - RIGHT) / bars.length;
  const y = (count: number): number => TOP + INNER * (1 - count / top);
  const ticks = Array.from({ length: top / step + 1 }, (_, index) => index * step);
  return (
    <figure class="panel chart">
      <figcaption class="panel-head">
        <h2 class="panel-title">{gettext("What fell due, and how much of it was closed")}</h2>
        <span class="grow" />
        <Legend />
      </figcaption>
      <div class="chart-body" tabIndex={0} role="region" aria-label={gettext("What fell due, and how much of it was closed")}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={summary(report)}>
          <defs>
            <pattern id="chart-stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect class="chart-stripe" width="3.6" height="6" />
            </pattern>
          </defs>
          <text class="chart-text" x={LEFT - 8} y={14} text-anchor="end">
            {gettext("Events (axis)")}
          </text>
          <text class="chart-text" x={WIDTH} y={14} text-anchor="end">
            {gettext("Rate closed on time")}
          </text>
          {ticks.map((tick) => (
            <g key={tick}>
              <line class="chart-line" x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} />
              <text class="chart-text" x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
                {countText(tick)}
              </text>
            </g>
          ))}
          {[0, 50, 100].map((percent) => (
            <text key={percent} class="chart-text" x={WIDTH - RIGHT + 8} y={y((percent / 100) * top) + 4}>
              {percent}%
            </text>
          ))}
          {bars.map((bar, index) => (
            <Column key={bar.label} bar={bar} x={LEFT + index * wide} wide={wide} y={y} named={index % Math.ceil(bars.length / 12) === 0} />
          ))}
          <polyline class="chart-rate" points={line(bars, wide, top, y)} />
          {bars.map((bar, index) => bar.percent !== null && <circle key={bar.label} class={bar.firm ? "chart-dot" : "chart-dot is-few"} cx={LEFT + (index + 0.5) * wide} cy={y((Number(bar.percent) / 100) * top)} r={bar.firm ? 4 : 2.5} />)}
        </svg>
      </div>
    </figure>
  );
}

function Column({ bar, x, wide, y, named }: { bar: Bar; x: number; wide: number; y: (count: number) => number; named: boolean }) {
  const width = Math.min(48, wide * 0.64);
  const left = x + (wide - width) / 2;
  const parts: [name: string, from: number, to: number][] = [
    ["done", 0, bar.onTime],
    ["late", bar.onTime, bar.closed],
    ["open", bar.closed, bar.due],
  ];
  return (
    <g>
      <title>{say("%(label)s: due %(due)s, closed %(closed)s, on time %(onTime)s", { label: bar.label, due: bar.due, closed: bar.closed, onTime: bar.onTime })}</title>
      {parts.map(([name, from, to]) => to > from && <rect key={name} class={`chart-${name}`} {...(name === "late" ? { fill: "url(#chart-stripes)" } : {})} x={left} width={width} y={y(to)} height={y(from) - y(to)} />)}
      {named && (
        <text class="chart-text" x={x + wide / 2} y={HEIGHT - 8} text-anchor="middle">
          {bar.label}
        </text>
      )}
    </g>
  );
}

/** Through the stretches in which enough fell due to be compared. */
export function line(bars: readonly Bar[], wide: number, top: number, y: (count: number) => number): string {
  const points = bars.map((bar, index) => (bar.percent === null || !bar.firm ? "" : `${LEFT + (index + 0.5) * wide},${y((Number(bar.percent) / 100) * top)}`));
  return points.filter(Boolean).join(" ");
}

function Legend() {
  const entries = [
    ["done", gettext("Closed on time")],
    ["late", gettext("Closed late")],
    ["open", gettext("Not closed")],
    ["rate", gettext("Rate closed on time")],
    ["few", gettext("The same of fewer than 20")],
  ] as const;
  return (
    <ul class="legend small">
      {entries.map(([name, label]) => (
        <li key={name}>
          <i class={`legend-${name}`} aria-hidden="true" /> {label}
        </li>
      ))}
    </ul>
  );
}

function summary(report: Evaluation): string {
  const found = report.indicators.find((one) => one.code === "closure_on_time");
  return found ? say("%(name)s: %(percent)s of %(of)s due", { name: found.name, percent: percentText(found.now), of: found.now.of }) : "";
}
