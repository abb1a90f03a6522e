/** Runs every `ts` block of a README; answers how many there were. */
export function runReadmeBlocks(readme: URL, folder?: URL): Promise<number>;
