// The page's side of the worker, with a worker that says what the test wants.
import { expect, test } from "vitest";
import { Client, Stale } from "../src/planner/client";
import type { Answer, Overview, Request } from "../src/worker/protocol";

function setUp() {
  const asked: Request[] = [];
  const worker = {
    onmessage: (_: { data: Answer }): void => {},
    postMessage: (message: Request | { module: unknown }) => {
      if ("id" in message) {
        asked.push(message);
      }
    },
  };
  const overviews: number[] = [];
  const client = new Client(worker as unknown as Worker, {} as WebAssembly.Module, {
    overview: ({ version }) => overviews.push(version),
    crashed: () => undefined,
  });
  const say = (data: Answer) => worker.onmessage({ data });
  return { client, asked, overviews, say };
}

const overview = (version: number) => ({ overview: { version } as Overview });

test("an answer about a plan that isn't the newest any more is dropped", async () => {
  const { client, asked, say } = setUp();
  say(overview(1));
  const answer = client.ask("steps", { phase: 0, from: 0, to: 1 });
  say(overview(2));
  say({ id: asked[0]?.id ?? 0, version: 1, answer: {} });
  await expect(answer).rejects.toBeInstanceOf(Stale);
});

test("an answer about a file is none about a plan", async () => {
  const { client, asked, say } = setUp();
  const answer = client.ask("text", { path: "a.sql" });
  say(overview(7));
  say({ id: asked[0]?.id ?? 0, version: 1, answer: { opened: "x", now: "y" } });
  await expect(answer).resolves.toEqual({ opened: "x", now: "y" });
});

test("what went wrong is an error with the worker's words", async () => {
  const { client, asked, say } = setUp();
  const answer = client.ask("link", undefined);
  say({ id: asked[0]?.id ?? 0, version: 0, failure: "too large" });
  await expect(answer).rejects.toThrow("too large");
});

test("a question that a later one replaced has no answer that anybody sees", async () => {
  const { client, asked, say } = setUp();
  const answer = client.ask("compare", { baseline: { kind: "nothing" } });
  say({ id: asked[0]?.id ?? 0, isSuperseded: true });
  await expect(answer).rejects.toBeInstanceOf(Stale);
});
