import { existsSync } from "node:fs";
import { join } from "node:path";
import { type DriverOptions, type NodeId, step } from "@eunomia/engine";
import type { NodeOutput, Scheme } from "@eunomia/hetero-paxos";
import { type Host, openHost } from "@eunomia/host";
import {
  encodeBase,
  encodeJoint,
  type JointCommand,
  type JointConfig,
  type JointOutput,
  type JointState,
  jointEngine,
  judgeBase,
  judgeJoint,
  type Opinion,
} from "@eunomia/joint-slots";
import { type AssetState, assets } from "@eunomia/joint-slots/assets";
import { openFileJournal } from "@eunomia/journal/file";
import { tcpTransport } from "@eunomia/transports/tcp";
import { wallClock } from "../node/trace.ts";
import { ChainLog, type Decision } from "./chain-log.ts";
import { EvidenceFile } from "./evidence.ts";
import { holdingBack } from "./hold-back.ts";
import { authenticatorOf, schemeOf, signerOf } from "./keys.ts";
import { Pulse, slotsOf, slotsProcess } from "./schedule.ts";
import { folderOf, type Setup } from "./setup.ts";
import type { Chain, Laws } from "./stake.ts";
import type { Order, Told } from "./told.ts";
import { twoFaced } from "./traitor.ts";
import { firstProposer, type Law, lawNames, nodeOf, ticksSince, type Voting, votingOf } from "./voting.ts";
import { entryOf, slotNews } from "./words.ts";

/** There is one epoch only. */
const instance = "";
const tools = { app: assets };
const emptyBase = encodeBase({ entries: [] });
const emptyJoint = encodeJoint({ moves: [], next: null });
/** How often is looked whether a chain needs a block to go on, milliseconds. */
const pulseMs = 40;
/** Of so many joint slots the traitor lies in one. */
const lieEvery = 2;

export interface ValidatorOptions {
  readonly directory: string;
  readonly setup: Setup & { readonly laws: Laws };
  readonly id: string;
  readonly tell: (told: Told) => void;
  readonly onFault: (error: Error) => void;
}

/** One validator: its votes under the laws of its chains, the joint slots that it follows, its logs on disk. */
export class Validator {
  readonly #options: ValidatorOptions;
  readonly #scheme: Scheme;
  readonly #slots: JointConfig;
  readonly #votings = new Map<Law, Voting>();
  readonly #logs = new Map<Chain, ChainLog>();
  readonly #evidence: EvidenceFile;
  readonly #pulse = new Pulse();
  readonly #proposedAt = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  #host!: Host;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: ValidatorOptions) {
    const { setup, directory, id } = options;
    this.#options = options;
    this.#scheme = schemeOf(setup.publicKeys);
    this.#slots = slotsOf(setup.laws, id);
    this.#evidence = new EvidenceFile(directory, id);
    const sign = signerOf(folderOf(directory, id));
    const accepts = (law: Law, slot: number, value: Uint8Array): boolean =>
      this.#judge(law, slot, value) === "valid";
    for (const law of lawNames) {
      const voting = votingOf({ setup, self: id, scheme: this.#scheme, sign, accepts }, law);
      if (voting !== null) this.#votings.set(law, voting);
    }
    for (const chain of this.#slots.follows as Chain[])
      this.#logs.set(chain, new ChainLog(directory, setup.cluster, id, chain));
  }

  /** @throws HostError, JournalError, ChainLogError, SecretFileError, TransportError. */
  static async open(options: ValidatorOptions): Promise<Validator> {
    const validator = new Validator(options);
    await validator.#start();
    return validator;
  }

  async #start(): Promise<void> {
    const { directory, setup, id, onFault } = this.#options;
    const { cluster, validators } = setup;
    const places = validators.map((one) => [one.id, { host: "127.0.0.1", port: one.port }] as const);
    const journal = join(folderOf(directory, id), "journal");
    const mayStartFresh = !existsSync(journal);
    this.#host = openHost({
      transport: await tcpTransport({
        self: id,
        cluster,
        listen: new Map(places).get(id)!,
        peers: Object.fromEntries(places.filter(([peer]) => peer !== id)),
        maxRedialDelayMs: 250,
      }),
      // Validators of one machine share its disk: none of them waits for it on its only thread.
      journal: openFileJournal({
        directory: journal,
        tag: `${cluster}/${id}`,
        segmentBytes: 1 << 20,
        sync: "pool",
      }),
      authenticator: authenticatorOf(folderOf(directory, id), id, cluster),
      mayStartFresh,
      nodeOf,
      onOutput: ({ process }, output) => this.#take(process, output),
      onSpawn: () => {},
      onFault,
      step: this.#stepper(),
    });
    this.#spawn();
    this.#timer = setInterval(() => this.#beat(), pulseMs);
  }

  #spawn(): void {
    const { driver } = this.#host;
    const ticks = ticksSince(this.#options.setup.genesis, wallClock());
    const slots = slotsProcess(this.#options.id);
    driver.spawn({ process: slots, instance }, jointEngine(this.#slots, tools), this.#slots);
    for (const [law, { processes, watcher }] of this.#votings) {
      for (const { process, engine, config } of processes) {
        driver.spawn({ process, instance }, engine, config);
        driver.command({ process, instance }, { kind: "clock", ticks });
      }
      if (law === "joint" || watcher === null) continue;
      const log = this.#logs.get(law)!;
      // What is in the log need not be asked for again; and what the engine was not told before the end, it is told now.
      driver.command({ process: watcher, instance }, { kind: "close", slot: log.height });
      for (const { certificate, value } of log.read())
        this.#tellSlots({ kind: "decided", chain: law, height: certificate.instance.slot, value });
    }
  }

  /** Steps as they are; of a traitor with a second face, for whoever has more at stake on blue. */
  #stepper(): NonNullable<DriverOptions["step"]> {
    const { setup, id } = this.#options;
    const blues = new Set(setup.validators.filter(({ red, blue }) => blue > red).map((one) => one.id));
    const treason = {
      voter: this.#votings.get("joint")!.voter,
      deceived: (process: NodeId) => nodeOf(process) !== id && blues.has(nodeOf(process)),
      liesIn: (slot: number) => slot % lieEvery === 1,
      rivalOf: (value: Uint8Array) => (Buffer.compare(value, emptyJoint) === 0 ? null : emptyJoint),
    };
    const honest: NonNullable<DriverOptions["step"]> = (_address, engine, config, state, event) =>
      step(engine, config, state, event);
    return holdingBack(
      id === setup.roles.traitor ? twoFaced(treason) : honest,
      (process, { instance: { slot }, value }) => {
        const law = this.#lawOf(process);
        return law !== null && this.#judge(law, slot, value) === "later";
      },
    );
  }

  #lawOf(process: NodeId): Law | null {
    for (const [law, { voter, watcher }] of this.#votings)
      if (process === voter || process === watcher) return law;
    return null;
  }

  /** What joint slots and assets look like here; undefined before the start. */
  #state(): JointState<AssetState> | undefined {
    const address = { process: slotsProcess(this.#options.id), instance };
    return this.#host.driver.peek(address) as JointState<AssetState> | undefined;
  }

  #judge(law: Law, slot: number, value: Uint8Array): Opinion {
    const state = this.#state();
    if (state === undefined) return "later";
    return law === "joint"
      ? judgeJoint(this.#slots, tools, state, slot, value)
      : judgeBase(this.#slots, tools, state, law, value);
  }

  #tellSlots(command: JointCommand): void {
    this.#host.driver.command({ process: slotsProcess(this.#options.id), instance }, command);
  }

  #propose(law: Law, slot: number, value: Uint8Array): void {
    const key = `${law} ${slot}`;
    if (!this.#proposedAt.has(key)) this.#proposedAt.set(key, wallClock());
    const process = this.#votings.get(law)!.watcher!;
    this.#host.driver.command({ process, instance }, { kind: "propose", slot, value });
  }

  /** An empty block where nobody else has one in time. */
  #beat(): void {
    const { setup, id } = this.#options;
    for (const [chain, { height }] of this.#logs) {
      const isFirst = firstProposer(setup.laws, chain, height + 1) === id;
      if (this.#pulse.due(chain, height, isFirst, performance.now()))
        this.#propose(chain, height + 1, emptyBase);
    }
  }

  #take(process: NodeId, output: unknown): void {
    const law = this.#lawOf(process);
    if (law === null) this.#takeSlots(output as JointOutput);
    else this.#takeVoting(law, output as NodeOutput);
  }

  #takeSlots(output: JointOutput): void {
    const at = wallClock();
    switch (output.kind) {
      case "propose":
        return this.#propose(output.chain as Chain, output.height, output.value);
      case "open":
        if (output.value !== null) this.#propose("joint", output.slot, output.value);
        return;
      case "applied":
        for (const told of slotNews(output, at)) this.#options.tell(told);
        return;
      case "refused":
        return this.#count(output.reason);
      case "alarm":
        return this.#options.tell({
          kind: "alarm",
          what: `joint slot ${output.slot}: ${output.a} and ${output.b} made different things of it`,
        });
    }
  }

  #takeVoting(law: Law, output: NodeOutput): void {
    const { tell } = this.#options;
    const at = wallClock();
    switch (output.kind) {
      case "decided":
        if (law === "joint") this.#decideJoint(output.learner as Chain, output.slot, output.value);
        else this.#decideBase(law, output.decision as Decision, at);
        return;
      case "evidence": {
        const { signer, instance: of } = output;
        if (this.#evidence.keep(output, at)) tell({ kind: "evidence", law, slot: of.slot, signer, at });
        return;
      }
      case "stuck":
        return tell({ kind: "stuck", law, slot: output.slot, learner: output.learner });
      case "alarm":
        return tell({
          kind: "alarm",
          what: `${law} ${output.slot}: learners ${output.a} and ${output.b} decided differently`,
        });
      case "refused":
        return this.#count(output.reason);
    }
  }

  #count(reason: string): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }

  /** A chain's part of a joint slot. Broken on purpose, blue believes of every one that nothing moves in it. */
  #decideJoint(chain: Chain, slot: number, value: Uint8Array): void {
    const broken = this.#options.setup.broken && chain === "blue";
    this.#tellSlots({ kind: "jointDecided", chain, slot, value: broken ? emptyJoint : value });
  }

  /** Heights go into the log in their order, and are applied from there. */
  #decideBase(chain: Chain, decision: Decision, at: number): void {
    const log = this.#logs.get(chain)!;
    const taken = log.take(decision);
    if (taken === null) return;
    const { slot: height } = decision.certificate.instance;
    const proposedAt = this.#proposedAt.get(`${chain} ${height}`);
    const tookMs = proposedAt === undefined ? null : at - proposedAt;
    this.#options.tell({ kind: "height", chain, height, at, tookMs });
    for (const { certificate, value } of taken)
      this.#tellSlots({ kind: "decided", chain, height: certificate.instance.slot, value });
    // What was missed is asked for by whoever has it open.
    for (const gap of log.gaps()) this.#propose(chain, gap, emptyBase);
  }

  /** Somebody asks for something that is to stand in a block of a chain. */
  order(order: Order): void {
    this.#tellSlots({ kind: "submit", chain: order.chain, entries: [entryOf(order)] });
  }

  /** What this validator believes that its chains hold. */
  claim(): void {
    const state = this.#state();
    if (state === undefined) return;
    const refused = Object.fromEntries(this.#refused);
    state.chains.values.forEach(({ ledger, app: { held } }, i) => {
      this.#options.tell({
        kind: "claim",
        chain: state.chains.keys[i] as Chain,
        height: ledger.height,
        held: Object.fromEntries(held.keys.map((key, at) => [key, held.values[at]!])),
        refused,
      });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#host.close();
    await Promise.all([...this.#logs.values()].map((log) => log.close()));
  }
}
