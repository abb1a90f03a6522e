/** Where a command says what came of it. */
export interface Output {
  readonly json: boolean;
  /** The result, on standard output: as text, or as one line of JSON. May be called again for a stream of results. */
  result(text: string, value: unknown): void;
  /** What happens meanwhile, for people: on standard error, so that the result can go into a pipe. */
  note(text: string): void;
}

export const outputOf = (json: boolean): Output => ({
  json,
  result: (text, value) => console.log(json ? JSON.stringify(value) : text),
  note: (text) => console.error(text),
});

/**
 * Rows under a head, in columns as wide as their widest cell.
 *
 * @example
 * table(["node", "slot"], [["n1", "17"]]); // "node  slot\nn1    17"
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(line).join("\n");
}
