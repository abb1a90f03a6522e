import {
  type DriverOptions,
  type Effect,
  type EngineTypes,
  type Event,
  type NodeId,
  step,
} from "@eunomia/engine";
import type { HeteroPaxosMessage, NodeConfig, Proposal } from "@eunomia/hetero-paxos";

/** Whom the two faces of a traitor talk to, and what the second one tells. */
export interface Treason {
  /** The process that votes. */
  readonly voter: NodeId;
  /** Does the second face talk to this process? The first talks to all others. */
  readonly deceived: (process: NodeId) => boolean;
  /** Are there two faces in this slot? */
  readonly liesIn: (slot: number) => boolean;
  /** What the second face says was proposed instead; null: the same. */
  readonly rivalOf: (value: Uint8Array) => Uint8Array | null;
}

/** A proposal of its own making, above the one that it stands for. Ballots need no signature. */
const forged = (proposal: Proposal, value: Uint8Array): Proposal => ({
  ...proposal,
  number: proposal.number + 1,
  value,
});

/** The slot that a message is about; 0: none. */
const slotOf = (message: unknown): number =>
  (message as { readonly instance?: { readonly slot: number } }).instance?.slot ?? 0;

/** What of an effect reaches these processes. */
function reaching(
  effect: Effect<EngineTypes>,
  wanted: (process: NodeId, slot: number) => boolean,
): Effect<EngineTypes>[] {
  if (effect.kind !== "send") return [effect];
  const to = effect.to.filter((process) => wanted(process, slotOf(effect.message)));
  return to.length === 0 ? [] : [{ ...effect, to }];
}

/**
 * Steps of a validator that lies: two acceptors with one key, of which each hears and tells its own half of the world, so that they sign
 * different messages after the same one. A Byzantine process as real as they come, and just what an operator does who starts a backup
 * while the validator still runs.
 *
 * @returns what takes the place of `step` in a driver.
 */
export function twoFaced({ voter, deceived, liesIn, rivalOf }: Treason): NonNullable<DriverOptions["step"]> {
  let second: unknown;
  const lied = new Set<number>();
  const isSecond = (process: NodeId, slot: number): boolean => liesIn(slot) && deceived(process);
  const rival = (message: HeteroPaxosMessage): Proposal | null => {
    if (message.kind !== "1a" || lied.has(message.instance.slot)) return null;
    const value = rivalOf(message.value);
    if (value === null) return null;
    lied.add(message.instance.slot);
    return forged(message, value);
  };
  return (address, engine, config, state, event) => {
    if (address.process !== voter) return step(engine, config, state, event);
    second ??= engine.init(config);
    const first = step(engine, config, state, event);
    const effects = first.effects.flatMap((effect) =>
      reaching(effect, (process, slot) => !isSecond(process, slot)),
    );
    const tell = (told: Event<EngineTypes>): void => {
      for (const effect of step(engine, config, second, told).effects)
        if (effect.kind === "send") effects.push(...reaching(effect, isSecond));
    };
    if (event.kind === "start") tell({ kind: "start", records: [] });
    else if (event.kind !== "message") tell(event);
    else if (liesIn(slotOf(event.message))) {
      const lie = rival(event.message as HeteroPaxosMessage);
      if (lie !== null) {
        const { acceptors, watchers } = config as NodeConfig;
        const to = [...acceptors.map(({ process }) => process), ...watchers].filter(deceived);
        effects.push({ kind: "send", to, message: lie });
        tell({ kind: "message", from: event.from, message: lie });
      } else if (event.message.kind === "1a" || deceived(event.from)) tell(event);
    }
    return { fired: first.fired, effects };
  };
}
