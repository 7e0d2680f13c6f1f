// One call: what is said as it is said, every decision in its place, and what came of it.

import { Actions, Correction } from "./acting.js";
import { ask, promised, useNews } from "./api.js";
import { grouped, html, Mark, Panel, plain, Since, useEffect, useMemo, useRef, useState, When } from "./kit.js";
import { Act, dollars } from "./pages.js";
import { Legs } from "./legs.js";
import { partOf } from "./live.js";
import { Moment, shown, Thought, thoughtLast } from "./moments.js";
import { namesOf, useVisit, Visit } from "./visit.js";

const CALL = promised(
  "GET",
  "/api/calls/{id}",
  `id visitId status startedAt firstSeenAt lastSeenAt endedAt direction customerNumber customerName calledNumber endedReason howEnded
   achieved achievedProved achievedDisputed answers{*} summary costMicros costFinal costs{source part micros currency}
   campaignId assistants intent destination mode clarifications interruptions decisions recording{state reason} correctedTo
   timeline{at what assistantName endedReason turnId digits kind detail role status destination name arguments{*} department
     toAssistant fromAssistant toNumber text final intent confidence wantsPerson number reason outcome actedAt turn by person}`,
);

const EFFECTS = promised("GET", "/api/calls/{id}/effects", "effects{id receiver kind state causedAt closedAt}");
const LISTEN = promised("GET", "/api/calls/{id}/recording", "url expiresAt");

const NOT_SAID = "not_said"; // a question of call_outcomes.toml that the call did not answer
const TOLD_ABOVE = new Set(["summary", "achieved"]);
const MUTES = new Set(["mute", "unmute"]);
const UNDONE = new Set(["dropped", "not_sent", "refused"]); // what was decided and did not come about
const CALM_SECONDS = 60; // between looks at what was told elsewhere, once all of it was
const SECONDS = 10; // its head; what is said comes with what is live

export function CallPage({ rest, live, may, session }) {
  const id = rest[0];
  const [over, end] = useState(false);
  const news = useNews(CALL, { names: { id }, seconds: over ? 0 : SECONDS });
  const call = news.data;
  const visit = useVisit(call?.visitId);
  const departments = session.business.departments.map((one) => one.key);
  const talk = live.talk?.id === id ? live.talk : null;
  const moments = useMemo(() => (talk?.moments.size && !over ? [...talk.moments.values()].sort((a, b) => (a.at < b.at ? -1 : 1)) : (call?.timeline ?? [])), [talk?.moments, call, over]);
  const acts = may && !over && !talk?.over;
  const mutings = moments.filter((one) => MUTES.has(one.kind));
  const muted = mutings.findLast((one) => !UNDONE.has(one.outcome))?.kind === "mute";
  useEffect(() => end(Boolean(call?.endedAt)), [call?.endedAt]);
  useEffect(() => {
    if (talk?.over && call && !call.endedAt) news.again();
  }, [talk?.over, news.at]);
  if (!call) return html`<p><a href="#/live">Live</a></p><${Panel} title="Call" news=${news} lines=${8} />`;
  return html`<${Head} call=${call} acts=${acts} />
    <div class="split">
      <${Panel} title="What is said" news=${over ? { ...news, ages: false } : { ...partOf(live, "call", true, live.error), data: true }} empty=${!moments.length && "Nothing has been heard of it yet."}><${Talk} moments=${moments} over=${over} sure=${session.business.sureEnough} /><//>
      <div class="side">${acts && html`<${Actions} id=${id} people=${live.data?.people ?? []} departments=${departments} silent=${muted} muting=${JSON.stringify(mutings.at(-1))} />`}<${Outcome} call=${call} news=${news} may=${may} /><${Legs} moments=${moments} call=${call} news=${news} />${call.visitId && html`<${Visit} news=${visit} names=${namesOf(live)} own=${id} />`}<${Card} call=${call} news=${news} thought=${thoughtLast(moments)} sure=${session.business.sureEnough} />${may && html`<${Correction} id=${id} departments=${departments} was=${call.destination} again=${news.again} />`}<${Costs} call=${call} news=${news} />${over && html`<${Effects} id=${id} />`}</div>
    </div>`;
}

const WAYS = { inbound: "↓ rang us", outbound: "↑ we rang" };
const STATUS = { "in-progress": "talking", forwarding: "with a person", ended: "over" };

function Head({ call, acts }) {
  const over = Boolean(call.endedAt);
  return html`<div>
    <p class="small"><a href="#/live">Live</a> / call</p>
    <div class="titled"><h1><span class="name">${call.customerName ?? grouped(call.customerNumber)}</span></h1>
      ${call.customerName && html`<span class="n">${grouped(call.customerNumber)}</span>`}
      <span>${WAYS[call.direction] ?? "direction not known"}</span>
      <${Mark} tone=${over ? "off" : "good"}>${over ? "over" : (STATUS[call.status] ?? plain(call.status))}<//>
      <span class="n"><${Since} at=${call.startedAt ?? call.firstSeenAt} until=${call.endedAt} /></span>
      ${call.mode === "simplified" && html`<${Mark}>short sentences<//>`}
      ${acts && html`<a class="only-phone" href="#acting" onClick=${(event) => {
        event.preventDefault();
        document.getElementById("acting").scrollIntoView();
      }}>Step in</a>`}
    </div></div>`;
}

function Talk({ moments, over, sure }) {
  const rows = useMemo(() => shown(moments, over), [moments, over]);
  const end = useRef(null);
  const following = useRef(true);
  useEffect(() => {
    const moved = () => {
      following.current = innerHeight + scrollY > document.documentElement.scrollHeight - 160;
    };
    addEventListener("scroll", moved, { passive: true });
    return () => removeEventListener("scroll", moved);
  }, []);
  useEffect(() => {
    if (!over && following.current) end.current?.scrollIntoView({ block: "nearest" });
  }, [rows.length]);
  return html`<ol class="talk" aria-label="Transcript">${rows.map((moment) => html`<${Moment} key=${moment.key} moment=${moment} sure=${sure} />`)}<li ref=${end}></li></ol>`;
}

function Outcome({ call, news, may }) {
  if (!call.endedAt) return null;
  const achieved = call.achieved ? plain(call.achieved) : "not known";
  return html`<${Panel} title="What came of it" news=${{ ...news, error: null, at: 0 }} quiet=${true}><dl class="facts">
    <dt>Ended</dt><dd>${plain(call.howEnded ?? call.endedReason)}${call.endedReason && html`<small> ${call.endedReason}</small>`}</dd>
    <dt>Achieved</dt><dd>${achieved} ${call.achievedProved && html`<${Mark} tone="good">shown by facts<//>`} ${call.achievedDisputed && html`<${Mark}>claimed, not shown<//>`}</dd>
    ${call.summary && html`<dt>Summary</dt><dd class="theirs">${call.summary}</dd>`}
    ${Object.entries(call.answers ?? {}).filter(([question, answer]) => answer !== NOT_SAID && !TOLD_ABOVE.has(question)).map(([question, answer]) => html`<dt>${plain(question)}</dt><dd class="theirs">${answer}</dd>`)}
    ${call.recording.state !== "none" && html`<dt>Recording</dt><dd>${call.recording.state === "kept" && may ? html`<${Recording} id=${call.id} />` : RECORDED[call.recording.state]}</dd>`}
  </dl><//>`;
}

function Card({ call, news, thought, sure }) {
  return html`<${Panel} title="Card" news=${{ ...news, error: null }}><dl class="facts">
    <dt>Number</dt><dd class="n">${grouped(call.customerNumber)}</dd>
    ${call.customerName && html`<dt>Name</dt><dd class="theirs">${call.customerName}</dd>`}
    <dt>Called</dt><dd class="n">${call.calledNumber ? grouped(call.calledNumber) : "–"}</dd>
    <dt>Began</dt><dd><${When} at=${call.startedAt ?? call.firstSeenAt} seconds=${true} alone=${true} /></dd>
    ${call.endedAt && html`<dt>Ended</dt><dd><${When} at=${call.endedAt} seconds=${true} alone=${true} /></dd>`}
    <dt>Wants</dt><dd>${call.intent ?? "not known yet"}</dd>
    ${thought && html`<dt>Thought last</dt><dd><${Thought} moment=${thought} sure=${sure} /></dd>`}
    <dt>Sent to</dt><dd>${call.destination ?? "nobody yet"}${call.correctedTo && html` <${Mark} tone="bad">should have been ${call.correctedTo}<//>`}</dd>
    <dt>Spoke</dt><dd>${call.assistants.join(", ") || "–"}</dd>
    ${call.campaignId && html`<dt>Campaign</dt><dd><a href=${`#/campaigns/${encodeURIComponent(call.campaignId)}`}>${call.campaignId}</a></dd>`}
    <dt>Asked again</dt><dd class="n">${call.clarifications}</dd>
    <dt>Cut in</dt><dd class="n">${call.interruptions}</dd>
  </dl><//>`;
}

function Costs({ call, news }) {
  if (!call.costs.length && !call.endedAt) return null;
  return html`<${Panel} title="Cost" count=${dollars(call.costMicros)} news=${{ ...news, error: null, at: 0 }} empty=${!call.costs.length && "No source has told a price yet."}>
    <table><tbody>${call.costs.map((one) => html`<tr><td>${one.source}</td><td>${plain(one.part)}</td><td class="r">${one.currency === "USD" ? dollars(one.micros) : `${(one.micros / 1e6).toFixed(4)} ${one.currency}`}</td></tr>`)}</tbody></table>
    ${!call.costFinal && html`<p class="hint">Not every source has told its last word.</p>`}<//>`;
}

const CAME_TO = { open: ["", "not told yet"], done: ["good", "told"], dead: ["bad", "given up"] };

/** What the call has caused elsewhere, and whether it is known there. */
function Effects({ id }) {
  const [calm, be] = useState(false);
  const news = useNews(EFFECTS, { names: { id }, seconds: calm ? CALM_SECONDS : SECONDS });
  const found = news.data?.effects ?? [];
  const closed = found.length > 0 && found.every((one) => one.closedAt);
  useEffect(() => be(closed), [closed]);
  return html`<${Panel} title="Told elsewhere" news=${news} empty=${news.data && !found.length && "Nobody else is told of this call."}>
    <ul class="list">${found.map((one) => html`<li key=${one.id}><span>${plain(one.receiver)} <span class="none">${plain(one.kind)}</span></span>
      <span class="marks"><${Mark} tone=${CAME_TO[one.state]?.[0]}>${CAME_TO[one.state]?.[1] ?? plain(one.state)}<//>${one.closedAt && html`<${When} at=${one.closedAt} />`}</span></li>`)}</ul>
    ${found.some((one) => one.state === "dead") && html`<p class="hint"><a href="#/needs">Needs you</a> has what was given up, to be told again.</p>`}<//>`;
}

const RECORDED = { kept: "kept; an operator may listen", not_yet: "not copied yet", gone: "its days are over", lost: html`<${Mark} tone="bad">lost<//>` };

function Recording({ id }) {
  const [link, put] = useState(null);
  const fetched = async () => {
    put(await ask(LISTEN, { names: { id } }));
    return "It is written down who listens.";
  };
  return html`${link && html`<a href=${link.url} target="_blank" rel="noreferrer">Listen</a> <small>until <${When} at=${link.expiresAt} /></small> `}<${Act} label=${link ? "Get another link" : "Get the link"} act=${fetched} />`;
}
