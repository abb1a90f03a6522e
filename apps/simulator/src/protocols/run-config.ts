import { SimulationError, type System, seededDraw } from "@eunomia/simulation";

/** What a value looks like in all samples: enough to tell a damaged configuration from one that a system can build. */
interface Looks {
  readonly kinds: Set<string>;
  /** The largest number, or the longest list. */
  most: number;
  whole: boolean;
  /** Fields of records by name, and `item` of lists, with how many samples had them. */
  readonly parts: Map<string, { readonly looks: Looks; seen: number }>;
  samples: number;
}

const samples = 500;

const unseen = (): Looks => ({ kinds: new Set(), most: 0, whole: true, parts: new Map(), samples: 0 });

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

function learn(looks: Looks, value: unknown): Looks {
  const kind = kindOf(value);
  looks.kinds.add(kind);
  looks.samples += 1;
  if (typeof value === "number") {
    looks.most = Math.max(looks.most, value);
    looks.whole &&= Number.isInteger(value);
  }
  if (Array.isArray(value)) looks.most = Math.max(looks.most, value.length);
  if (value === null || typeof value !== "object") return looks;
  for (const [name, field] of Object.entries(value)) {
    const key = kind === "list" ? "item" : name;
    const part = looks.parts.get(key) ?? { looks: unseen(), seen: 0 };
    looks.parts.set(key, part);
    part.seen += 1;
    learn(part.looks, field);
  }
  return looks;
}

/** What is wrong with a value, or null. Numbers and lists may be twice as large as they ever are: larger ones never end. */
function problemOf(looks: Looks, value: unknown, path: string): string | null {
  const kind = kindOf(value);
  if (!looks.kinds.has(kind))
    return `"${path}" expected ${[...looks.kinds].join(" or ")}, got ${JSON.stringify(value) ?? "nothing"}`;
  const most = 2 * looks.most;
  if (
    typeof value === "number" &&
    !(value >= 0 && value <= most && (!looks.whole || Number.isInteger(value)))
  )
    return `"${path}" expected ${looks.whole ? "an integer" : "a number"} from 0 to ${most}, got ${value}`;
  if (Array.isArray(value) && value.length > most)
    return `"${path}" expected a list of at most ${most}, got ${value.length}`;
  if (value === null || typeof value !== "object") return null;
  if (!Array.isArray(value))
    for (const [name, { seen }] of looks.parts)
      if (seen === looks.samples && !(name in value)) return `"${path}" expected "${name}", got none`;
  for (const [name, field] of Object.entries(value)) {
    const part = looks.parts.get(kind === "list" ? "item" : name);
    const names = [...looks.parts.keys()].join(", ");
    if (part === undefined) return `"${path}" expected ${names}; got "${name}"`;
    const problem = problemOf(part.looks, field, `${path}.${name}`);
    if (problem !== null) return problem;
  }
  return null;
}

/**
 * The system, for configurations that come from elsewhere, such as a file or a page: one that does not look like those which the
 * system draws itself is refused before anything is built of it.
 */
export function forAnyConfig<C>(system: System<C>): System<C> {
  let looks: Looks | null = null;
  return {
    ...system,
    build(config, scene) {
      if (looks === null) {
        looks = unseen();
        for (let at = 0; at < samples; at += 1) learn(looks, system.draw(seededDraw(`config ${at}`)));
      }
      const problem = problemOf(looks, config, "config");
      if (problem !== null)
        throw new SimulationError(
          "bad-option",
          `${problem}: "${system.name}" draws no such configuration; correct it, or run the seed again`,
        );
      return system.build(config, scene);
    },
  };
}
