// History: calls of a day, narrowed down by what is known of them.

import { promised } from "./api.js";
import { counted, dayOf, dollars, Field, grouped, html, lasting, Mark, Panel, plain, saveCsv, Select, useList, useMemo, useState, When } from "./kit.js";

const CALLS = promised(
  "GET",
  "/api/calls",
  `day calls{id startedAt firstSeenAt endedAt direction customerNumber customerName howEnded endedReason achieved achievedProved achievedDisputed
   destination campaignId costMicros costFinal summary status} unreadable nextCursor`,
);

export function HistoryPage() {
  const [day, choose] = useState(dayOf());
  return html`<div class="titled"><h1>History</h1></div><${Day} key=${day} day=${day} choose=${choose} />`;
}

const any = (names, word) => [["", `any ${word}`], ...[...new Set(names.filter(Boolean))].sort().map((name) => [name, plain(name)])];

function Day({ day, choose }) {
  const { news, rows, more } = useList(CALLS, "calls", { query: { day, limit: 100 } });
  const [filter, set] = useState({ direction: "", howEnded: "", achieved: "", destination: "", words: "" });
  const put = (name) => (event) => set({ ...filter, [name]: event.target.value });
  const found = useMemo(() => {
    const words = filter.words.trim().toLowerCase();
    const digits = words.replace(/[\s()-]/g, "");
    const fits = (call) =>
      ["direction", "howEnded", "achieved", "destination"].every((name) => !filter[name] || call[name] === filter[name]) &&
      (!words || [call.customerName, call.summary].some((text) => text?.toLowerCase().includes(words)) || (digits.length > 2 && call.customerNumber?.includes(digits)));
    return rows.filter(fits);
  }, [news.data, rows.length, filter]);
  const save = () =>
    saveCsv(`calls-${day}`, ["id", "began", "ended", "direction", "number", "name", "how it ended", "achieved", "sent to", "campaign", "cost USD", "summary"],
      found.map((call) => [call.id, call.startedAt ?? call.firstSeenAt, call.endedAt, call.direction, call.customerNumber, call.customerName, call.howEnded, call.achieved, call.destination, call.campaignId, call.costMicros / 1e6, call.summary]));
  return html`<form class="form" onSubmit=${(event) => event.preventDefault()}>
      <${Field} label="Day (UTC)" type="date" max=${dayOf()} value=${day} onChange=${(event) => event.target.value && choose(event.target.value)} />
      <${Select} label="Direction" value=${filter.direction} onChange=${put("direction")} options=${[["", "both"], ["inbound", "rang us"], ["outbound", "we rang"]]} />
      <${Select} label="Ended" value=${filter.howEnded} onChange=${put("howEnded")} options=${any(rows.map((call) => call.howEnded), "way")} />
      <${Select} label="Achieved" value=${filter.achieved} onChange=${put("achieved")} options=${any(rows.map((call) => call.achieved), "thing")} />
      <${Select} label="Sent to" value=${filter.destination} onChange=${put("destination")} options=${any(rows.map((call) => call.destination), "department")} />
      <${Field} label="Number, name or words of the summary" data-search="" type="search" value=${filter.words} onInput=${put("words")} /></form>
    <${Panel} title="Calls" count=${news.data && (found.length === rows.length ? counted(rows.length) : `${counted(found.length)} of ${counted(rows.length)} read`)} news=${news} lines=${8}
      empty=${!rows.length && "No call began on this day."} aside=${found.length > 0 && html`<button onClick=${save}>CSV of what is shown</button>`}>
    ${!found.length && html`<p class="empty">None of the ${counted(rows.length)} calls that were read is like that.</p>`}
    <table class="rows"><thead><tr><th>Began</th><th>Who</th><th><span class="unseen">Direction</span></th><th>How it ended</th><th>What it achieved</th><th>Sent to</th><th class="r">Lasted</th><th class="r">Cost</th></tr></thead>
    <tbody>${found.map((call) => html`<${Row} key=${call.id} call=${call} />`)}</tbody></table>${more}
    ${news.data?.unreadable.length > 0 && html`<p class="hint">${news.data.unreadable.length} are left out: a newer release wrote them.</p>`}<//>`;
}

function Row({ call }) {
  const began = call.startedAt ?? call.firstSeenAt;
  return html`<tr data-row tabindex="-1"><td class="tight"><${When} at=${began} /></td>
    <td><a class="n name" href=${`#/calls/${encodeURIComponent(call.id)}`}>${call.customerName ?? grouped(call.customerNumber)}</a>${call.customerName && html`<small class="n">${grouped(call.customerNumber)}</small>`}</td>
    <td class="tight">${call.direction === "outbound" ? "↑ out" : call.direction === "inbound" ? "↓ in" : ""}</td>
    <td class="last">${call.endedAt ? plain(call.howEnded ?? call.endedReason) : html`<${Mark} tone="good">live<//>`}</td>
    <td>${call.achieved && html`${plain(call.achieved)} ${call.achievedProved ? html`<${Mark} tone="good">shown<//>` : call.achievedDisputed ? html`<${Mark} tone="bad">claimed<//>` : ""}`}</td>
    <td>${call.destination ?? ""}</td>
    <td class="r only-desk">${call.endedAt && began ? lasting((Date.parse(call.endedAt) - Date.parse(began)) / 1000) : ""}</td>
    <td class="r only-desk">${call.costMicros ? html`${dollars(call.costMicros)}${!call.costFinal && html`<small>so far</small>`}` : ""}</td></tr>`;
}
