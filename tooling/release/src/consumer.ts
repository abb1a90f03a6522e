import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Tarball } from "./pack.ts";
import { CommandFailed, run } from "./shell.ts";
import { entriesOf } from "./workspace.ts";

/** The compilers and ways of resolving that the declarations must suit. */
export const compilers = ["5.9.3", "6.0.3", "7.0.2"] as const;
export const resolutions = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
} as const;
/** Releases of Node on which the examples must run. */
export const nodes = ["20", "22", "24"] as const;

const blocks = /^```ts\n([\s\S]*?)^```$/gm;

/** The blocks of a guide are files that import each other; the first line of each is its name. */
const guideFile = /^```ts\n(\/\/ ([\w-]+)\.ts\n[\s\S]*?)^```$/gm;

/** A project of somebody else, with the tarballs installed, and in it every example of every README, and the guides. */
export class Consumer {
  readonly folder: string;
  readonly #examples: string[] = [];

  /** @param guides Markdown by name. */
  constructor(folder: string, tarballs: readonly Tarball[], guides: ReadonlyMap<string, string>) {
    this.folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, "src"), { recursive: true });
    const own = Object.fromEntries(tarballs.map(({ manifest, path }) => [manifest.name, `file:${path}`]));
    // The solvers that some examples put in: whoever wants them installs them beside.
    const peers = Object.assign({}, ...tarballs.map(({ manifest }) => manifest.peerDependencies));
    const typescripts = Object.fromEntries(
      compilers.map((version) => [`typescript-${version}`, `npm:typescript@${version}`]),
    );
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({
        name: "consumer",
        private: true,
        type: "module",
        dependencies: { ...peers, ...own },
        devDependencies: { "@types/node": "20", ...typescripts },
        // The tarballs name each other by version: none of them is in a registry yet.
        overrides: own,
      }),
    );
    run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], folder);
    this.#write(tarballs);
    for (const [name, text] of guides) this.#writeGuide(name, text);
  }

  /** Everything that is exported, and every example. */
  #write(tarballs: readonly Tarball[]): void {
    const entries = tarballs.flatMap(({ manifest }) => entriesOf(manifest));
    const imports = entries.map((entry, at) => `import * as entry${at} from "${entry}";`);
    const names = entries.map((_entry, at) => `entry${at}`).join(", ");
    writeFileSync(
      join(this.folder, "src", "everything.ts"),
      `${imports.join("\n")}\nexport const everything: readonly object[] = [${names}];\n`,
    );
    for (const { manifest } of tarballs) {
      const readme = readFileSync(join(this.folder, "node_modules", manifest.name, "README.md"), "utf8");
      for (const [at, block] of [...readme.matchAll(blocks)].entries()) {
        const name = `${manifest.name.replace(/^@[^/]*\//, "")}-${at + 1}`;
        writeFileSync(join(this.folder, "src", `${name}.ts`), `${block[1]}\nexport {};\n`);
        this.#examples.push(name);
      }
    }
  }

  /** One example that runs all files of a guide in their order; none for a guide without such files. */
  #writeGuide(guide: string, text: string): void {
    const files = [...text.matchAll(guideFile)];
    if (files.length === 0) return;
    const folder = join(this.folder, "src", guide);
    mkdirSync(folder);
    for (const [, block, name] of files) writeFileSync(join(folder, `${name}.ts`), block!);
    // One after the other: modules that import nothing of each other wait for nothing of each other.
    const imports = files.map(([, , name]) => `await import("./${name}.ts");\n`);
    writeFileSync(join(folder, "all-of-it.ts"), `${imports.join("")}export {};\n`);
    this.#examples.push(`${guide}/all-of-it`);
  }

  /** What a compiler says against the declarations and the examples; empty if nothing. */
  typeProblems(
    compiler: (typeof compilers)[number],
    resolution: keyof typeof resolutions,
  ): readonly string[] {
    const options = {
      ...resolutions[resolution],
      target: "es2023",
      lib: ["es2023", "dom"],
      types: ["node"],
      rewriteRelativeImportExtensions: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      outDir: "out",
      rootDir: "src",
    };
    const project = `tsconfig.${resolution}.json`;
    writeFileSync(join(this.folder, project), JSON.stringify({ compilerOptions: options, include: ["src"] }));
    try {
      run("node", [`node_modules/typescript-${compiler}/bin/tsc`, "-p", project], this.folder);
      return [];
    } catch (error) {
      if (error instanceof CommandFailed) return [`TypeScript ${compiler}, ${resolution}: ${error.message}`];
      throw error;
    }
  }

  /** What goes wrong when every export is loaded and every example runs; call after {@link typeProblems}, which compiles them. */
  runProblems(node: (typeof nodes)[number]): readonly string[] {
    const problems: string[] = [];
    for (const name of ["everything", ...this.#examples])
      try {
        run("npx", ["-y", "--prefer-offline", "-p", `node@${node}`, "node", `out/${name}.js`], this.folder);
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error;
        problems.push(`Node ${node}, ${name}: ${error.message}`);
      }
    return problems;
  }

  get examples(): readonly string[] {
    return this.#examples;
  }
}
