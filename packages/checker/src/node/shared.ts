import { CheckerError } from "../error.ts";

/** Places in `control`: what workers tell each other. */
export const place = {
  /** Of the barrier: how many have come, and how often all have. */
  arrived: 0,
  generation: 1,
  /** Of the log of cells. */
  lock: 2,
  logBytes: 3,
  logCells: 4,
  /** States that are in, or reserved; exact when all have met after a round. */
  count: 5,
  /** The next state to look into, and the end of its level. */
  next: 6,
  end: 7,
  tableBits: 8,
  /** Not 0: stop; `stop` says why. */
  stop: 9,
  /** What the leader has decided the next round to be. */
  round: 10,
  /** Then places of each worker. */
  workers: 32,
} as const;

/** Why a search stops before its end. */
export const stops = { no: 0, memory: 1, outside: 2, states: 3 } as const;

/** What workers do next. */
export const rounds = { look: 0, grow: 1, finish: 2 } as const;

/** Far enough apart that workers do not wait for each other's cache lines. */
const placesOfWorker = 32;

/** Of a worker: the indices that it has reserved and not used, from the first to the one behind the last. */
export const spareOf = (worker: number): number => place.workers + worker * placesOfWorker;
export const spareEndOf = (worker: number): number => spareOf(worker) + 1;
/** The least state that violates something, as a worker found it; -1: none. */
export const worstOf = (worker: number): number => spareOf(worker) + 2;
/** How many states a worker has put in, for others to see while it works. */
export const foundOf = (worker: number): number => spareOf(worker) + 3;

/** Memory that all workers see. */
export interface Shared {
  readonly workers: number;
  readonly control: Int32Array;
  /** Of each worker. */
  readonly transitions: Float64Array;
  /** Cells one after the other: length in bytes, then content. */
  readonly log: Uint8Array;
  readonly vectors: Int32Array;
  readonly table: Int32Array;
  /** A bit for each state: set where others than the leader saw something for the first time. */
  readonly noted: Int32Array;
  /** How many states there is room for. */
  readonly capacity: number;
}

/** Indices that a worker reserves at once: enough for several pages of its own, few to give back. */
export const block = 128;

/** Vectors are addressed by one number. */
const elementsMax = 2 ** 30;
const logPart = 1 / 16;
const logBytesMin = 2 ** 22;

/**
 * Reserves everything at once; the system gives pages when they are touched.
 *
 * @throws CheckerError with code `memory`.
 */
export function allocate(workers: number, width: number, memory: number): Shared {
  const logBytes = Math.max(logBytesMin, Math.floor(memory * logPart));
  // A table that is between a quarter and half full when the vectors are.
  const perState = 4 * width + 16;
  const room = Math.min(Math.floor((memory - logBytes) / perState), Math.floor(elementsMax / width));
  const capacity = room - (room % block);
  if (capacity < 2 ** 14)
    throw new CheckerError(
      "memory",
      `"memory" expected room for ${2 ** 14} states at least, got ${memory} bytes; give more`,
    );
  const tableBits = Math.max(12, Math.ceil(Math.log2(capacity * 2)));
  const ints = (length: number) => new Int32Array(new SharedArrayBuffer(length * 4));
  return {
    workers,
    control: ints(place.workers + workers * placesOfWorker),
    transitions: new Float64Array(new SharedArrayBuffer(workers * 8)),
    log: new Uint8Array(new SharedArrayBuffer(logBytes)),
    vectors: ints(capacity * width),
    table: ints(2 ** tableBits),
    noted: ints(Math.ceil(capacity / 32)),
    capacity,
  };
}

/** Waits until all workers have come. What was written before by one is seen after by all. */
export function meet({ control, workers }: Shared): void {
  const generation = Atomics.load(control, place.generation);
  if (Atomics.add(control, place.arrived, 1) === workers - 1) {
    Atomics.store(control, place.arrived, 0);
    Atomics.add(control, place.generation, 1);
    Atomics.notify(control, place.generation);
  } else
    while (Atomics.load(control, place.generation) === generation)
      Atomics.wait(control, place.generation, generation);
}
