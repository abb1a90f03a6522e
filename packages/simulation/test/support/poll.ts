import { type Infer, id, list, nat, nil, record, variant } from "@eunomia/codec";
import { actionsOf, type Engine } from "@eunomia/engine";

/** What a process may get wrong; each is right as long as everybody keeps to the protocol and the network is good. */
export type Mistake =
  | "none"
  | "waits for everybody"
  | "does not pass results on"
  | "waits for those that promised"
  | "decides by its clock"
  | "counts votes"
  | "keeps every vote";

const poll = record({ origin: id("node"), poll: nat() });
const config = record({
  self: id("node"),
  peers: list(id("node")),
  /** So many votes carry a poll. */
  needed: nat(),
  mistake: id("mistake"),
});
const state = record({
  /** Polls of this process. */
  own: list(
    record({
      poll: nat(),
      promised: list(id("node")),
      voters: list(id("node")),
      votes: list(id("node")),
      closed: nat(),
    }),
  ),
  /** Polls whose result is known. */
  known: list(poll),
  /** Polls that this process has voted in, since the last look and since the one before. */
  young: list(poll),
  old: list(poll),
});
const message = variant({
  ask: record({ poll: nat() }),
  promise: record({ poll: nat() }),
  vote: record({ poll: nat() }),
  result: poll,
});
const output = variant({ carried: poll, failed: poll });

export interface Poll {
  Config: Infer<typeof config>;
  State: Infer<typeof state>;
  Command: { readonly poll: number };
  Message: Infer<typeof message>;
  Timer: "look";
  Record: null;
  Output: Infer<typeof output>;
}

type Name = Infer<typeof poll>;
type Own = Poll["State"]["own"][number];

const has = (all: readonly Name[], { origin, poll: n }: Name): boolean =>
  all.some((one) => one.poll === n && one.origin === origin);
const ownOf = ({ own }: Poll["State"], n: number): Own | undefined => own.find(({ poll: one }) => one === n);

/** Has a poll enough votes? */
function isCarried({ peers, needed, mistake }: Poll["Config"], { promised, voters, votes }: Own): boolean {
  if (mistake === "waits for everybody") return voters.length === peers.length;
  if (mistake === "counts votes") return votes.length >= needed;
  if (mistake === "waits for those that promised")
    return promised.length >= needed && promised.slice(0, needed).every((name) => voters.includes(name));
  return voters.length >= needed;
}

/** Closes the poll of this process if it can be; false: it stays as it is. */
function closes(settings: Poll["Config"], mine: Own): boolean {
  if (mine.closed === 1 || !isCarried(settings, mine)) return false;
  mine.closed = 1;
  return true;
}

const resultOf = ({ self: origin }: Poll["Config"], { poll: n }: Own): Poll["Message"] => ({
  kind: "result",
  origin,
  poll: n,
});

const on = actionsOf<Poll>();
const lookMs = 60;

/**
 * Polls that a quorum of processes carries, and whose results everybody hears that hears of them at all: whoever learns a result
 * passes it on once. Bears any process that is silent, late, or repeats itself, unless it makes a mistake.
 */
export const pollEngine: Engine<Poll> = {
  name: "poll",
  schema: {
    config,
    state,
    command: record({ poll: nat() }),
    message,
    record: nil(),
    output,
    timers: ["look"],
  },
  self: ({ self }) => self,
  init: () => ({ own: [], known: [], young: [], old: [] }),
  actions: [
    on.commands(
      "open",
      (_config, _state, commands) => commands,
      ({ peers }, { own }, commands, out) => {
        for (const { poll: n } of commands) {
          own.push({ poll: n, promised: [], voters: [], votes: [], closed: 0 });
          out.send(peers, { kind: "ask", poll: n });
        }
      },
    ),
    on.message(
      "ask",
      "answer",
      (_config, _state, { poll: n }, origin) => ({ origin, poll: n }),
      ({ mistake }, { young, old }, asked, out) => {
        out.send([asked.origin], { kind: "vote", poll: asked.poll });
        out.send([asked.origin], { kind: "promise", poll: asked.poll });
        if (mistake !== "decides by its clock" || has(young, asked) || has(old, asked)) return;
        young.push(asked);
        out.arm("look", lookMs);
      },
    ),
    on.message(
      "promise",
      "note",
      (_config, own, { poll: n }, from) => {
        const mine = ownOf(own, n);
        return mine === undefined || mine.promised.includes(from) ? null : { mine, from };
      },
      (settings, _state, { mine, from }, out) => {
        mine.promised.push(from);
        if (closes(settings, mine)) out.send(settings.peers, resultOf(settings, mine));
      },
    ),
    on.message(
      "vote",
      "count",
      ({ mistake }, own, { poll: n }, from) => {
        const mine = ownOf(own, n);
        const again = mine?.voters.includes(from) === true;
        return mine === undefined || (again && mistake !== "counts votes" && mistake !== "keeps every vote")
          ? null
          : { mine, from };
      },
      (settings, _state, { mine, from }, out) => {
        mine.votes.push(from);
        if (!mine.voters.includes(from)) mine.voters.push(from);
        if (closes(settings, mine)) out.send(settings.peers, resultOf(settings, mine));
      },
    ),
    on.message(
      "result",
      "learn",
      (_config, { known }, { origin, poll: n }) =>
        has(known, { origin, poll: n }) ? null : { origin, poll: n },
      ({ self, peers, mistake }, { known }, found, out) => {
        known.push(found);
        out.output({ kind: "carried", ...found });
        const passes = mistake !== "does not pass results on" && mistake !== "decides by its clock";
        if (passes && found.origin !== self) out.send(peers, { kind: "result", ...found });
      },
    ),
    on.timeout(
      "look",
      "look",
      (_config, current) => current,
      (_config, current, _found, out) => {
        for (const gone of current.old)
          if (!has(current.known, gone)) {
            current.known.push(gone);
            out.output({ kind: "failed", ...gone });
          }
        current.old = current.young;
        current.young = [];
        if (current.old.length > 0) out.arm("look", lookMs);
      },
    ),
  ],
  compact: () => [],
  observe: (_config, { known }) => known,
  fairness: { open: "weak", answer: "weak", note: "weak", count: "weak", learn: "weak", look: "weak" },
};
