import { Ajv2020, type AnySchemaObject, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import schema from "./cluster.schema.json" with { type: "json" };

/** What of a document the schema refuses. */
export interface Objection {
  /** Where, as `nodes[0].port`; empty for the whole document. */
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

/** The schema of `cluster.json`, for editors: the title of each part says what is expected there. */
export const clusterSchema: object = schema;

let compiled: ValidateFunction | null = null;
/** Made when it is needed: many commands read no configuration. That the schema itself is one, a test says. */
function validator(): ValidateFunction {
  compiled ??= new Ajv2020({ useDefaults: true, verbose: true, validateSchema: false }).compile(schema);
  return compiled;
}

/** Null if the document is of the schema; then every default has been put into it. */
export function objectionToCluster(document: unknown): Objection | null {
  const validate = validator();
  const [error] = validate(document) ? [] : (validate.errors ?? []);
  return error === undefined ? null : objectionOf(error);
}

/** A value as an error message quotes it. */
export const quoted = (value: unknown): string =>
  value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value)).slice(0, 80);

function objectionOf({ instancePath, keyword, params, parentSchema, data }: ErrorObject): Objection {
  const within = fieldOf(instancePath);
  const at = (name: string): string => (within === "" ? name : `${within}.${name}`);
  const known = (parentSchema?.properties ?? {}) as Record<string, AnySchemaObject>;
  switch (keyword) {
    case "required":
    case "dependentRequired": {
      const name = String(params.missingProperty);
      return { field: at(name), expected: titleOf(known[name]), got: "nothing" };
    }
    case "additionalProperties": {
      const names = Object.keys(known).filter((name) => name !== "$schema");
      const expected = `only the fields ${names.join(", ")}`;
      return { field: at(String(params.additionalProperty)), expected, got: "another one" };
    }
    default:
      return { field: within, expected: titleOf(parentSchema), got: quoted(data) };
  }
}

function titleOf(part: AnySchemaObject | undefined): string {
  const named = /^#\/\$defs\/(\w+)$/.exec(part?.$ref ?? "")?.[1];
  const definition = named === undefined ? part : schema.$defs[named as keyof typeof schema.$defs];
  return definition?.title ?? "another value";
}

/** `/nodes/0/port` as `nodes[0].port`. */
function fieldOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`))
    .join("");
}
