import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { Tarball } from "./pack.ts";

/** What other resolutions find that packages of ES modules only do not promise. */
const esmOnly = new Set(["node10", "node16-cjs"]);

/** What publint finds, in its words. */
export async function publintProblems({ path, manifest }: Tarball): Promise<readonly string[]> {
  const { messages } = await publint({ pack: { tarball: toArrayBuffer(readFileSync(path)) }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, manifest) ?? message.code}`);
}

/** What "are the types wrong" finds for importers of ES modules. */
export async function typesProblems({ path }: Tarball): Promise<readonly string[]> {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(path))));
  if (!result.types) return ["attw: no types"];
  return result.problems
    .filter((problem) => !("resolutionKind" in problem && esmOnly.has(problem.resolutionKind)))
    .map((problem) => `attw: ${problem.kind}${"entrypoint" in problem ? ` of ${problem.entrypoint}` : ""}`);
}

const toArrayBuffer = (bytes: Buffer): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
