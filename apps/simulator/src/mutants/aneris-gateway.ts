import { type Any, acting, emitting, meddling, passing, silent, without } from "./edit.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";

const gateway = mutantsOf("aneris", "gateway", "aneris-gateway");

/** Gateways that tell their clients or subscribers less than the order, or more. */
export const anerisGatewayMutants: readonly Mutant[] = [
  gateway("gap-in-a-subscription", {
    class: "guard dropped",
    rule: "commands",
    breaks: "integrity",
    change: meddling(["commands"], {
      before: (state) => {
        for (const subscriber of state.subscribers.values)
          if (subscriber.next <= state.delivered) subscriber.next = state.delivered + 1;
      },
    }),
  }),
  gateway("slots-out-of-step-sent", {
    class: "guard dropped",
    rule: "commands",
    breaks: "rule",
    change: acting(["commands"], (config, state, commands, out, original) => {
      for (const command of commands) {
        const late: Any[] = [];
        if (command.kind === "delivered")
          state.subscribers.keys.forEach((to: string, i: number) => {
            if (state.subscribers.values[i].next !== command.slot) late.push(to);
          });
        original(config, state, [command], out);
        const { slot, epoch, vector, chain } = command;
        if (late.length > 0) out.send(late, { kind: "delivered", slots: [{ slot, epoch, vector, chain }] });
      }
    }),
  }),
  gateway("requests-not-handed-on", {
    class: "no answer",
    rule: "request",
    breaks: "termination",
    change: without("request"),
  }),
  gateway("replies-not-sent", {
    class: "no answer",
    rule: "commands",
    breaks: "termination",
    change: silent(["commands"], "reply"),
  }),
  gateway("reply-names-the-next-place", {
    class: "guard dropped",
    rule: "commands",
    breaks: "integrity",
    change: emitting(["commands"], (out) => ({
      send: (to, message) => {
        const runs = message.runs?.map((run: Any) => ({ ...run, index: run.index + 1 }));
        out.send(to, message.kind === "reply" ? { ...message, runs } : message);
      },
    })),
  }),
  gateway("registered-not-sent", {
    class: "no answer",
    rule: "register",
    breaks: "termination",
    change: silent(["commands"], "registered"),
  }),
  gateway("registered-as-somebody-else", {
    class: "guard dropped",
    rule: "register",
    breaks: "integrity",
    change: emitting(["commands"], (out) => ({
      send: (to, message) =>
        out.send(to, message.kind === "registered" ? { ...message, client: message.client + 1 } : message),
    })),
  }),
  gateway("credit-ignored", {
    class: "guard dropped",
    rule: "credit",
    breaks: "rule",
    change: without("credit"),
  }),
  gateway("early-subscribers-forgotten", {
    class: "fixed bug",
    rule: "commands",
    breaks: "rule",
    change: acting(["commands"], (config, state, commands, out, original) => {
      for (const command of commands) {
        const { values } = state.subscribers;
        const reading = values.map((subscriber: Any) => subscriber.reading);
        const restored = command.kind === "restored";
        original(config, state, [command], restored ? passing(out, { output: () => {} }) : out);
        // Their reads were not asked for, so they do not wait for one.
        if (restored) for (const [i, subscriber] of values.entries()) subscriber.reading = reading[i];
      }
    }),
  }),
  gateway("control-of-another-confirmed", {
    class: "fixed bug",
    rule: "commands",
    breaks: "integrity",
    change: emitting(["commands"], (out) => ({
      send: (to, message) =>
        out.send(
          to,
          message.kind === "controlled" && message.reason.includes("went to another command")
            ? { ...message, slot: 1, reason: "" }
            : message,
        ),
    })),
  }),
];
