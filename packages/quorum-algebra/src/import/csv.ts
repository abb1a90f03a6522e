import { ImportError } from "./errors.ts";
import { checkedText } from "./json.ts";

/** A field and where it begins; lines and columns count from 1. */
export interface Field {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** What separates the fields of a record. */
export type Separator = "," | ";" | "\t";

const recordsMax = 200_000;

/**
 * The records of a CSV text (RFC 4180): fields in quotes may hold separators, line breaks and doubled quotes; lines end with
 * LF or CRLF; a byte order mark is skipped, and so are empty lines.
 *
 * @throws ImportError `syntax` with line and column, `size`.
 */
export function readCsv(text: string, separator: Separator): readonly (readonly Field[])[] {
  const source = checkedText(text);
  const plain = new RegExp(`[^"\\r\\n${separator}]*`, "y");
  const records: Field[][] = [];
  let record: Field[] = [];
  let [at, line, lineStart] = [0, 1, 0];
  const fail = (offset: number, expected: string): never => {
    const got = offset < source.length ? source[offset] : "the end of the text";
    throw new ImportError("syntax", { line, column: offset - lineStart + 1 }, expected, got);
  };
  const endRecord = (): void => {
    if (record.length > 1 || record[0]!.text !== "") records.push(record);
    record = [];
    if (records.length > recordsMax)
      throw new ImportError("size", { line }, `at most ${recordsMax} records`, records.length);
  };

  while (at < source.length || record.length > 0) {
    const place = { line, column: at - lineStart + 1 };
    let value = "";
    if (source[at] === '"') {
      const opened = at;
      for (at++; ; at++) {
        const end = source.indexOf('"', at);
        if (end < 0) fail(opened, "a quote that is closed");
        value += source.slice(at, end);
        at = end + 1;
        if (source[at] !== '"') break;
        value += '"';
      }
      line += value.split("\n").length - 1;
      lineStart = Math.max(lineStart, source.lastIndexOf("\n", at - 1) + 1);
    } else {
      plain.lastIndex = at;
      value = plain.exec(source)![0];
      at += value.length;
    }
    record.push({ text: value, ...place });
    if (source[at] === separator) {
      at++;
      continue;
    }
    const broke = source.startsWith("\r\n", at) ? 2 : source[at] === "\n" ? 1 : 0;
    if (broke === 0 && at < source.length)
      fail(at, `${separator === "\t" ? "a tab" : separator} or the end of the line`);
    endRecord();
    at += broke;
    line++;
    lineStart = at;
  }
  return records;
}

/** The separator that the first line has most of, outside quotes; a comma if it has none. */
export function separatorOf(text: string): Separator {
  const [first = ""] = text.replace(/"[^"]*"/g, "").split("\n", 1);
  const count = (separator: string): number => first.split(separator).length;
  const all: Separator[] = [",", ";", "\t"];
  return all.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}
