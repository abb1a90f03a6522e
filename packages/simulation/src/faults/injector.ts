import type { Stream } from "../choice/stream.ts";
import type { Blame } from "../kernel/blame.ts";
import type { Crew } from "../kernel/crew.ts";
import type { World } from "../kernel/world.ts";
import { type Network, nameOf } from "../network/network.ts";
import type { NodeHost } from "../node/node-host.ts";
import type { Profile } from "../profile.ts";
import { Partitions } from "./partitions.ts";

/** Faults are drawn once in so much virtual time. */
export const tickUs = 10_000;

interface Rule {
  readonly stream: Stream;
  readonly rate: number;
  /** @param drawn who and how, as one number. */
  readonly strike: (drawn: number) => void;
}

/** Has things happen to nodes and links, by the rates of the profile and within the budget. One choice per rule and tick. */
export class Injector {
  readonly #world: World;
  readonly #network: Network;
  readonly #crew: Crew;
  readonly #blame: Blame;
  readonly #profile: Profile;
  readonly partitions: Partitions;
  readonly #rules: readonly Rule[];
  readonly #clogs: [number, number][] = [];
  #stopped = false;

  constructor(world: World, network: Network, crew: Crew, blame: Blame, profile: Profile) {
    this.#world = world;
    this.#network = network;
    this.#crew = crew;
    this.#blame = blame;
    this.#profile = profile;
    this.partitions = new Partitions(network);
    const { rates } = profile;
    const rule = (name: string, rate: number, strike: (drawn: number) => void): Rule => ({
      stream: world.stream(`fault:${name}`),
      rate,
      strike,
    });
    this.#rules = [
      rule("restart", rates.crash + rates.diskError > 0 ? rates.restart : 0, (drawn) => this.#restart(drawn)),
      rule("crash", rates.crash, (drawn) => this.#crash(drawn)),
      rule("heal", rates.partition + rates.clog > 0 ? rates.heal : 0, (drawn) => this.#heal(drawn)),
      rule("partition", rates.partition, (drawn) =>
        this.#world.note("partitions", this.partitions.cut(drawn)),
      ),
      rule("clog", rates.clog, (drawn) => this.#clog(drawn)),
      rule("pause", rates.pause, (drawn) => this.#pause(drawn)),
      rule("clock", rates.clock, (drawn) => this.#clock(drawn)),
      rule("disk", rates.diskError, (drawn) => this.#disk(drawn)),
    ].filter(({ rate }) => rate > 0);
  }

  start(): void {
    if (this.#rules.length > 0) this.#world.later(tickUs, () => this.#tick());
  }

  stop(): void {
    this.#stopped = true;
  }

  #tick(): void {
    if (this.#stopped) return;
    for (const { stream, rate, strike } of this.#rules) {
      const drawn = stream.hit(rate);
      if (drawn !== 0) strike(drawn - 1);
      if (this.#world.over) return;
    }
    this.#world.later(tickUs, () => this.#tick());
  }

  #among(hosts: readonly NodeHost[], drawn: number): NodeHost | null {
    return hosts[drawn % Math.max(1, hosts.length)] ?? null;
  }

  #crash(drawn: number): void {
    const { hosts } = this.#crew;
    const host = this.#among(hosts, drawn);
    if (host === null || !host.up || !this.#blame.allows({ down: host.node }, this.#crew.downNodes())) return;
    // Half of the crashes fall between two events, the others after a few more calls of a port.
    const calls = this.#profile.midStep ? Math.floor(drawn / hosts.length) % 32 : 0;
    if (calls >= 16) host.life?.endWithin(calls - 15);
    else this.perform(`*crash ${nameOf(host)}`);
  }

  /** Has the fault of a script's line happen, within the budget, under that name; false: not now. */
  perform(line: string): boolean {
    const [what, name] = line.split(" ");
    const host = this.#crew.hosts.find((one) => nameOf(one) === name);
    if (host === undefined) return false;
    if (what === "*start") {
      if (host.up || host.dead) return false;
      this.#world.tell(line);
      this.#crew.start(host);
      return true;
    }
    if (!host.up || !this.#blame.allows({ down: host.node }, this.#crew.downNodes())) return false;
    this.#world.tell(line);
    if (what === "*crash") this.#crew.crash(host, "crashes");
    else if (what === "*fail") host.disk.failsNext = true;
    else if (what === "*full") host.disk.fullUntil = this.#world.nowUs + 1_000_000;
    return true;
  }

  #restart(drawn: number): void {
    const host = this.#among(
      this.#crew.hosts.filter(({ up, dead }) => !up && !dead),
      drawn,
    );
    if (host !== null) this.perform(`*start ${nameOf(host)}`);
  }

  #heal(drawn: number): void {
    if (this.partitions.any && drawn % 2 === 0) {
      this.partitions.mend();
      this.#world.note("partitions mended", "all");
    } else this.openOne(drawn);
  }

  /** Opens a clogged link, in an order of its own. */
  openOne(drawn: number): boolean {
    const clogs = this.#clogs;
    const [link] = clogs.splice(drawn % Math.max(1, clogs.length), 1);
    if (link === undefined) return false;
    this.#network.open(this.#network.link(...link));
    this.#world.note("clogs opened", link.join(">"));
    return true;
  }

  #clog(drawn: number): void {
    const count = this.#network.ends.length;
    const from = drawn % count;
    const to = Math.floor(drawn / count) % count;
    const link = this.#network.link(from, to);
    if (from === to || link.clogged !== null) return;
    link.clogged = [];
    this.#clogs.push([from, to]);
    this.#world.note("clogs", `${from}>${to}`);
  }

  #pause(drawn: number): void {
    const { hosts } = this.#crew;
    const host = this.#among(hosts, drawn);
    if (host === null || !host.up || host.paused) return;
    const forMs = 20 * 2 ** (Math.floor(drawn / hosts.length) % 9);
    const life = host.life;
    host.pause();
    this.#world.note("pauses", `${host.node} for ${forMs} ms`);
    this.#world.later(forMs * 1000, () => {
      if (host.life === life && host.paused) host.goOn();
    });
  }

  #clock(drawn: number): void {
    const { hosts } = this.#crew;
    const host = this.#among(hosts, drawn);
    if (host === null) return;
    const rest = Math.floor(drawn / hosts.length);
    const kind = rest % 3;
    const amount = Math.floor(rest / 3) % 1001;
    const { clock, node } = host;
    if (kind === 0) {
      clock.change(0, 1 + (amount - 500) / 1_000_000);
      this.#world.note("clock drifts", `${node} by ${amount - 500} ppm`);
    } else if (kind === 1) {
      clock.change(amount * 10_000, 1);
      this.#world.note("clock jumps", `${node} by ${amount * 10} ms`);
    } else {
      clock.change(0, 0);
      this.#world.note("clock stops", `${node} for ${amount} ms`);
      this.#world.later(amount * 1000, () => clock.change(0, 1));
    }
  }

  #disk(drawn: number): void {
    const { hosts } = this.#crew;
    const host = this.#among(hosts, drawn);
    if (host === null || !host.up) return;
    const kind = Math.floor(drawn / hosts.length) % 3;
    const now = this.#world.nowUs;
    if (kind === 0) {
      host.disk.slowUntil = now + 2_000_000;
      this.#world.note("disk slow", host.node);
    } else if (this.#blame.allows({ down: host.node }, this.#crew.downNodes())) {
      this.perform(`${kind === 1 ? "*fail" : "*full"} ${nameOf(host)}`);
      this.#world.note(kind === 1 ? "disk fails its next sync" : "disk full", host.node);
    }
  }
}
