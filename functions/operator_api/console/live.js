// Live: what happens now. One answer each second feeds every page's frame and this page.

import { ask, promised, Refusal } from "./api.js";
import { announce, Bar, counted, grouped, html, keepTime, Mark, Panel, plain, present, Row, Since, STALE_MS, telephone, useEffect, useNow, useRef, useState, When } from "./kit.js";

const NEED = "kind id since says number callId campaignId department urgent";
const LIVE = promised(
  "GET",
  "/api/live",
  `at version failed asOf{calls people waiting needs}
   figures{calls complete waiting longestWaitSince people{*} lines{inUse of keptForInbound} dialsInLastMinute dialingStopped needs}
   calls{id since heardAt number direction with state words wordsBy intent confidence destination campaignId flags}
   lastCall{id at called} waiting{visitId department waitsFor place since toldMinutes offered offeredTo calledBack number}
   people{id name departments state since reason missedOffers visitId}
   needs{count urgent complete newest{${NEED}}} others{name callId}
   call{id over cursor moments{key at what assistantName endedReason digits kind detail role status destination name arguments{*}
     department toAssistant toNumber text final intent confidence wantsPerson number reason outcome by person}}`,
);

const BUSY_MS = 1_000;
const IDLE_MS = 5_000;
const LONGEST_MS = 30_000;
const GONE_MS = 10_000; // how long a call that is over stays in the list
const PARTS = [["calls", "complete"], ["people", "lines", "dialingStopped"], ["waiting", "longestWaitSince"], ["needs"]];

/**
 * What is live, for whichever page is open.
 * @param callId The call that is open; its moments are gathered in `talk`.
 * @returns data, at, error, rows (calls, with those just over), talk {id, over, moments}, again().
 */
export function useLive(callId) {
  const [shown, show] = useState({ data: undefined, at: 0, error: null, rows: [], talk: null });
  const kept = useRef({ etag: {}, rows: new Map(), talk: null, failures: 0, call: null, go: () => {} });
  kept.current.call = callId;
  useEffect(() => {
    const held = kept.current;
    let timer = 0;
    let over = false;
    let busy = false;
    const go = async (wanted) => {
      if (busy || over) {
        held.wanted ||= wanted; // what is under way may be older than what was done, or of another call
        return;
      }
      clearTimeout(timer);
      busy = true;
      const call = held.call;
      const talk = held.talk?.id === call ? held.talk : null;
      const asked = Date.now();
      try {
        const told = await ask(LIVE, { query: { call, after: talk?.cursor }, etag: held.etag });
        held.failures = 0;
        if (told) keepTime(told.at, asked);
        if (told) take(held, onward(told, held), call);
        if (!over) show((was) => ({ data: told ?? was.data, at: Date.now(), error: null, rows: lately(held), talk: held.talk }));
      } catch (error) {
        held.failures += 1;
        held.etag = {};
        if (!over) show((was) => ({ ...was, error, rows: lately(held) }));
      }
      busy = false;
      if (over || document.hidden) return;
      if (held.wanted) return void go((held.wanted = false));
      const usual = held.lives || held.call || held.soon-- > 0 ? BUSY_MS : IDLE_MS;
      timer = setTimeout(go, held.failures ? Math.min(LONGEST_MS, usual * 2 ** held.failures) : usual);
    };
    held.go = go;
    const seen = () => !document.hidden && go();
    document.addEventListener("visibilitychange", seen);
    go();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, []);
  useEffect(() => {
    if (callId) kept.current.go(true);
  }, [callId]);
  return { ...shown, ages: true, again: () => kept.current.go((kept.current.soon = 3)) };
}

const NOT_READ = new Refusal(503, { detail: "This could not be read just now." });

/** A part of what is live, as news of its own. @param data None: not read yet. @param error Of the whole, where it is to be told. */
export function partOf(live, name, data, error = null) {
  const failed = live.data?.failed.includes(name);
  const at = failed && name in live.data.asOf ? readAt(live, name) : live.at;
  return { ...live, data: live.data && (data ?? undefined), at, error: failed ? NOT_READ : error };
}

/** When it was read, by the reader's clock; 0: never. */
const readAt = (live, name) => (live.data.asOf[name] ? Date.parse(live.data.asOf[name]) - (present() - Date.now()) : 0);

/** Several processes answer: what was read earlier than what is shown is not shown. */
function onward(told, held) {
  const was = held.told ?? told;
  for (const figures of PARTS) {
    const [part] = figures;
    const behind = Date.parse(was.asOf[part]) - Date.parse(told.asOf[part]);
    if (!(behind > 0 && behind < 2 * LONGEST_MS)) continue; // more: a clock was set
    told[part] = was[part];
    told.asOf[part] = was.asOf[part];
    for (const name of figures) told.figures[name] = was.figures[name];
    held.etag = {}; // to be told anew
  }
  return (held.told = told);
}

function take(held, told, asked) {
  const now = Date.now();
  held.lives = told.calls.length > 0 || (told.waiting ?? []).length > 0;
  const ids = new Set(told.calls.map((row) => row.id));
  for (const row of told.calls) {
    const says = JSON.stringify(row);
    const known = held.rows.get(row.id);
    if (known?.says !== says || known.gone) held.rows.set(row.id, { row, says, gone: 0 });
  }
  for (const [id, one] of held.rows) {
    if (ids.has(id)) continue;
    one.gone ||= now;
  }
  if (told.call && told.call.id === asked) {
    const before = held.talk?.id === asked ? held.talk.moments : new Map();
    const moments = told.call.moments.length ? new Map(before) : before;
    for (const moment of told.call.moments) moments.set(moment.key, moment);
    held.talk = { id: asked, over: told.call.over, cursor: told.call.cursor, moments };
  }
}

function lately(held) {
  const now = Date.now();
  for (const [id, one] of held.rows) if (one.gone && now - one.gone > GONE_MS) held.rows.delete(id);
  return [...held.rows.values()];
}

export function LivePage({ live, session, may }) {
  const names = Object.fromEntries((live.data?.people ?? []).map((one) => [one.id, one.name]));
  return html`<h1 class="unseen">Live</h1>
    <${Strip} live=${live} />
    <div class="split"><${Calls} live=${live} business=${session.business} />
      <div class="side"><${NeedsGlimpse} live=${live} /><${Waiting} live=${live} names=${names} /><${People} live=${live} may=${may} /></div></div>`;
}

const LONG_WAIT_SECONDS = 120;

/** Whether somebody waits for too long by now. */
export const waitsLong = (since) => (present() - Date.parse(since)) / 1000 > LONG_WAIT_SECONDS;

function Strip({ live }) {
  const told = live.data?.figures;
  useNow();
  const stale = live.at && Date.now() - live.at > STALE_MS;
  const old = (part) => told && !stale && Date.now() - partOf(live, part).at > STALE_MS;
  const people = told?.people ?? {};
  const ready = people.ready ?? 0;
  const talking = (people.busy ?? 0) + (people.ringing ?? 0);
  const lines = told?.lines;
  const urgent = live.data?.needs?.urgent;
  const full = lines && lines.inUse !== null && lines.inUse >= lines.of;
  const cell = (part, name, value, urgent) => html`<div class=${`${urgent ? "urgent" : ""} ${old(part) ? "old" : ""}`}><dt>${name}</dt><dd>${value}</dd></div>`;
  const or = (value) => (value === null || value === undefined ? "–" : value);
  return html`<section class=${`panel ${stale ? "stale" : ""}`} aria-label="Figures"><dl class="strip">
    ${cell("calls", told?.calls === 1 ? "call" : "calls", html`${or(told?.calls)}${told && !told.complete && html`<small>+</small>`}`)}
    ${cell("waiting", "waiting", html`${or(told?.waiting)}${told?.waiting > 0 && told.longestWaitSince && html` <small>for <${Since} at=${told.longestWaitSince} /></small>`}`, told?.waiting > 0 && waitsLong(told.longestWaitSince))}
    ${cell("people", `${ready === 1 ? "person" : "people"} ready, ${talking} with callers`, told?.people ? ready : "–")}
    ${cell("people", html`lines, ${or(lines?.keptForInbound)} kept for callers`, html`${or(lines?.inUse)} <small>of ${or(lines?.of)}</small>`, full)}
    ${cell("figures", `${told?.dialsInLastMinute === 1 ? "dial" : "dials"} in a minute`, or(told?.dialsInLastMinute))}
    ${cell("needs", html`<a href="#/needs">needs you</a>`, html`<a href="#/needs">${urgent || or(told?.needs)}${urgent > 0 && urgent < told.needs && html` <small>of ${told.needs}</small>`}</a>`, urgent)}
  </dl></section>`;
}

const WAYS = { inbound: ["↓", "in"], outbound: ["↑", "out"] };
const FLAGS = { simplified: ["", "short sentences"], wants_person: ["bad", "wants a person"], opted_out: ["bad", "opted out"], deaf: ["off", "cannot be acted on"] };

const MANY = 12; // rows of one look; of more some are looked for

const bare = (text) => text.replace(/\s/g, "").toLowerCase();
const has = (row, words) => bare([row.number, row.with, row.state, row.intent, row.words].join(" ")).includes(words);

/** Rows that are looked for, and what with: words, or whoever wants a person and has none. */
function useSifted(rows) {
  const [words, type] = useState("");
  const [alone, show] = useState(false);
  const wanting = rows.filter(({ row, gone }) => !gone && row.flags.includes("wants_person"));
  const sought = bare(words);
  const found = (alone ? wanting : rows).filter(({ row }) => !sought || has(row, sought));
  const asks = rows.length > MANY || sought || alone;
  return [found, asks && html`<input type="search" data-search="" aria-label="Look for calls" placeholder="Number or words" value=${words} onInput=${(event) => type(event.target.value)} />
    ${(alone || wanting.length > 0) && html`<button class="wanting" aria-pressed=${alone} onClick=${() => show(!alone)}><b class="n">${wanting.length}</b> want a person</button>`}`];
}

function Calls({ live, business }) {
  const [rows, sift] = useSifted(live.rows);
  const count = live.data?.figures.calls;
  const before = useRef(null);
  useEffect(() => {
    if (count !== undefined && before.current !== null && before.current !== count) announce(`${count} ${count === 1 ? "call" : "calls"}`);
    before.current = count ?? null;
  }, [count]);
  return html`<${Panel} title="Calls" count=${live.data && count} news=${partOf(live, "calls", live.data, live.error)} lines=${6} aside=${sift} empty=${live.data && !rows.length && (sift ? "No call fits." : html`<${Quiet} last=${live.data.lastCall} number=${business.number} />`)}>
    <table class="rows calls"><thead><tr><th>Lasts</th><th>Who</th><th><span class="unseen">Direction</span></th><th>With</th><th>State</th><th>Last words</th><th>Thought</th></tr></thead>
    <tbody>${rows.map(({ row, gone }) => html`<${Row} key=${row.id} kind=${gone ? "gone" : ""} of=${[row, Boolean(gone)]} draw=${() => callRow(row, Boolean(gone), business.sureEnough)} />`)}</tbody></table>
    ${live.data && !live.data.figures.complete && html`<p class="hint after">Five hundred are shown.</p>`}<//>`;
}

function callRow(row, gone, sure) {
  const [arrow, way] = WAYS[row.direction] ?? ["", "–"];
  return html`<td class="tight"><${Since} at=${row.since} until=${gone ? row.heardAt : null} /></td>
    <td class="tight"><a class="n" href=${`#/calls/${encodeURIComponent(row.id)}`}>${grouped(row.number)}</a>${row.campaignId && html`<small class="only-desk"><a href=${`#/campaigns/${encodeURIComponent(row.campaignId)}`}>campaign</a></small>`}</td>
    <td class="tight" title=${row.direction ?? "direction not known"}><span aria-hidden="true">${arrow}</span> <span class="way">${way}</span></td>
    <td>${row.with === "person" ? html`<${Mark} tone="good">a person<//>` : (row.with ?? "first assistant")}</td>
    <td class="tight last"><span class="marks">${gone ? html`<${Mark} tone="off">over<//>` : row.state === "talking" ? html`<span class="only-desk">talking</span>` : html`<${Mark} tone=${row.state === "transferring" ? "good" : "off"}>${row.state}<//>`}
      ${row.flags.map((flag) => html`<${Mark} tone=${FLAGS[flag]?.[0] ?? ""}>${FLAGS[flag]?.[1] ?? plain(flag)}<//>`)}</span></td>
    <td class="said"><span class="words">${row.words ? html`<span class="none">${row.wordsBy === "customer" ? "caller" : "we"}</span> ${row.words}` : ""}</span></td>
    <td class="tight only-desk">${row.intent ? html`<span class="thought"><span>${row.intent}</span><${Bar} share=${row.confidence} at=${sure} label=${`${Math.round(row.confidence * 100)} % sure, decides from ${Math.round(sure * 100)} %`} /><span class="n none">${row.confidence.toFixed(2)}</span></span>` : ""}</td>`;
}

function Quiet({ last, number }) {
  const ours = number ?? last?.called;
  return html`<p class="calm">Nobody is on the line.</p>
    <p>${last?.id ? html`The last call was at <a href=${`#/calls/${encodeURIComponent(last.id)}`}><${When} at=${last.at} /></a>.` : last && "There was no call today."}</p>
    <p>${ours ? html`Callers ring <strong class="n">${grouped(ours)}</strong>.` : "Callers ring the number that Vapi gave you."}${telephone && html` <a href=${telephone}>Try a call</a> yourself.`}</p>`;
}

export const NEEDS = {
  dial_in_doubt: "Did this ring?",
  attempt_set_aside: "Set aside after ten failures",
  dead_effect: "Given up, nobody was told",
  callback_overdue: "Callback overdue",
  callback_failed: "Callback failed",
  follow_up: "Left by a caller",
  voicemail: "A message was left",
  recording_lost: "A recording is lost",
  number_rests: "A number of ours rests",
  campaign_stopped: "Campaign stopped",
  import_failed: "List failed",
  line_lost: "A line is held too long",
  forgetting_unfinished: "Forgetting is not finished",
  set_aside: "Set aside after ten failures",
};

function NeedsGlimpse({ live }) {
  const needs = live.data?.needs;
  const part = partOf(live, "needs", needs);
  return html`<${Panel} title="Needs you" count=${needs && needs.count} news=${part} lines=${2} empty=${needs && !needs.count && "Nothing needs you."}>
    <ul class="list">${(needs?.newest ?? []).map((one) => html`<li key=${`${one.kind}${one.id}`} data-row tabindex="-1">
      <a class=${one.urgent ? "mark urgent" : ""} href="#/needs">${NEEDS[one.kind] ?? plain(one.kind)}</a><${Since} at=${one.since} />
      <small class="whole">${[one.number && grouped(one.number), one.department, plain(one.says === "" ? null : one.says)].filter((word) => word && word !== "–").join(" · ")}</small></li>`)}</ul>
    <${All} of=${needs?.count} most=${needs?.newest.length} where="needs" /><//>`;
}

const FEW = 8; // of those who wait, or take callers: their own page has all

const All = ({ of, most = FEW, where }) => of > most && html`<p class="after"><a href=${`#/${where}`}>All ${counted(of)}</a></p>`;

/** How long somebody was told to wait. */
export const toldWait = (minutes) => (minutes ? `${[...new Set(minutes)].join("–")} min` : "no time");

function Waiting({ live, names }) {
  const waiting = live.data?.waiting;
  const part = partOf(live, "waiting", waiting);
  return html`<${Panel} title="Waiting" count=${waiting && waiting.length} news=${part} lines=${2} empty=${waiting && !waiting.length && "Nobody waits."}>
    <ul class="list">${(waiting ?? []).slice(0, FEW).map((one) => html`<li key=${one.visitId} data-row tabindex="-1">
      <span><strong class="n">${one.place}</strong> ${one.department} <a class="n" href=${`#/visits/${encodeURIComponent(one.visitId)}`}>${grouped(one.number)}</a></span><${Since} at=${one.since} />
      <small class="whole">${one.offered ? `${names[one.offeredTo] ?? "a person"} is asked, ` : one.calledBack ? "has hung up, is called back, " : one.waitsFor === "person" ? "" : `for a ${one.waitsFor}, `}told ${toldWait(one.toldMinutes)}</small></li>`)}</ul><${All} of=${waiting?.length} where="queue" /><//>`;
}

// How each state is marked, and in which order they stand: who can take a caller first.
export const STATES = { ready: "good", ringing: "good", busy: "", wrapping: "off", away: "off", off: "off" };
const ORDER = Object.keys(STATES);
export const NOBODY = "Nobody is in people.toml.";

function People({ live, may }) {
  const people = live.data?.people;
  const part = partOf(live, "people", people);
  const here = (people ?? []).filter((one) => one.state !== "off").sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return html`<${Panel} title="People" count=${people && `${here.length} of ${people.length}`} news=${part} lines=${2} empty=${people && !here.length && (people.length ? html`<p>Nobody is logged in.</p>${may && html`<p><a href="#/queue">Log somebody in</a></p>`}` : NOBODY)}>
    <ul class="list">${here.slice(0, FEW).map((one) => html`<li key=${one.id} data-row tabindex="-1"><span><strong class="name">${one.name}</strong> <span class="none">${one.departments.join(", ")}</span></span>
      <span class="marks"><${Mark} tone=${STATES[one.state]}>${one.state}<//><${Since} at=${one.since} /></span></li>`)}</ul><${All} of=${here.length} where="queue" /><//>`;
}
