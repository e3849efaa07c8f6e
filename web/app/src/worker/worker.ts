// The worker: messages in, the session asked, messages out. After anything that changes the plan it plans again, once for
// all messages that came in meanwhile.
import { loadSync } from "@mz-deploy/planner";
import { LIMITS, Refusal } from "../project/limits";
import { encode, type Shared } from "../project/link";
import { read, readSnapshot } from "../project/read";
import { roots, type Texts, under } from "../project/texts";
import { zip } from "../project/zip";
import {
  type Answer,
  type Baseline,
  type Call,
  type Calls,
  FIRST_SETTINGS,
  type Link,
  type Opened,
  type OpenedProject,
  type Request,
  type Source,
  type Start,
} from "./protocol";
import { type Deployed, Session } from "./session";
import { warmUp } from "./warm";

let session: Session | undefined;
let opened: ReadonlyMap<string, string> = new Map();
/** How many projects were opened: the number of the one that is open. */
let project = 0;
let planning: ReturnType<typeof setTimeout> | undefined;

const post = (answer: Answer, transfer: Transferable[] = []) => self.postMessage(answer, { transfer });

/** Plans as soon as no message is waiting. */
function planSoon(): void {
  planning ??= setTimeout(() => {
    try {
      planNow();
    } catch (error) {
      post({ crashed: words(error) });
    }
  }, 0);
}

function planNow(): void {
  clearTimeout(planning);
  planning = undefined;
  if (session) {
    post({ overview: session.plan(() => performance.now()) });
  }
}

/** What is asked about a plan is asked about the newest one. */
function current(): Session {
  if (planning !== undefined) {
    planNow();
  }
  if (!session) {
    throw new Refusal("No project is open.");
  }
  return session;
}

/** The project in what was opened, or which ones there are. */
function choose(shared: Shared, root: string | undefined): { texts: Texts } | Extract<Opened, { done: false }> {
  const found = roots(shared.texts.keys());
  if (root !== undefined || found.length === 1) {
    return { texts: under(shared.texts, root ?? found[0] ?? "") };
  }
  if (found.length > 1) {
    return { done: false, choose: found };
  }
  return { done: false, problem: `“${shared.name}” holds no project: there is no project.toml and no folder models.` };
}

/** Something else was asked for while this was read. */
class Superseded extends Error {}

const turns = { open: 0, compare: 0, live: 0 };

/**
 * Takes a turn. What it gives throws if a later one was taken meanwhile, or another project opened: the last to be asked
 * for wins, however long either takes to read.
 */
function turn(what: keyof typeof turns): () => void {
  turns[what] += 1;
  const own = turns[what];
  const opening = turns.open;
  return () => {
    if (turns[what] !== own || turns.open !== opening) {
      throw new Superseded();
    }
  };
}

async function open(source: Source, root: string | undefined, start: Start): Promise<OpenedProject> {
  const check = turn("open");
  const shared = await read(source).finally(check);
  const chosen = choose(shared, root);
  if ("done" in chosen) {
    return chosen;
  }
  const after = session?.version;
  session?.free();
  const settings = {
    ...(shared.settings ?? FIRST_SETTINGS),
    ...(start.profile !== undefined && { profile: start.profile }),
  };
  opened = chosen.texts;
  project += 1;
  session = new Session(root ? `${shared.name}/${root}` : shared.name, chosen.texts, settings, after);
  if (shared.deployed) {
    session.restore({ kind: "texts", words: "the version in the link", texts: shared.deployed });
  }
  if (start.edit) {
    session.restore(AS_OPENED());
    session.edit(start.edit.path, start.edit.text);
  }
  planSoon();
  return { done: true, project, settings };
}

const AS_OPENED = (): Deployed => ({ kind: "texts", words: "the project as it was opened", texts: opened });

async function compare(baseline: Baseline, root: string | undefined): Promise<Opened> {
  const check = turn("compare");
  const deployed = await deployedOf(baseline, root).finally(check);
  if ("done" in deployed) {
    return deployed;
  }
  const problem = current().compare(deployed);
  if (problem !== undefined) {
    return { done: false, problem };
  }
  planSoon();
  return { done: true };
}

async function deployedOf(baseline: Baseline, root: string | undefined): Promise<Deployed | Opened> {
  switch (baseline.kind) {
    case "nothing":
      return { kind: "nothing" };
    case "opened":
      return AS_OPENED();
    case "snapshot":
      return { kind: "snapshot", words: baseline.file.name, text: await readSnapshot(baseline.file) };
    case "version": {
      const shared = await read(baseline.source);
      const chosen = choose(shared, root);
      return "done" in chosen ? chosen : { kind: "texts", words: `the version in ${shared.name}`, texts: chosen.texts };
    }
  }
}

function link(of: Session): Link {
  const deployed = of.deployedTexts;
  const shared: Shared = {
    name: of.name,
    texts: new Map(of.texts),
    ...(deployed && { deployed: new Map(deployed) }),
    settings: of.settings,
  };
  return { data: encode(shared), without: of.notInLink };
}

const FORMS = {
  text: "text/plain",
  json: "application/json",
  markdown: "text/markdown",
  sql: "application/sql",
} as const;

function download(of: Session, what: Calls["download"]["ask"]["what"]): Blob | undefined {
  if (what === "zip") {
    return new Blob([zip(new Map(of.texts))], { type: "application/zip" });
  }
  const text = what === "deployed" ? of.deployedAfter() : of.render(what);
  return text === undefined ? undefined : new Blob([text], { type: what === "deployed" ? FORMS.json : FORMS[what] });
}

/** The answer to each question. */
const ANSWERS: { [C in Call]: (ask: Calls[C]["ask"]) => Calls[C]["answer"] | Promise<Calls[C]["answer"]> } = {
  open: ({ source, root, start }) => open(source, root, start ?? {}),
  edit: ({ project: of, path, text }) => {
    if (of === project) {
      session?.edit(path, text);
      planSoon();
    }
    return undefined;
  },
  revert: ({ project: of, path }) => {
    if (of === project) {
      session?.revert(path);
      planSoon();
    }
    return undefined;
  },
  configure: ({ settings }) => {
    session?.configure(settings);
    planSoon();
    return undefined;
  },
  compare: ({ baseline, root }) => compare(baseline, root),
  live: async ({ name, file }) => {
    const check = turn("live");
    const text = file && (await readSnapshot(file).finally(check));
    current().live(text === undefined ? undefined : { name: name ?? file?.name ?? "", text });
    planSoon();
    return { done: true };
  },
  text: ({ path }) => session?.text(path),
  changes: ({ filter, from, to }) => current().changes(filter, from, to),
  change: ({ object }) => current().changeOf(object),
  steps: ({ phase, from, to }) => current().steps(phase, from, to),
  render: ({ rendering, most }) => {
    const text = current().render(rendering) ?? "";
    return { text: text.slice(0, most), length: text.length };
  },
  download: ({ what }) => download(current(), what),
  link: () => {
    const texts = [...current().texts.values()].reduce((sum, text) => sum + text.length, 0);
    if (texts > LIMITS.linkLength * 100) {
      throw new Refusal("The project is too large for a link. Download it as an archive instead.");
    }
    return link(current());
  },
  graph: ({ groupBy, focus }) => current().graph(groupBy, focus),
};

async function answer<C extends Call>({ id, call, ask }: Request<C>): Promise<void> {
  try {
    const answer = await ANSWERS[call](ask);
    post({ id, version: session?.version ?? 0, answer });
  } catch (error) {
    if (error instanceof Superseded) {
      post({ id, isSuperseded: true });
    } else if (isCrash(error)) {
      post({ crashed: words(error) });
    } else {
      post({ id, version: session?.version ?? 0, failure: words(error) });
    }
  }
}

/** True if the planner stopped in the middle of something: its memory can't be trusted after that. */
function isCrash(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

self.onmessage = ({ data }: MessageEvent<Request | { module: WebAssembly.Module }>) => {
  if ("module" in data) {
    loadSync(data.module);
    post({ ready: true });
    setTimeout(() => session ?? warmUp(), 0);
  } else {
    void answer(data);
  }
};
