// The page's side of the worker: questions with answers, and overviews as they come.
import type { Answer, Call, Calls, Overview, Request } from "../worker/protocol";

/**
 * The answer was about a plan that isn't the newest any more, or to a question that a later one replaced: nobody should
 * see it.
 */
export class Stale extends Error {}

/** Questions about a plan. Their answers are dropped when another plan came meanwhile. */
const OF_A_PLAN: ReadonlySet<Call> = new Set<Call>(["changes", "change", "steps", "render", "graph"]);

interface Waiting {
  call: Call;
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

export interface Listener {
  overview: (overview: Overview) => void;
  crashed: (message: string) => void;
}

export class Client {
  #worker: Worker;
  #waiting = new Map<number, Waiting>();
  #next = 1;
  #version = 0;
  readonly ready: Promise<void>;

  constructor(worker: Worker, module: WebAssembly.Module, listener: Listener) {
    this.#worker = worker;
    this.ready = new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if ("ready" in data) {
          resolve();
        } else if ("crashed" in data) {
          listener.crashed(data.crashed);
        } else if ("overview" in data) {
          this.#version = data.overview.version;
          listener.overview(data.overview);
        } else {
          this.#settle(data);
        }
      };
    });
    worker.postMessage({ module });
  }

  ask<C extends Call>(call: C, ask: Calls[C]["ask"]): Promise<Calls[C]["answer"]> {
    const id = this.#next;
    this.#next += 1;
    return new Promise<Calls[C]["answer"]>((resolve, reject) => {
      this.#waiting.set(id, { call, resolve, reject });
      const request: Request<C> = { id, call, ask };
      this.#worker.postMessage(request);
    });
  }

  #settle(data: Extract<Answer, { id: number }>): void {
    const waiting = this.#waiting.get(data.id);
    this.#waiting.delete(data.id);
    if (!waiting) {
      return;
    }
    if ("isSuperseded" in data) {
      waiting.reject(new Stale());
    } else if ("failure" in data) {
      waiting.reject(new Error(data.failure));
    } else if (OF_A_PLAN.has(waiting.call) && data.version !== this.#version) {
      waiting.reject(new Stale());
    } else {
      waiting.resolve(data.answer as never);
    }
  }
}
