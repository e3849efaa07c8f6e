// How long the page's threads worked, in time of the processor: what other programs did meanwhile isn't in it.
import type { Browser, Page } from "@playwright/test";

/** In milliseconds of the processor. */
interface Work {
  total: number;
  longestTask: number;
}

/** Of the thread that a user waits for, and of the one that plans. */
export interface Threads {
  page: Work;
  worker: Work;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** In microseconds: when it began, how long it took, and how long of that the thread was at work. */
  ts: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

const TASK = "ThreadControllerImpl::RunTask";

/** Does something and says how much work it was. */
export async function worked(page: Page, what: () => Promise<void>): Promise<Threads> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  let trace = "";
  try {
    await what();
  } finally {
    trace = (await browser.stopTracing()).toString();
  }
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const isNamed = (name: RegExp) => (event: TraceEvent) =>
    event.name === "thread_name" && name.test(event.args.name ?? "");
  const tasks = (name: RegExp) => {
    const threads = new Set(traceEvents.filter(isNamed(name)).map(thread));
    return traceEvents.filter((event) => event.name === TASK && threads.has(thread(event)));
  };
  const [ofPage, ofWorker] = [tasks(/^CrRendererMain$/), tasks(/^DedicatedWorker/)];
  // The names are Chromium's own, which another version may change; the page's thread is never without a task.
  if (ofPage.length === 0) {
    throw new Error(`the trace has no \`${TASK}\` of the page's thread: what this version calls it is to be found out`);
  }
  return { page: workOf(ofPage), worker: workOf(ofWorker) };
}

function thread({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}

/** A task may have tasks inside of it, which are counted with it. */
function workOf(tasks: TraceEvent[]): Work {
  const work: Work = { total: 0, longestTask: 0 };
  const ends = new Map<string, number>();
  for (const task of tasks.sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))) {
    if (task.ts >= (ends.get(thread(task)) ?? 0)) {
      ends.set(thread(task), task.ts + (task.dur ?? 0));
      const milliseconds = (task.tdur ?? 0) / 1000;
      work.total += milliseconds;
      work.longestTask = Math.max(work.longestTask, milliseconds);
    }
  }
  return work;
}
