// Campaigns: the list, and one of them with its funnel, its list of people and its steps.

import { ask, promised, useNews } from "./api.js";
import { inParts, LARGEST_LIST } from "./large_lists.js";
import { counted, Fault, grouped, html, Mark, Panel, plain, Select, useEffect, useState, When } from "./kit.js";
import { Act, Field, More, percent, useKept, useList, useOnce } from "./pages.js";

const ONE = `id state reason createdAt changedAt runningSince name purpose assistant phoneNumberId priority staggerSeconds startAt endAt voicemail dailyCap spendCap`;
const LIST = promised("GET", "/api/campaigns", `campaigns{id state reason name purpose assistant priority createdAt runningSince dailyCap spendCap} unreadable nextCursor`);
const CREATE = promised("POST", "/api/campaigns", "id");
const SHOW = promised("GET", "/api/campaigns/{id}", ONE);
const PROGRESS = promised("GET", "/api/campaigns/{id}/progress", "id state reason total open contacts{*} spent pricedCalls unpricedCalls plannedIn24Hours recent{beganAt ended failed}");
const STEPS = {
  start: promised("POST", "/api/campaigns/{id}/start", ONE),
  pause: promised("POST", "/api/campaigns/{id}/pause", ONE),
  resume: promised("POST", "/api/campaigns/{id}/resume", ONE),
  cancel: promised("POST", "/api/campaigns/{id}/cancel", ONE),
};
const ADD = promised("POST", "/api/campaigns/{id}/contacts", "importId state");
const CONTACTS = promised("GET", "/api/campaigns/{id}/contacts", "contacts{contactId id name phone state reason attempts rings dueAt callbackAt last{at disposition callId}} unreadable nextCursor");
const IMPORT = promised("GET", "/api/imports/{id}", `importId campaignId state rows added known bad doNotCall bytes bytesDone warnings{line column reason rows}
  firstBad{line field reason row column looksLike} error{line field reason row column} reportUrl`);
const PREVIEW = promised("POST", "/api/campaigns/{id}/preview", "jobId state");
const PREVIEWED = promised("GET", "/api/campaigns/{id}/preview", "jobId state error result{callable later laterBy{*} never neverBy{*} past pastBy{*}}");
const EXPORT = promised("POST", "/api/campaigns/{id}/results", "jobId state error url");
const EXPORTED = promised("GET", "/api/campaigns/{id}/results", "jobId state error url");
const TEST = promised("POST", "/api/campaigns/{id}/test-call", "attemptId status");

const TONES = { running: "good", paused: "off", stopped: "bad", draft: "off", cancelled: "off", finished: "" };

export function CampaignsPage({ rest, may, session }) {
  if (rest[0] === "new" && may) return html`<${New} assistants=${session.business.assistants} />`;
  return rest[0] ? html`<${Campaign} key=${rest[0]} id=${rest[0]} may=${may} />` : html`<${List} may=${may} />`;
}

function List({ may }) {
  const { news, rows, more } = useList(LIST, "campaigns");
  return html`<div class="titled"><h1>Campaigns</h1>${may && html`<span class="acts"><a href="#/campaigns/new">New campaign</a></span>`}</div>
    <${Panel} title="All" count=${news.data && rows.length} news=${news} empty=${!rows.length && html`<p>There is no campaign.</p>${may && html`<p><a href="#/campaigns/new">Make the first one</a>: a name, a purpose, then a list of people.</p>`}`}>
    <table class="rows runs"><thead><tr><th>Name</th><th>State</th><th>Purpose</th><th>Assistant</th><th class="r">Priority</th><th>Running since</th><th>Made</th></tr></thead>
    <tbody>${rows.map(
      (one) => html`<tr key=${one.id} data-row tabindex="-1"><td><a class="name" href=${`#/campaigns/${encodeURIComponent(one.id)}`}>${one.name}</a></td>
      <td class="last"><${Mark} tone=${TONES[one.state]}>${one.state}<//>${one.reason && html` <small>${plain(one.reason)}</small>`}</td>
      <td>${one.purpose}</td><td>${one.assistant}</td><td class="r only-desk">${one.priority}</td>
      <td class="tight">${one.runningSince && html`<${When} at=${one.runningSince} />`}</td><td class="tight only-desk"><${When} at=${one.createdAt} /></td></tr>`,
    )}</tbody></table><${More} more=${more} /><//>`;
}

function New({ assistants }) {
  const nothing = { name: "", purpose: "informational", assistant: assistants[0] ?? "", priority: "3", voicemail: "hang_up", dailyCap: "", spendCap: "" };
  const [wish, set] = useKept("campaign", nothing);
  const once = useOnce();
  const put = (name) => (event) => set({ ...wish, [name]: event.target.value });
  const make = async () => {
    const number = (text) => (text === "" ? null : Number(text));
    const body = { ...wish, priority: Number(wish.priority), dailyCap: number(wish.dailyCap), spendCap: number(wish.spendCap) };
    const { id } = await once(body, (key) => ask(CREATE, { body, headers: { "Idempotency-Key": key } }));
    set(nothing);
    location.hash = `#/campaigns/${encodeURIComponent(id)}`;
  };
  return html`<p class="small"><a href="#/campaigns">Campaigns</a> / new</p><h1>A new campaign</h1>
    <div class="form tall">
      <${Field} label="Name" value=${wish.name} onInput=${put("name")} maxlength="100" />
      <${Select} label="Purpose" value=${wish.purpose} onChange=${put("purpose")} options=${[["informational", "informational: express consent will do"], ["marketing", "marketing: needs written consent"]]} />
      <${Select} label="Assistant" value=${wish.assistant} onChange=${put("assistant")} options=${assistants.map((one) => [one, one])} />
      <${Select} label="Priority" value=${wish.priority} onChange=${put("priority")} options=${["1", "2", "3", "4", "5"].map((one) => [one, one])} />
      <${Select} label="At an answering machine" value=${wish.voicemail} onChange=${put("voicemail")} options=${[["hang_up", "hang up"], ["leave_message", "leave a message"]]} />
      <${Field} label="Calls in any 24 hours, at most" type="number" min="1" value=${wish.dailyCap} onInput=${put("dailyCap")} hint="Empty: no cap" />
      <${Field} label="Spend at most, USD" type="number" min="0" step="any" value=${wish.spendCap} onInput=${put("spendCap")} hint="Empty: no cap" />
      <p><${Act} kind="strong" label="Make it" act=${make} disabled=${!wish.name.trim()} done="Made." /> <span class="hint">A draft: nobody is called before you start it.</span></p></div>`;
}

function Campaign({ id, may }) {
  const news = useNews(SHOW, { names: { id } });
  const [over, end] = useState(false);
  const [lists, taken] = useState(0); // how many were taken in here: its people are others then
  const progress = useNews(PROGRESS, { names: { id }, seconds: over ? 0 : 4 });
  const one = news.data;
  const state = progress.data?.state ?? one?.state;
  useEffect(() => end(state === "cancelled" || state === "finished"), [state]);
  useEffect(() => {
    if (one && progress.data && progress.data.state !== one.state) news.again();
  }, [progress.data?.state]);
  if (!one) return html`<p class="small"><a href="#/campaigns">Campaigns</a></p><${Panel} title="Campaign" news=${news} />`;
  const step = (name) => async () => {
    news.put(await ask(STEPS[name], { names: { id }, body: {} }));
    progress.again();
  };
  const reason = progress.data?.reason ?? one.reason;
  return html`<div><p class="small"><a href="#/campaigns">Campaigns</a> / ${one.purpose}</p>
    <div class="titled"><h1 class="name">${one.name}</h1><${Mark} tone=${TONES[state]}>${state}<//>${reason && html`<span class="none">${plain(reason)}</span>`}
      ${may && html`<span class="acts">
        ${state === "draft" && html`<${Act} kind="strong" label="Start" sure="Start calling people?" act=${step("start")} />`}
        ${state === "running" && html`<${Act} kind="strong" label="Pause" act=${step("pause")} />`}
        ${(state === "paused" || state === "stopped") && html`<${Act} kind="strong" label="Go on" sure="Call people again?" act=${step("resume")} />`}
        ${!["cancelled", "finished"].includes(state) && html`<${Act} kind="danger" label="Cancel" sure="End it for good?" act=${step("cancel")} />`}</span>`}
    </div></div>
    <div class="split"><div class="side">
      <${Progress} news=${progress} one=${one} />
      <${Contacts} key=${lists} id=${id} />
    </div><div class="side">
      <${Rules} one=${one} news=${news} />
      ${may && html`<${Import} id=${id} done=${() => (progress.again(), taken((count) => count + 1))} />`}
      <${Preview} id=${id} may=${may} />
      ${may && html`<${TestCall} id=${id} /><${Results} id=${id} />`}
    </div></div>`;
}

const GROUPS = [
  ["waiting", "wait for their call", "var(--edge)"],
  ["in_flight", "being called", "var(--accent)"],
  ["done", "done with", "var(--ink)"],
  ["never", "not called", "var(--line)"],
  ["doubtful", "in doubt", "var(--alarm)"],
  ["withdrawn", "withdrawn", "var(--line)"],
];

function Progress({ news, one }) {
  const told = news.data;
  const parts = Object.entries(told?.contacts ?? {});
  const over = ["cancelled", "finished"].includes(told?.state);
  const sums = GROUPS.map(([key, name, tone]) => ({ key, name: over && key === "waiting" ? "not called in time" : name, tone, count: parts.filter(([part]) => part.split(":")[0] === key).reduce((sum, [, n]) => sum + n, 0) })).filter((part) => part.count > 0);
  const called = (told?.recent ?? []).reduce((sum, five) => sum + five.ended, 0);
  const failed = (told?.recent ?? []).reduce((sum, five) => sum + five.failed, 0);
  let x = 0;
  return html`<${Panel} title="Progress" count=${told && `${counted(told.total - told.open)} of ${counted(told.total)}`} news=${news} empty=${told && !told.total && "Its list is empty: import people first."}>
    ${told && html`<dl class="strip"><div><dt>calls ended in the last hour</dt><dd>${counted(called)}${failed > 0 && html` <small>${counted(failed)} failed</small>`}</dd></div>
      <div><dt>planned in 24 h</dt><dd>${counted(told.plannedIn24Hours)}${one.dailyCap && html` <small>of ${counted(one.dailyCap)}</small>`}</dd></div>
      <div class=${one.spendCap && told.spent > 0.9 * one.spendCap ? "near" : ""}><dt>spent${told.unpricedCalls ? `, ${counted(told.unpricedCalls)} calls without a price` : ""}</dt><dd>$${told.spent.toFixed(2)}${one.spendCap && html` <small>of $${one.spendCap}</small>`}</dd></div></dl>
    <svg class="bar long after" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${sums.map((part) => {
      const wide = (part.count / told.total) * 1000;
      const box = html`<rect x=${x} width=${Math.max(1, wide - 2)} height="10" fill=${part.tone}></rect>`;
      x += wide;
      return box;
    })}</svg>
    <table class="after narrow"><thead><tr><th>People</th><th class="r">Number</th><th class="r">Share</th></tr></thead><tbody>${sums.flatMap((part) => [
      html`<tr><td><svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" fill=${part.tone} stroke="var(--edge)"></rect></svg> <strong>${part.name}</strong></td><td class="r">${counted(part.count)}</td><td class="r">${percent(part.count / told.total)}</td></tr>`,
      ...parts.filter(([name]) => name.startsWith(`${part.key}:`)).map(([name, count]) => html`<tr><td class="none under">${plain(name.split(":")[1])}</td><td class="r none">${counted(count)}</td><td class="r none">${percent(count / told.total)}</td></tr>`),
    ])}</tbody></table>
`}<//>`;
}

function Rules({ one, news }) {
  return html`<${Panel} title="How it calls" news=${{ ...news, error: null }}><dl class="facts">
    <dt>Assistant</dt><dd>${one.assistant}</dd><dt>Priority</dt><dd>${one.priority} of 5</dd>
    <dt>Gap</dt><dd>${one.staggerSeconds} s between calls</dd><dt>Machines</dt><dd>${plain(one.voicemail)}</dd>
    ${one.startAt && html`<dt>From</dt><dd><${When} at=${one.startAt} alone=${true} /></dd>`}${one.endAt && html`<dt>Until</dt><dd><${When} at=${one.endAt} alone=${true} /></dd>`}
    <dt>Caps</dt><dd>${one.dailyCap ? `${counted(one.dailyCap)} calls in 24 h` : "no cap of calls"}, ${one.spendCap ? `$${one.spendCap}` : "no cap of money"}</dd></dl><//>`;
}

const SUMS = ["rows", "added", "known", "bad", "doNotCall"];
const MOST_SHOWN = 50; // refused rows; the report has all

function Import({ id, done }) {
  const [chosen, choose] = useState(null);
  const [run, be] = useState(null); // {parts, at, importId, before}
  const send = async (parts, at, before) => {
    const { importId } = await ask(ADD, { names: { id }, body: parts[at].list });
    be({ parts, at, importId, before });
  };
  const begin = async () => {
    be(null);
    await send(await inParts(chosen), 0, { told: null, fault: null });
    return "It is being read.";
  };
  const ended = async (told) => {
    done();
    const before = { told: added(run.before.told, told, run.parts[run.at].row), fault: null };
    if (told.state !== "done" || run.at + 1 === run.parts.length) return;
    await send(run.parts, run.at + 1, before).catch((fault) => be({ ...run, before: { ...run.before, fault } }));
  };
  return html`<section class="panel" aria-labelledby="import"><header><h2 id="import">Add people</h2></header>
    <p class="field"><label for="list">A CSV with a column <code>phone</code>, up to ${LARGEST_LIST / 1e6} MB</label><input id="list" type="file" accept=".csv,text/csv" onChange=${(event) => choose(event.target.files[0] ?? null)} /></p>
    <p class="after"><${Act} label="Import" act=${begin} disabled=${!chosen} /></p>
    ${run && html`<${Imported} key=${run.importId} id=${run.importId} run=${run} ended=${ended} />`}
    ${run?.before.fault && html`<${Fault} error=${run.before.fault} again=${() => send(run.parts, run.at + 1, { ...run.before, fault: null })} />`}</section>`;
}

/** What all parts of a list came to so far. */
function added(before, told, row) {
  const refused = told.firstBad.map((line) => ({ ...line, row: (line.row ?? line.line) + row }));
  if (!before) return { ...told, firstBad: refused };
  const sums = Object.fromEntries(SUMS.map((name) => [name, before[name] + told[name]]));
  return { ...told, ...sums, firstBad: [...before.firstBad, ...refused].slice(0, MOST_SHOWN), warnings: [...before.warnings, ...told.warnings] };
}

function Imported({ id, run, ended }) {
  const [over, end] = useState(false);
  const news = useNews(IMPORT, { names: { id }, seconds: over ? 0 : 1 });
  const { parts, at, before } = run;
  useEffect(() => {
    if (news.data && ["done", "failed"].includes(news.data.state)) {
      end(true);
      ended(news.data);
    }
  }, [news.data?.state]);
  if (!news.data && !before.told) return news.error ? html`<${Fault} error=${news.error} again=${news.again} />` : html`<p class="hint">…</p>`;
  const told = news.data ? added(before.told, news.data, parts[at].row) : before.told;
  const state = news.data?.state ?? "open";
  const of = parts.length > 1 && html` <span class="none n">part ${at + 1} of ${parts.length}${at + 1 < parts.length && "; stay here until the last is read"}</span>`;
  return html`<div role="status"><dl class="facts after"><dt>List</dt><dd><${Mark} tone=${state === "failed" ? "bad" : state === "done" ? "good" : ""}>${state}<//>${of}</dd>
    <dt>Rows</dt><dd class="n">${counted(told.rows)}</dd><dt>Added</dt><dd class="n">${counted(told.added)}</dd><dt>Known</dt><dd class="n">${counted(told.known)}</dd><dt>Refused</dt><dd class="n">${counted(told.bad)}</dd>
    ${told.doNotCall > 0 && html`<dt>Do not call</dt><dd class="n">${counted(told.doNotCall)}</dd>`}</dl>
    ${told.error && html`<p class="fault">${told.error.field}: ${told.error.reason}</p>`}
    ${told.firstBad.length > 0 && html`<table class="after"><thead><tr><th class="r">Row</th><th>Column</th><th>Refused because</th><th>Looks like</th></tr></thead>
      <tbody>${told.firstBad.map((line) => html`<tr><td class="r">${line.row ?? line.line}</td><td>${line.column ?? line.field}</td><td>${line.reason}</td><td class="theirs">${line.looksLike ?? ""}</td></tr>`)}</tbody></table>`}
    ${told.warnings.map((one) => html`<p class="hint">${one.column ?? ""} ${one.reason} (${counted(one.rows)} rows)</p>`)}
    ${told.reportUrl && html`<p class="after"><a href=${told.reportUrl} rel="noreferrer">All refused rows${parts.length > 1 && " of this part"}</a></p>`}</div>`;
}

/** A job that was begun here, asked for until it is over. */
function useJob(operation, id) {
  const [job, begun] = useState(null);
  const [over, end] = useState(false);
  const news = useNews(operation, { names: { id }, query: { job }, seconds: over ? 0 : 1, skip: !job });
  useEffect(() => end(["done", "failed"].includes(news.data?.state)), [news.data?.state]);
  const begin = (told) => {
    end(false);
    begun(told.jobId);
  };
  return { told: job ? news.data : null, error: job ? news.error : null, running: Boolean(job) && !over, begin };
}

function Preview({ id, may }) {
  const { told, error, running, begin } = useJob(PREVIEWED, id);
  const start = async () => {
    begin(await ask(PREVIEW, { names: { id } }));
    return "It is being counted.";
  };
  const rows = (name, count, by) => [html`<tr><td><strong>${name}</strong></td><td class="r">${counted(count)}</td></tr>`, ...Object.entries(by ?? {}).map(([reason, n]) => html`<tr><td class="none under">${plain(reason)}</td><td class="r none">${counted(n)}</td></tr>`)];
  return html`<section class="panel" aria-labelledby="preview"><header><h2 id="preview">Who could be called</h2></header>
    ${told?.result ? html`<table><tbody>${rows("now", told.result.callable)}${rows("later", told.result.later, told.result.laterBy)}${rows("never", told.result.never, told.result.neverBy)}${rows("done with", told.result.past, told.result.pastBy)}</tbody></table>` : html`<p class="hint">How many of its people may be called now, later or never, and why not.</p>`}
    ${(told?.error || error) && html`<p class="fault">${told?.error ?? error.message}</p>`}
    ${may && html`<p class="after"><${Act} label=${told?.result ? "Count again" : "Count"} act=${start} disabled=${running} /></p>`}</section>`;
}

function TestCall({ id }) {
  const [phone, type] = useState("");
  const once = useOnce();
  const ring = async () => {
    const told = await once({ phone }, (idempotencyKey) => ask(TEST, { names: { id }, body: { phone, idempotencyKey } }));
    return `Your telephone is about to ring (${told.status}).`;
  };
  return html`<section class="panel" aria-labelledby="test"><header><h2 id="test">Ring me first</h2></header>
    <div class="form"><${Field} label="Your number" type="tel" value=${phone} placeholder="+14155550123" onInput=${(event) => type(event.target.value)} />
    <${Act} label="Ring me" act=${ring} disabled=${!phone.trim()} /></div></section>`;
}

function Results({ id }) {
  const { told, error, running, begin } = useJob(EXPORTED, id);
  const start = async () => {
    begin(await ask(EXPORT, { names: { id } }));
    return "It is being written.";
  };
  return html`<section class="panel" aria-labelledby="results"><header><h2 id="results">Results</h2></header>
    <p class="hint">A row for each person: what came of every call, with whole numbers.</p>
    <p class="after"><${Act} label="Write the file" act=${start} disabled=${running} /> ${told?.url && html`<a href=${told.url} rel="noreferrer">Results as CSV</a>`}</p>
    ${(told?.error || error) && html`<p class="fault">${told?.error ?? error.message}</p>`}</section>`;
}

function Contacts({ id }) {
  const { news, rows, more } = useList(CONTACTS, "contacts", { names: { id }, query: { limit: 50 } });
  return html`<${Panel} title="People" news=${news} empty=${!rows.length && "Its list is empty."}>
    <table class="rows"><thead><tr><th>Who</th><th>Number</th><th>State</th><th class="r">Rang</th><th>Last</th><th>Next</th></tr></thead>
    <tbody>${rows.map(
      (one) => html`<tr key=${one.contactId} data-row tabindex="-1"><td><span class="name">${one.name ?? one.id ?? html`<span class="none">no name</span>`}</span></td><td class="tight">${grouped(one.phone)}</td>
      <td class="last"><${Mark} tone=${one.state === "doubtful" ? "bad" : one.state === "in_flight" ? "good" : ""}>${plain(one.state)}<//>${one.reason && html`<small>${plain(one.reason)}</small>`}</td>
      <td class="r only-desk">${one.rings}</td><td class="tight">${one.last && (one.last.callId ? html`<a href=${`#/calls/${encodeURIComponent(one.last.callId)}`}>${plain(one.last.disposition)}</a>` : plain(one.last.disposition))}</td>
      <td class="tight">${(one.callbackAt ?? one.dueAt) && html`<${When} at=${one.callbackAt ?? one.dueAt} />`}</td></tr>`,
    )}</tbody></table><${More} more=${more} /><//>`;
}
