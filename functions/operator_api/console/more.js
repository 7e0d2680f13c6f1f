// More: one customer, our own numbers and limits, lists of people not to call, and who did what.

import { ask, promised, useNews } from "./api.js";
import { Bar, counted, dayOf, Fault, grouped, html, Mark, Panel, plain, present, saveCsv, Select, Since, useEffect, useRef, useState, When } from "./kit.js";
import { Act, Field, More, percent, useKept, useList } from "./pages.js";

const ASK = promised("POST", "/api/contactability", `allowed reason nextAllowedAt
  evidence{purpose country jurisdictions rules{id source confidence} zones{zone local open close holiday} suppressed_at suppression_source
    national_list{name listed fresh imported_at} consent{needed kind at source revoked_at} calls{known caps{rule allowed used} last_at} callback_at}`);
const SUPPRESS = promised("POST", "/api/suppressions", "phone suppressed suppressedAt source");
const UNSUPPRESS = promised("DELETE", "/api/suppressions", "phone suppressed");
const CONSENT = promised("POST", "/api/consents", "phone revokedAt consents{kind at source stands}");
const REVOKE = promised("DELETE", "/api/consents", "phone revokedAt consents{kind at source stands}");
const STORY = promised("POST", "/api/customers/story", "happened{kind at callId title text details{name value}} nextCursor");
const FORGET = promised("POST", "/api/forget", "forgetId");
const FORGOTTEN = promised("GET", "/api/forget/{id}", "forgetId state askedAt closedAt round runsAgainAt backupsUntil stores{store state why erased closedAt}");
const NUMBERS = promised("GET", "/api/caller-numbers", "callerNumbers{id restsUntil reason rang answered answerRate short flagged}");
const LIMITS = promised("GET", "/api/limits", `at windowMs from to account{slots worst limit} prefixes{prefix slots worst limit}
   lines{inUse of keptForInbound held{by id since lost number}}`);
const REST = promised("POST", "/api/caller-numbers/{id}/rest", "id restsUntil");
const END_REST = promised("DELETE", "/api/caller-numbers/{id}/rest", "id restsUntil");
const STOP = promised("POST", "/api/dialing/stop", "stopped");
const LISTS = promised("GET", "/api/national-list", "lists{country name required maxAgeDays asOf fresh importing}");
const AUDIT = promised("GET", "/api/audit", "entries{id at who role action kind on onId customers status reason} nextCursor unreadable");

const PARTS = [
  ["customer", "A customer"],
  ["numbers", "Numbers and limits"],
  ["audit", "Who did what"],
];

export function MorePage({ rest, may, live, session }) {
  const part = PARTS.some(([key]) => key === rest[0]) ? rest[0] : PARTS[0][0];
  const Part = { customer: Customer, numbers: Numbers, audit: Audit }[part];
  return html`<div><h1 class="unseen">${PARTS.find(([key]) => key === part)[1]}</h1>
    <nav class="tabs" aria-label="More"><a class="only-phone" href="#/history">History</a><a class="only-phone" href="#/figures">Figures</a>
      ${PARTS.map(([key, name]) => html`<a href=${`#/more/${key}`} aria-current=${key === part ? "page" : undefined}>${name}</a>`)}</nav></div>
    <${Part} may=${may} live=${live} session=${session} />`;
}

const REASONS = {
  suppressed: "on our do-not-call list",
  national_dnc: "a national do-not-call list stands against it",
  no_consent: "no consent on record",
  consent_revoked: "consent was revoked",
  outside_window: "outside calling hours where they may be",
  holiday: "a holiday there",
  frequency_cap: "called often enough",
  quiet_period: "left alone for now, after a talk or a refusal",
  customer_busy: "on the line with us",
  campaign_not_running: "the campaign does not run",
  dialing_stopped: "dialing is stopped",
};

function Customer({ may }) {
  const [phone, type] = useKept("customer", "");
  const [purpose, choose] = useState("informational");
  const [verdict, tell] = useState(null);
  const asked = `${phone} ${purpose}`;
  const told = verdict?.asked === asked ? verdict.told : null; // of one number and purpose, never shown of another
  const [consent, write] = useState({ kind: "express", source: "" });
  if (!may) return html`<p class="empty">Only an operator may look up one customer: whoever may ask about any number finds the one behind a mask by trying.</p>`;
  const look = async () => {
    tell({ asked, told: await ask(ASK, { body: { phone, purpose } }) });
    return "Looked up.";
  };
  const then = (operation, body) => async () => {
    await ask(operation, { body: { phone, ...body } });
    await look();
    return "Done.";
  };
  const facts = told?.evidence;
  return html`<form class="form" onSubmit=${(event) => event.preventDefault()}>
      <${Field} label="Number" type="tel" value=${phone} placeholder="+14155550123" data-search="" onInput=${(event) => (type(event.target.value), tell(null))} />
      <${Select} label="A call that is" value=${purpose} onChange=${(event) => choose(event.target.value)} options=${[["informational", "informational"], ["marketing", "marketing"]]} />
      <${Act} kind="strong" label="May we call now?" act=${look} disabled=${!phone.trim()} /></form>
    ${!told && html`<p class="hint wide">Look somebody up by the number: whether they may be called now, why, and from when; what consent is on record; never call them again, or forget them. Who looks is written down.</p>`}
    ${told && html`<div class="split"><section class="panel" aria-labelledby="verdict"><header><h2 id="verdict">${told.allowed ? "Yes, now" : "Not now"}</h2>
        ${!told.allowed && html`<${Mark} tone="bad">${REASONS[told.reason] ?? plain(told.reason)}<//>`}</header>
      ${!told.allowed && html`<p>${told.nextAllowedAt ? html`Possible from <${When} at=${told.nextAllowedAt} alone=${true} />.` : "Never, as things stand."}</p>`}
      <dl class="facts after">
        <dt>Their time</dt><dd>${facts.zones.map((zone) => html`<span>${zone.zone} ${zone.local.slice(11, 16)}${zone.open ? `, calls from ${zone.open} to ${zone.close}` : ", no calls"}${zone.holiday ? `, ${zone.holiday}` : ""}<br /></span>`)}</dd>
        <dt>Consent</dt><dd>${facts.consent.kind ? html`${plain(facts.consent.kind)}, <${When} at=${facts.consent.at} alone=${true} />, ${facts.consent.source}` : "none"} <span class="none">needs ${plain(facts.consent.needed)}</span>${facts.consent.revoked_at && html` · revoked <${When} at=${facts.consent.revoked_at} alone=${true} />`}</dd>
        <dt>Do not call</dt><dd>${facts.suppressed_at ? html`since <${When} at=${facts.suppressed_at} alone=${true} /> (${plain(facts.suppression_source)})` : "not on our list"}${facts.national_list && html`; ${facts.national_list.name}: ${facts.national_list.listed === null ? "not known" : facts.national_list.listed ? "listed" : "not listed"}${facts.national_list.fresh ? "" : ", out of date"}`}</dd>
        <dt>Calls</dt><dd>${counted(facts.calls.known)} known${facts.calls.last_at && html`, the last <${When} at=${facts.calls.last_at} alone=${true} />`}${facts.calls.caps.map((cap) => html`<br />${plain(cap.rule)}: ${cap.used} of ${cap.allowed}`)}</dd>
        <dt>Rules</dt><dd>${facts.rules.map((rule) => html`<span title=${`${rule.source} (${rule.confidence})`}>${rule.id}</span> `)}</dd></dl></section>
      <section class="panel" aria-labelledby="permits"><header><h2 id="permits">What they permit</h2></header>
        <p class="acts">${facts.suppressed_at
          ? html`<${Act} label="Take off the do-not-call list" sure="They may be called again?" act=${then(UNSUPPRESS, {})} />`
          : html`<${Act} kind="danger" label="Never call again" act=${then(SUPPRESS, { source: "an operator" })} />`}
          <${Act} label="Revoke consent" sure="All given until now?" act=${then(REVOKE, {})} /></p>
        <div class="form after"><${Select} label="Consent given" value=${consent.kind} onChange=${(event) => write({ ...consent, kind: event.target.value })} options=${[["express", "express"], ["express_written", "in writing"]]} />
          <${Field} label="Where it is from" value=${consent.source} onInput=${(event) => write({ ...consent, source: event.target.value })} />
          <${Act} label="Record" disabled=${!consent.source.trim()} act=${then(CONSENT, { ...consent, at: new Date(present() - 1000).toISOString() })} /></div>
        <${Forget} key=${phone} phone=${phone} /></section></div>
      <${Story} key=${phone} phone=${phone} />`}`;
}

/** What happened with a customer: calls, what he left, what was to be done; the newest first. */
function Story({ phone }) {
  const [told, tell] = useState({ rows: [], cursor: null, known: false, error: null });
  const look = () =>
    ask(STORY, { body: { phone, limit: 20, cursor: told.cursor } }).then(
      (page) => tell({ rows: [...told.rows, ...page.happened], cursor: page.nextCursor, known: true, error: null }),
      (error) => tell({ ...told, error }),
    );
  useEffect(() => void look(), []);
  return html`<section class="panel" aria-labelledby="story"><header><h2 id="story">What happened with them</h2></header>
    ${told.error && html`<${Fault} error=${told.error} again=${look} />`}
    ${told.known && !told.rows.length && html`<div class="empty">Nothing is on record.</div>`}
    <ul class="list">${told.rows.map((one) => html`<li data-row tabindex="-1"><span><strong>${one.title ?? plain(one.kind)}</strong> ${one.callId && html`<a href=${`#/calls/${encodeURIComponent(one.callId)}`}>the call</a>`}</span><${When} at=${one.at} />
      <span class="whole theirs">${one.text ?? ""} ${one.details.map(({ name, value }) => html`<small>${plain(name)} <span class="theirs">${value}</span> </small>`)}</span></li>`)}</ul>
    ${told.cursor && html`<p class="after"><button onClick=${look}>Show more</button></p>`}</section>`;
}

function Forget({ phone }) {
  const [digits, type] = useState("");
  const [id, begun] = useState(null);
  const last = phone.replace(/\D/g, "").slice(-4);
  const forget = async () => {
    begun((await ask(FORGET, { body: { phone } })).forgetId);
    return "It has begun.";
  };
  return html`<h3 class="after">Forget this person</h3>
    <p class="hint">Everything kept of the number is erased, store by store, for good; nobody calls it again.</p>
    <div class="form"><${Field} label="Type the number's last four digits" value=${digits} inputmode="numeric" maxlength="4" autocomplete="off" onInput=${(event) => type(event.target.value)} />
      <${Act} kind="danger" label="Forget" sure="For good?" act=${forget} disabled=${last.length < 4 || digits !== last} /></div>
    ${id && html`<${Forgotten} id=${id} />`}`;
}

const REACHED = { done: "good", open: "", impossible: "bad" };

function Forgotten({ id }) {
  const [over, end] = useState(false);
  const news = useNews(FORGOTTEN, { names: { id }, seconds: over ? 0 : 3 });
  const told = news.data;
  useEffect(() => end(told?.state === "done"), [told?.state]);
  return html`<${Panel} title="Forgetting" news=${news} empty=${told && !told.stores.length && "No store has been asked yet."}>
    <table><thead><tr><th>Store</th><th>State</th><th class="r">Erased</th></tr></thead><tbody>${(told?.stores ?? []).map((one) => html`<tr key=${one.store}><td>${one.store}</td><td><${Mark} tone=${REACHED[one.state]}>${one.state}<//>${one.why && html`<small>${plain(one.why)}</small>`}</td><td class="r">${counted(one.erased)}</td></tr>`)}</tbody></table>
    ${told && html`<p class="hint after">Asked <${When} at=${told.askedAt} />; ${told.runsAgainAt ? html`it runs again <${When} at=${told.runsAgainAt} /> for what came late` : `run ${told.round}`}; backups may hold it until <${When} at=${told.backupsUntil} />.</p>`}<//>`;
}

function Numbers({ may, live }) {
  const news = useNews(NUMBERS, { seconds: 30 });
  const lists = useNews(LISTS);
  const rows = news.data?.callerNumbers ?? [];
  const step = (operation, one, body) => async () => {
    await ask(operation, { names: { id: one.id }, body });
    news.again();
  };
  return html`<div class="split"><${Panel} title="Our numbers" count=${news.data && rows.length} news=${news} empty=${!rows.length && "No campaign has called yet."}>
      <table class="rows ours"><thead><tr><th>Number</th><th class="r">Rang in 24 h</th><th class="r">Answered</th><th class="r">Short</th><th class="r">Flagged</th><th>State</th><th><span class="unseen">What to do</span></th></tr></thead><tbody>${rows.map(
        (one) => html`<tr key=${one.id} data-row tabindex="-1"><td class="tight">${grouped(one.id)}</td><td class="r">${counted(one.rang)}</td><td class="r">${percent(one.answerRate)}</td><td class="r">${counted(one.short)}</td>
          <td class="r">${one.flagged ? html`<${Mark}>${counted(one.flagged)}<//>` : 0}</td>
          <td class="tight">${one.restsUntil ? html`<${Mark} tone="off">rests<//> until <${When} at=${one.restsUntil} /> <small>${plain(one.reason)}</small>` : html`<span class="none">calls</span>`}</td>
          <td class="full">${may && (one.restsUntil ? html`<${Act} label="Let it call" sure="What it went through is forgiven?" act=${step(END_REST, one)} />` : html`<${Act} label="Let it rest" act=${step(REST, one, {})} />`)}</td></tr>`,
      )}</tbody></table><//>
    <div class="side">
      <${Limits} />
      ${may && html`<section class="panel" aria-labelledby="stop"><header><h2 id="stop">All dialing</h2></header>
        ${live.data?.figures.dialingStopped ? html`<p>Dialing is stopped.</p>` : html`<p><${Act} kind="danger" label="Stop all dialing" sure="No phone rings any more?" act=${async () => {
          await ask(STOP);
          live.again();
          return "Stopped: nothing rings more than five seconds from now.";
        }} /></p>`}</section>`}
      <${Panel} title="National do-not-call lists" news=${lists} empty=${!lists.data?.lists.length && "The rules name none."}>
        <ul class="list">${(lists.data?.lists ?? []).map((one) => html`<li><span><strong>${one.country}</strong> ${one.name}</span><span><${Mark} tone=${one.fresh ? "good" : one.required ? "bad" : "off"}>${one.fresh ? "fresh" : one.asOf ? "out of date" : "never imported"}<//></span>
          <small class="whole">${one.asOf ? html`as of <${When} at=${one.asOf} />, good for ${one.maxAgeDays} days` : one.required ? "without it nobody there is called for marketing" : ""}</small></li>`)}</ul><//></div></div>`;
}

const OWNERS = { dial: "a dial", call: "a call", visit: "a caller's visit" };

function Limits() {
  const news = useNews(LIMITS, { seconds: 5 });
  const told = news.data;
  const gauge = (name, one) => html`<li><span>${name}</span><span class="n">${one.worst > one.limit ? html`<${Mark} tone="urgent">${one.worst} of ${one.limit}<//>` : `${one.worst} of ${one.limit}`}</span>
    <span class="whole"><${Bar} share=${one.worst / one.limit} label=${`${one.worst} of ${one.limit} allowed`} /></span></li>`;
  return html`<${Panel} title="Worst second" news=${news} empty=${false}>
      ${told && html`<ul class="list gauges">${gauge("all dials", told.account)}${told.prefixes.map((one) => gauge(`to +${one.prefix}`, one))}</ul>
        <p class="hint">The most dials in any second, against what is allowed.</p>`}<//>
    <${Panel} title="Lines" count=${told && `${told.lines.inUse} of ${told.lines.of}`} news=${news} empty=${told && !told.lines.held.length && "No line is held."}>
      <ul class="list">${(told?.lines.held ?? []).map((one) => html`<li key=${one.by + one.id} data-row tabindex="-1"><span>${one.by === "call" ? html`<a href=${`#/calls/${encodeURIComponent(one.id)}`}>a call</a>` : (OWNERS[one.by] ?? plain(one.by))} <span class="none n">${one.number ? grouped(one.number) : ""}</span></span>
        <span class="marks">${one.lost && html`<${Mark} tone="urgent">lost<//>`}<${Since} at=${one.since} /></span></li>`)}</ul>
      ${told && html`<p class="hint">${told.lines.keptForInbound} are kept for callers: no dial takes them.</p>`}<//>`;
}

function Audit({ may }) {
  const [filter, set] = useState({ day: "", who: "", action: "" });
  const [asked, look] = useState({});
  if (!may) return html`<p class="empty">The trail is for operators.</p>`;
  return html`<form class="form" onSubmit=${(event) => {
      event.preventDefault();
      look({ ...filter });
    }}>
      <${Field} label="Day (UTC)" type="date" max=${dayOf()} value=${filter.day} onInput=${(event) => set({ ...filter, day: event.target.value })} />
      <${Field} label="Who" value=${filter.who} data-search="" onInput=${(event) => set({ ...filter, who: event.target.value })} />
      <${Field} label="What" value=${filter.action} placeholder="such as startCampaign" onInput=${(event) => set({ ...filter, action: event.target.value })} />
      <button class="strong">Look</button></form><${Entries} key=${JSON.stringify(asked)} query=${asked} />`;
}

const LOOKS = 10; // of three days each

function Entries({ query }) {
  const { news, rows, more } = useList(AUDIT, "entries", { query });
  const save = () => saveCsv("audit", ["at", "who", "role", "action", "kind", "on", "id", "customers", "status", "reason"], rows.map((one) => [one.at, one.who, one.role, one.action, one.kind, one.on, one.onId, one.customers, one.status, one.reason]));
  const looked = useRef(0); // whoever finds nothing is asked whether to look further back
  useEffect(() => {
    if (rows.length || !more || more.busy || more.error || looked.current >= LOOKS) return;
    looked.current += 1;
    more.go();
  }, [rows.length, more?.busy]);
  const nothing = more ? html`<p>${looked.current < LOOKS ? "Looking further back …" : "Nothing that matches was done lately."}</p><${More} more=${more} />` : "Nothing was done that matches.";
  return html`<${Panel} title="Entries, the newest first" count=${news.data && rows.length} news=${news} empty=${!rows.length && nothing} aside=${rows.length > 0 && html`<button onClick=${save}>CSV of what is shown</button>`}>
    <table class="rows trail"><thead><tr><th>When</th><th>Who</th><th>What</th><th>On</th><th class="r">Customers</th><th>Came to</th></tr></thead><tbody>${rows.map(
      (one) => html`<tr key=${one.id} data-row tabindex="-1"><td class="tight"><${When} at=${one.at} seconds=${true} /></td><td><strong class="name">${one.who}</strong><small>${one.role}</small></td>
        <td>${plain(one.action)} <span class="none">${one.kind}</span></td><td>${plain(one.on)} <small>${one.onId}</small></td><td class="r only-desk">${one.customers || ""}</td>
        <td class="last">${one.status >= 400 ? html`<${Mark}>refused<//>` : html`<span class="none">done</span>`}${one.reason && html`<small>${plain(one.reason)}</small>`}</td></tr>`,
    )}</tbody></table><${More} more=${more} /><//>`;
}
