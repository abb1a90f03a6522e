import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Report } from "../report/model.ts";
import { reportPage } from "../report/page.ts";
import { Refusal } from "./exits.ts";

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? error);

/** Larger files are none that this program reads. */
const bytesMax = 200_000_000;

/** The text of a file; `-` is standard input. @throws Refusal if it cannot be read. */
export function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : resolve(file));
  } catch (error) {
    throw new Refusal(
      "no-file",
      `cannot read ${file} (${codeOf(error)}); name a file that is there, or - for standard input`,
    );
  }
  if (bytes.length > bytesMax)
    throw new Refusal("too-large", `${file} has ${bytes.length} bytes; files of up to ${bytesMax} are read`);
  return bytes.toString("utf8");
}

/** Writes the pictures of a report, and a page with all of it; answers the paths. @throws Refusal */
export function writePictures(folder: string, report: Report): readonly string[] {
  const pictures = report.pictures();
  const files = [
    ...pictures.map(({ name, svg }) => [`${name}.svg`, svg] as const),
    ["report.html", reportPage({ ...report, pictures: () => pictures })] as const,
  ];
  try {
    mkdirSync(folder, { recursive: true });
    return files.map(([name, text]) => {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    });
  } catch (error) {
    throw new Refusal(
      "not-writable",
      `cannot write into ${folder} (${codeOf(error)}); name a place where you may write`,
    );
  }
}
