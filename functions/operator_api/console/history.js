// History: calls that fit, looked for page by page, for as long as one wants to look.

import { ask, promised } from "./api.js";
import { announce, counted, dayOf, Fault, grouped, html, lasting, Mark, plain, saveCsv, Select, useEffect, useRef, useState, When } from "./kit.js";
import { dollars, Field } from "./pages.js";

const SEARCH = promised(
  "POST",
  "/api/calls/search",
  `calls{id startedAt firstSeenAt endedAt direction customerNumber customerName howEnded endedReason achieved achievedProved achievedDisputed
   destination campaignId costMicros costFinal summary} lookedAt searchedThrough nextCursor`,
);

const ROWS = 100; // then whoever looks is asked whether to go on
const DAYS = 31;
const ENDED = ["completed", "dropped", "busy", "no_answer", "voicemail", "failed", "capacity", "bad_number", "configuration", "cancelled", "refused", "not_called", "expired", "unknown"];
const FILTERS = ["direction", "department", "ended", "corrected", "achieved", "campaign"];
const NOTHING = { rows: [], looked: 0, through: null, cursor: null, searching: false, error: null, begun: false };

export function HistoryPage({ may, session }) {
  const [wish, set] = useState({ from: dayOf(-6), to: dayOf(), direction: "", department: "", ended: "", achieved: "", campaign: "", phone: "", corrected: "", words: "" });
  const [found, tell] = useState(NOTHING);
  const turn = useRef(null);
  const put = (name) => (event) => set({ ...wish, [name]: event.target.value });

  const look = async (from) => {
    const mine = { stop: false };
    if (turn.current) turn.current.stop = true;
    turn.current = mine;
    const { words, ...asked } = wish;
    const body = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== "").map(([name, value]) => [name, name === "corrected" || value.trim()]));
    let now = from ? { ...found, searching: true, error: null } : { ...NOTHING, searching: true, begun: true };
    const until = now.rows.length + ROWS;
    tell(now);
    try {
      do {
        const page = await ask(SEARCH, { body: { ...body, limit: 50, ...(now.cursor ? { cursor: now.cursor } : {}) } });
        if (turn.current !== mine) return;
        now = {
          ...now,
          rows: [...now.rows, ...page.calls.filter((call) => fits(call, words))],
          looked: now.looked + page.lookedAt,
          through: page.searchedThrough,
          cursor: page.nextCursor,
        };
        tell(now);
      } while (now.cursor && !mine.stop && now.rows.length < until);
      announce(`${now.rows.length} calls found`);
    } catch (error) {
      now = { ...now, error };
    }
    if (turn.current === mine) tell({ ...now, searching: false });
  };
  useEffect(() => {
    look(false);
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
      look(false);
    }}>
      <${Field} label="Words of the summary, or a name" type="search" data-search="" value=${wish.words} onInput=${put("words")} />
      ${may && html`<${Field} label="Whole number" type="tel" value=${wish.phone} onInput=${put("phone")} placeholder="+14155550123" />`}
      <${Field} label="From (UTC)" type="date" min=${dayOf(-400)} max=${wish.to} value=${wish.from} onInput=${put("from")} required />
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
    <${Found} found=${found} stop=${() => (turn.current.stop = true)} goOn=${() => look(true)} words=${wish.words} />`;
}

function fits(call, words) {
  const sought = words.trim().toLowerCase();
  return !sought || [call.customerName, call.summary].some((text) => text?.toLowerCase().includes(sought));
}

function Found({ found, stop, goOn }) {
  const { rows, looked, through, cursor, searching, error } = found;
  const save = () =>
    saveCsv("calls", ["id", "began", "ended", "direction", "number", "name", "how it ended", "achieved", "sent to", "campaign", "cost USD", "summary"],
      rows.map((call) => [call.id, call.startedAt ?? call.firstSeenAt, call.endedAt, call.direction, call.customerNumber, call.customerName, call.howEnded, call.achieved, call.destination, call.campaignId, call.costMicros / 1e6, call.summary]));
  return html`<section class="panel" aria-labelledby="found" aria-busy=${searching}><header><h2 id="found">Calls <span class="count n">${counted(rows.length)}</span></h2>
      ${rows.length > 0 && html`<button onClick=${save}>CSV of what is shown</button>`}
      <span class="asof">${counted(looked)} looked at${cursor && through ? html`, back to <${When} at=${through} />` : searching ? "" : ", that is all"}</span></header>
    ${error && html`<${Fault} error=${error} again=${goOn} />`}
    ${!rows.length && searching && html`<div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i></div>`}
    ${!rows.length && !searching && !error && found.begun && html`<div class="empty">${cursor ? "None of those that were looked at fits." : "No call of these days fits."}</div>`}
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
    <td class="r only-desk">${call.costMicros ? html`${dollars(call.costMicros)}${!call.costFinal && html`<small>so far</small>`}` : ""}</td></tr>`;
}
