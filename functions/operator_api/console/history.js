// History: calls that fit, looked for page by page, for as long as one wants to look.

import { ask, promised } from "./api.js";
import { announce, counted, dayOf, Fault, grouped, html, lasting, Mark, plain, saveCsv, Select, useEffect, useRef, useState, When } from "./kit.js";
import { dollars, Field, useKept } from "./pages.js";

const SEARCH = promised(
  "POST",
  "/api/calls/search",
  `calls{id startedAt firstSeenAt endedAt direction customerNumber customerName howEnded endedReason achieved achievedProved achievedDisputed
   destination campaignId costMicros costFinal summary} lookedAt searchedThrough nextCursor`,
);

const COUNTED = promised("GET", "/api/figures", "total{calls}");

const FOUND_MS = 600_000; // whoever comes back later looks anew
const ROWS = 100; // then whoever looks is asked whether to go on
const DAYS = 31;
const ENDED = ["completed", "dropped", "busy", "no_answer", "voicemail", "failed", "capacity", "bad_number", "configuration", "cancelled", "refused", "not_called", "expired", "unknown"];
const FILTERS = ["direction", "department", "ended", "corrected", "achieved", "campaign"];
const NOTHING = { sought: null, rows: [], looked: 0, among: null, through: null, cursor: null, searching: false, error: null };

/** What is sought, as the API is asked for it; words it does not look into, so the page does. */
function soughtBy({ words, ...asked }) {
  const given = Object.entries(asked).filter(([, value]) => value !== "");
  return { words, body: Object.fromEntries(given.map(([name, value]) => [name, name === "corrected" || value.trim()])) };
}

/**
 * About how many calls those days have, for whoever looks through them: of those that are over figures have a count.
 * Of one number nobody counts them. @param keptDays Of what is older figures know, and no call is left.
 */
async function among({ words, body }, keptDays) {
  if (body.phone || !(words.trim() || FILTERS.some((name) => body[name]))) return null;
  const oldest = dayOf(-keptDays);
  const from = body.from < oldest ? oldest : body.from;
  if (from > body.to) return null;
  return (await ask(COUNTED, { query: { from, to: body.to, by: "day" } })).total.calls;
}

export function HistoryPage({ may, live, session }) {
  const [wish, set] = useKept("history.wish", { from: dayOf(-6), to: dayOf(), direction: "", department: "", ended: "", achieved: "", campaign: "", phone: "", corrected: "", words: "" }, FOUND_MS);
  const [found, tell] = useKept("history.found", NOTHING, FOUND_MS);
  const turn = useRef(null);
  const keptDays = session.business.callsKeptDays;
  const put = (name) => (event) => set({ ...wish, [name]: event.target.value });

  /** @param before What is found so far: to go on with what was sought then, whatever is typed by now. */
  const look = async (before) => {
    const mine = { stop: false };
    if (turn.current) turn.current.stop = true;
    turn.current = mine;
    const sought = before?.sought ?? soughtBy(wish);
    let now = { ...(before ?? NOTHING), sought, searching: true, error: null };
    const be = (news) => turn.current === mine && tell((now = { ...now, ...news }));
    const until = now.rows.length + ROWS;
    be({});
    try {
      do {
        const page = await ask(SEARCH, { body: { ...sought.body, limit: 50, ...(now.cursor ? { cursor: now.cursor } : {}) } });
        if (turn.current !== mine) return;
        be({
          rows: [...now.rows, ...page.calls.filter((call) => fits(call, sought.words))],
          looked: now.looked + page.lookedAt,
          through: page.searchedThrough,
          cursor: page.nextCursor,
        });
        if (now.cursor && now.among === null && !mine.counts) {
          mine.counts = true;
          among(sought, keptDays).then((calls) => be({ among: calls }), () => {}); // without it is said how far it has come
        }
      } while (now.cursor && !mine.stop && now.rows.length < until);
      announce(`${now.rows.length} calls found`);
    } catch (error) {
      be({ error });
    }
    be({ searching: false });
  };
  useEffect(() => {
    // whoever comes back finds what was found
    if (!found.sought || found.searching || found.error) look(found.error && found);
    return () => {
      if (turn.current) turn.current.stop = true;
      turn.current = null;
    };
  }, []);

  const sought = FILTERS.filter((name) => wish[name]).length;
  const options = (names, word) => [["", word], ...names.map((name) => [name, plain(name)])];
  return html`<div class="titled"><h1>History</h1></div>
    <form class="form" onSubmit=${(event) => {
      event.preventDefault();
      look(null);
    }}>
      <${Field} label="Words of the summary, or a name" type="search" data-search="" value=${wish.words} onInput=${put("words")} />
      ${may && html`<${Field} label="Whole number" type="tel" value=${wish.phone} onInput=${put("phone")} placeholder="+14155550123" />`}
      <${Field} label="From (UTC)" type="date" min=${dayOf(-keptDays)} max=${wish.to} value=${wish.from} onInput=${put("from")} required />
      <${Field} label=${`To, ${DAYS} days at most`} type="date" min=${wish.from} max=${dayOf()} value=${wish.to} onInput=${put("to")} required />
      <button class="strong">Search</button>
      <details class="more-of"><summary>More to look for${sought > 0 && html` <b class="n">${sought}</b>`}</summary><div class="form">
      <${Select} label="Direction" value=${wish.direction} onChange=${put("direction")} options=${[["", "both"], ["inbound", "rang us"], ["outbound", "we rang"]]} />
      <${Select} label="Sent to" value=${wish.department} onChange=${put("department")} options=${options([...session.business.departments.map((one) => one.key), "person"], "anywhere")} />
      <${Select} label="Ended" value=${wish.ended} onChange=${put("ended")} options=${options(ENDED, "anyhow")} />
      <${Select} label="Where they belonged" value=${wish.corrected} onChange=${put("corrected")} options=${[["", "whatever was said"], ["yes", "somebody corrected it"]]} />
      <${Field} label="Achieved" value=${wish.achieved} onInput=${put("achieved")} placeholder="such as transferred" />
      <${Field} label="Campaign's id" value=${wish.campaign} onInput=${put("campaign")} />
      </div></details></form>
    <${Found} found=${found} stop=${() => (turn.current.stop = true)} goOn=${() => look(found)} underWay=${wish.to >= dayOf() ? (live.data?.figures.calls ?? 0) : 0} />`;
}

function fits(call, words) {
  const sought = words.trim().toLowerCase();
  return !sought || [call.customerName, call.summary].some((text) => text?.toLowerCase().includes(sought));
}

function Found({ found, stop, goOn, underWay }) {
  const { rows, looked, through, cursor, searching, error } = found;
  const all = found.among + underWay;
  const of = cursor && found.among !== null && all >= looked ? ` of about ${counted(all)}` : "";
  const save = () =>
    saveCsv("calls", ["id", "began", "ended", "direction", "number", "name", "how it ended", "achieved", "sent to", "campaign", "cost USD", "summary"],
      rows.map((call) => [call.id, call.startedAt ?? call.firstSeenAt, call.endedAt, call.direction, call.customerNumber, call.customerName, call.howEnded, call.achieved, call.destination, call.campaignId, call.costMicros / 1e6, call.summary]));
  return html`<section class="panel" aria-labelledby="found" aria-busy=${searching}><header><h2 id="found">Calls <span class="count n">${counted(rows.length)}</span></h2>
      ${rows.length > 0 && html`<button onClick=${save}>CSV of what is shown</button>`}
      <span class="asof">${counted(looked)}${of} looked at${cursor && through ? html`, back to <${When} at=${through} />` : searching ? "" : ", that is all"}</span></header>
    ${error && html`<${Fault} error=${error} again=${goOn} />`}
    ${!rows.length && searching && html`<div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div>`}
    ${!rows.length && !searching && !error && found.sought && html`<div class="empty">${cursor ? "None of those that were looked at fits." : "No call of these days fits."}</div>`}
    ${rows.length > 0 && html`<table class="rows past"><thead><tr><th>Began</th><th>Who</th><th><span class="unseen">Direction</span></th><th>How it ended</th><th>What it achieved</th><th>Sent to</th><th class="r">Lasted</th><th class="r">Cost</th></tr></thead>
    <tbody>${rows.map((call) => html`<${Row} key=${call.id} call=${call} />`)}</tbody></table>`}
    <p class="acts after">${searching ? html`<button onClick=${stop}>Stop</button>` : cursor && html`<button onClick=${goOn}>Go on</button>`}</p></section>`;
}

function Row({ call }) {
  const began = call.startedAt ?? call.firstSeenAt;
  return html`<tr data-row tabindex="-1"><td class="tight"><${When} at=${began} /></td>
    <td><a class="n name" href=${`#/calls/${encodeURIComponent(call.id)}`}>${call.customerName ?? grouped(call.customerNumber)}</a>${call.customerName && html`<small class="n">${grouped(call.customerNumber)}</small>`}</td>
    <td class="tight">${call.direction === "outbound" ? "↑ out" : call.direction === "inbound" ? "↓ in" : ""}</td>
    <td class="last">${call.endedAt ? plain(call.howEnded ?? call.endedReason) : html`<${Mark} tone="good">live<//>`}</td>
    <td>${call.achieved && html`${plain(call.achieved)} ${call.achievedProved ? html`<${Mark} tone="good">shown<//>` : call.achievedDisputed ? html`<${Mark}>claimed<//>` : ""}`}</td>
    <td>${call.destination ?? ""}</td>
    <td class="r only-desk">${call.endedAt && began ? lasting((Date.parse(call.endedAt) - Date.parse(began)) / 1000) : ""}</td>
    <td class="r only-desk">${call.costMicros ? html`${!call.costFinal && html`<small>so far </small>`}${dollars(call.costMicros)}` : ""}</td></tr>`;
}
