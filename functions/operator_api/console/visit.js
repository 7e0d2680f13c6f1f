// A caller's whole stay at our own number: who had him, who was asked and what came of it, and why.

import { promised, useNews } from "./api.js";
import { grouped, html, lasting, Mark, Panel, plain, Since, useEffect, useState, When } from "./kit.js";

const VISIT = promised(
  "GET",
  "/api/visits/{id}",
  `visitId state began ended number called department outcome cause waitedSince
   legs{legId status at seconds sipCode answeredBy} messages{recording leftAt seconds text} calls{order callId state at reason} wishes{wish department at told}
   wait{department waitsFor state place since offeredTo because failures} supervised{number personId by mode endedAt}
   offers{offerId personId wish askedAt outcome evidence{ring leg{status sipCode answeredBy} answeredAt key said callerLeft withdrawn togetherAt bridgedSeconds}}`,
);
const SECONDS = 5;
const TONES = { answered: "good" };

/** What is known of a visit, asked again while it lasts. */
export function useVisit(id) {
  const [over, end] = useState(false);
  const news = useNews(VISIT, { names: { id }, seconds: over ? 0 : SECONDS, skip: !id });
  useEffect(() => end(Boolean(news.data?.ended)), [news.data?.ended]);
  return news;
}

export function VisitPage({ rest, live }) {
  const news = useVisit(rest[0]);
  const visit = news.data;
  const names = namesOf(live);
  if (!visit) return html`<p class="small"><a href="#/queue">Queue</a></p><${Panel} title="Visit" news=${news} lines=${8} />`;
  return html`<div><p class="small"><a href="#/queue">Queue</a> / visit</p>
    <div class="titled"><h1>${grouped(visit.number)}</h1><${Mark} tone=${visit.ended ? "off" : "good"}>${visit.ended ? "over" : plain(visit.state)}<//>
      <span class="n"><${Since} at=${visit.began} until=${visit.ended} /></span></div></div>
    <div class="split"><${Visit} news=${news} names=${names} />
      <${Panel} title="Card" news=${news}><dl class="facts">
        <dt>Rang</dt><dd class="n">${grouped(visit.called)}</dd><dt>Began</dt><dd><${When} at=${visit.began} seconds=${true} alone=${true} /></dd>
        ${visit.ended && html`<dt>Ended</dt><dd><${When} at=${visit.ended} seconds=${true} alone=${true} /></dd>`}
        <dt>For</dt><dd>${visit.department ?? "not known yet"}</dd>
        ${visit.outcome && html`<dt>Came to</dt><dd>${plain(visit.outcome)}${visit.cause && html`<small> ${plain(visit.cause)}</small>`}</dd>`}
        ${visit.wait && html`<dt>Waits</dt><dd>${waits(visit.wait, names)}</dd>`}</dl><//></div>`;
}

export const namesOf = (live) => Object.fromEntries((live.data?.people ?? []).map((one) => [one.id, one.name]));

function waits(wait, names) {
  const who = wait.offeredTo ? `, ${names[wait.offeredTo] ?? wait.offeredTo} is asked` : "";
  return html`${wait.department}, for a ${wait.waitsFor}, since <${When} at=${wait.place} seconds=${true} />${who}${wait.because && html`<small> left: ${plain(wait.because)}</small>`}`;
}

/** Its legs in order: calls with assistants, and people who were asked, each with what it rests on. */
export function Visit({ news, names, own }) {
  const visit = news.data;
  const legs = visit ? steps(visit, names, own) : [];
  return html`<${Panel} title="The visit" news=${news} empty=${visit && !legs.length && "Nobody has had the caller yet."}>
    <ol class="steps">${legs.map((one) => html`<li key=${one.key}><${When} at=${one.at} seconds=${true} />
      <div><strong>${one.who}</strong> ${one.state && html`<${Mark} tone=${one.tone ?? ""}>${plain(one.state)}<//>`}
        ${one.why && html`<small>${one.why}</small>`}</div></li>`)}</ol>
    ${visit?.outcome && html`<p class="hint after">${ended(visit)}</p>`}<//>`;
}

const ended = (visit) => `Came to: ${plain(visit.outcome)}${visit.cause ? `, because of ${plain(visit.cause)}` : ""}.`;

function steps(visit, names, own) {
  const found = [
    ...visit.legs.map((leg) => ({ key: leg.legId, at: leg.at, who: "The caller's line", state: leg.status, why: told(leg) })),
    ...visit.calls.map((call) => ({
      key: call.order,
      at: call.at,
      who: call.callId && call.callId !== own ? html`<a href=${`/console#/calls/${encodeURIComponent(call.callId)}`}>An assistant</a>` : "An assistant",
      state: call.state,
      why: call.reason && plain(call.reason),
    })),
    ...visit.wishes.map((wish) => ({ key: `wish ${wish.wish}`, at: wish.at, who: wish.department ? `Is to get somebody of ${wish.department}` : "Wants nobody any more", why: wish.told && `told: ${plain(wish.told)}` })),
    ...visit.offers.map((offer) => ({
      key: offer.offerId,
      at: offer.askedAt,
      who: `${names[offer.personId] ?? offer.personId} is asked`,
      state: offer.outcome ?? (offer.evidence.togetherAt ? "together" : "being asked"),
      tone: offer.outcome ? (TONES[offer.outcome] ?? "off") : offer.evidence.togetherAt ? "good" : "",
      why: evidence(offer.evidence),
    })),
    ...visit.messages.map((one) => ({ key: one.recording, at: one.leftAt, who: "Leaves a message", state: one.seconds !== null && lasting(one.seconds), why: one.text ?? "Nothing was understood of it." })),
    ...visit.supervised.map((one) => ({ key: `supervised ${one.number}`, at: null, who: `${names[one.personId] ?? one.personId} joins`, state: one.endedAt ? "over" : (one.mode ?? "being rung"), why: `asked for by ${one.by}` })),
  ];
  return found.sort((a, b) => ((a.at ?? "9") < (b.at ?? "9") ? -1 : 1));
}

const told = (leg) => [leg.seconds !== null && `${lasting(leg.seconds)} connected`, leg.sipCode && `SIP ${leg.sipCode}`, leg.answeredBy && `answered by ${plain(leg.answeredBy)}`].filter(Boolean).join(" · ");

/** What an outcome rests on: what the network said, the key that was pressed, how long they talked. */
function evidence(one) {
  return [
    one.ring !== "rings" && `ring: ${plain(one.ring)}`,
    one.leg && told({ seconds: null, ...one.leg }),
    one.key ? `pressed ${one.key}, ${plain(one.said)}` : one.said && plain(one.said),
    one.callerLeft && "the caller left",
    one.withdrawn && `withdrawn: ${plain(one.withdrawn)}`,
    one.bridgedSeconds !== null && `together for ${lasting(one.bridgedSeconds)}`,
  ].filter(Boolean).join(" · ");
}
