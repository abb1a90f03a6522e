import type { Authenticator, NodeId } from "@eunomia/engine";
import { adversaryOf, isPromised } from "./byzantine/adversary-plan.ts";
import { authenticity } from "./byzantine/forging.ts";
import { hearingHonest } from "./byzantine/honest.ts";
import { Streams } from "./choice/stream.ts";
import { checkCluster, checkTurns } from "./cluster-checks.ts";
import { asked, SimulationError } from "./errors.ts";
import { healCore } from "./faults/core.ts";
import { Injector } from "./faults/injector.ts";
import { Agenda } from "./kernel/agenda.ts";
import { Blame } from "./kernel/blame.ts";
import { Crew } from "./kernel/crew.ts";
import { Director } from "./kernel/director.ts";
import { configOf, profileOf, wireOf } from "./kernel/drawn.ts";
import { callersEyes, guarded } from "./kernel/guard.ts";
import { Judge } from "./kernel/judge.ts";
import { RunScene } from "./kernel/scene.ts";
import { checksumSeal } from "./kernel/seal.ts";
import { Stepper } from "./kernel/stepper.ts";
import { World } from "./kernel/world.ts";
import { Network } from "./network/network.ts";
import { checkAdversary, checkEyes, checkedLimits, checkPlan } from "./plan-checks.ts";
import type { Profile } from "./profile.ts";
import type { RunEyes, RunLimits, RunPlan } from "./run-types.ts";
import type { Choice, ClientSpec, Cluster, RunResult } from "./types.ts";

const defaultLimits: RunLimits = { mode: "safety", virtualMs: 10_000, maxSteps: 1_000_000 };
/** A client's turn has so many choices of its own; further ones share those of the next turn. */
const choicesPerTurn = 64;
/** In liveness mode the goal is looked at so often. */
const lookUs = 50_000;

/** One run, from its plan to its result. `simulate` is the way to use it; this class lets a page take single turns. */
export class Simulation<C = unknown> {
  readonly config: C;
  readonly profile: Profile;
  readonly limits: RunLimits;
  readonly wire: "value" | "bytes";
  readonly #world: World;
  readonly #cluster: Cluster;
  readonly #crew: Crew;
  readonly #judge: Judge;
  readonly #stepper: Stepper;
  readonly #scene: RunScene;
  readonly #network: Network;
  readonly #injector: Injector;
  readonly #blame: Blame;
  readonly #drawAfterUs: number;
  readonly #promised: boolean;
  #endUs: number;
  #settled = false;
  readonly #system: string;
  #failure: SimulationError | null = null;

  /** @throws SimulationError when the system or the plan cannot be run. */
  constructor(plan: RunPlan<C>, eyes: RunEyes = {}) {
    checkPlan(plan);
    checkEyes(eyes);
    const { system, seed } = plan;
    this.#system = system.name;
    const streams = new Streams(seed, plan.choices ?? null);
    // What stands in the header of a replay file is drawn apart from what happens in the run.
    const before = new Streams(seed, null);
    const ofSystem = (part: string): string => `"${part}" of the system "${system.name}"`;
    this.config = configOf(plan, before);
    this.profile = profileOf(plan, this.config, before);
    this.limits = checkedLimits({ ...defaultLimits, ...plan.limits });
    const world = new World(
      plan.script === undefined
        ? new Agenda()
        : new Director(["start", ...plan.script], (line) => this.#perform(line)),
      streams,
      callersEyes(eyes, (error) => this.#fail(error)),
    );
    this.#world = world;
    this.wire = wireOf(plan, before);
    const wired = this.wire === "value";
    const network = new Network(
      {
        nowUs: () => world.nowUs,
        at: (us, run, label) => void world.agenda.add(us, run, label),
        directed: plan.script !== undefined,
        count: (what) => world.count(what),
        violated: (property, detail) => world.violated(property, detail),
      },
      this.profile.network,
      streams,
    );
    this.#network = network;
    const blame = new Blame(() => this.#cluster.budget, this.profile.beyond);
    this.#blame = blame;
    const authenticator = (self: NodeId): Authenticator =>
      asked(ofSystem("authenticator"), () => system.authenticator?.(self)) ?? checksumSeal(self);
    this.#scene = new RunScene(world, blame, wired, authenticator, plan.substitute);
    const cluster = asked(ofSystem("build"), () => system.build(this.config, this.#scene));
    this.#cluster = cluster;
    checkCluster(system.name, cluster, this.limits);
    checkTurns(plan.script ?? [], cluster);
    const adversary = asked('"adversary"', () =>
      adversaryOf(plan, this.config, before.get("adversary"), cluster, authenticator),
    );
    if (adversary !== null) checkAdversary(adversary, this.wire, system.name, cluster);
    blame.byzantineLie = adversary?.lies !== false;
    this.#promised = asked('"tolerates" of the budget', () => isPromised(adversary, cluster));
    // What is forged is told by its own name; other watches would tell what becomes of it.
    const more = adversary?.frame === undefined ? [] : [authenticity(blame, cluster.nodeOf)];
    this.#judge = new Judge(world, hearingHonest([...cluster.watches, ...more], adversary?.nodes ?? []));
    this.#stepper = new Stepper(world, this.#judge);
    this.#crew = new Crew({
      world,
      network,
      profile: this.profile,
      cluster,
      judge: this.#judge,
      stepper: this.#stepper,
      adversary,
      wired,
      authenticator,
      blame,
    });
    this.#scene.attach({ cluster, crew: this.#crew });
    this.#injector = new Injector(world, network, this.#crew, blame, this.profile);
    this.#endUs = Math.round(this.limits.virtualMs * 1000);
    this.#drawAfterUs = plan.drawAfterMs === undefined ? Number.POSITIVE_INFINITY : plan.drawAfterMs * 1000;
    this.#begin();
  }

  get over(): boolean {
    return this.#world.over;
  }

  /** Virtual milliseconds. */
  get nowMs(): number {
    return this.#world.nowUs / 1000;
  }

  /** One event and what follows at once from it. False: the run is over. */
  turn(): boolean {
    const world = this.#world;
    if (world.over) return this.#end();
    try {
      if (!world.turn() || world.recorder.steps >= this.limits.maxSteps) this.#finish();
      else if (world.nowUs >= this.#drawAfterUs) world.streams.letDraw();
    } catch (error) {
      throw this.#notOfANode(error);
    }
    return !world.over || this.#end();
  }

  /** After promises had their turn: what they wanted done soon. True if there was something. */
  settle(): boolean {
    try {
      return !this.#world.over && this.#world.settle();
    } catch (error) {
      throw this.#notOfANode(error);
    }
  }

  /** What the run left behind; complete once it is over. */
  result(): RunResult {
    const { recorder, tally, outcome, nowUs, streams, restsOnOthers } = this.#world;
    let choices: readonly Choice[] | undefined;
    return {
      outcome,
      settled: this.#settled,
      promised: this.#promised,
      excused: restsOnOthers && !this.#promised,
      config: this.config,
      profile: this.profile,
      wire: this.wire,
      steps: recorder.steps,
      virtualMs: nowUs / 1000,
      digest: recorder.digest,
      counts: tally.counts(),
      marks: tally.marks(),
      requests: tally.requests(),
      fired: recorder.fired(),
      // Most runs are never replayed: their choices are laid out when somebody asks.
      get choices() {
        choices ??= streams.choices();
        return choices;
      },
      drawn: streams.lengths(),
    };
  }

  /** The state of the cluster in words, if its system has some. */
  describe(): string {
    try {
      return this.#cluster.describe?.() ?? "";
    } catch (error) {
      return `nothing more is known, since "describe" throws ${String(error)}`;
    }
  }

  /** Something of the caller failed: no verdict on the system. */
  #fail(error: SimulationError): void {
    this.#failure ??= error;
    this.#world.over = true;
  }

  /** @returns false: the run is over, and nothing of the caller failed. */
  #end(): false {
    if (this.#failure !== null) throw this.#failure;
    return false;
  }

  /** What no node, watch or client has caught is of the system all the same, or of the simulator. */
  #notOfANode(error: unknown): SimulationError {
    if (error instanceof SimulationError) return error;
    return new SimulationError(
      "bad-system",
      `a run of "${this.#system}" expected code that does not throw, got ${String(error)}: its cause says where; it is of "nodeOf", a node, the budget or the adversary of the system, or else of the simulator`,
      { cause: error },
    );
  }

  #begin(): void {
    const world = this.#world;
    world.later(0, () => this.#crew.startAll(), "start");
    for (const client of this.#cluster.clients ?? []) this.#admit(client);
    this.#injector.start();
    world.later(this.#endUs, () => this.#endOfFaults());
  }

  #admit(client: ClientSpec): void {
    const world = this.#world;
    const turns = world.stream(`turn:${client.id}`);
    const think = world.stream(`think:${client.id}`);
    const meanUs = (client.thinkMs ?? 20) * 1000;
    let turn = 0;
    // Always taken when drawn; a shrunk run leaves turns out.
    const always = (): number => 1;
    const waitUs = (): number => Math.max(1, Math.round(meanUs * (0.5 + think.below(16) / 15)));
    const go = (): void => {
      if (turns.choose(2, always) === 1) this.#turnOf(client, turn);
      turn += 1;
      world.later(waitUs(), go);
    };
    world.later(waitUs(), go);
  }

  #turnOf(client: ClientSpec, turn: number): void {
    const world = this.#world;
    world.tell(`?${client.id} ${turn}`);
    const load = world.stream(`load:${client.id}`);
    load.align(turn * choicesPerTurn);
    const whose = `the client "${client.id}"`;
    const type: unknown = guarded(world, whose, null, () => client.act(load));
    if (type === null) return;
    if (typeof type === "string") world.tally.made(type);
    else world.violated(`${whose} answers a text or null`, `it answers ${String(type)}`);
  }

  /** A line of a script that needs no waiting. */
  #perform(line: string): boolean {
    if (line.startsWith("*")) return this.#injector.perform(line);
    const space = line.lastIndexOf(" ");
    const turn = line.slice(space + 1);
    const client = this.#cluster.clients?.find(({ id }) => id === line.slice(1, space));
    if (client === undefined) return false;
    this.#turnOf(client, Number(turn));
    return true;
  }

  #endOfFaults(): void {
    const { budget, done, patienceMs } = this.#cluster;
    if (this.limits.mode === "safety" || done === undefined) return this.#finish();
    const fit = (node: string): boolean =>
      !this.#crew.hosts.some((host) => host.node === node && host.dead) &&
      !this.#blame.dead.has(node) &&
      !this.#blame.amnesiac.has(node) &&
      !this.#blame.byzantine.has(node);
    const all = [...new Set(this.#cluster.nodes.map(({ id }) => id))];
    const cores = (budget?.cores ?? [all]).filter((core) => core.every(fit));
    if (cores.length === 0) {
      this.#world.count("runs without a core");
      return this.#finish();
    }
    const core = cores[this.#world.stream("core").below(cores.length)]!;
    this.#scene.core = core;
    healCore(this.#world, this.#network, this.#crew, this.#injector, core);
    this.#world.streams.reseed();
    this.#endUs = this.#world.nowUs + (patienceMs ?? 60_000) * 1000;
    this.#look();
  }

  #look(): void {
    const world = this.#world;
    const done: unknown = guarded(world, '"done"', false, () => this.#cluster.done!());
    if (typeof done !== "boolean")
      world.violated('"done" answers true or false', `it answers ${String(done)}`);
    if (world.over) return;
    if (done) {
      this.#settled = true;
      world.count("runs that settled");
      return this.#finish();
    }
    if (world.nowUs >= this.#endUs) {
      const state = this.describe() || 'nothing more is known, since the cluster has no "describe"';
      world.violated(
        "the core makes progress",
        `not done after ${this.#cluster.patienceMs ?? 60_000} ms: ${state}`,
        "stuck",
        true,
      );
      return;
    }
    world.later(lookUs, () => this.#look());
  }

  #finish(): void {
    this.#stepper.finish();
    this.#judge.end(this.#settled);
    this.#crew.finish();
    this.#world.over = true;
  }
}
