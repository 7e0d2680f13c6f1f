// Figures: hours or days beside the period before; definition, plot and table of each.

import { promised, useNews } from "./api.js";
import { counted, dayOf, html, Panel, plain, saveCsv, Select, useEffect, useMemo, useRef, useState } from "./kit.js";

const Q = "{value numerator denominator}";
const FIGURES = `calls contacts callsWithFinalCost transfersByCause{*} achieved{*} visits{*}
   intentAccuracy${Q} intentAccuracyCorrected${Q} transferSuccess${Q} speedToAnswerSeconds${Q} waitSeconds${Q} waitToldSeconds${Q} waitHadSeconds${Q} waitHeld${Q} routingSeconds${Q} handleSeconds${Q} containment${Q} abandonment${Q}
   interruptionsPerCall${Q} answerRate${Q} dialsPerHour${Q} humanAnswersPerHour${Q} achievedPerContact${Q} costPerCallUsd${Q} costPerAchievedUsd${Q}`;
const READ = promised("GET", "/api/figures", `from to by buckets{at figures{${FIGURES}}} total{${FIGURES}} worstSeconds{at account prefix}`);

// Name, unit, whether more is better (1), worse (-1) or neither, and what it is.
const SHOWN = [
  ["contacts", "Contacts", "", 0, "Callers' visits at our own number, and calls that came in elsewhere."],
  ["containment", "Served by assistants alone", "%", 1, "Of the contacts, those that no person had to take."],
  ["abandonment", "Gave up", "%", -1, "Of the contacts, those that hung up before anybody had them."],
  ["speedToAnswerSeconds", "Answered after", "s", -1, "From the first ring until an assistant or a person had the caller."],
  ["waitSeconds", "Waited", "s", -1, "From the place in the queue until somebody had the caller, the place was kept, or the caller hung up."],
  ["waitToldSeconds", "Were told to wait", "s", -1, "The longer end of the first range that callers were told, of those who did not give up."],
  ["waitHadSeconds", "And waited", "s", -1, "The same callers, from then until somebody had them or their place was kept."],
  ["waitHeld", "No longer than told", "%", 1, "Of the same callers, those who waited no longer than they were told."],
  ["handleSeconds", "Lasted", "s", 0, "From the answer to the end of the call."],
  ["routingSeconds", "Understood after", "s", -1, "From the answer until it was first known where the caller should be."],
  ["intentAccuracy", "Sent where they belonged", "%", 1, "Of the calls in which the caller was understood, those who ended where they first asked to be."],
  ["intentAccuracyCorrected", "The same, by corrections", "%", 1, "Of the calls that somebody looked at and corrected, those sent where they say it belonged."],
  ["transferSuccess", "Brought to a person", "%", 1, "Of the people who were asked about a caller, those who pressed the key and were together with the caller."],
  ["interruptionsPerCall", "Cut in, per call", "", -1, "Barge-ins that count towards bringing a person, by calls."],
  ["answerRate", "Dials answered by somebody", "%", 1, "Of the calls that went out, those in which a human being was talked to: no machine, no silence."],
  ["dialsPerHour", "Dials an hour", "", 0, "Calls that went out, by the hours that have begun."],
  ["achievedPerContact", "Achieved something", "%", 1, "Of the calls in which somebody was talked to, those that achieved something other than nothing and an opt-out."],
  ["costPerCallUsd", "Cost of a call", "$", -1, "Everything that is told or reckoned of its cost; a cost is provisional for a day."],
  ["costPerAchievedUsd", "Cost of something achieved", "$", -1, "The same, by calls that achieved something."],
];
const PERIODS = [
  ["0,hour", "today, by the hour"],
  ["1,hour", "two days, by the hour"],
  ["6,day", "7 days"],
  ["29,day", "30 days"],
  ["91,day", "92 days"],
];

const worth = (figures, name) => (name === "contacts" ? figures.contacts : figures[name].value);

export function written(value, unit) {
  if (value === null || value === undefined) return "–";
  const seconds = Math.round(value);
  if (unit === "%") return `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
  if (unit === "s") return value >= 90 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min` : `${value.toFixed(1)} s`;
  if (unit === "$") return `$${value.toFixed(value < 1 ? 3 : 2)}`;
  return Number.isInteger(value) ? counted(value) : value.toFixed(2);
}

export function FiguresPage() {
  const [period, choose] = useState("6,day");
  const [open, show] = useState("contacts");
  const [back, by] = period.split(",");
  const days = Number(back) + 1;
  const news = useNews(READ, { query: { from: dayOf(-back), to: dayOf(), by }, seconds: 60 });
  const before = useNews(READ, { query: { from: dayOf(-back - days), to: dayOf(-days), by } });
  const told = news.data;
  const one = SHOWN.find(([name]) => name === open);
  return html`<div class="titled"><h1>Figures</h1><span class="form"><${Select} label="Period (days are UTC)" value=${period} onChange=${(event) => choose(event.target.value)} options=${PERIODS} /></span></div>
    <div class="split figures"><div class="side"><${Panel} title=${one[1]} news=${news} lines=${8} empty=${told && !told.buckets.length && "Nothing was counted in this time. What is over is counted a minute or two later."}>
      <p class="hint wide">${one[4]}</p>${told?.buckets.length > 0 && html`<${Figure} told=${told} before=${before.data} one=${one} by=${by} />`}<//>
    ${told && html`<div class="grid"><${Causes} title="Calls achieved" map=${told.total.achieved} news=${news} /><${Causes} title="Transfers came to" map=${told.total.transfersByCause} news=${news} /><${Causes} title="Visits came to" map=${told.total.visits} news=${news} /></div>`}</div>
    <${Panel} title="All" news=${news} lines=${8} empty=${false}>
      ${told && html`<table class="all"><thead><tr><th>Figure</th><th class="r">Now</th><th class="r">Before</th></tr></thead><tbody>${SHOWN.map((row) => html`<${Line} row=${row} now=${told.total} before=${before.data?.total} open=${row[0] === open} show=${show} />`)}</tbody></table>
        <p class="hint after">${counted(told.total.calls)} calls are over; the last word on cost is in for ${counted(told.total.callsWithFinalCost)}.
        ${told.worstSeconds.length > 0 && `In the worst second ${worst(told, "account")} dials began, ${worst(told, "prefix")} of them to one area, by the provider's clock.`}</p>`}<//></div>`;
}

const worst = (told, of) => Math.max(...told.worstSeconds.map((one) => one[of]));

function Line({ row: [name, title, unit, good], now, before, open, show }) {
  const value = worth(now, name);
  const was = before ? worth(before, name) : null;
  const share = value !== null && was ? value / was - 1 : null;
  const word = share === null || Math.abs(share) < 0.005 ? "" : `${share > 0 ? "▲" : "▼"} ${Math.abs(share * 100).toFixed(0)} %`;
  const bad = good && share && Math.sign(share) !== good && Math.abs(share) > 0.1;
  return html`<tr data-row tabindex="-1"><td><button class="link" aria-pressed=${open} onClick=${() => show(name)}>${title}</button></td><td class="r"><strong>${written(value, unit)}</strong></td>
    <td class="r">${written(was, unit)}${word && html`<small class=${bad ? "worse" : ""}>${word}${bad ? ", worse" : ""}</small>`}</td></tr>`;
}

function Figure({ told, before, one: [name, title, unit], by }) {
  const [table, turn] = useState(false);
  const points = useMemo(() => {
    const width = by === "hour" ? 3_600_000 : 86_400_000;
    const first = Date.parse(`${told.from}T00:00:00Z`);
    const last = Math.min(Date.parse(`${told.to}T00:00:00Z`) + 86_400_000 - width, Date.now());
    const shift = before ? Date.parse(`${before.from}T00:00:00Z`) - first : 0;
    const map = (buckets) => new Map(buckets.map((bucket) => [Date.parse(bucket.at), worth(bucket.figures, name)]));
    const [is, was] = [map(told.buckets), map(before?.buckets ?? [])];
    const rows = [];
    for (let at = first; at <= last; at += width) rows.push([at, is.get(at) ?? null, was.get(at + shift) ?? null]);
    return rows;
  }, [told, before, name, by]);
  const label = (at) => new Date(at).toISOString().slice(5, by === "hour" ? 16 : 10).replace("T", " ");
  const save = () => saveCsv(name, ["at", "value", "period before"], points.map(([at, is, was]) => [new Date(at).toISOString(), is, was]));
  return html`<div>${table
    ? html`<div class="scroll tall" tabindex="0" role="region" aria-label=${`${title}, as a table`}><table><thead><tr><th>${by === "hour" ? "Hour (UTC)" : "Day"}</th><th class="r">${title}</th><th class="r">Period before</th></tr></thead>
        <tbody>${points.map(([at, is, was]) => html`<tr><td>${label(at)}</td><td class="r">${written(is, unit)}</td><td class="r none">${written(was, unit)}</td></tr>`)}</tbody></table></div>`
    : html`<${Plot} points=${points} title=${title} unit=${unit} by=${by} />`}
    <p class="acts after"><button aria-pressed=${table} onClick=${() => turn(!table)}>As a table</button><button onClick=${save}>CSV</button></p></div>`;
}

let loading = null;
const library = () => (loading ??= import("./vendor/uplot.mjs").then((file) => file.default));

function Plot({ points, title, unit, by }) {
  const box = useRef(null);
  const [failed, fail] = useState(false);
  const [look, again] = useState(0);
  useEffect(() => {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => again((count) => count + 1);
    scheme.addEventListener("change", changed);
    addEventListener("resize", changed);
    const watched = new MutationObserver(changed);
    watched.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      scheme.removeEventListener("change", changed);
      removeEventListener("resize", changed);
      watched.disconnect();
    };
  }, []);
  useEffect(() => {
    let plot = null;
    let over = false;
    library().then(
      (Plotter) => {
        if (!over && box.current) plot = drawn(Plotter, box.current, points, title, unit, by);
      },
      () => fail(true),
    );
    return () => {
      over = true;
      plot?.destroy();
    };
  }, [points, look]);
  const known = points.filter(([, is]) => is !== null).length;
  return html`<div class="plot" ref=${box} role="img" aria-label=${`${title}: a line of ${known} values; the table has them`}></div>${failed && html`<p class="fault">The plot could not be loaded; the table has all of it.</p>`}`;
}

const dated = (seconds, by) => {
  const at = new Date(seconds * 1000);
  const day = `${at.getUTCDate()} ${at.toLocaleString("en-GB", { month: "short", timeZone: "UTC" })}`;
  return by === "hour" && at.getUTCHours() ? `${at.getUTCHours()}:00` : day;
};

function drawn(Plotter, box, points, title, unit, by) {
  const styles = getComputedStyle(box);
  // canvas takes no light-dark(): ask for what the page came to
  const tone = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    box.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  };
  const [ink, soft, line, accent] = ["--ink", "--soft", "--line", "--accent"].map(tone);
  const font = `12px ${styles.fontFamily}`;
  const axis = { stroke: soft, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const many = points.length > 60;
  // of where the pointer is; without one nothing
  const at = (_, value, series, index) => (index === null ? "" : written(value, unit));
  const series = [
    { label: by === "hour" ? "hour" : "day", value: (_, seconds) => (seconds ? dated(seconds, by) : "") },
    { label: title, stroke: accent, width: 2, points: { show: !many, size: 5, fill: accent }, value: at },
    { label: "period before", stroke: soft, width: 1, dash: [4, 4], points: { show: false }, value: at },
  ];
  const options = {
    width: Math.max(260, box.clientWidth),
    height: 260,
    series,
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.05] } },
    axes: [{ ...axis, space: 70, incrs: by === "hour" ? [3600, 10_800, 21_600, 43_200, 86_400] : [1, 2, 7, 14, 28].map((days) => days * 86_400), values: (_, ticks) => ticks.map((seconds) => dated(seconds, by)) }, { ...axis, size: 60, values: (_, ticks) => ticks.map((value) => written(value, unit)) }],
    legend: { show: true },
    cursor: { y: false },
  };
  const columns = [points.map(([at]) => at / 1000), points.map(([, is]) => is), points.map(([, , was]) => was)];
  return new Plotter(options, columns, box);
}

function Causes({ title, map, news }) {
  const rows = Object.entries(map).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
  const sum = rows.reduce((all, [, count]) => all + count, 0);
  return html`<${Panel} title=${title} count=${counted(sum)} news=${news} empty=${!rows.length && "Nothing yet."}><table><tbody>${rows.map(([name, count]) => html`<tr><td>${plain(name)}</td><td class="r">${counted(count)}</td><td class="r none">${Math.round((count / sum) * 100)} %</td></tr>`)}</tbody></table><//>`;
}
