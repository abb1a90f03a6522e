import { sha256, utf8Encode } from "@eunomia/codec";
import { plainAuthenticator } from "@eunomia/crypto-auth";
import type { NodeId } from "@eunomia/engine";
import { acceptorEngine as heteroAcceptor, nodeConfig, proposerEngine } from "@eunomia/hetero-paxos";
import { graphDigest } from "@eunomia/learner-graph";
import { acceptorEngine, leaderEngine, learnerEngine as paxosLearner } from "@eunomia/paxos";
import { flexible } from "@eunomia/quorum-algebra";
import { learnerConfig, learnerEngine, memberConfig, memberEngine } from "@eunomia/two-thirds";
import {
  byzantineLearnerConfig,
  byzantineLearnerEngine,
  byzantineMemberConfig,
  byzantineMemberEngine,
} from "@eunomia/two-thirds/byzantine";
import { oneLearner } from "./graphs.ts";
import { World, type WorldProcess } from "./world.ts";

/** What one undisturbed decision costs when every process stands on a node of its own. */
export interface Costs {
  /** From the proposal until the first replica knows, in message delays. */
  readonly delays: number;
  /** Until nothing is on its way, by kind. */
  readonly sent: Readonly<Record<string, number>>;
}

/** A protocol with its processes apart, and what its definition says of its costs. */
export interface CostSubject {
  readonly protocol: string;
  readonly shape: string;
  readonly processes: readonly WorldProcess[];
  /** Who proposes. */
  readonly proposers: readonly NodeId[];
  readonly expectedDelays: number;
  /** Messages as the definition counts them. */
  readonly defined: Count;
  /** Messages that ours sends besides; null: none. */
  readonly besides: Count | null;
}

/** A number, and how one comes to it. */
export interface Count {
  readonly formula: string;
  readonly messages: number;
}

const names = (letter: string, count: number): NodeId[] =>
  Array.from({ length: count }, (_, i) => `${letter}${String(i).padStart(2, "0")}`);
/** No timer is to speak while costs are counted. */
const never = 1 << 20;

/** Multi-decree Paxos with a stable leader: 2f+1 acceptors, f+1 leaders. */
export function paxosCosts(f: number, replicas: number): CostSubject {
  const acceptors = names("a", 2 * f + 1);
  const leaders = names("l", f + 1);
  const learners = names("r", replicas);
  const { phase1, phase2 } = flexible(acceptors, f + 1, f + 1);
  const common = { fromSlot: 1, maxAhead: 4096, f };
  const timing = {
    heartbeatMs: never,
    retryMs: never,
    suspectMinMs: never,
    suspectMaxMs: never,
    shrinkMs: 1,
    stallMs: never,
  };
  return {
    protocol: "Paxos",
    shape: `f=${f}, A=${acceptors.length}, L=${leaders.length}, R=${replicas}`,
    processes: [
      ...acceptors.map((self) => {
        const config = {
          ...common,
          self,
          leaders,
          learners,
          colocatedLearner: null,
          pageBytes: 1 << 20,
          acknowledgeDigests: false,
        };
        return { process: self, engine: acceptorEngine(config), config };
      }),
      ...leaders.map((self) => {
        const config = {
          ...common,
          ...timing,
          ...{ self, leaders, learners, directLearners: [], phase1, phase2, announce: "value" as const },
          ...{ noop: new Uint8Array(), skipPhase1: true },
        };
        return { process: self, engine: leaderEngine(config), config };
      }),
      ...learners.map((self) => {
        const config = {
          ...common,
          ...{ self, leaders, acceptors, readQuorum: phase1, proposeTo: "all" as const },
          ...{ fetchMax: 16, retryMs: never, silenceMs: never },
        };
        return { process: self, engine: paxosLearner(config), config };
      }),
    ],
    proposers: learners,
    expectedDelays: 4,
    defined: {
      formula: "R·L + A + A + R + (L-1)",
      messages: replicas * leaders.length + 2 * acceptors.length + replicas + leaders.length - 1,
    },
    besides: null,
  };
}

/** 2/3-consensus for crash faults, 3f+1 members. */
export function twoThirdsCosts(f: number, replicas: number): CostSubject {
  const members = names("p", 3 * f + 1);
  const learners = names("r", replicas);
  const n = members.length;
  return {
    protocol: "2/3",
    shape: `f=${f}, n=${n}, R=${replicas}`,
    processes: [
      ...members.map((self) => {
        const config = memberConfig({
          self,
          members,
          learners,
          f,
          relay: "lazy",
          headMs: 0,
          graceMs: never,
          retryMs: never,
        });
        return { process: self, engine: memberEngine(config), config };
      }),
      ...learners.map((self) => {
        const config = learnerConfig({ self, members, f, retryMs: never });
        return { process: self, engine: learnerEngine(config), config };
      }),
    ],
    proposers: learners,
    expectedDelays: 3,
    defined: { formula: "R·n + n(n-1) + n·R", messages: 2 * replicas * n + n * (n - 1) },
    besides: lateVotes(n, f),
  };
}

/** Who has decided answers each of the votes that were not needed. */
const lateVotes = (n: number, f: number): Count => ({
  formula: "n·f answers to the last votes",
  messages: n * f,
});

const seals = (self: NodeId) => ({
  sign: (domain: string, bytes: Uint8Array) => sha256(utf8Encode(`${self} ${domain} ${bytes.join()}`)),
  verify: () => true,
  valid: () => true,
});

/** 2/3-consensus for Byzantine faults, 5f+1 members. */
export function byzantineCosts(f: number, replicas: number): CostSubject {
  const members = names("p", 5 * f + 1);
  const learners = names("r", replicas);
  const n = members.length;
  const context = "costs/1";
  return {
    protocol: "Byzantine 2/3",
    shape: `f=${f}, n=${n}, R=${replicas}`,
    processes: [
      ...members.map((self) => {
        const config = byzantineMemberConfig({
          self,
          context,
          members,
          learners,
          f,
          relay: "lazy",
          headMs: 0,
          roundMs: never,
          retryMs: never,
        });
        return { process: self, engine: byzantineMemberEngine(config, seals(self)), config };
      }),
      ...learners.map((self) => {
        const config = byzantineLearnerConfig({ self, context, members, f, retryMs: never });
        return { process: self, engine: byzantineLearnerEngine(config, seals(self)), config };
      }),
    ],
    proposers: learners,
    expectedDelays: 3,
    defined: { formula: "R·n + n(n-1) + n·R", messages: 2 * replicas * n + n * (n - 1) },
    besides: lateVotes(n, f),
  };
}

/** Heterogeneous Paxos with one learner, quorums of 2f+1 of 3f+1; the replica in whose window slot 1 lies opens the ballot. */
export function heteroCosts(f: number, replicas: number): CostSubject {
  const acceptors = names("p", 3 * f + 1);
  const watchers = names("r", replicas);
  const graph = oneLearner(acceptors, f);
  const scheme = { digest: sha256, verify: () => true };
  const common = { graph, graphDigest: graphDigest(graph), watchers, tickMs: 0, retryMs: 0 };
  const n = acceptors.length;
  return {
    protocol: "Heterogeneous Paxos",
    shape: `f=${f}, A=${n}, R=${replicas}`,
    processes: [
      ...acceptors.map((self) => {
        const config = nodeConfig({ ...common, self });
        return {
          process: self,
          engine: heteroAcceptor(config, { graph, scheme }, () => utf8Encode(self)),
          config,
        };
      }),
      ...watchers.map((self) => {
        const config = nodeConfig({ ...common, self });
        return { process: self, engine: proposerEngine(config, { graph, scheme }), config };
      }),
    ],
    proposers: [watchers[1 % replicas]!],
    expectedDelays: 3,
    defined: { formula: "A + 2A(A-1+R)", messages: n + 2 * n * (n - 1 + replicas) },
    besides: { formula: "(R-1), the 1a at the other replicas", messages: replicas - 1 },
  };
}

/** The sum over all kinds. */
export const messagesOf = ({ sent }: Costs): number => Object.values(sent).reduce((sum, one) => sum + one, 0);

/** Every protocol with one failure, and two. */
export const costSubjects = (): readonly CostSubject[] =>
  [1, 2].flatMap((f) => [
    paxosCosts(f, f + 1),
    twoThirdsCosts(f, f + 1),
    byzantineCosts(f, f + 2),
    heteroCosts(f, f + 1),
  ]);

/** Decides one slot with nothing in its way. @throws Error when a replica does not hear of it. */
export function costsOf({ processes, proposers }: CostSubject): Costs {
  const known = new Map<NodeId, number>();
  const nodes = processes.map((one) => ({
    id: one.process,
    authenticator: plainAuthenticator({
      self: one.process,
      cluster: "costs",
      peers: processes.map((all) => all.process),
    }),
    processes: [one],
  }));
  const world: World = new World(nodes, (process, { kind, slot }) => {
    if (kind === "decided" && slot === 1 && !known.has(process)) known.set(process, world.now);
  });
  // A leader is stable, and everybody knows it, before the slot begins.
  for (let i = 0; i < 20; i += 1) world.tick();
  const before = new Map(world.sent);
  const began = world.now;
  for (const process of proposers)
    world.command(process, { kind: "propose", slot: 1, value: utf8Encode("a") });
  world.until(() => proposers.every((process) => known.has(process)));
  for (let i = 0; i < 20; i += 1) world.tick();
  world.stop();
  const sent = [...world.sent].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const);
  const first = Math.min(...proposers.map((process) => known.get(process)!));
  return { delays: first - began, sent: Object.fromEntries(sent.filter(([, count]) => count > 0)) };
}
