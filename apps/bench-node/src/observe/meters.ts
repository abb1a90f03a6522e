import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { NodeLook, Second } from "./look.ts";

/** Seconds that are kept. */
const keptSeconds = 120;
/** Control commands and alarms that are kept. */
const keptEvents = 10;
/** Proposals whose delivery is waited for; beyond it the oldest is forgotten, and no latency is told for it. */
const keptProposals = 4096;
/** Seconds without a slot, while something waits for one, after which a node is of no use to clients. */
const stalledSeconds = 5;

type Control = NodeLook["controls"][number];
type Alarm = NodeLook["alarms"][number];

/** Everything of a look that is not measured here. */
export type Glance = Omit<NodeLook, "course" | "controls" | "alarms">;

/**
 * Measures one node: what was delivered, how long it took, and what happened. Feeds Prometheus and the status page. The list
 * of metrics stands in docs/guides/metrics.md.
 */
export class Meters {
  readonly registry: Registry = new Registry();
  readonly #glance: () => Glance;
  readonly #proposals = new Map<number, number>();
  readonly #slots: Counter;
  readonly #commands: Counter;
  readonly #bytes: Counter;
  readonly #alarmsTotal: Counter;
  readonly #controlsTotal: Counter;
  readonly #refusedTotal: Counter;
  readonly #evidenceTotal: Counter;
  readonly #stuckTotal: Counter;
  readonly #latency: Histogram;
  readonly #batch: Histogram;
  readonly #sync: Histogram;
  #course: Second[] = [];
  #controls: Control[] = [];
  #alarms: Alarm[] = [];
  /** Seconds in a row in which something waited and no slot was delivered. */
  #stalled = 0;
  #thisSecond: { slots: number; commands: number; latencies: number[] } = newSecond();

  constructor(glance: () => Glance) {
    this.#glance = glance;
    const registers = [this.registry];
    const counter = (name: string, help: string, ...labelNames: string[]): Counter =>
      new Counter({ name, help, labelNames, registers });
    this.#slots = counter("eunomia_slots_total", "Slots delivered here since the start");
    this.#commands = counter("eunomia_commands_total", "Entries delivered here since the start");
    this.#bytes = counter("eunomia_delivered_bytes_total", "Bytes of delivered batches since the start");
    this.#alarmsTotal = counter("eunomia_alarms_total", "Disagreements about a slot: an operator must look");
    this.#controlsTotal = counter("eunomia_controls_total", "Control commands that took effect");
    this.#refusedTotal = counter(
      "eunomia_protocol_refusals_total",
      "Bad data of peers that a consensus protocol ignored",
      "reason",
    );
    this.#evidenceTotal = counter(
      "eunomia_evidence_total",
      "Nodes that were convicted of a lie here",
      "node",
    );
    this.#stuckTotal = counter(
      "eunomia_stuck_total",
      "Slots that Heterogeneous Paxos cannot decide any more",
    );
    this.#latency = new Histogram({
      name: "eunomia_slot_seconds",
      help: "From proposing a slot here to its delivery here",
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    });
    this.#batch = new Histogram({
      name: "eunomia_slot_entries",
      help: "Entries in a delivered slot",
      buckets: [0, 1, 4, 16, 64, 256, 1024, 4096],
      registers,
    });
    this.#sync = new Histogram({
      name: "eunomia_journal_sync_seconds",
      help: "Time of a sync of the journal",
      buckets: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1],
      registers,
    });
    this.#gauges();
    this.#labelledGauges();
    collectDefaultMetrics({ register: this.registry });
  }

  /** Numbers that are read when somebody asks. */
  #gauges(): void {
    const registers = [this.registry];
    const glance = this.#glance;
    const gauge = (name: string, help: string, read: (now: Glance) => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read(glance()));
        },
      });
    };
    gauge("eunomia_ready", "1 when the node is ready to serve", () =>
      this.look().unready.length === 0 ? 1 : 0,
    );
    gauge("eunomia_delivered_slot", "Last slot delivered here", ({ delivered }) => delivered);
    gauge("eunomia_epoch", "Epoch in force", ({ epoch }) => epoch);
    gauge("eunomia_on_duty", "1 when this node proposes for all", ({ leader, node }) =>
      leader === node ? 1 : 0,
    );
    gauge("eunomia_log_first_slot", "First slot in the delivered log", ({ log }) => log.first);
    gauge(
      "eunomia_log_durable_slot",
      "Last slot that is durable in the delivered log",
      ({ log }) => log.durable,
    );
    gauge(
      "eunomia_snapshot_slot",
      "Slot of the newest snapshot here; 0: none",
      ({ snapshots }) => snapshots.at(-1) ?? 0,
    );
    gauge("eunomia_waiting_entries", "Entries that wait for a slot", ({ queue }) => queue.waiting);
    gauge("eunomia_proposed_slots", "Slots proposed here and not delivered", ({ queue }) => queue.proposed);
    gauge("eunomia_parked_slots", "Decisions that wait for an earlier slot", ({ queue }) => queue.parked);
    gauge("eunomia_clients", "Clients that are connected", ({ clients }) => clients);
    gauge("eunomia_members", "Members of the epoch in force", ({ members }) => members.length);
    gauge(
      "eunomia_certificate_expiry_timestamp_seconds",
      "When the certificate of this node ends, seconds since 1970; 0 without TLS",
      ({ certificateUntil }) => (certificateUntil ?? 0) / 1000,
    );
    gauge("eunomia_subscribers", "Subscribers that are served", ({ subscribers }) => subscribers);
  }

  /** The same with a label. */
  #labelledGauges(): void {
    const registers = [this.registry];
    const glance = this.#glance;
    const labelled = (
      name: string,
      help: string,
      label: string,
      read: () => Iterable<[string, number]>,
    ): void => {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset();
          for (const [value, count] of read()) this.set({ [label]: value }, count);
        },
      });
    };
    const peers = (read: (peer: NodeLook["peers"][number]) => number) => (): Iterable<[string, number]> =>
      glance().peers.map((peer) => [peer.node, read(peer)]);
    labelled("eunomia_protocol", "1 for the protocol in force", "protocol", () => [[glance().protocol, 1]]);
    labelled(
      "eunomia_peer_connected",
      "1 when the peer is connected",
      "peer",
      peers(({ connected }) => +connected),
    );
    labelled(
      "eunomia_peer_behind_slots",
      "Slots that a peer is behind this node",
      "peer",
      peers(({ behind }) => behind),
    );
    // A count, yet read from the driver: Prometheus takes it for a counter by its name.
    labelled("eunomia_refusals_total", "What was ignored, by reason", "reason", () =>
      Object.entries(glance().refusals),
    );
  }

  /** The replica of this node proposes in a slot. */
  proposed(slot: number, now: number): void {
    this.#proposals.set(slot, now);
    if (this.#proposals.size > keptProposals)
      this.#proposals.delete(this.#proposals.keys().next().value as number);
  }

  delivered(slot: number, entries: number, bytes: number, controls: readonly Control[], now: number): void {
    this.#slots.inc();
    this.#commands.inc(entries);
    this.#bytes.inc(bytes);
    this.#batch.observe(entries);
    this.#thisSecond.slots += 1;
    this.#thisSecond.commands += entries;
    const proposedAt = this.#proposals.get(slot);
    if (proposedAt !== undefined) {
      this.#proposals.delete(slot);
      this.#latency.observe((now - proposedAt) / 1000);
      this.#thisSecond.latencies.push(now - proposedAt);
    }
    if (controls.length === 0) return;
    this.#controlsTotal.inc(controls.length);
    this.#controls = [...controls, ...this.#controls].slice(0, keptEvents);
  }

  synced(tookMs: number): void {
    this.#sync.observe(tookMs / 1000);
  }

  /** A protocol ignored bad data of a peer. */
  refused(reason: string): void {
    this.#refusedTotal.inc({ reason });
  }

  /** A node was seen to depart from its protocol. */
  convicted(node: string): void {
    this.#evidenceTotal.inc({ node });
  }

  /** A slot cannot be decided any more. */
  stuck(): void {
    this.#stuckTotal.inc();
  }

  alarm(slot: number, reason: string, at: number): void {
    this.#alarmsTotal.inc();
    this.#alarms = [{ at, slot, reason }, ...this.#alarms].slice(0, keptEvents);
  }

  /** Once a second: closes the second that has passed. */
  tick(at: number): void {
    const { slots, commands, latencies } = this.#thisSecond;
    latencies.sort((a, b) => a - b);
    const quantile = (part: number): number | null => latencies[Math.floor(latencies.length * part)] ?? null;
    this.#course.push({ at, slots, commands, p50: quantile(0.5), p99: quantile(0.99) });
    if (this.#course.length > keptSeconds) this.#course.shift();
    this.#thisSecond = newSecond();
    this.#stalled = slots === 0 && waitingIn(this.#glance()) > 0 ? this.#stalled + 1 : 0;
  }

  look(): NodeLook {
    const glance = this.#glance();
    const unready = [...glance.unready];
    if (this.#stalled >= stalledSeconds)
      unready.push(`no slot was delivered for ${this.#stalled} s, while ${waitingIn(glance)} wait`);
    return { ...glance, unready, course: this.#course, controls: this.#controls, alarms: this.#alarms };
  }
}

/** Entries that wait for a slot, and proposed slots that wait for their decision. */
const waitingIn = ({ queue }: Glance): number => queue.waiting + queue.proposed;
const newSecond = () => ({ slots: 0, commands: 0, latencies: [] as number[] });
