// What every page is drawn with: times and words, panels that say how old they are, bars.

import { h, render } from "./vendor/preact.mjs";
import { useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState } from "./vendor/hooks.mjs";
import htm from "./vendor/htm.mjs";
import { Refusal } from "./api.js";

export { useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState };
export const html = htm.bind(h);

export const STALE_MS = 10_000;
const SECOND_MS = 1_000;

/** A choice of view: `theme`, `keys`. Nothing else is kept in the browser. */
export function choice(name, otherwise) {
  try {
    return localStorage.getItem(`view.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function choose(name, value) {
  try {
    localStorage.setItem(`view.${name}`, value);
  } catch {
    // a browser that keeps nothing still shows everything
  }
}

const SKEW_MS = 2_000;
let ahead = 0;

/** Now by the server's clock: whoever waits, waits by that. */
export const present = () => Date.now() + ahead;

/** @param at Now, as the server said it. @param asked When it was asked, by the reader's clock. */
export function keepTime(at, asked) {
  const least = Date.parse(at) - Date.now();
  const most = Date.parse(at) - asked;
  if (ahead < least - SKEW_MS || ahead > most + SKEW_MS) ahead = least;
}

const sheets = new Map();

/** Styles that not every page needs: fetched once, there before what is drawn with them. */
export function sheet(name) {
  if (!sheets.has(name))
    sheets.set(name, new Promise((onload, onerror) => {
      const href = new URL(name, import.meta.url).href;
      document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload, onerror }));
    }));
  return sheets.get(name);
}

/** Where one can try a call: the local system alone has such a telephone. */
export const telephone = document.querySelector("meta[name=telephone]")?.content || null;

export const readers = Intl.DateTimeFormat().resolvedOptions().timeZone;
let zone = readers;
const formats = new Map();

/** From here on times are shown in this zone, the business's. */
export function showTimesIn(name) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    zone = name;
  } catch {
    // a zone this browser does not know: its own is shown, and named where times are
  }
}

export const businessZone = () => zone;

/** Where the business is, for a reader who is elsewhere: New York. */
export const businessPlace = () => (clock(present(), readers) === clock(present()) ? "" : zone.split("/").at(-1).replace(/_/g, " "));

function written(at, parts, where) {
  const key = where + Object.keys(parts).join();
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: where, hourCycle: "h23", ...parts }));
  return formats.get(key).format(at);
}

const CLOCK = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
const MINUTE = { hour: "2-digit", minute: "2-digit" };
const YEAR = { year: "numeric" };
const DAY = { weekday: "short", day: "numeric", month: "short" };

export const clock = (at, where = zone) => written(at, CLOCK, where);

/** The day in UTC, as the API counts days, YYYY-MM-DD, so many days from now. */
export function dayOf(days = 0) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", year: "numeric", month: "2-digit", day: "2-digit" })
      .formatToParts(present() + days * 86_400_000)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** An instant, its day as well if that is not today, and the year of another one. */
function told(at, parts) {
  const instant = new Date(at);
  const same = (of) => written(instant, of, zone) === written(present(), of, zone);
  const day = same({ ...DAY, ...YEAR }) ? {} : same(YEAR) ? DAY : { ...DAY, ...YEAR };
  return written(instant, { ...day, ...parts }, zone);
}

/**
 * An instant: its time today, its day as well on another; the reader's own zone on hover and while it has the focus,
 * or the row that it stands in. @param alone In no row: the keyboard reaches the time itself.
 */
export function When({ at, seconds = false, alone = false }) {
  if (!at) return html`<span class="none">–</span>`;
  const own = written(new Date(at), { ...DAY, ...YEAR, ...CLOCK }, readers);
  return html`<time dateTime=${at} title=${`${own} ${readers}`} class="n when" tabindex=${alone ? 0 : undefined}>${told(at, seconds ? CLOCK : MINUTE)}</time>`;
}

const tickers = new Set();
setInterval(() => tickers.forEach((tick) => tick(present())), SECOND_MS);

/** Now, to the second; whoever shows it is drawn again each second. */
export function useNow() {
  const [now, tick] = useState(present());
  useEffect(() => {
    tickers.add(tick);
    return () => tickers.delete(tick);
  }, []);
  return now;
}

/** 75 as "1:15", 3,700 as "1:01:40". */
export function lasting(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** From an hour on without seconds: 16:20:00 would be read as a time of the day. */
function longSince(at, now) {
  const seconds = (now - Date.parse(at)) / SECOND_MS;
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600)];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${Math.floor(seconds / 60) % 60} min` : lasting(seconds);
}

/** How long ago, counting. Only its text changes each second: hundreds of them may stand on a page. */
export function Since({ at, until }) {
  const shown = useRef(null);
  useEffect(() => {
    if (!at) return undefined;
    const tick = (now) => {
      const text = shown.current?.firstChild; // none between its end and this one's
      const words = longSince(at, now);
      if (text && text.data !== words) text.data = words;
    };
    if (until) return tick(Date.parse(until));
    tickers.add(tick);
    return () => tickers.delete(tick);
  }, [at, until]);
  if (!at) return html`<span class="none">–</span>`;
  return html`<time ref=${shown} dateTime=${at} title=${`since ${clock(new Date(at))}`} class="n">${longSince(at, until ? Date.parse(until) : present())}</time>`;
}

/** A telephone number in groups; one that is masked stays as it is told. */
export const grouped = (number) => {
  const found = /^(\+1)(\d{3})(\d{3})(\d{4})$/.exec(number ?? "");
  return found ? found.slice(1).join("\u00a0") : (number ?? "withheld");
};

/** Whole numbers as they are read: 12,430. */
export const counted = (number) => (number ?? 0).toLocaleString("en-GB");
/** A word of the API's as people read it: no_answer, MeetingBooked. */
export const plain = (word) =>
  word ? String(word).replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ").toLowerCase() : "–";

/**
 * A part of a page with its own age, error and emptiness.
 * @param news Of useNews. @param empty What is true when there is nothing; false when there is something.
 */
export function Panel({ title, count, news, empty, aside, children, quiet, lines = 3 }) {
  const id = useId();
  useNow();
  const age = Date.now() - news.at;
  // what is asked for once a minute is not without news in between
  const stale = Boolean(news.at && news.ages && age > Math.max(STALE_MS, 2 * (news.pace ?? 0)));
  const first = news.data === undefined;
  return html`<section class=${`panel ${stale ? "stale" : ""}`} aria-labelledby=${id} aria-busy=${first && !news.error}>
    <header class=${quiet ? "quiet" : ""}>
      <h2 id=${id}>${title}${count !== undefined && count !== null && html` <span class="count n">${count}</span>`}</h2>
      ${aside}
      ${news.at > 0 && html`<span class="asof">${stale ? "no news since" : "as of"} <span class="n">${clock(news.at + ahead)}</span></span>`}
    </header>
    ${news.error && html`<${Fault} error=${news.error} again=${news.again} />`}
    ${first
      ? !news.error && html`<div class="skeleton" aria-hidden="true">${Array.from({ length: lines }, () => html`<i></i>`)}</div>`
      : empty
        ? html`<div class="empty">${empty}</div>`
        : children}
  </section>`;
}

export function Fault({ error, again }) {
  return html`<p class="fault" role="alert"><span>${said(error)}</span>
    ${again && html`<button onClick=${again}>Try again</button>`}</p>`;
}

/** What an error says to whoever reads it. */
export function said(error) {
  if (!(error instanceof Refusal)) return "The page stumbled over what it was told.";
  const field = error.field ? `${error.field}: ` : "";
  const next = error.nextAllowedAt ? ` Possible from ${told(error.nextAllowedAt, MINUTE)}.` : "";
  return field + error.message + next;
}

/**
 * A row that is drawn anew only when what it is made of (`of`) changes: hundreds may stand on a page that
 * is told each second. A tree of its own: parts that are kept keep what they stood in before, for ever.
 */
export function Row({ of, draw, kind }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    render(draw(), box.current);
  }, of);
  useEffect(() => {
    const shown = box.current;
    return () => render(null, shown);
  }, []);
  return html`<tr ref=${box} data-row tabindex="-1" class=${kind}></tr>`;
}

let lastSaid = 0;
let waiting = null;

/** Told to whoever does not see the page; at most once in 5 s, the latest word wins. */
export function announce(words) {
  clearTimeout(waiting);
  const tell = () => {
    lastSaid = Date.now();
    const region = document.getElementById("spoken");
    if (region) region.textContent = words;
  };
  const pause = lastSaid + 5 * SECOND_MS - Date.now();
  if (pause <= 0) tell();
  else waiting = setTimeout(tell, pause);
}

/** See csv.js, which is fetched for it. */
export const saveCsv = (...told) => import("./csv.js").then((file) => file.saveCsv(...told));

export const Sign = () => html`<svg class="sign" viewBox="0 0 16 16" aria-hidden="true">
  <path d="M3 11C3 4 13 4 13 11" /><circle cx="3" cy="11.5" r="2" /><circle cx="13" cy="11.5" r="2" /></svg>`;

/** A small word that says a state; the tone is never the only sign. */
export const Mark = ({ tone = "", children }) => html`<span class=${`mark ${tone}`}>${children}</span>`;

/** A share of something, with its bar. */
export function Bar({ share, at, label }) {
  const wide = Math.round(Math.min(1, Math.max(0, share ?? 0)) * 100);
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label=${label}>
    <rect class="of" width="100" height="6"></rect><rect class="is" width=${wide} height="6"></rect>
    ${at !== undefined && html`<rect class="at" x=${Math.round(at * 100) - 1} y="-4" width="3" height="14"></rect>`}</svg>`;
}

export function Select({ label, options, ...rest }) {
  const id = useId();
  return html`<p class="field"><label for=${id}>${label}</label>
    <select id=${id} ...${rest}>${options.map(([value, text]) => html`<option value=${value} selected=${value === rest.value}>${text}</option>`)}</select></p>`;
}
