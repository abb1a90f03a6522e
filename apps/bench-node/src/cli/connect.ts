import { randomBytes } from "node:crypto";
import { type Client, type ClientOptions, type GatewayLink, SessionLostError } from "@eunomia/aneris-client";
import type { Command } from "commander";
import { openClient } from "../local/participants.ts";
import type { NodeAddress } from "../node/config.ts";
import type { NodeLook } from "../observe/look.ts";
import { CliError, exits } from "./exits.ts";
import { type FolderOptions, secondsOption, withFolder } from "./help.ts";
import { type ClusterFolder, folderOf } from "./layout.ts";
import { farthest, lookAtAll, lookMs } from "./looks.ts";

/** What every command has that speaks to the cluster as a client. */
export interface ClientFlags extends FolderOptions {
  readonly as?: string;
  /** Milliseconds. */
  readonly timeout: number;
}

export const withClient = (command: Command): Command =>
  withFolder(command)
    .option("--as <name>", "which client of the folder this is (default: the only one)")
    .addOption(secondsOption("--timeout <seconds>", "give up after so long", 10));

/** A client of the cluster, who is talked to, and what they said of the cluster. */
export interface Connection {
  readonly folder: ClusterFolder;
  readonly client: Client;
  readonly link: GatewayLink;
  /** The members as the node says that has come farthest; where no node says so, all that the folder knows. */
  readonly members: readonly NodeAddress[];
  readonly look: NodeLook | null;
  /** One more client of that name, with a connection and a session of its own. */
  another(options: Omit<ClientOptions, "random">): ReturnType<typeof openClient>;
}

/**
 * A client of the folder's cluster, for as long as `use` takes. Who is a member now the nodes say, so a folder from long ago will do as
 * long as one of the nodes in it answers.
 *
 * @throws CliError `no-cluster`, `no-client`, `unreachable`, `unknown`; TransportError.
 */
export async function connected<T>(given: ClientFlags, use: (to: Connection) => Promise<T>): Promise<T> {
  const folder = folderOf(given);
  const { name, tls } = folder.client(given.as);
  const look = farthest(
    await lookAtAll(folder.knownNodes(), Math.min(given.timeout, lookMs)),
    folder.config.cluster,
  );
  const members = look?.members ?? folder.knownNodes();
  const another = (options: Omit<ClientOptions, "random"> = {}) =>
    openClient(
      {
        config: folder.config,
        clientSecret: tls,
        self: `${name}/${randomBytes(6).toString("hex")}`,
        nodes: members.map(({ id }) => id),
        addresses: members,
      },
      options,
    );
  const { client, link } = await another();
  try {
    return await use({ folder, client, link, members, look, another });
  } finally {
    await client.close();
    await link.close();
  }
}

/** What one must know of something that is handed in, to say what became of it when no answer comes. */
export interface Errand {
  /** It may have reached the cluster. */
  readonly handedIn: () => boolean;
  /** The command that finds out. */
  readonly lookWith: string;
}

/** What is handed in on a session: nothing is, before the cluster knows the session. */
const ofSession = (client: Client): Errand => ({
  handedIn: () => client.clientId !== null,
  lookWith: "eunomia subscribe --until-now",
});

/**
 * What becomes of something that was sent: after the time limit nobody knows, unless the cluster was never reached.
 *
 * @throws CliError `unreachable`, with nothing done; `unknown`, where only the order can tell.
 */
export async function settled<T>(
  { client }: Pick<Connection, "client">,
  { timeout }: Pick<ClientFlags, "timeout">,
  ask: (signal: AbortSignal) => Promise<T>,
  { handedIn, lookWith }: Errand = ofSession(client),
): Promise<T> {
  const signal = AbortSignal.timeout(timeout);
  try {
    return await ask(signal);
  } catch (error) {
    const lost = error instanceof SessionLostError && error.sent;
    if (!signal.aborted && !lost) throw error;
    const why = lost ? error.message : `no answer came within ${timeout / 1000} s`;
    if (handedIn())
      throw new CliError(
        "unknown",
        `${why}: it may have been done, or may be yet. See \`${lookWith}\` before doing it again`,
        exits.unknown,
      );
    throw new CliError(
      "unreachable",
      `${why}, and nothing was handed in: see \`eunomia status\` and \`eunomia doctor\``,
    );
  }
}
