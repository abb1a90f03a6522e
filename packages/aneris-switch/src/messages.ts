/** What travels between clients, gateways and replicas. Client libraries need this and nothing else of the package. */
export { genesisChain, nextChain, type Sha256 } from "./chain.ts";
export {
  controlDomain,
  controlSigningBytes,
  type Entry,
  emptyBatch,
  encodeCommand,
  encodeControl,
  encodeRegistration,
  joinBatch,
  readBatch,
  readOperation,
} from "./entry.ts";
export {
  answerBytesMax,
  ClientMessage,
  Controllers,
  DeliveredSlot,
  entriesPerSlotMax,
  firstRegisteredClient,
  Member,
  Membership,
  Mode,
  membershipOf,
  Operation,
  ownerMax,
  ProtocolSpec,
  queryBytesMax,
  ReadLevel,
  Run,
} from "./wire.ts";
