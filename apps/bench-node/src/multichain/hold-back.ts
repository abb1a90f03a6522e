import type { AnyEngine, DriverOptions, EngineTypes, Event } from "@eunomia/engine";
import type { Proposal } from "@eunomia/hetero-paxos";

type Stepper = NonNullable<DriverOptions["step"]>;

/** Proposals of one process that wait, at most; the oldest goes. Whoever misses it asks again. */
const heldMax = 256;

/**
 * Keeps proposals back that nobody here can judge yet: a validator may not have seen what they build on. They are taken before the
 * next event that finds them judged, whichever way, so that to an engine it looks as if they had come later.
 *
 * @param inner what takes the place of `step`.
 * @param isLater must this process know more before it can judge the proposal?
 */
export function holdingBack(
  inner: Stepper,
  isLater: (process: string, proposal: Proposal) => boolean,
): Stepper {
  const held = new Map<string, { from: string; message: Proposal }[]>();
  return (address, engine, config, state, event) => {
    const waiting = held.get(address.process) ?? [];
    const due = waiting.filter(({ message }) => !isLater(address.process, message));
    const rest = waiting.filter((one) => !due.includes(one));
    const fresh = proposalIn(event);
    const wait = fresh !== null && isLater(address.process, fresh.message);
    if (wait) rest.push(fresh);
    held.set(address.process, rest.slice(-heldMax));
    const events: Event<EngineTypes>[] = due.map((one) => ({ kind: "message", ...one }));
    if (!wait) events.push(event);
    const steps = events.map((one) => inner(address, engine as AnyEngine, config, state, one));
    return { fired: steps.flatMap(({ fired }) => fired), effects: steps.flatMap(({ effects }) => effects) };
  };
}

const proposalIn = (event: Event<EngineTypes>): { from: string; message: Proposal } | null =>
  event.kind === "message" && event.message.kind === "1a"
    ? { from: event.from, message: event.message as Proposal }
    : null;
