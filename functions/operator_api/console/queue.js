// Queue: who waits, who is called back, who takes callers, and what callers hear first.

import { ask, promised, useNews } from "./api.js";
import { grouped, html, Mark, Panel, plain, Since, useEffect, useState, When } from "./kit.js";
import { NOBODY, partOf, STATES, toldWait, waitsLong } from "./live.js";
import { Act } from "./pages.js";

const CALLBACKS = promised(
  "GET",
  "/api/callbacks",
  "callbacks{id number department waitsFor state since askedAt callsFrom tries because} complete",
);
const NOW = promised("POST", "/api/callbacks/{id}/now", CALLBACKS.shape);
const GIVE_UP = promised("DELETE", "/api/callbacks/{id}", CALLBACKS.shape);
const KEEP = promised("POST", "/api/callbacks", "id");
const CHANGE = promised("PUT", "/api/people/{id}", "id state");
const NEXT = promised("POST", "/api/people/{id}/next", "id state");
const MESSAGE = promised("GET", "/api/departments/{id}/message", "department on text since until");
const TURN = promised("POST", "/api/departments/{id}/message", "department on text since until");

export function QueuePage({ may, live, session }) {
  const people = live.data?.people ?? [];
  const names = Object.fromEntries(people.map((one) => [one.id, one.name]));
  const departments = session.business.departments.map((one) => one.key);
  return html`<h1 class="unseen">Queue</h1>
    <div class="split">
      <div class="side">
        <${Waiting} live=${live} names=${names} />
        <${Callbacks} may=${may} departments=${departments} />
      </div>
      <div class="side">
        <${People} live=${live} may=${may} />
        <${Hours} departments=${session.business.departments} may=${may} />
      </div>
    </div>`;
}

const DUE = { kept: "in turn", calling: "now", failed: "–" };

function Waiting({ live, names }) {
  const callers = live.data?.waiting ?? [];
  const news = partOf(live, "waiting", live.data?.waiting, live.error);
  return html`<${Panel} title="Waiting" count=${news.data && callers.length} news=${news} empty=${!callers.length && "Nobody waits."}>
    <table class="rows waits"><thead><tr><th>Place</th><th>Department</th><th>Waits</th><th>Number</th><th>Told</th><th>Asked</th></tr></thead>
    <tbody>${callers.map(
      (one) => html`<tr key=${one.visitId} data-row tabindex="-1">
        <td class="tight"><strong>${one.place}</strong></td>
        <td class="name">${one.department}${one.waitsFor !== "person" && html`<small>for a ${one.waitsFor}</small>`}</td>
        <td class="tight last">${waitsLong(one.since) ? html`<${Mark} tone="urgent"><${Since} at=${one.since} /><//>` : html`<${Since} at=${one.since} />`}</td>
        <td class="tight"><a class="n" href=${`#/visits/${encodeURIComponent(one.visitId)}`}>${grouped(one.number)}</a></td>
        <td>${toldWait(one.toldMinutes)}</td>
        <td>${one.offered ? html`<${Mark} tone="good">${names[one.offeredTo] ?? "a person"} is asked<//>` : one.calledBack ? html`<${Mark}>is called back<//>` : ""}</td></tr>`,
    )}</tbody></table><//>`;
}

function Callbacks({ may, departments }) {
  const news = useNews(CALLBACKS, { seconds: 10 });
  const rows = news.data?.callbacks ?? [];
  const tone = { failed: "bad", calling: "good", resting: "off" };
  const now = (one) => async () => {
    news.put(await ask(NOW, { names: { id: one.id } }));
    return "Called as soon as it is their turn.";
  };
  const giveUp = (one) => async () => {
    news.put(await ask(GIVE_UP, { names: { id: one.id } }));
    return "Not called any more.";
  };
  return html`<${Panel} title="Callbacks" count=${news.data && rows.length} news=${news} empty=${!rows.length && "Nobody is to be called back."}>
    <table class="rows kept"><thead><tr><th>Number</th><th>Department</th><th>State</th><th>Place since</th><th>Due</th><th>Tries</th><th><span class="unseen">What to do</span></th></tr></thead>
    <tbody>${rows.map(
      (one) => html`<tr key=${one.id} data-row tabindex="-1">
        <td class="tight">${grouped(one.number)}</td>
        <td class="name">${one.department}</td>
        <td class="last"><${Mark} tone=${tone[one.state] ?? ""}>${one.state}<//>${one.because && html` <small>${plain(one.because)}</small>`}</td>
        <td class="tight only-desk"><${When} at=${one.since} /></td>
        <td class="tight">${one.callsFrom ? html`<${When} at=${one.callsFrom} />` : (DUE[one.state] ?? "–")}</td>
        <td class="tight">${one.tries ? `${one.tries}×` : "none yet"}</td>
        <td class="does">${may && html`<span class="acts">${one.state === "resting" && html`<${Act} label="Now" title="Back in line at their place, if they may be called" act=${now(one)} />`}
          <${Act} label=${one.state === "failed" ? "Seen to" : "Give up"} sure=${one.state === "failed" ? "" : "Call them no more?"} act=${giveUp(one)} /></span>`}</td></tr>`,
    )}</tbody></table><//>
    ${may && html`<${NewCallback} departments=${departments} again=${news.again} />`}`;
}

function NewCallback({ departments, again }) {
  const [open, show] = useState(false);
  const [phone, type] = useState("");
  const [department, choose] = useState("");
  if (!open) return html`<p><button onClick=${() => show(true)}>Call somebody back</button></p>`;
  const keep = async () => {
    await ask(KEEP, { body: { phone, department: department || departments[0], asked: "an operator" } });
    type("");
    again();
    return "The place is kept.";
  };
  return html`<div class="form">
    <p class="field"><label for="cb-phone">Number</label><input id="cb-phone" type="tel" value=${phone} placeholder="+14155550123" onInput=${(event) => type(event.target.value)} /></p>
    <p class="field"><label for="cb-dep">Department</label><select id="cb-dep" onChange=${(event) => choose(event.target.value)}>${departments.map((one) => html`<option>${one}</option>`)}</select></p>
    <${Act} kind="strong" label="Keep a place for them" act=${keep} disabled=${!phone} /></div>`;
}

const AWAY = { missed_offers: "away by itself: nobody answered the offers" };

function People({ live, may }) {
  const people = live.data?.people ?? [];
  const news = partOf(live, "people", live.data?.people, live.error);
  const order = Object.keys(STATES); // as on Live: who can take a caller stands first
  const numbers = Object.fromEntries((live.data?.waiting ?? []).map((one) => [one.visitId, grouped(one.number)]));
  const sorted = [...people].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const be = (one, state) => async () => {
    await ask(CHANGE, { names: { id: one.id }, body: state === "away" ? { state, reason: "by an operator" } : { state } });
    live.again();
  };
  const next = (one) => async () => {
    await ask(NEXT, { names: { id: one.id }, body: {} });
    live.again();
    return "The next caller is offered.";
  };
  return html`<${Panel} title="People" count=${news.data && people.length} news=${news} empty=${!people.length && NOBODY}>
    <ul class="list">${sorted.map(
      (one) => html`<li key=${one.id} data-row tabindex="-1">
        <span><strong class="name">${one.name}</strong> <span class="none">${one.departments.join(", ")}</span>
          ${one.missedOffers > 0 && html` <${Mark}>missed ${one.missedOffers}<//>`}</span>
        <span class="marks"><${Mark} tone=${STATES[one.state]}>${one.state}<//><${Since} at=${one.since} /></span>
        ${one.reason && html`<small class="whole">${AWAY[one.reason] ?? plain(one.reason)}</small>`}
        ${one.visitId && html`<small class="whole">${one.state === "ringing" ? "is asked about" : "with"} <a href=${`#/visits/${encodeURIComponent(one.visitId)}`}>${numbers[one.visitId] ?? "a caller"}</a></small>`}
        ${may && html`<span class="acts">
          ${one.state !== "ready" && one.state !== "ringing" && html`<${Act} label="Ready" act=${be(one, "ready")} />`}
          ${one.state !== "away" && one.state !== "off" && html`<${Act} label="Away" act=${be(one, "away")} />`}
          ${one.state !== "off" && html`<${Act} label="Log off" act=${be(one, "off")} sure=${one.state === "busy" ? "After this talk?" : ""} />`}
          ${one.state === "ready" && html`<${Act} label="Next caller" act=${next(one)} />`}</span>`}</li>`,
    )}</ul><//>`;
}

function Hours({ departments, may }) {
  return html`<section class="panel" aria-labelledby="hours"><header><h2 id="hours">Hours and messages</h2></header>
    ${!departments.length && html`<div class="empty">There is no department.</div>`}
    <ul class="list">${departments.map((one) => html`<${Message} key=${one.key} hours=${one} may=${may} />`)}</ul></section>`;
}

const standing = ({ open, until }) => html`<span class="none">${open ? "open" : "closed"}${until && html` until <${When} at=${until} />`}</span>`;

function Message({ hours, may }) {
  const department = hours.key;
  const news = useNews(MESSAGE, { names: { id: department } });
  const [text, type] = useState(null);
  const [open, show] = useState(false);
  const told = news.data;
  useEffect(() => type(null), [told?.text]);
  if (!told) return html`<li>${department} ${news.error && html`<span class="fault">${news.error.message}</span>`}</li>`;
  const turn = (on) => async () => {
    news.put(await ask(TURN, { names: { id: department }, body: on ? { on, text: text ?? told.text } : { on } }));
    return on ? "Callers hear it." : "Callers hear it no more.";
  };
  const wording = text ?? told.text ?? "";
  return html`<li data-row tabindex="-1"><span><strong class="name">${department}</strong> ${standing(hours)}</span>
    <span class="marks">${told.on && html`<${Mark} tone="good"><span class="unseen">message </span>on<//>`}
      ${may && !open && html`<button class="link" onClick=${() => show(true)}>Message<span class="unseen"> of ${department}</span></button>`}</span>
    ${told.on && !open && html`<span class="whole theirs">“${told.text}” <span class="none">since <${When} at=${told.since} /></span></span>`}
    ${open && html`<span class="whole"><textarea aria-label=${`Message of ${department}`} placeholder="What callers hear first, twelve seconds at most" value=${wording} onInput=${(event) => type(event.target.value)}></textarea></span>
      <span class="acts">${told.on && html`<${Act} label="Turn off" act=${turn(false)} />`}
        <${Act} kind="strong" label=${told.on ? "Say this instead" : "Turn on"} act=${turn(true)} disabled=${!wording.trim() || (told.on && text === null)} />
        <button onClick=${() => (show(false), type(null))}>Close</button></span>`}</li>`;
}
