// The page: the bar, the files and the editor at the left, what follows from them at the right.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { show } from "../state/actions";
import { half, message, overview, paths, phase, TABS, type Tab, tab } from "../state/state";
import { count } from "../state/words";
import { Bar, take } from "./bar";
import { Divider } from "./divider";
import { Editor } from "./edit";
import { Files } from "./files";
import { Graph } from "./graph";
import { Guide } from "./guide";
import { Messages } from "./message";
import { dropped } from "./open";
import { Plan } from "./plan";
import { Problems } from "./problems";
import { Script } from "./script";
import { Start } from "./start";
import { Steps } from "./steps";

export function App() {
  const isDropping = useSignal(false);
  useEffect(() => {
    document.addEventListener("keydown", shortcut);
    return () => document.removeEventListener("keydown", shortcut);
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files are dropped anywhere; buttons open them, too
    <div
      class="app"
      data-dropping={isDropping.value}
      onDragOver={(event) => {
        event.preventDefault();
        isDropping.value = true;
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) {
          isDropping.value = false;
        }
      }}
      onDrop={(event) => {
        event.preventDefault();
        isDropping.value = false;
        if (event.dataTransfer) {
          dropped(event.dataTransfer).then(take, (error: unknown) => {
            message.value = { kind: "problem", text: error instanceof Error ? error.message : String(error) };
          });
        }
      }}
    >
      <Bar />
      <Content />
      <Messages />
    </div>
  );
}

function Content() {
  switch (phase.value) {
    case "loading":
      return <main class="start" aria-busy="true" />;
    case "failed":
      return (
        <main class="empty">
          <h1>The page can't go on</h1>
          <p>Reload it to try again.</p>
        </main>
      );
    case "start":
      return <Start />;
    case "open":
      return overview.value ? <Work /> : <main class="start" aria-busy="true" />;
  }
}

const TITLES: Record<Tab, string> = {
  plan: "Plan",
  steps: "Steps",
  script: "Script",
  graph: "Graph",
  problems: "Problems",
  guide: "Guide",
};

function Work() {
  const now = tab.value;
  return (
    <main class="work" data-half={half.value}>
      <h1 class="for-screen-readers">{overview.value?.name}: what a deployment would do</h1>
      <div class="halves" role="group" aria-label="Part of the page">
        <button type="button" aria-pressed={half.value === "files"} onClick={() => (half.value = "files")}>
          Files
        </button>
        <button type="button" aria-pressed={half.value === "result"} onClick={() => (half.value = "result")}>
          Plan
        </button>
      </div>
      <div class="source">
        <Files />
        <Editor />
      </div>
      <Divider />
      <section class="result" aria-label="What follows">
        <div class="tabs" role="tablist" aria-label="Views">
          {TABS.map((each) => (
            <button
              type="button"
              key={each}
              id={`tab-${each}`}
              role="tab"
              aria-selected={each === now}
              aria-controls="view"
              tabIndex={each === now ? 0 : -1}
              onClick={() => show(each)}
              onKeyDown={(event) => beside(event, each)}
            >
              {TITLES[each]}
              {COUNTS[each]?.()}
            </button>
          ))}
          <span class="spacer" />
          <Time />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a view that scrolls is scrolled with keys */}
        <div class="view" id="view" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${now}`} data-view={now}>
          {VIEWS[now]()}
        </div>
      </section>
    </main>
  );
}

const VIEWS: Record<Tab, () => ComponentChildren> = {
  plan: () => <Plan />,
  steps: () => <Steps />,
  script: () => <Script />,
  graph: () => <Graph />,
  problems: () => <Problems />,
  guide: () => <Guide />,
};

/** What a tab has in store. */
const COUNTS: Partial<Record<Tab, () => ComponentChildren>> = {
  plan: () => <Count n={(overview.value?.plan?.changes ?? 0) + (overview.value?.plan?.scopes?.length ?? 0)} />,
  steps: () => <Count n={overview.value?.plan?.phases.reduce((sum, each) => sum + each.steps, 0) ?? 0} />,
  problems: () => {
    const { errors = 0, warnings = 0 } = overview.value ?? {};
    return <Count n={errors + warnings} severity={errors > 0 ? "error" : "warning"} />;
  },
};

function Count({ n, severity }: { n: number; severity?: "error" | "warning" }) {
  return n === 0 ? null : (
    <span class="count" data-severity={severity}>
      {n.toLocaleString("en")}
    </span>
  );
}

function Time() {
  const { milliseconds = 0 } = overview.value ?? {};
  return (
    <span class="time wide-only" title={`${count(paths.value.length, "file")}, checked and planned in this page`}>
      planned in {milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms
    </span>
  );
}

/** Arrow keys go from tab to tab. */
function beside(event: KeyboardEvent, from: Tab): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  const next = TABS[(TABS.indexOf(from) + step + TABS.length) % TABS.length];
  if (step !== 0 && next) {
    event.preventDefault();
    show(next);
    document.getElementById(`tab-${next}`)?.focus();
  }
}

/** True if the key is a character of the text that somebody writes: on a Mac, Option makes `[` of a German 5. */
function isTyping({ target, key, code }: KeyboardEvent): boolean {
  const isText = target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea"));
  const plain = /^(?:Digit|Key)(.)$/.exec(code)?.[1]?.toLowerCase();
  return isText && key.length === 1 && key.toLowerCase() !== plain;
}

/** Keys that work anywhere. */
function shortcut(event: KeyboardEvent): void {
  if (!event.altKey || event.ctrlKey || event.metaKey || phase.value !== "open" || isTyping(event)) {
    return;
  }
  const at = /^Digit([1-6])$/.exec(event.code)?.[1];
  const next = at === undefined ? undefined : TABS[Number(at) - 1];
  if (next) {
    event.preventDefault();
    show(next);
    requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
  } else if (event.code === "KeyE" || event.code === "KeyF") {
    event.preventDefault();
    half.value = "files";
    const target = event.code === "KeyE" ? ".editor .cm-content" : ".files input";
    requestAnimationFrame(() => document.querySelector<HTMLElement>(target)?.focus());
  }
}
