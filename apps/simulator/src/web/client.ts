/** What went wrong on the other side, or that it is gone. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** What a worker said is wrong. Code `stopped`: the page ended it. */
export class WorkerTrouble extends Error {
  readonly code: string;
  constructor({ code, message }: Trouble) {
    super(message);
    this.name = "WorkerTrouble";
    this.code = code;
  }
}

/** Each question that a worker takes, and its answer. */
export type CallTable<Calls> = {
  readonly [K in keyof Calls]: { readonly ask: unknown; readonly answer: unknown };
};

/** What a worker sends: how far it is, or the end of one question. */
export type Reply<Progress> = { readonly id: number } & (
  | { readonly progress: Progress }
  | { readonly answer: unknown }
  | { readonly trouble: Trouble }
);

interface Waiting<Progress> {
  done(answer: unknown): void;
  fail(error: WorkerTrouble): void;
  progress(progress: Progress): void;
}

/** The page's end of the wire to a worker, which does all the work. */
export class WorkerClient<Calls extends CallTable<Calls>, Progress = never> {
  readonly #start: () => Worker;
  #worker: Worker;
  #next = 0;
  readonly #waiting = new Map<number, Waiting<Progress>>();

  constructor(start: () => Worker) {
    this.#start = start;
    this.#worker = this.#started();
  }

  #started(): Worker {
    const worker = this.#start();
    worker.onmessage = ({ data }: MessageEvent<Reply<Progress>>) => {
      const waiting = this.#waiting.get(data.id);
      if (waiting === undefined) return;
      if ("progress" in data) return waiting.progress(data.progress);
      this.#waiting.delete(data.id);
      if ("trouble" in data) waiting.fail(new WorkerTrouble(data.trouble));
      else waiting.done(data.answer);
    };
    worker.onerror = (event) => this.#failAll({ code: "worker", message: event.message });
    return worker;
  }

  #failAll(trouble: Trouble): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const each of all) each.fail(new WorkerTrouble(trouble));
  }

  /** Is a question open? */
  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Asks, and answers when the worker has. */
  ask<K extends keyof Calls>(
    call: K,
    ask: Calls[K]["ask"],
    progress: (progress: Progress) => void = () => {},
  ): Promise<Calls[K]["answer"]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        done: (answer) => resolve(answer as Calls[K]["answer"]),
        fail: reject,
        progress,
      });
      this.#worker.postMessage({ id, call, ask });
    });
  }

  /** Ends whatever the worker does. A new one knows nothing of what the old one was told. */
  stop(): void {
    this.#worker.terminate();
    this.#worker = this.#started();
    this.#failAll({ code: "stopped", message: "stopped" });
  }
}
