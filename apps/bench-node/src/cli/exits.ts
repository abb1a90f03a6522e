import { inspect } from "node:util";

/** What the program ends with. */
export const exits = {
  done: 0,
  /** A verdict that is not good, or the cluster refused. */
  refused: 1,
  /** Could not be carried out, and nothing was changed: usage, configuration, files, nobody reachable. */
  impossible: 2,
  /** It was sent, and nobody knows what became of it. */
  unknown: 3,
} as const;
export type Exit = (typeof exits)[keyof typeof exits];

/** Something that was asked for and did not come about: said with what to do. */
export class CliError extends Error {
  readonly code: string;
  readonly exit: Exit;
  constructor(code: string, message: string, exit: Exit = exits.impossible) {
    super(message);
    this.name = "CliError";
    this.code = code;
    this.exit = exit;
  }
}

const isTyped = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && typeof (error as { code?: unknown }).code === "string";

/** What the system refused names the file and the reason, as everything else does. */
function inWords(error: Error & NodeJS.ErrnoException): string {
  const { syscall, path, code, message } = error;
  if (syscall === undefined || path === undefined) return message;
  return `${path}: expected ${syscall} to be possible, got ${message.replace(/,[^,]*$/, "").replace(`${code}: `, `${code}, `)}`;
}

/**
 * Makes an action of a command out of one that may throw: an error with a `code` is somebody's mistake and is told in one line,
 * as JSON where `--json` was given; anything else is a bug of ours and comes with its stack.
 *
 * @example
 * new Command("status").option("--json", "…", false).action(guarded(async ({ json }) => show(json)));
 */
export function guarded<A extends unknown[]>(
  action: (...given: A) => Promise<unknown> | unknown,
): (...given: A) => Promise<void> {
  return async (...given) => {
    try {
      await action(...given);
    } catch (error) {
      process.exitCode = error instanceof CliError ? error.exit : exits.impossible;
      if (!isTyped(error)) return console.error(inspect(error));
      const json = given.some((part) => (part as { json?: unknown } | null)?.json === true);
      const { code } = error;
      const message = inWords(error);
      console.error(json ? JSON.stringify({ error: { code, message } }) : `error: ${message}`);
    }
  };
}
