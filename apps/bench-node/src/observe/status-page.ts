import { chartLibrary, style } from "../charts/page.ts";

const own = `
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline; }
header h1 { margin: 0; }
.state { padding: .1rem .6rem; border-radius: 1rem; font-weight: 600; }
.ok { background: #0a7d4f; color: #fff; } .bad { background: #b3261e; color: #fff; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; margin: 1rem 0; }
dt { color: var(--quiet); font-size: .85rem; } dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
#trouble:empty { display: none; } #trouble { color: #fff; background: #b3261e; padding: .4rem .8rem; border-radius: .3rem; }
`;

/** Runs in the page: asks once a second and fills in what came. Text goes in as text, never as HTML. */
const program = `
(() => {
  const at = (id) => document.getElementById(id);
  const say = (id, value) => { if (at(id).textContent !== String(value)) at(id).textContent = value; };
  const number = new Intl.NumberFormat("en");
  const since = (ms) => {
    const s = Math.floor(ms / 1000);
    return s < 60 ? s + " s" : s < 3600 ? Math.floor(s / 60) + " min" : Math.floor(s / 3600) + " h " + Math.floor(s % 3600 / 60) + " min";
  };
  const rows = (id, list, none) => {
    const body = at(id);
    body.replaceChildren(...(list.length === 0 ? [[none]] : list).map((cells) => {
      const row = document.createElement("tr");
      for (const cell of cells) row.append(Object.assign(document.createElement("td"), { textContent: cell }));
      return row;
    }));
  };
  const look = getComputedStyle(document.documentElement);
  const ink = look.getPropertyValue("--text"), line = look.getPropertyValue("--line");
  const plot = (id, label, names, colours) => {
    const place = at(id);
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line } };
    const made = new uPlot({
      width: place.clientWidth, height: 200,
      axes: [axis, { ...axis, label, size: 70 }],
      series: [{}, ...names.map((name, i) => ({ label: name, stroke: colours[i], width: 2, spanGaps: true }))],
    }, [[], ...names.map(() => [])], place);
    addEventListener("resize", () => made.setSize({ width: place.clientWidth, height: 200 }));
    return made;
  };
  const rate = plot("rate", "per second", ["commands", "slots"], ["#0072b2", "#e69f00"]);
  const latency = plot("latency", "ms", ["p50", "p99"], ["#009e73", "#cc79a7"]);
  const show = (now) => {
    document.title = now.node + " · " + now.cluster;
    say("name", now.node + " of " + now.cluster);
    const good = now.unready.length === 0 && now.alarms.length === 0;
    say("state", good ? "ready" : now.unready.length > 0 ? "not ready" : "alarm");
    at("state").className = "state " + (good ? "ok" : "bad");
    say("why", now.unready.join("; "));
    const last = now.course.at(-1);
    say("leader", now.leader ?? "nobody in particular");
    say("epoch", now.epoch + ", " + now.protocol);
    say("slot", number.format(now.delivered));
    say("speed", last ? number.format(last.slots) + " slots, " + number.format(last.commands) + " commands" : "–");
    say("took", last && last.p50 !== null ? last.p50.toFixed(1) + " / " + last.p99.toFixed(1) + " ms" : "–");
    say("log", number.format(now.log.first) + " to " + number.format(now.log.last) + ", durable to " + number.format(now.log.durable));
    say("snapshot", now.snapshots.length > 0 ? number.format(now.snapshots.at(-1)) : "none yet");
    say("queue", number.format(now.queue.waiting) + " / " + number.format(now.queue.proposed) + " / " + number.format(now.queue.parked));
    say("ends", number.format(now.clients) + " clients, " + number.format(now.subscribers) + " subscribers");
    say("memory", number.format(Math.round(now.residentBytes / 2 ** 20)) + " MiB");
    say("up", since(now.at - now.startedAt));
    rows("peers", now.peers.map((peer) => [peer.node, peer.connected ? "yes" : "no", number.format(peer.delivered), number.format(peer.stable), number.format(peer.behind)]), "alone");
    rows("controls", now.controls.map(({ slot, n, what }) => [n, number.format(slot), what]), "none since the start");
    rows("refusals", Object.entries(now.refusals).sort((a, b) => b[1] - a[1]).map(([reason, count]) => [reason, number.format(count)]), "nothing was ignored");
    rows("alarms", now.alarms.map(({ at, slot, reason }) => [new Date(at).toISOString().slice(0, 19).replace("T", " "), number.format(slot), reason]), "none");
    const times = now.course.map(({ at }) => at / 1000);
    rate.setData([times, now.course.map(({ commands }) => commands), now.course.map(({ slots }) => slots)]);
    latency.setData([times, now.course.map(({ p50 }) => p50), now.course.map(({ p99 }) => p99)]);
  };
  const ask = async () => {
    try {
      const answer = await fetch("status.json", { cache: "no-store" });
      show(await answer.json());
      say("trouble", "");
    } catch {
      say("trouble", "the node does not answer; what you see is old");
    }
    setTimeout(ask, 1000);
  };
  ask();
})();
`;

const figure = (id: string, label: string): string => `<div><dt>${label}</dt><dd id="${id}">–</dd></div>`;
const table = (id: string, title: string, head: readonly string[]): string =>
  `<section><h2>${title}</h2><div class="scroll"><table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join("")}</tr></thead><tbody id="${id}"></tbody></table></div></section>`;

let made: string | null = null;

/** The page that a node serves about itself. It asks for `status.json` beside it, once a second, and for nothing else. */
export function statusPage(): string {
  made ??= page();
  return made;
}

function page(): string {
  const { script, css } = chartLibrary();
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>node</title><link rel="icon" href="data:,"><style>${css}${style}${own}</style></head>
<body><header><h1 id="name">node</h1><span id="state" class="state" role="status">…</span><span id="why" class="quiet"></span></header>
<p id="trouble" role="alert"></p>
<dl>${[
    figure("leader", "leader"),
    figure("epoch", "epoch and protocol"),
    figure("slot", "delivered slot"),
    figure("speed", "in the last second"),
    figure("took", "slot p50 / p99"),
    figure("log", "log"),
    figure("snapshot", "newest snapshot at slot"),
    figure("queue", "waiting / proposed / parked"),
    figure("ends", "connected"),
    figure("memory", "memory"),
    figure("up", "up for"),
  ].join("")}</dl>
<section><h2>Delivered per second</h2><div id="rate" class="chart"></div></section>
<section><h2>From proposing a slot here to its delivery</h2><div id="latency" class="chart"></div></section>
${table("peers", "Peers", ["node", "connected", "delivered", "durable", "behind"])}
${table("controls", "Last control commands", ["number", "slot", "what"])}
${table("refusals", "Ignored since the start", ["reason", "times"])}
${table("alarms", "Alarms", ["at (UTC)", "slot", "reason"])}
<p class="quiet">As JSON: <a href="status.json">status.json</a>. For Prometheus: <a href="metrics">metrics</a>.</p>
<script>${script}</script><script>${program}</script></body></html>
`;
}
