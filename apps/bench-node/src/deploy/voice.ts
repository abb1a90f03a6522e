import { type Addressees, fromHex, type PrincipalId, toHex, utf8Encode } from "@eunomia/codec";
import { ed25519Suite, type Keyring, keyringOf, pairSecret, signingKey } from "@eunomia/crypto-auth";
import { native } from "@eunomia/crypto-auth/native";
import { type Directory, directory, macVectorScheme, signatureScheme } from "@eunomia/crypto-auth/schemes";
import type { NodeId, Scheme } from "@eunomia/engine";
import type { Content } from "@eunomia/statement-pool";
import { type Bundle, type Core, statementId } from "@eunomia/statement-pool";

const suite = ed25519Suite(native);

/** The principal of a name that needs no key to be known by. */
export const principalOfName = (name: string): PrincipalId =>
  toHex(native.sha256(utf8Encode(`eunomia/deployed/v1\0${name}`)));

/** The keys of a node or an auditor as the schemes of statements take them. */
const keyringOfSeed = (seed: Uint8Array): Keyring => keyringOf(new Map([["Ed25519", seed]]), [suite]);

/** Who signs with which key, for whoever only checks. */
export const directoryOf = (publicKeys: Iterable<Uint8Array>): Directory =>
  directory({
    epoch: 0,
    bundles: [...publicKeys].map((publicKey) => [{ scheme: "Ed25519", publicKey }]),
    suites: [suite],
    provider: native,
  });

/** Checks signatures from the place of somebody without a key. */
export const listeningScheme = (self: PrincipalId, known: Directory): Scheme =>
  signatureScheme({ self, suite, directory: known });

/** What a node backs its statements with, and judges those of others by. */
export interface Voice {
  readonly self: PrincipalId;
  principalOf(node: NodeId): PrincipalId;
  /** Null: no node that is known. */
  nodeOf(principal: PrincipalId): NodeId | null;
  /** Null: there is nothing to back it with for these. */
  say(content: Content, verifiers: readonly NodeId[], auditors: Addressees): Bundle | null;
  /** The node that says it; otherwise why that is not believed, in a few constant words. */
  hear(bundle: Bundle): { readonly from: NodeId } | string;
}

interface Named {
  readonly self: NodeId;
  readonly nodes: readonly NodeId[];
}

/** One tag for each receiver, by secrets that each two nodes derive from the cluster's. */
export function macVoice({ self, nodes }: Named, secret: Uint8Array): Voice {
  const principals = new Map(nodes.map((node) => [node, principalOfName(node)]));
  const secrets = new Map(
    nodes
      .filter((node) => node !== self)
      .map((node) => [principals.get(node)!, pairSecret(native, secret, self, node)]),
  );
  const scheme = macVectorScheme({ self: principals.get(self)!, secrets, provider: native });
  return voiceOf(principals, scheme);
}

/** A signature, which convinces auditors as well. */
export function signatureVoice(
  { self, nodes }: Named,
  seed: Uint8Array,
  publicKeyOf: (node: NodeId) => Uint8Array,
): Voice {
  const ring = keyringOfSeed(seed);
  const known = directoryOf(nodes.map(publicKeyOf));
  const principals = new Map(nodes.map((node) => [node, principalOfKey(publicKeyOf(node))]));
  if (principals.get(self) !== ring.principal)
    throw new Error(`the key of ${self} is another one than its public key`);
  const scheme = signatureScheme({
    self: ring.principal,
    suite,
    directory: known,
    key: signingKey(ring, suite),
  });
  return voiceOf(principals, scheme);
}

/** The principal that has this key and no other one. */
export const principalOfKey = (publicKey: Uint8Array): PrincipalId => directoryOf([publicKey]).principals[0]!;

function voiceOf(principals: ReadonlyMap<NodeId, PrincipalId>, scheme: Scheme): Voice {
  const { self } = scheme;
  const names = new Map([...principals].map(([node, principal]) => [principal, node]));
  const principalOf = (node: NodeId): PrincipalId => principals.get(node) ?? principalOfName(node);
  return {
    self,
    principalOf,
    nodeOf: (principal) => names.get(principal) ?? null,
    say(content, nodes, auditors) {
      const verifiers = nodes.map(principalOf).sort();
      const core: Core = { v: 1, issuer: self, verifiers, auditors, content, cert: [] };
      const id = fromHex(statementId(core, native.sha256));
      const evidence = scheme.make({ id, issuer: self, audience: verifiers });
      return evidence === null ? null : { core, evidence: [evidence] };
    },
    hear({ core, evidence }) {
      const { issuer, verifiers } = core;
      if (typeof issuer !== "string") return "statement: of a group";
      const from = names.get(issuer);
      if (from === undefined) return "statement: of no node";
      if (verifiers !== "ANYONE" && !verifiers.includes(self)) return "statement: not addressed";
      const id = fromHex(statementId(core, native.sha256));
      const spoken = { id, issuer, audience: [] };
      const convinced = evidence.some((one) => scheme.check(spoken, one).ok);
      return convinced ? { from } : "statement: not convincing";
    },
  };
}
