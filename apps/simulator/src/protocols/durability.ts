import { toHex } from "@eunomia/codec";
import type { EngineTypes, Journal, NodeId } from "@eunomia/engine";
import type { Life, NodeSpec, Scene, SimulatedStep, ValuePacket, Watch } from "@eunomia/simulation";
import { Durability as Monitor } from "@eunomia/trace";

type Body = { readonly kind: string; readonly [field: string]: unknown };
type Ballot = { readonly round: number; readonly leader: number };

const under = (ballot: unknown): string => {
  const { round, leader } = ballot as Ballot;
  return `[${round}, ${leader}]`;
};

/** What a record of an engine makes true for good. */
function statedBy(engine: string, record: Body): readonly string[] {
  const { kind, slot, round, ballot } = record;
  if (engine === "paxos acceptor" && kind === "promised") return [`promised ${under(ballot)}`];
  if (engine === "paxos acceptor" && kind === "accepted")
    return [`promised ${under(ballot)}`, `accepted ${slot} ${under(ballot)}`];
  if (engine === "paxos leader" && kind === "roundHi") return [`used round ${round}`];
  if (engine === "two-thirds member" && kind === "vote") return [`voted ${slot} in ${round}`];
  if (engine === "byzantine two-thirds member" && kind === "vote") return [`voted ${slot} in ${round}`];
  if (engine === "byzantine two-thirds member" && kind === "enter") return [`promised ${slot} in ${round}`];
  if (engine === "hetero-paxos acceptor" && kind === "delivered")
    return [record.message, record.answer].flatMap((one) => speechIn(one as Body | null));
  return [];
}

/** What a message of an acceptor of Heterogeneous Paxos says, by its signature. */
function speechIn(message: Body | null): string[] {
  return message === null || message.signature === undefined
    ? []
    : [`said ${toHex(message.signature as Uint8Array)}`];
}

/** What must be on the disk before a message leaves; null: nothing. */
function restingOn(engine: string, message: Body): string | null {
  const { kind, slot, round, ballot, promised } = message;
  const granted = promised != null && ballot != null && under(promised) === under(ballot);
  if (engine === "paxos acceptor" && kind === "p1b" && granted) return `promised ${under(ballot)}`;
  if (engine === "paxos acceptor" && kind === "p2b" && granted) return `accepted ${slot} ${under(ballot)}`;
  // Before its first proposals a ballot has done nothing that could not be done twice.
  if (engine === "paxos leader" && kind === "p2a") return `used round ${(ballot as Ballot).round}`;
  if (engine === "two-thirds member" && kind === "vote") return `voted ${slot} in ${round}`;
  if (engine === "byzantine two-thirds member" && kind === "vote") return `voted ${slot} in ${round}`;
  if (engine === "byzantine two-thirds member" && kind === "status") return `promised ${slot} in ${round}`;
  // Others' messages are handed on as one's own are: from the disk.
  if (engine === "hetero-paxos acceptor") return speechIn(message)[0] ?? null;
  return null;
}

/** What one process has written down: with which record of the present life, 0 for those of earlier ones. */
type Written = Map<string, number>;

/**
 * P10 over the nodes of a simulation: no message leaves before the record is durable that makes it true. What a message rests
 * on is said here and not by the engine, so a record that was forgotten is noticed as well as one that comes late.
 */
export class DurabilityWatch implements Watch {
  readonly property: string;
  readonly despiteLies = true;
  readonly #monitor = new Monitor();
  /** Records of the present life of each node, and which life that is. */
  readonly #lives = new Map<NodeId, { life: number; persisted: number }>();
  readonly #written = new Map<string, Written>();
  readonly #kept: (process: NodeId, record: unknown) => boolean;

  /** @param kept records that a host keeps elsewhere than in the journal. */
  constructor(kept: (process: NodeId, record: unknown) => boolean = () => false) {
    this.property = this.#monitor.property;
    this.#kept = kept;
  }

  /** The nodes, with an ear at the disks of honest ones. */
  nodes(specs: readonly NodeSpec[], scene: Pick<Scene, "nowMs" | "faulty">): NodeSpec[] {
    return specs.map((spec) => ({
      ...spec,
      start: (life) => {
        if (scene.faulty.byzantine.has(life.node)) return spec.start(life);
        this.#lives.set(life.node, { life: life.number, persisted: 0 });
        const told = (record: number): void => {
          const { node: who, number } = life;
          if (!life.over)
            this.#monitor.feed({ kind: "durable", at: scene.nowMs(), who, life: number, record });
        };
        return spec.start(withEar(life, told));
      },
    }));
  }

  step({ atMs, node, process, engine, instance, event, effects }: SimulatedStep): string | null {
    const key = `${process} ${instance}`;
    const of = this.#lives.get(node)!;
    if (event.kind === "start") {
      const before = event.records.flatMap((record) => statedBy(engine, record as unknown as Body));
      this.#written.set(key, new Map(before.map((fact) => [fact, 0])));
    }
    for (const effect of effects as readonly { kind: string; record: Body }[]) {
      if (effect.kind !== "persist" || this.#kept(process, effect.record)) continue;
      of.persisted += 1;
      const { life, persisted: record } = of;
      this.#monitor.feed({ kind: "persist", at: atMs, who: node, life, record });
      const written = this.#written.get(key);
      // Once is enough: a fact stands from its first record on.
      for (const fact of statedBy(engine, effect.record)) if (!written?.has(fact)) written?.set(fact, record);
    }
    return this.#verdict();
  }

  sent({ fromNode, from, instance, engine, message }: ValuePacket): string | null {
    const fact = restingOn(engine.name, message as EngineTypes["Message"] as Body);
    const of = this.#lives.get(fromNode);
    if (fact === null || of === undefined) return null;
    this.#monitor.feed({
      kind: "release",
      at: 0,
      who: fromNode,
      life: of.life,
      // What nobody wrote will never be durable.
      record: this.#written.get(`${from} ${instance}`)?.get(fact) ?? of.persisted + 1,
      what: `${from}: ${message.kind} (${fact})`,
    });
    return this.#verdict();
  }

  fate({ atMs, node, kind }: Parameters<NonNullable<Watch["fate"]>>[0]): string | null {
    if (kind === "crashed" || kind === "stopped") this.#monitor.feed({ kind: "crash", at: atMs, who: node });
    return null;
  }

  #verdict(): string | null {
    const { kind, detail } = this.#monitor.verdict();
    return kind === "violated" ? detail : null;
  }
}

/** The same life, whose disk says how many of its records are durable. */
function withEar(life: Life, durable: (records: number) => void): Life {
  const { journal } = life.ports;
  let appended = 0;
  const ear: Journal = {
    replay: () => journal.replay(),
    append(records) {
      appended += records.length;
      return journal.append(records);
    },
    sync() {
      const covers = appended;
      const answer = journal.sync();
      if (typeof answer === "number") {
        durable(covers);
        return answer;
      }
      const heard = (position: number): number => {
        durable(covers);
        return position;
      };
      // The answer of a simulated disk has one listener, and comes at its moment: nothing may be put between.
      return {
        // biome-ignore lint/suspicious/noThenProperty: it stands for a promise
        then: (answered: (position: number) => unknown, refused: (error: unknown) => unknown) =>
          answer.then((position) => answered(heard(position)), refused),
      } as unknown as Promise<number>;
    },
    snapshot(records) {
      journal.snapshot(records);
      durable(appended);
    },
    get sizeBytes() {
      return journal.sizeBytes;
    },
    close: () => journal.close(),
  };
  const { node, number, copy, replay, step, ports } = life;
  return {
    node,
    number,
    copy,
    replay,
    step,
    ports: { ...ports, journal: ear },
    log: () => life.log(),
    snapshots: (cluster) => life.snapshots(cluster),
    output: (process, output) => life.output(process, output),
    fault: (error) => life.fault(error),
    get over() {
      return life.over;
    },
  };
}
