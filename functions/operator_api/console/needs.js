// Needs you: one list of what only a person can settle, what is urgent first, then the oldest.

import { ask, promised, useNews } from "./api.js";
import { grouped, html, Mark, Panel, plain, Since, useEffect, useRef, useState, When } from "./kit.js";
import { Act } from "./pages.js";
import { NEEDS } from "./live.js";

const LIST = promised("GET", "/api/needs", "needs{kind id since says number callId visitId campaignId department urgent advice} complete");
const RESOLVE = promised("POST", "/api/attempts/{id}/resolve", "attemptId status");
const TAKE_UP = promised("POST", "/api/attempts/{id}/take-up", "attemptId status");
const ATTEMPT = promised("GET", "/api/attempts/{id}", "attemptId status name posts slotAt emptyLookUps failedLookUps trouble number campaignId");
const GO_ON = promised("POST", "/api/needs/{id}/take-up", "id says");
const REPLAY = promised("POST", "/api/effects/{id}/replay", "replayed");
const GIVE_UP = promised("DELETE", "/api/callbacks/{id}", "complete");
const ATTEND = promised("POST", "/api/follow-ups/{id}/attend", "id attendedAt");
const LEFT = promised("GET", "/api/follow-ups", "followUps{id kind customerName doNotCall said{*}} nextCursor");
const VISIT = promised("GET", "/api/visits/{id}", "messages{leftAt seconds text}");
const END_REST = promised("DELETE", "/api/caller-numbers/{id}/rest", "id");
const RESUME = promised("POST", "/api/campaigns/{id}/resume", "id state");

export function NeedsPage({ may }) {
  const news = useNews(LIST, { seconds: 5 });
  const rows = (news.data?.needs ?? []).toSorted((one, other) => other.urgent - one.urgent);
  const left = useNews(LEFT, { query: { limit: 100 }, skip: !rows.some((one) => one.kind === "follow_up") });
  const words = Object.fromEntries((left.data?.followUps ?? []).map((one) => [one.id, one]));
  return html`<h1 class="unseen">Needs you</h1><${Panel} title=${rows[0]?.urgent ? "Needs you, urgent first" : "Needs you, the oldest first"} count=${news.data && rows.length} news=${news} lines=${6} empty=${!rows.length && html`<p class="calm">Nothing needs you.</p>`}>
    <ul class="list needs">${rows.map((one) => html`<${Need} key=${`${one.kind}${one.id}`} need=${one} left=${words[one.id]} may=${may} again=${news.again} />`)}</ul>
    ${news.data && !news.data.complete && html`<p class="hint">There are more: these are the oldest.</p>`}<//>`;
}

function Need({ need, left, may, again }) {
  const about = [need.number && grouped(need.number), need.department, need.says && plain(need.says)].filter(Boolean);
  return html`<li data-row tabindex="-1">
    <span>${need.urgent ? html`<${Mark} tone="urgent">${NEEDS[need.kind] ?? plain(need.kind)}<//>` : html`<strong>${NEEDS[need.kind] ?? plain(need.kind)}</strong>`} <span class="n">${about.join(" · ")}</span></span>
    <span class="n"><span class="only-desk"><${When} at=${need.since} /> · </span><${Since} at=${need.since} /></span>
    ${left?.doNotCall && html`<p class="whole"><${Mark} tone="urgent">Do not call<//> <span class="n">on the do-not-call list: write, or leave it be.</span></p>`}
    ${left && html`<p class="whole theirs"><strong class="theirs">${left.customerName ?? ""}</strong> ${Object.entries(left.said).map(([name, text]) => html`<span class="none">${plain(name)}</span> <span class="theirs">${text}</span> `)}</p>`}
    ${need.kind === "dial_in_doubt" && html`<${Evidence} id=${need.id} />`}
    ${need.kind === "voicemail" && need.visitId && html`<${Messages} id=${need.visitId} />`}
    <p class="whole hint wide">${need.advice}</p>
    <span class="acts">${may && html`<${Deeds} need=${need} again=${again} />`}
      ${need.callId && html`<a href=${`#/calls/${encodeURIComponent(need.callId)}`}>The call</a>`}
      ${need.visitId && html`<a href=${`#/visits/${encodeURIComponent(need.visitId)}`}>The visit</a>`}
      ${need.campaignId && html`<a href=${`#/campaigns/${encodeURIComponent(need.campaignId)}`}>The campaign</a>`}</span></li>`;
}

const AT_ONCE = 2; // as boot.js: what one page asks for must not take all that callers need
let free = AT_ONCE;
const others = [];

/** What one row asks for, in its turn: there may be a hundred rows. */
function useInTurn(operation, id) {
  const [turn, be] = useState(false);
  const news = useNews(operation, { names: { id }, skip: !turn });
  const answered = Boolean(news.data || news.error);
  const has = useRef(false);
  const leave = () => {
    if (has.current) (others.shift() ?? (() => (free += 1)))();
    has.current = false;
  };
  useEffect(() => {
    const begin = () => be((has.current = true));
    if (free > 0) {
      free -= 1;
      begin();
    } else others.push(begin);
    return () => {
      if (others.includes(begin)) others.splice(others.indexOf(begin), 1);
      leave();
    };
  }, []);
  useEffect(() => void (answered && leave()), [answered]);
  return news.data;
}

function Evidence({ id }) {
  const told = useInTurn(ATTEMPT, id);
  if (!told) return null;
  return html`<p class="whole small">Name at the provider <strong class="n">${told.name ?? "–"}</strong>, dialled <${When} at=${told.slotAt} seconds=${true} />, ${told.posts} sent.${" "}
    Looked up: ${told.emptyLookUps}× found nothing, ${told.failedLookUps}× failed.</p>`;
}

function Messages({ id }) {
  const told = useInTurn(VISIT, id);
  return told && html`<p class="whole theirs">${told.messages.map((one) => html`<span class="theirs">${one.text ?? "Nothing was understood of it."}</span> <span class="none n">${one.seconds ?? "–"} s</span> `)}</p>`;
}

function Deeds({ need, again }) {
  const deed = (operation, body) => async () => {
    await ask(operation, { names: { id: need.id }, body });
    again();
    return "Done.";
  };
  switch (need.kind) {
    case "dial_in_doubt":
      return html`<${Act} label="It rang" sure="You have seen that it rang?" act=${deed(RESOLVE, { rang: true })} /><${Act} label="It did not ring" sure="You have seen that it did not?" act=${deed(RESOLVE, { rang: false })} />`;
    case "attempt_set_aside":
      return html`<${Act} label="Take it up again" act=${deed(TAKE_UP)} />`;
    case "set_aside":
      return html`<${Act} label="Let it go on" act=${deed(GO_ON)} />`;
    case "dead_effect":
      return html`<${Act} label="Replay" act=${deed(REPLAY)} />`;
    case "callback_failed":
      return html`<${Act} label="Seen to" act=${deed(GIVE_UP)} />`;
    case "callback_overdue":
      return html`<${Act} label="Called by hand" sure="Take their place away?" act=${deed(GIVE_UP)} />`;
    case "follow_up":
    case "voicemail":
      return html`<${Act} label="I attend to it" act=${deed(ATTEND)} />`;
    case "number_rests":
      return html`<${Act} label="Let it call" sure="What it went through is forgiven?" act=${deed(END_REST)} />`;
    case "campaign_stopped":
      return html`<${Act} label="Go on" sure="Call people again?" act=${async () => {
        await ask(RESUME, { names: { id: need.campaignId ?? need.id }, body: {} });
        again();
      }} />`;
    default:
      return null;
  }
}
