import { toHex } from "@eunomia/codec";
import { generateKeys, type Keys } from "@eunomia/crypto-auth";
import { systemRandom } from "@eunomia/crypto-auth/native";
import type { ClusterConfig, NodeAddress } from "../node/config.ts";
import { needsKeys } from "../node/signed.ts";

/** New keys for nodes to sign with; none where no protocol needs them. */
export const signingKeysOf = (
  protocols: ClusterConfig["protocols"],
  ids: readonly string[],
): ReadonlyMap<string, Keys> =>
  new Map(needsKeys(protocols) ? ids.map((id) => [id, generateKeys(systemRandom())]) : []);

/** A node with its public key, if it has one. */
export const keyed = <T extends NodeAddress>(node: T, keys: Keys | undefined): T =>
  keys === undefined ? node : { ...node, publicKey: toHex(keys.bundle[0]!.publicKey) };
