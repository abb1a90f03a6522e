import { mapGet } from "@eunomia/codec";
import { type Effect, type Engine, step } from "@eunomia/engine";
import { type AssetState, assets } from "../src/assets.ts";
import {
  type Entry,
  encodeBase,
  encodeJoint,
  type JointBlock,
  type JointCommand,
  type JointConfig,
  type JointOptions,
  type JointOutput,
  type JointRecord,
  type JointState,
  type JointTools,
  type JointTypes,
  jointConfig,
  jointEngine,
} from "../src/index.ts";

type Types = JointTypes<AssetState>;

export const plans = ["blue", "red"].map((chain) => ({ chain, first: 1, every: 2, patience: 2 }));

/** One node, driven by hand. */
export class One {
  readonly config: JointConfig;
  readonly tools: JointTools<AssetState>;
  readonly engine: Engine<Types>;
  state: JointState<AssetState>;
  records: JointRecord<AssetState>[] = [];
  fired: string[] = [];
  effects: readonly Effect<Types>[] = [];

  constructor(options: Partial<JointOptions> = {}, tools: Partial<JointTools<AssetState>> = {}) {
    this.config = jointConfig({ self: "s", chains: plans, lead: 2, ...options });
    this.tools = { app: assets, ...tools };
    this.engine = jointEngine(this.config, this.tools);
    this.state = this.engine.init(this.config);
    this.give({ kind: "start", records: [] });
  }

  give(event: Parameters<typeof step<Types>>[3]): this {
    const { effects, fired } = step(this.engine, this.config, this.state, event);
    this.effects = effects;
    this.fired = fired.map(({ action }) => action);
    for (const effect of effects) if (effect.kind === "persist") this.records.push(effect.record);
    return this;
  }

  commands(...commands: JointCommand[]): this {
    return this.give({ kind: "commands", commands });
  }

  submit(chain: string, ...entries: Entry[]): this {
    return this.commands({ kind: "submit", chain, entries });
  }

  /** A base slot is decided: the next one, or that of `height`. */
  base(chain: string, entries: Entry[], height = this.heightOf(chain) + 1): this {
    return this.commands({ kind: "decided", chain, height, value: encodeBase({ entries }) });
  }

  learner(chain: string, slot: number, block: JointBlock): this {
    return this.commands({ kind: "jointDecided", chain, slot, value: encodeJoint(block) });
  }

  pace(): this {
    return this.give({ kind: "timeout", timer: "pace" });
  }

  restart(records = this.records): this {
    this.state = this.engine.init(this.config);
    return this.give({ kind: "start", records });
  }

  heightOf(chain: string): number {
    return mapGet(this.state.chains, chain)!.ledger.height;
  }

  outputs<K extends JointOutput["kind"]>(kind: K): Extract<JointOutput, { kind: K }>[] {
    return this.effects.flatMap((effect) =>
      effect.kind === "output" && effect.output.kind === kind ? [effect.output] : [],
    ) as Extract<JointOutput, { kind: K }>[];
  }

  /** What it proposes for the base slots of a chain. */
  proposed(chain: string): Uint8Array[] {
    return this.outputs("propose").flatMap((output) => (output.chain === chain ? [output.value] : []));
  }
}
