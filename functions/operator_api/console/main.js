// The frame: who is logged in, the menu and its keys, who is here, the clock, and which page is shown.

import { h, render } from "./vendor/preact.mjs";
import { ask, onStranger, promised, Refusal } from "./api.js";
import { businessPlace, businessZone, choice, choose, clock, Fault, html, readers, said, sheet, showTimesIn, Sign, telephone, useEffect, useErrorBoundary, useLayoutEffect, useNow, useRef, useState } from "./kit.js";
import { LivePage, useLive } from "./live.js";

const WHO = "name role endsAt business{zone departments{key open until} assistants sureEnough callsKeptDays number}";
const SESSION = promised("GET", "/console/session", WHO);
const LOG_IN = promised("POST", "/console/login", WHO);
const LOG_OUT = promised("POST", "/console/logout", "loggedIn");

const RELEASE_SECONDS = 120;
const MENU = [
  ["live", "Live"],
  ["queue", "Queue"],
  ["campaigns", "Campaigns"],
  ["needs", "Needs you"],
  ["history", "History"],
  ["figures", "Figures"],
  ["more", "More"],
];
// Each page's file is fetched when it is first looked at.
const LATER = {
  calls: () => import("./call.js").then((file) => file.CallPage),
  visits: () => import("./visit.js").then((file) => file.VisitPage),
  queue: () => import("./queue.js").then((file) => file.QueuePage),
  campaigns: () => import("./campaigns.js").then((file) => file.CampaignsPage),
  needs: () => import("./needs.js").then((file) => file.NeedsPage),
  history: () => import("./history.js").then((file) => file.HistoryPage),
  figures: () => import("./figures.js").then((file) => file.FiguresPage),
  more: () => import("./more.js").then((file) => file.MorePage),
  "log in": () => import("./seldom.js").then((file) => file.LogIn),
  keys: () => import("./seldom.js").then((file) => file.Keys),
  resume: () => import("./seldom.js").then((file) => file.Resume),
};
const ABOVE = { calls: "live", visits: "queue" }; // where a page stands in the menu, if not under its own name
const pages = new Map([["live", LivePage]]);

function where() {
  let parts = [];
  try {
    parts = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  } catch {
    // an address that nobody can read leads to Live
  }
  const [page, ...rest] = parts;
  return { page: Object.hasOwn(ABOVE, page) || MENU.some(([key]) => key === page) ? page : "live", rest };
}

function useWhere() {
  const [at, go] = useState(where);
  // heard from the moment the menu is seen, as keys are: an effect of the other kind comes a frame later
  useLayoutEffect(() => {
    let visit = 0;
    const tops = []; // how far down each visit of a page was left
    const come = () => history.replaceState({ visit: (visit = tops.push(0) - 1) }, "");
    const moved = () => {
      tops[visit] = scrollY;
      visit = history.state?.visit;
      if (!(visit in tops)) come();
      go({ ...where(), top: tops[visit] }); // whoever goes back is where he was
    };
    history.scrollRestoration = "manual";
    come();
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return at;
}

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

const rowsHere = () => [...document.querySelectorAll("main [data-row]")].filter((row) => row.offsetParent);

let stood = null; // the place, on which page, of the row that had the focus last: it may have gone since

function stand({ target }) {
  const row = target.closest?.("main [data-row]");
  stood = row ? { on: location.hash, at: rowsHere().indexOf(row) } : null;
}

function step(by) {
  const rows = rowsHere();
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement?.closest("[data-row]"));
  let to = by > 0 ? 0 : rows.length - 1;
  if (at >= 0) to = at + by;
  else if (stood?.on === location.hash) to = by > 0 ? stood.at : stood.at - 1; // another stands in its place
  const row = rows[Math.min(rows.length - 1, Math.max(0, to))];
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function useKeys(showHelp) {
  useLayoutEffect(() => {
    const pressed = (event) => {
      const { key, target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const dialog = document.querySelector("dialog[open]");
      if (dialog) return void (key === "?" && dialog.close()); // what lies under it hears nothing; Esc is its own
      if (key === "Escape") {
        if (typing(target)) target.blur();
        else if (ABOVE[where().page]) location.hash = `#/${ABOVE[where().page]}`;
        showHelp(false);
        return;
      }
      if (typing(target)) return;
      if (key === "Enter" && target.matches?.("[data-row]")) {
        event.preventDefault();
        const opens = target.querySelector("a, button.link");
        if (opens) opens.click();
        else target.querySelector("button")?.focus(); // a row opens, and does nothing by itself
        return;
      }
      if (choice("keys", "on") !== "on") return;
      if (/^[1-7]$/.test(key)) location.hash = `#/${MENU[key - 1][0]}`;
      else if (key === "j") step(1);
      else if (key === "k") step(-1);
      else if (key === "?") showHelp((was) => !was);
      else if (key === "/") {
        const field = document.querySelector("main [data-search]");
        if (field) field.focus();
        else location.hash = "#/history";
        event.preventDefault();
      }
    };
    document.addEventListener("keydown", pressed);
    document.addEventListener("focusin", stand);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("focusin", stand);
    };
  }, []);
}

const THEMES = ["system", "light", "dark"];

function wear(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function Frame({ session, leave }) {
  const { page, rest, top } = useWhere();
  const [help, showHelp] = useState(false);
  const [theme, put] = useState(choice("theme", "system"));
  const live = useLive(page === "calls" ? rest[0] : null);
  useKeys(showHelp);
  const [stays, stay] = useState(null); // why nobody was logged out
  const here = [page, ...rest].join("/");
  const was = useRef(here);
  useEffect(() => wear(theme), [theme]);
  useLayoutEffect(() => scrollTo(0, top ?? 0), [here, top]);
  useEffect(() => {
    // what had the focus may have gone with the page before: keys go on from this one
    if (was.current !== here && document.activeElement === document.body) document.getElementById("content").focus({ preventScroll: true });
    was.current = here;
  }, [here]);
  useEffect(() => {
    const name = MENU.find(([key]) => key === (ABOVE[page] ?? page))[1];
    document.title = `${{ calls: "Call", visits: "Visit" }[page] ?? name} · Switchboard`;
  }, [page]);
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    choose("theme", next);
    put(next);
  };
  const urgent = live.data?.needs?.urgent;
  const needs = urgent || live.data?.figures.needs; // in red nothing is counted that can wait
  return html`<a class="skip" href="#content" onClick=${(event) => {
    event.preventDefault();
    document.getElementById("content").focus();
  }}>Skip to the page</a>
    <header class="top">
      <a class="mark-of" href="#/live"><${Sign} /><span>Switchboard</span></a>
      <nav aria-label="Pages"><ul>${MENU.map(([key, name], index) => {
        const here = (ABOVE[page] ?? page) === key;
        return html`<li key=${key} class=${key}><a href=${`#/${key}`} aria-current=${here ? "page" : undefined} aria-keyshortcuts=${index + 1}>
          <kbd aria-hidden="true">${index + 1}</kbd>${name}${key === "needs" && needs > 0 && html`<b class=${urgent ? "n urgent" : "n"}>${needs}</b>`}</a></li>`;
      })}</ul></nav>
      <div class="who">
        ${telephone && html`<a class="try" href=${telephone}>Try a call</a>`}
        <${Others} live=${live} />
        <${Clock} />
        <button class="plain" onClick=${change} title=${`Light or dark: ${theme}`} aria-label=${`Light or dark, now: ${theme}`}>${{ system: "◐", light: "○", dark: "●" }[theme]}</button>
        <button class="plain keys" onClick=${() => showHelp(true)} title="Keys" aria-label="Keys">?</button>
        <span class="me" title=${`logged in as ${session.role}`}>${session.name}${session.name !== session.role && html` <small>${session.role}</small>`}</span>
        <button class="plain" onClick=${() => leave().catch(stay)}>Log out</button>
      </div>
    </header>
    <${Stopped} live=${live} session=${session} />
    <${NewRelease} />
    ${stays && html`<p class="notice" role="alert"><strong>You are still logged in.</strong> ${said(stays)}</p>`}
    <main id="content" tabindex="-1" class=${`page ${page}`}><${Later} key=${here} is=${page} rest=${rest} session=${session} live=${live} may=${session.role === "operator"} /></main>
    <p id="spoken" class="unseen" role="status" aria-live="polite"></p>
    ${help && html`<${Later} is="keys" close=${() => showHelp(false)} />`}`;
}

function Clock() {
  const now = useNow();
  return html`<time class="clock n" title=${`${businessZone()}; here ${clock(now, readers)}`}>${clock(now)}</time><small class="place">${businessPlace()}</small>`;
}

function Others({ live }) {
  const others = live.data?.others ?? [];
  if (!others.length) return null;
  const names = others.map((one) => (one.callId ? `${one.name} (in a call)` : one.name)).join(", ");
  return html`<span class="others" title=${`also here: ${names}`}><span class="unseen">Also here: </span>${names}</span>`;
}

function Stopped({ live, session }) {
  if (!live.data?.figures.dialingStopped) return null;
  return html`<div class="alarm" role="alert"><strong>Dialing is stopped.</strong> No campaign, trigger or callback rings anybody.
    ${session.role === "operator" && html`<${Later} is="resume" again=${live.again} />`}</div>`;
}

/** Says when the server has another release of this page; what is open goes on working. */
function NewRelease() {
  const [is, be] = useState(false);
  useEffect(() => {
    const mine = document.querySelector("meta[name=release]").content;
    const look = async () => {
      if (document.hidden) return;
      const answer = await fetch("/console", { cache: "no-store" }).catch(() => null);
      const text = answer?.ok ? await answer.text() : "";
      const theirs = /name="release" content="(\w+)"/.exec(text)?.[1];
      if (theirs && theirs !== mine) be(true);
    };
    const timer = setInterval(look, RELEASE_SECONDS * 1000);
    return () => clearInterval(timer);
  }, []);
  return is ? html`<p class="notice" role="status">There is a new version of the console. <button onClick=${() => location.reload()}>Load it</button></p>` : null;
}

/** What has a file of its own, fetched when it is first looked at. @param is Its name in LATER. */
function Later({ is, ...told }) {
  const [, loaded] = useState(0);
  const [error, fail] = useState(null);
  const [broken, mend] = useErrorBoundary((fault) => console.error(fault));
  const Page = pages.get(is);
  useEffect(() => {
    if (pages.has(is)) return;
    fail(null);
    Promise.all([LATER[is](), sheet(is === "figures" ? "figures.css" : "pages.css")]).then(
      ([found]) => {
        pages.set(is, found);
        loaded((count) => count + 1);
      },
      () => fail(new Refusal(404, { detail: "This page could not be fetched. There may be a new version: load the console again." })),
    );
  }, [is]);
  if (broken) return html`<${Fault} error=${broken} again=${mend} />`; // the frame and other pages go on
  if (Page) return h(Page, { key: is, ...told });
  return error ? html`<${Fault} error=${error} again=${() => location.reload()} />` : html`<p class="boot">…</p>`;
}

const SESSION_SECONDS = 60; // hours change, tokens are turned

function App() {
  const [session, put] = useState(undefined);
  const [error, fail] = useState(null);
  const known = useRef(null);
  const be = (told) => {
    const who = told && told.name + told.role;
    if (who !== known.current) dispatchEvent(new Event("another")); // what was begun here is not his
    known.current = who;
    if (told?.business) showTimesIn(told.business.zone);
    put(told);
  };
  const look = () =>
    ask(SESSION).then(
      (told) => be(told),
      (problem) => (problem.status === 401 ? put(null) : fail(problem)),
    );
  useEffect(() => {
    look();
    const again = setInterval(() => !document.hidden && ask(SESSION).then(be, () => {}), SESSION_SECONDS * 1000);
    const stop = onStranger(() => put((was) => (was ? "ended" : was)));
    return () => {
      clearInterval(again);
      stop();
    };
  }, []);
  const leave = async () => {
    await ask(LOG_OUT).catch((problem) => {
      if (problem.status !== 401) throw problem;
    });
    be(null);
  };
  if (error) return html`<main class="login"><${Fault} error=${error} again=${() => (fail(null), look())} /></main>`;
  if (session === undefined) return html`<p class="boot">…</p>`;
  if (session === null || session === "ended") return html`<${Later} is="log in" enter=${(token) => ask(LOG_IN, { body: { token } }).then(be)} ended=${session === "ended"} />`;
  return html`<${Frame} session=${session} leave=${leave} />`;
}

wear(choice("theme", "system"));
const page = document.getElementById("page");
page.textContent = "";
render(h(App), page);
