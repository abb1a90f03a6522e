const escapes = /[^\n]/g;
const blank = (text: string): string => text.replace(escapes, " ");

// Comments, strings, templates without nested templates, and regular expressions where no operand stands before them.
const token =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<=[=(,:!&|?{};\n]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\\\n[])+\/[a-z]*/g;

/** TypeScript with comments blanked out; lines and columns stay. */
export function withoutComments(source: string): string {
  return source.replace(token, (text) =>
    text.startsWith("/*") || text.startsWith("//") ? blank(text) : text,
  );
}

/** TypeScript with comments, strings and templates blanked out: what is left are the words of the program. */
export function codeOnly(source: string): string {
  return source.replace(token, blank);
}

/** The line, from 1, of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Every place where a pattern (with flag `g`) is found. */
export function* matches(
  text: string,
  pattern: RegExp,
): Generator<{ readonly line: number; readonly found: string }> {
  for (const match of text.matchAll(pattern))
    yield { line: lineAt(text, match.index), found: match[0].trim() };
}

/** Every module that a source names in an import, a re-export or a dynamic import. */
export function* importsOf(source: string): Generator<{ readonly line: number; readonly specifier: string }> {
  const text = withoutComments(source);
  const code = codeOnly(source);
  const pattern = /\b(?:import|export)\b[^;"'`()]*?\bfrom\s*"([^"\n]+)"|\bimport\s*\(?\s*"([^"\n]+)"/g;
  for (const match of text.matchAll(pattern)) {
    // The keyword may stand in a string of the program.
    if (code[match.index] !== text[match.index]) continue;
    yield { line: lineAt(text, match.index + match[0].length), specifier: match[1] ?? match[2] ?? "" };
  }
}

/** The package that a specifier names; null for a file of the same package or a module of Node. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return null;
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
