import type { ConsensusOutput, NodeId } from "@eunomia/engine";
import type { TwinsRun, TwinsScope, TwinsSubject } from "@eunomia/simulation";
import type { Change } from "../mutants/mutant.ts";
import * as paxos from "./paxos/parts.ts";
import * as twoThirds from "./two-thirds/parts.ts";
import { bytesOf, noop, textOf } from "./values.ts";

/** Protocols of which scenarios of twins are known. */
export const twinsProtocols = ["paxos", "two-thirds"] as const;
export type TwinsProtocol = (typeof twinsProtocols)[number];

/** How large the scenarios are. */
export interface TwinsSize {
  /** So many nodes run twice under one identity. */
  readonly twins: number;
  readonly rounds: number;
  /** Blocks of a round at most. */
  readonly partitions: number;
  /** So often in each round every armed timer fires. */
  readonly timeouts: number;
}

/** What scenarios of a protocol are made of: two learners offer a value each for one slot, and lead in turn. */
export interface TwinsCase {
  readonly scope: TwinsScope;
  readonly subject: TwinsSubject;
  /** In words. */
  readonly shows: string;
  /** So many twins the protocol promises to bear. */
  readonly bears: number;
}

interface Cast {
  /** Processes that may run twice, by node; the last ones do. */
  readonly voters: readonly (readonly NodeId[])[];
  readonly learners: readonly NodeId[];
  partOf(name: NodeId): ReturnType<TwinsSubject["engineOf"]>;
  readonly shows: string;
}

function paxosCast(): Cast {
  const shape: paxos.PaxosShape = { acceptors: 3, leaders: 2, learners: 2 };
  const { acceptors, leaders, learners } = paxos.paxosNames(shape);
  return {
    // Those that lead are the last ones, so that what runs twice does both.
    voters: acceptors.map((name, i) => [name, ...leaders.slice(i - 1, i)]),
    learners,
    partOf: (name) =>
      acceptors.includes(name)
        ? paxos.acceptorPart(shape, name)
        : leaders.includes(name)
          ? paxos.leaderPart(shape, name)
          : paxos.learnerPart(shape, name),
    shows: "3 acceptors, of which 2 lead, and 2 learners",
  };
}

function twoThirdsCast(): Cast {
  const shape: twoThirds.TwoThirdsShape = {
    members: 4,
    learners: 2,
    graceMs: 0,
    headMs: 0,
    relay: "eager",
    order: "digest",
    maxAhead: 8,
    digestAboveBytes: null,
    retryMs: 100,
  };
  const { members, learners } = twoThirds.twoThirdsNames(shape);
  return {
    voters: members.map((name) => [name]),
    learners,
    partOf: (name) =>
      members.includes(name) ? twoThirds.memberPart(shape, name) : twoThirds.learnerPart(shape, name),
    shows: "4 members and 2 learners",
  };
}

const casts: Readonly<Record<TwinsProtocol, () => Cast>> = { paxos: paxosCast, "two-thirds": twoThirdsCast };

/** Scenarios of a protocol, with some of its engines changed. */
export function twinsCase(protocol: TwinsProtocol, size: TwinsSize, change: Change): TwinsCase {
  const { voters, learners, partOf, shows } = casts[protocol]();
  const { twins, rounds, partitions, timeouts } = size;
  const doubled = voters.slice(Math.max(0, voters.length - twins));
  const single = voters.slice(0, voters.length - doubled.length);
  const parts = new Map(
    [...voters.flat(), ...learners].map((name) => {
      const { engine, config } = partOf(name);
      return [name, { engine: change(engine), config }] as const;
    }),
  );
  // Leaders and learners have an order that something depends on; voters that only vote have none.
  const alike = [single, doubled].map((nodes) => nodes.filter(({ length }) => length === 1).flat());
  return {
    scope: {
      nodes: [...voters.flat(), ...learners],
      copies: Object.fromEntries(doubled.flat().map((name) => [name, 2])),
      rounds,
      partitions,
      leaders: learners,
      interchangeable: alike.filter(({ length }) => length > 1),
    },
    subject: {
      engineOf: (name) => parts.get(name)!,
      commands: (_round, learner) => [{ kind: "propose", slot: 1, value: bytesOf(`${learner}'s`) }],
      timeouts,
    },
    shows: `${shows}; ${doubled.flat().join(" and ") || "nobody"} twice`,
    bears: 0,
  };
}

/**
 * What processes that run once decided in a scenario: `wrong` if not the same, or nothing that a learner offered, or if there was
 * no end to it.
 */
export function judgeTwins(
  { scope: { copies } }: TwinsCase,
  { outputs, endless }: TwinsRun,
): {
  readonly decided: boolean;
  readonly wrong: string | null;
} {
  const said = outputs.flatMap(({ node, output }) => {
    const put = output as ConsensusOutput;
    return put.kind === "decided" && copies[node] === undefined ? [{ node, value: textOf(put.value) }] : [];
  });
  const [first] = said;
  const other = said.find(({ value }) => value !== first?.value);
  const made = said.find(({ value }) => !value.endsWith("'s") && value !== textOf(noop));
  return {
    decided: first !== undefined,
    wrong:
      other !== undefined
        ? `${first!.node} decides ${first!.value}, ${other.node} decides ${other.value}`
        : made !== undefined
          ? `${made.node} decides ${made.value}, which nobody offered`
          : endless
            ? "messages follow each other for ever"
            : null,
  };
}
