import { encode } from "@eunomia/codec";
import type { NodeId, Parcel } from "@eunomia/engine";
import type { Bundle } from "@eunomia/statement-pool";
import type { Mail } from "./statements.ts";

/** As a driver closes its frames. */
const maxStatementBytes = 1 << 20;

/** Of a vector of tags those for these receivers; other evidence is for all. */
export function partOf({ core, evidence }: Bundle, receivers: readonly string[]): Bundle {
  return {
    core,
    evidence: evidence.map((one) =>
      one.scheme === "HMAC-SHA256"
        ? { ...one, tags: new Map([...one.tags].filter(([receiver]) => receivers.includes(receiver))) }
        : one,
    ),
  };
}

/** Messages that a driver sends to several nodes are one value each. */
export function mailOf(waiting: readonly { readonly node: NodeId; readonly parcel: Parcel }[]): Mail[] {
  const mails: (Mail & { readonly to: Map<NodeId, NodeId[]> })[] = [];
  const known = new Map<unknown, (typeof mails)[number][]>();
  for (const { node, parcel } of waiting) {
    const { to, from, instance, engine, message } = parcel;
    const same = known.get(message)?.find((mail) => mail.from === from && mail.instance === instance);
    const mail = same ?? {
      ...parcel,
      body: encode(engine.schema.message, message),
      to: new Map<NodeId, NodeId[]>(),
    };
    if (same === undefined) {
      mails.push(mail);
      known.set(message, [...(known.get(message) ?? []), mail]);
    }
    mail.to.set(node, [...(mail.to.get(node) ?? []), to]);
  }
  return mails;
}

/** As much as one statement may hold, more only where one message is longer. */
export function portions(mail: readonly Mail[]): Mail[][] {
  const all: Mail[][] = [];
  let room = 0;
  for (const one of mail) {
    room -= one.body.length;
    if (all.length === 0 || room < 0) {
      all.push([]);
      room = maxStatementBytes - one.body.length;
    }
    all.at(-1)!.push(one);
  }
  return all;
}
