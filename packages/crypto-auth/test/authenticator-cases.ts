import type { Authenticator, NodeId, Opened } from "@eunomia/engine";

/** What the cases need of an implementation: nodes `a`, `b`, `c` of one cluster know each other, by name only. */
export interface Subject {
  make(self: NodeId, cluster?: string): Authenticator;
  /** False for an authenticator that believes what a packet says. */
  readonly authenticates: boolean;
}

export interface Case {
  readonly name: string;
  readonly clause: string;
  /** Run only where packets are authenticated at all. */
  readonly needs?: "authenticates";
  run(subject: Subject): void;
}

function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function opened(answer: Opened): Extract<Opened, { ok: true }> {
  expect(answer.ok, `expected an opened packet, got ${answer.ok ? "" : answer.reason}`);
  return answer;
}

function refused(answer: Opened, what: string): string {
  expect(!answer.ok, `${what}: expected a refusal, got an opened packet`);
  expect(/^[a-z0-9]+: [a-z ]+$/.test(answer.reason), `${what}: "${answer.reason}" is no short constant text`);
  return answer.reason;
}

const payload = Uint8Array.from({ length: 40 }, (_, i) => i * 7);

/** A small generator: the cases are data and bring no library. */
function randomBytes(seed: number): (length: number) => Uint8Array {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}

export const authenticatorCases: readonly Case[] = [
  {
    name: "what is sealed opens, with its sender",
    clause: "seal, open",
    run(subject) {
      const [a, b, c] = [subject.make("a"), subject.make("b"), subject.make("c")];
      for (const length of [0, 1, 31, 32, 33, 64, 65_536]) {
        const bytes = randomBytes(length)(length);
        for (const [from, to] of [
          [a, b],
          [b, a],
          [a, c],
          [c, b],
        ] as const) {
          const answer = opened(to.open(from.seal(to.self, bytes)));
          expect(answer.from === from.self, `expected sender ${from.self}, got ${answer.from}`);
          expect(same(answer.bytes, bytes), `a payload of ${length} bytes changed`);
        }
      }
    },
  },
  {
    name: "the opened bytes are a view, and sealing leaves the input alone",
    clause: "at most one copy",
    run(subject) {
      const before = Uint8Array.from(payload);
      const sealed = subject.make("a").seal("b", before);
      expect(same(before, payload), "sealing changed its input");
      before.fill(0);
      const answer = opened(subject.make("b").open(sealed));
      expect(same(answer.bytes, payload), "the packet shares bytes with the caller");
      expect(answer.bytes.buffer === sealed.buffer, "expected a view of the packet, got a copy");
    },
  },
  {
    name: "a packet inside a larger buffer opens",
    clause: "open",
    run(subject) {
      const sealed = subject.make("a").seal("b", payload);
      const larger = new Uint8Array(sealed.length + 20).fill(0xee);
      larger.set(sealed, 7);
      const answer = opened(subject.make("b").open(larger.subarray(7, 7 + sealed.length)));
      expect(same(answer.bytes, payload), "the payload changed");
    },
  },
  {
    name: "a byte changed anywhere is refused",
    clause: "integrity",
    needs: "authenticates",
    run(subject) {
      const b = subject.make("b");
      const sealed = subject.make("a").seal("b", payload);
      for (let at = 0; at < sealed.length; at++)
        for (const mask of [0x01, 0x80, 0xff]) {
          const bent = Uint8Array.from(sealed);
          bent[at] = (bent[at] as number) ^ mask;
          refused(b.open(bent), `byte ${at} changed by ${mask}`);
        }
      opened(b.open(sealed));
    },
  },
  {
    name: "a packet cut off or extended is refused",
    clause: "integrity",
    needs: "authenticates",
    run(subject) {
      const b = subject.make("b");
      const sealed = subject.make("a").seal("b", payload);
      for (let length = 0; length < sealed.length; length++) {
        refused(b.open(sealed.subarray(0, length)), `cut to ${length}`);
        refused(b.open(sealed.subarray(sealed.length - length)), `the last ${length}`);
      }
      for (const surplus of [1, 32, 64]) {
        refused(b.open(Uint8Array.from([...sealed, ...new Uint8Array(surplus)])), `${surplus} bytes behind`);
        refused(b.open(Uint8Array.from([...new Uint8Array(surplus), ...sealed])), `${surplus} bytes before`);
      }
    },
  },
  {
    name: "a packet for someone else is refused",
    clause: "audience",
    run(subject) {
      const reason = refused(subject.make("c").open(subject.make("a").seal("b", payload)), "for b, at c");
      expect(/audience|tag|signature/.test(reason), `"${reason}" does not tell what is wrong`);
    },
  },
  {
    name: "a packet whose names were exchanged is refused",
    clause: "sender",
    needs: "authenticates",
    run(subject) {
      const sealed = subject.make("a").seal("b", payload);
      for (const [written, instead] of [
        ["a", "c"],
        ["b", "c"],
      ] as const) {
        const [old, other] = [written.charCodeAt(0), instead.charCodeAt(0)];
        for (let at = 0; at < sealed.length; at++) {
          if (sealed[at] !== old) continue;
          const renamed = Uint8Array.from(sealed);
          renamed[at] = other;
          refused(subject.make("b").open(renamed), `${written} renamed at ${at}, opened by b`);
          refused(subject.make("c").open(renamed), `${written} renamed at ${at}, opened by c`);
        }
      }
    },
  },
  {
    name: "one's own packet sent back is refused",
    clause: "reflection",
    run(subject) {
      const a = subject.make("a");
      const reason = refused(a.open(a.seal("b", payload)), "own packet");
      expect(reason.endsWith(": reflected"), `expected "reflected", got "${reason}"`);
    },
  },
  {
    name: "one's own packet with the names turned round is refused",
    clause: "reflection",
    needs: "authenticates",
    run(subject) {
      const a = subject.make("a");
      const sealed = a.seal("b", payload);
      const [nameA, nameB] = ["a".charCodeAt(0), "b".charCodeAt(0)];
      const turned = sealed.map((byte, at) =>
        at >= sealed.length - 64 ? byte : byte === nameA ? nameB : byte === nameB ? nameA : byte,
      );
      refused(a.open(turned), "turned round");
      refused(a.open(Uint8Array.from([...turned.subarray(0, -64), ...sealed.subarray(-64)])), "own tag");
    },
  },
  {
    name: "a sender that was not admitted is refused",
    clause: "sender",
    run(subject) {
      const reason = refused(subject.make("b").open(subject.make("stranger").seal("b", payload)), "stranger");
      expect(reason.endsWith(": unknown sender"), `expected "unknown sender", got "${reason}"`);
    },
  },
  {
    name: "a node of another cluster is refused, with the same keys and names",
    clause: "cluster",
    run(subject) {
      const reason = refused(subject.make("b").open(subject.make("a", "other").seal("b", payload)), "other");
      expect(reason.endsWith(": other cluster"), `expected "other cluster", got "${reason}"`);
    },
  },
  {
    name: "nothing received throws",
    clause: "open never throws",
    run(subject) {
      const b = subject.make("b");
      const bytes = randomBytes(7);
      const good = subject.make("a").seal("b", payload);
      for (let n = 0; n < 500; n++) {
        b.open(bytes(n % 200));
        b.open(Uint8Array.from([...good.subarray(0, n % good.length), ...bytes(n % 97)]));
      }
      b.open(new Uint8Array(0));
      b.open(new Uint8Array(1 << 16).fill(0xff));
    },
  },
  {
    name: "random bytes are not a packet",
    clause: "integrity",
    needs: "authenticates",
    run(subject) {
      const b = subject.make("b");
      const bytes = randomBytes(9);
      const header = subject.make("a").seal("b", new Uint8Array(0));
      for (let n = 0; n < 300; n++) {
        refused(b.open(bytes(n)), "random bytes");
        const forged = Uint8Array.from([...header.subarray(0, header.length - 64), ...bytes(64 + n)]);
        refused(b.open(forged), "a header and random bytes");
      }
    },
  },
  {
    name: "sealing for an unknown audience is the caller's mistake",
    clause: "seal throws a typed error",
    run(subject) {
      for (const audience of ["nobody", "", "a"]) {
        let code: unknown;
        try {
          subject.make("a").seal(audience, payload);
        } catch (error) {
          code = (error as { code?: unknown }).code;
        }
        expect(code === "unknown-audience", `"${audience}": expected unknown-audience, got ${String(code)}`);
      }
    },
  },
];

/** The names of the cases that an implementation fails, with what they said. */
export function failures(subject: Subject): string[] {
  return authenticatorCases
    .filter((one) => one.needs === undefined || subject.authenticates)
    .flatMap((one) => {
      try {
        one.run(subject);
        return [];
      } catch (error) {
        return [`${one.name}: ${(error as Error).message}`];
      }
    });
}
