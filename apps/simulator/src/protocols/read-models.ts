import type { Invariant, Model, ModelInput, View, Witness } from "@eunomia/checker";

/** The question of somebody who was told nothing, and that of somebody who knows that slot 1 is decided. */
const early = 1;
const late = 2;

/** A reader may ask at any moment; its answer may be anything, and may still be on its way when it asks again. */
export const earlyRead: Readonly<Record<string, ModelInput>> = {
  read: { commands: [{ kind: "highest", nonce: early }] },
};

/** As soon as the first learner reports slot 1, the second one is asked how far writes have come. */
export const readingAfter =
  ([first, second]: readonly string[]): NonNullable<Model["routes"]> =>
  (process, output) => {
    const { kind, slot } = output as { readonly kind: string; readonly slot: number };
    return process === first && kind === "decided" && slot === 1
      ? [{ to: second!, command: { kind: "highest", nonce: late } }]
      : [];
  };

const readsOf = (view: View, process: string): readonly { nonce: number; slot: number }[] =>
  view.of(process).history.reads;

/** Who asks after slot 1 was reported hears of it (aneris 5.10). */
export const readsSee = ([, second]: readonly string[]): Invariant => ({
  name: "reads",
  holds(view) {
    const blind = readsOf(view, second!).find(({ nonce, slot }) => nonce === late && slot < 1);
    return blind === undefined ? null : `${second} is told slot ${blind.slot} after slot 1 was decided`;
  },
});

export const readWitnesses = ([, second]: readonly string[]): Witness[] => [
  {
    name: `${second} reads after slot 1 was decided`,
    reached: (view) => readsOf(view, second!).some(({ nonce }) => nonce === late),
  },
  {
    name: `${second} reads that nothing was written`,
    reached: (view) => readsOf(view, second!).some(({ nonce, slot }) => nonce === early && slot === 0),
  },
];
