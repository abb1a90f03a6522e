import type { Answer, Ask, Calls, SearchProgress, Trouble } from "../worker/messages.ts";
import Session from "../worker/worker.ts?worker&inline";

/** What the worker said is wrong, or that it is gone. */
export class SessionTrouble extends Error {
  readonly code: string;
  constructor({ code, message }: Trouble) {
    super(message);
    this.name = "SessionTrouble";
    this.code = code;
  }
}

interface Waiting {
  readonly call: keyof Calls;
  done(answer: unknown): void;
  fail(error: SessionTrouble): void;
  progress(progress: SearchProgress): void;
}

/** The page's end of the wire to the worker, which owns engines, checker and simulation. */
export class Client {
  #worker: Worker;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();

  constructor() {
    this.#worker = this.#start();
  }

  #start(): Worker {
    const worker = new Session();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      if (waiting === undefined) return;
      if ("progress" in data) return waiting.progress(data.progress);
      this.#waiting.delete(data.id);
      if ("trouble" in data) waiting.fail(new SessionTrouble(data.trouble));
      else waiting.done(data.answer);
    };
    worker.onerror = (event) => this.#failAll({ code: "worker", message: event.message });
    return worker;
  }

  #failAll(trouble: Trouble): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of all) each.fail(new SessionTrouble(trouble));
  }

  /** Asks, and answers when the worker has. */
  ask<K extends keyof Calls>(
    call: K,
    ask: Calls[K]["ask"],
    progress: (progress: SearchProgress) => void = () => {},
  ): Promise<Calls[K]["answer"]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        call,
        done: (answer) => resolve(answer as Calls[K]["answer"]),
        fail: reject,
        progress,
      });
      this.#worker.postMessage({ id, call, ask } as Ask);
    });
  }

  /** Ends whatever the worker does. It has forgotten its story then: open one again. */
  stop(): void {
    this.#worker.terminate();
    this.#worker = this.#start();
    this.#failAll({ code: "stopped", message: "stopped" });
  }
}
