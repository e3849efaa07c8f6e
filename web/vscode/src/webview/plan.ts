// The panel of the plan.
import type { ChangeRow, ChangeView, DiagnosticView, OutlineView, PhaseRow, StepView } from "@mz-deploy/planner";
import type { PanelCommand, PlanState } from "../messages";
import { element } from "./dom";
import { connect } from "./port";
import { happening } from "./words";

const main = document.getElementById("main") ?? document.body;
/** What was opened stays open when the plan follows an edit. */
const opened = new Set<string>();
let waiting = new Map<string, HTMLElement>();

const port = connect((message) => {
  switch (message.kind) {
    case "plan":
      show(message);
      break;
    case "change":
      fill(
        `change ${message.position}`,
        message.change === undefined ? [] : changeDetails(message.position, message.change),
      );
      break;
    case "steps":
      fill(`phase ${message.phase}`, message.steps.map(stepView));
      break;
    case "graph":
      break;
  }
});

function show(state: PlanState): void {
  waiting = new Map();
  const scroll = document.documentElement.scrollTop;
  const { outline, diagnostics } = state.preview;
  main.removeAttribute("aria-busy");
  main.replaceChildren(
    header(state),
    ...(outline === undefined
      ? [problems(diagnostics.diagnostics)]
      : [totals(outline), notes(outline), scopes(outline), changes(outline), phases(outline)]),
  );
  document.documentElement.scrollTop = scroll;
}

function header(state: PlanState): HTMLElement {
  const against = `${state.project}${state.profile === undefined ? "" : ` (${state.profile})`}, compared with ${state.comparison}`;
  return element(
    "header",
    {},
    element("h1", {}, "What would this change do?"),
    element("p", { class: "against" }, against),
    state.problem === undefined ? undefined : element("p", { class: "notice", role: "status" }, state.problem),
    element(
      "nav",
      { "aria-label": "Plan" },
      command("compareWithHead", "Compare with HEAD"),
      command("compareWithSnapshot", "Compare with a snapshot…"),
      state.canTakeSnapshot ? command("takeSnapshot", "Take a snapshot of the environment") : undefined,
      command("showGraph", "Graph"),
      command("showSql", "As SQL"),
    ),
  );
}

function command(name: PanelCommand, label: string): HTMLElement {
  return element(
    "button",
    {
      class: "command",
      click: () => {
        port.send({ kind: "command", command: name });
      },
    },
    label,
  );
}

function totals(outline: OutlineView): HTMLElement {
  if (outline.changes.length === 0 && (outline.scopes ?? []).length === 0) {
    return element("p", { class: "nothing" }, `Nothing changes. ${outline.unchanged} objects stay as they are.`);
  }
  const count = (tones: readonly string[]) =>
    outline.changes.filter(({ action }) => tones.includes(happening(action).tone)).length;
  const chip = (label: string, tone: string, number: number) =>
    number === 0
      ? undefined
      : element("li", { class: `chip ${tone}` }, element("strong", {}, String(number)), ` ${label}`);
  return element(
    "section",
    { "aria-label": "Summary" },
    element(
      "ul",
      { class: "chips" },
      chip("new", "new", count(["new"])),
      chip("changed", "changed", count(["changed"])),
      chip("rebuilt because of it", "rebuilt", count(["rebuilt"])),
      chip("without a file", "gone", count(["gone"])),
      chip("stay as they are", "same", outline.unchanged),
    ),
    element("p", { class: "cost" }, `${outline.cost_in_words}. Strategy: ${outline.taken}.`),
    ...(outline.not_taken ?? []).map((words) => element("p", { class: "cost" }, `Not taken: ${words}.`)),
  );
}

function notes(outline: OutlineView): HTMLElement {
  const all = [...(outline.notes ?? []), ...(outline.drift ?? [])];
  const withdrawn = outline.withdrawn ?? [];
  if (all.length + withdrawn.length === 0) {
    return element("div", { hidden: true });
  }
  return element(
    "section",
    { class: "notes", "aria-label": "To be known before" },
    element("h2", {}, "To be known before"),
    element(
      "ul",
      {},
      ...all.map((note) => element("li", {}, note)),
      ...withdrawn.map((sql) => element("li", {}, "not carried over: ", element("code", {}, sql))),
    ),
  );
}

function scopes(outline: OutlineView): HTMLElement {
  const rows = outline.scopes ?? [];
  if (rows.length === 0) {
    return element("div", { hidden: true });
  }
  return element(
    "section",
    { "aria-label": "Databases and schemas" },
    element("h2", {}, "Databases and schemas"),
    element(
      "ul",
      {},
      ...rows.map(({ kind, name, what, why }) => element("li", {}, `${kind} ${name}: ${what}, ${why}`)),
    ),
  );
}

function changes(outline: OutlineView): HTMLElement {
  if (outline.changes.length === 0) {
    return element("div", { hidden: true });
  }
  // What somebody changed comes before what follows from it; otherwise the order is the plan's.
  const follows = (row: ChangeRow) => Number(happening(row.action).tone === "rebuilt");
  const ordered = outline.changes
    .map((row, position) => ({ row, position }))
    .sort((a, b) => follows(a.row) - follows(b.row));
  const rows = ordered.map(({ row, position }) => changeRow(row, position));
  return element(
    "section",
    { "aria-label": "Changes" },
    element("h2", {}, "Changes"),
    element("ul", { class: "rows", keydown: walk }, ...rows),
  );
}

/** A row that opens: its sign, its name, what happens and why. */
function changeRow(row: ChangeRow, position: number): HTMLElement {
  const { sign, words, tone } = happening(row.action);
  const kind = row.kind.replaceAll("-", " ");
  return element(
    "li",
    {},
    foldable(
      `change ${position}`,
      `change ${row.name}`,
      () => {
        port.send({ kind: "change", position });
      },
      element("span", { class: `sign ${tone}`, "aria-hidden": "true" }, sign),
      element(
        "span",
        { class: "rest" },
        element("span", { class: "name" }, row.name),
        element("span", { class: "kind" }, kind),
        element("span", { class: "what" }, `${words} by ${row.strategy.replaceAll("-", " ")}`),
        element("span", { class: "why" }, row.why),
      ),
    ),
  );
}

function changeDetails(position: number, change: ChangeView): HTMLElement[] {
  const differs = change.before !== undefined || change.after !== undefined;
  const reasons = change.reasons.map(({ words, path, line }) =>
    element("li", {}, path === undefined ? words : link(words, path, line)),
  );
  return [
    element("ol", { class: "reasons", "aria-label": "Why" }, ...reasons),
    element(
      "p",
      {},
      differs
        ? element(
            "button",
            {
              class: "command",
              click: () => {
                port.send({ kind: "diff", position });
              },
            },
            "Show the difference",
          )
        : element("span", { class: "why" }, "Its own definition doesn't change."),
    ),
  ];
}

function phases(outline: OutlineView): HTMLElement {
  if (outline.phases.length === 0) {
    return element("div", { hidden: true });
  }
  return element(
    "section",
    { "aria-label": "Steps" },
    element("h2", {}, "Steps"),
    element("ul", { class: "rows", keydown: walk }, ...outline.phases.map(phaseRow)),
  );
}

function phaseRow(phase: PhaseRow, position: number): HTMLElement {
  return element(
    "li",
    {},
    foldable(
      `phase ${position}`,
      `phase ${phase.at} ${phase.name}`,
      () => {
        port.send({ kind: "steps", phase: position });
      },
      element("span", { class: "moment" }, phase.at.replaceAll("-", " ")),
      element("span", { class: "name" }, phase.name),
      element("span", { class: "what" }, `${phase.steps} ${phase.steps === 1 ? "step" : "steps"}`),
    ),
  );
}

function stepView(step: StepView): HTMLElement {
  const words =
    step.sql === undefined
      ? element("p", { class: "effect" }, step.effect ?? "")
      : element("pre", { tabindex: "0" }, element("code", {}, step.sql));
  const requires = (step.requires ?? []).map((each) => element("li", {}, `requires that ${each}`));
  const cause =
    step.cause === undefined
      ? undefined
      : step.path === undefined
        ? step.cause
        : link(step.cause, step.path, step.line);
  return element(
    "div",
    { class: "step" },
    words,
    element(
      "ul",
      { class: "requires" },
      cause === undefined ? undefined : element("li", {}, "because of ", cause),
      ...requires,
    ),
  );
}

function problems(diagnostics: readonly DiagnosticView[]): HTMLElement {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return element(
    "section",
    { "aria-label": "Problems" },
    element(
      "p",
      { class: "notice", role: "status" },
      `There is no plan: the project has ${errors.length === 1 ? "1 error" : `${errors.length} errors`}.`,
    ),
    element(
      "ul",
      { class: "problems" },
      ...errors.map(({ message, primary }) => {
        const place = `${primary.path ?? ""}${primary.start === undefined ? "" : `:${primary.start.line}`}`;
        const isFile = primary.path !== undefined && !primary.path.endsWith(".json");
        return element("li", {}, isFile ? link(place, primary.path ?? "", primary.start?.line) : place, " ", message);
      }),
    ),
  );
}

function link(words: string, path: string, line: number | undefined): HTMLElement {
  return element(
    "button",
    {
      class: "link",
      click: () => {
        port.send({ kind: "open", path, line });
      },
    },
    words,
  );
}

/** A part that asks for its contents when it is opened for the first time. */
function foldable(place: string, key: string, ask: () => void, ...head: HTMLElement[]): HTMLElement {
  const body = element("div", { class: "body" });
  const details = element("details", {}, element("summary", {}, ...head), body);
  let asked = false;
  details.addEventListener("toggle", () => {
    if (details.open) {
      opened.add(key);
    } else {
      opened.delete(key);
    }
    if (details.open && !asked) {
      asked = true;
      waiting.set(place, body);
      ask();
    }
  });
  details.open = opened.has(key);
  return details;
}

function fill(place: string, children: HTMLElement[]): void {
  waiting.get(place)?.replaceChildren(...children);
}

/** Arrow keys go from row to row. */
function walk(event: Event): void {
  if (!(event instanceof KeyboardEvent) || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) {
    return;
  }
  const rows = [...document.querySelectorAll<HTMLElement>(".rows summary")];
  const at = document.activeElement instanceof HTMLElement ? rows.indexOf(document.activeElement) : -1;
  const next = rows[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at >= 0 && next !== undefined) {
    event.preventDefault();
    next.focus();
  }
}
