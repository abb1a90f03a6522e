import { support } from "@eunomia/quorum-algebra";
import type { Flow, Wait } from "../model/flows.ts";
import type { Deployment, Link, Place, SchemeUse } from "../text/ast.ts";
import { deployedScheme } from "../text/schemes.ts";
import { jointText, placeNames } from "./ask.ts";
import type { Trouble } from "./diagnostics.ts";
import type { Setting } from "./setting.ts";

/** Names and quorums that mean nothing: where there is one, nothing else can be judged. */
export function nameTroubles(
  setting: Setting,
  deployment: Deployment,
  flows: readonly Flow[],
  waits: readonly Wait[],
): readonly Trouble[] {
  const { principals } = setting;
  return [
    ...principals.strangers.map(({ name, section, at }) => stranger(section, name, at)),
    ...principals.twice.map(
      ({ name, at }): Trouble => ({
        code: "E101",
        message: `line ${at.line}: expected a new name, found "${name}", which has a meaning already`,
        at,
      }),
    ),
    ...deployment.faults.flatMap(({ of, at }) =>
      strangers(setting, "Faults", "name" in of ? [of.name] : of.set, at),
    ),
    ...deployment.channels.flatMap(({ link, at }) => ends(setting, "Channels", link, at)),
    ...(["authentication", "nonRepudiation"] as const).flatMap((room) => {
      const section = room === "authentication" ? "Authentication" : "Non-repudiation";
      return deployment[room].flatMap(({ link, alternatives, at }) => [
        ...ends(setting, section, link, at),
        ...alternatives.flat().flatMap((use) => scheme(setting, section, use, at)),
      ]);
    }),
    ...deployment.dissemination.flatMap(({ link, stages, at }) => [
      ...ends(setting, "Dissemination", link, at),
      ...stages.flatMap((stage) =>
        stage.policy === "OPTIMISTIC" ? quorum(setting, "Dissemination", stage.relays, at) : [],
      ),
    ]),
    ...[...flows, ...waits].flatMap((flow) => spoken(setting, flow)),
  ];
}

const stranger = (section: string, name: string, at?: Place): Trouble => ({
  code: "E102",
  message: `[${section}]: unknown principal ${name}`,
  at,
});

function strangers(setting: Setting, section: string, names: readonly string[], at?: Place): Trouble[] {
  return names
    .filter((name) => setting.principals.members(name) === null)
    .map((name) => stranger(section, name, at));
}

function ends(setting: Setting, section: string, { from, to }: Link, at: Place): Trouble[] {
  return strangers(
    setting,
    section,
    [...from, ...to].filter((name) => name !== "*"),
    at,
  );
}

function quorum(setting: Setting, section: string, text: string, at?: Place): Trouble[] {
  const found = setting.quorum(text);
  if (typeof found !== "string") return strangers(setting, section, support(found), at);
  const what = found.startsWith("expected") ? `is malformed: ${found}` : found;
  return [{ code: "E107", message: `quorum ${text} ${what}`, at }];
}

function scheme(setting: Setting, section: string, { name, of }: SchemeUse, at: Place): Trouble[] {
  const known = deployedScheme(name);
  if (known === null) return [{ code: "E103", message: `[${section}]: unknown scheme ${name}`, at }];
  if (known.takes === "nothing") return [];
  const text = of!;
  if (known.takes === "quorum") return quorum(setting, section, text, at);
  const members = setting.principals.members(text);
  if (members === null || (known.takes === "individual" && !setting.principals.isOne(text)))
    return [stranger(section, text, at)];
  return [];
}

/** The names of a flow of the spec. */
function spoken(setting: Setting, flow: Flow | Wait): Trouble[] {
  const joint = jointText(flow);
  const { verifier, auditor, issuer } = flow;
  const names = [verifier, auditor, ...(joint === null ? [issuer] : [])]
    .flatMap(placeNames)
    .filter((name) => name !== "ANYONE");
  return [
    ...strangers(setting, "spec", names),
    ...(joint === null ? [] : quorum(setting, "spec", joint)),
  ].map((trouble) => ({ ...trouble, message: `${trouble.message} (flow ${flow.type})` }));
}
