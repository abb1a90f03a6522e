/**
 * A network inside one process: every node gets a `Transport`, and frames may be lost, repeated, reordered, delayed and
 * cut off by partitions, all of it drawn from a seed. For tests and for stacks that live in a single process.
 *
 * @module
 */
export { TransportError, type TransportErrorCode } from "./error.ts";
export {
  type MemoryFaults,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  type MemoryStats,
  memoryNetwork,
} from "./memory/network.ts";
