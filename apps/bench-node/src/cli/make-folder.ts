import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { toHex } from "@eunomia/codec";
import { generateKeys, type Keys } from "@eunomia/crypto-auth";
import { systemRandom, writeSecretFile } from "@eunomia/crypto-auth/native";
import type { ClusterConfig } from "../node/config.ts";
import { createIdentity } from "../node/identity.ts";
import { clusterSchema } from "../node/schema.ts";
import { type Authority, createAuthority, issue } from "../security/authority.ts";
import { writeKeys } from "../security/signers.ts";
import { writeTlsFiles } from "../security/tls-files.ts";
import { CliError } from "./exits.ts";
import { places } from "./layout.ts";

/** What a new cluster is made of besides what its configuration says. */
export interface FolderPlan {
  readonly root: string;
  readonly clients: readonly string[];
  readonly controllers: readonly string[];
  readonly threshold: number;
  /** The keys with which nodes sign, by node; none where no protocol needs them. */
  readonly signing: ReadonlyMap<string, Keys>;
  /** The configuration, but for who may change it; checked before anything is written. */
  readonly config: Omit<ClusterConfig, "controllers">;
}

/** Refuses a place where something is that could be lost. @throws CliError `exists`. */
export function checkFree(root: string): void {
  if (existsSync(root) && readdirSync(root).length > 0)
    throw new CliError(
      "exists",
      `${root}: expected an empty folder or none: what is there would be lost. Name another one`,
    );
}

/** Keys for the principals of a cluster, and what its configuration says of them. */
export function controllersOf(names: readonly string[], threshold: number) {
  const keys = new Map<string, Keys>(names.map((name) => [name, generateKeys(systemRandom())]));
  const principals = [...keys.values()].map(({ principal, bundle }) => ({
    id: principal,
    publicKey: toHex(bundle[0]!.publicKey),
  }));
  return { keys, controllers: { threshold, principals } };
}

/**
 * Makes the folder of a new cluster, whole or not at all.
 *
 * @param fill is called with the folder while it has another name, e.g. to put snapshots into it.
 */
export async function makeFolder(
  { root, clients, config, signing }: FolderPlan,
  made: ReturnType<typeof controllersOf>,
  fill: (folder: string) => Promise<void> = async () => {},
): Promise<void> {
  checkFree(root);
  mkdirSync(dirname(root), { recursive: true });
  const folder = `${root}.part`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  try {
    const whole = { ...config, controllers: made.controllers };
    writeFileSync(join(folder, places.config), configText(whole));
    writeFileSync(join(folder, places.schema), `${JSON.stringify(clusterSchema, null, 2)}\n`);
    const authority = await createAuthority(config.cluster);
    privateFolder(folder, places.authority);
    writeFileSync(join(folder, places.authority, places.authorityCert), authority.cert);
    writeSecretFile(join(folder, places.authority, places.authorityKey), authority.key);
    privateFolder(folder, places.controllers);
    for (const [name, keys] of made.keys) writeKeys(join(folder, places.controllers, `${name}.json`), keys);
    for (const name of clients)
      writeTlsFiles(
        join(folder, places.clients, name),
        await issue(authority, { role: "client", name }),
        authority.cert,
      );
    for (const { id } of config.nodes)
      await makeNodeFolder(join(folder, places.nodes, id), {
        authority,
        id,
        config: whole,
        signing: signing.get(id),
      });
    await fill(folder);
    if (existsSync(root)) rmSync(root, { recursive: true });
    renameSync(folder, root);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Makes what a node needs on its machine: configuration, certificate, key, and a data directory with its identity. */
export async function makeNodeFolder(
  folder: string,
  {
    authority,
    id,
    config,
    signing,
  }: {
    readonly authority: Authority;
    readonly id: string;
    readonly config: ClusterConfig;
    readonly signing: Keys | undefined;
  },
): Promise<void> {
  writeTlsFiles(folder, await issue(authority, { role: "node", name: id }), authority.cert);
  writeFileSync(join(folder, places.config), configText(config));
  if (signing !== undefined) writeKeys(join(folder, places.signing), signing);
  createIdentity(join(folder, places.data), config, id);
}

function privateFolder(...path: string[]): void {
  mkdirSync(join(...path), { recursive: true });
  chmodSync(join(...path), 0o700);
}

const configText = (config: ClusterConfig): string =>
  `${JSON.stringify({ $schema: `./${places.schema}`, ...config }, null, 2)}\n`;
