// The panel of the graph: a picture that is walked with the mouse or the keyboard.
import type { ChangeAction, NodeView } from "@mz-deploy/planner";
import type { GraphState } from "../messages";
import { bounded } from "./bound";
import { element, svg } from "./dom";
import { layout, type Placed, reach } from "./layout";
import { connect } from "./port";
import { happening } from "./words";

const WIDTH = 190;
const HEIGHT = 34;
const GAP_X = 70;
const GAP_Y = 14;
const MARGIN = 24;
const MOST_CHARACTERS = 24;
/** Objects in a picture: with more of them it can't be walked any more. */
const MOST_NODES = 1500;

const main = document.getElementById("main") ?? document.body;
let focused: string | undefined;
let zoom: number | undefined;
/** The picture that is there: while its objects and edges stay, only what happens to them is written anew. */
let shown: { readonly key: string; readonly mark: (actions: GraphState["actions"]) => void } | undefined;

const port = connect((message) => {
  if (message.kind === "graph") {
    show(message);
  }
});

function show(state: GraphState): void {
  const { graph, actions, left } = bounded(state.graph, state.actions, MOST_NODES);
  const { nodes, edges } = graph;
  const key = JSON.stringify([state.project, left, nodes, edges]);
  if (shown?.key === key) {
    shown.mark(actions);
    return;
  }
  const { places, passages } = layout(nodes.length, edges);
  const size = (count: number, each: number, gap: number) => MARGIN * 2 + count * (each + gap);
  const width = size(1 + Math.max(0, ...places.map(({ column }) => column)), WIDTH, GAP_X);
  const rows = [...places, ...passages.flat()].map(({ row }) => row);
  const height = size(1 + Math.max(0, ...rows), HEIGHT, GAP_Y);
  const drawn = nodes.map((node, position) =>
    drawNode(node, actions[position], places[position] ?? { column: 0, row: 0 }),
  );
  const mark = (now: GraphState["actions"]) => {
    nodes.forEach((node, position) => {
      markNode(drawn[position], node, now[position]);
    });
  };
  const lines = edges.map(({ from, to }, edge) =>
    svg("path", { class: "edge", d: curve(places[from], passages[edge] ?? [], places[to]) }),
  );
  const picture = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": `Graph of ${state.project}` },
    ...lines,
    ...drawn,
  );
  const resize = () => {
    picture.setAttribute("width", String(width * (zoom ?? 1)));
    picture.setAttribute("height", String(height * (zoom ?? 1)));
  };
  // At first, as much as can still be read.
  zoom ??= Math.min(1, Math.max(0.8, (window.innerWidth - 2 * MARGIN) / width));
  resize();
  const focus = (position: number | undefined) => {
    const near =
      position === undefined
        ? undefined
        : new Set([...reach(nodes.length, edges, position, "up"), ...reach(nodes.length, edges, position, "down")]);
    drawn.forEach((each, at) => {
      each.classList.toggle("far", near !== undefined && !near.has(at));
    });
    lines.forEach((line, at) => {
      const edge = edges[at];
      line.classList.toggle(
        "far",
        near !== undefined && edge !== undefined && !(near.has(edge.from) && near.has(edge.to)),
      );
    });
  };
  drawn.forEach((each, position) => {
    const choose = () => {
      focused = nameOf(nodes[position]);
      focus(position);
    };
    each.addEventListener("focus", choose);
    each.addEventListener("click", choose);
  });
  const before = { search: main.querySelector("input"), frame: main.querySelector(".picture") };
  const place = { left: before.frame?.scrollLeft ?? 0, top: document.documentElement.scrollTop };
  const wasTyping = before.search !== null && document.activeElement === before.search;
  const bar = tools(state.project, before.search?.value ?? "", nodes, drawn, resize, () => {
    focused = undefined;
    focus(undefined);
  });
  const frame = element("div", { class: "picture" }, picture);
  const words = `${nodes.length} of ${nodes.length + left} objects: those that change, and what is nearest to them.`;
  const notice = left === 0 ? undefined : element("p", { class: "notice", role: "status" }, words);
  main.removeAttribute("aria-busy");
  main.replaceChildren(...[bar, notice, frame].filter((part) => part !== undefined));
  frame.scrollLeft = place.left;
  document.documentElement.scrollTop = place.top;
  if (wasTyping) {
    bar.querySelector("input")?.focus();
  }
  shown = { key, mark };
  const again = nodes.findIndex((node) => nameOf(node) === focused);
  if (again >= 0) {
    focus(again);
  }
}

function tools(
  project: string,
  searched: string,
  nodes: readonly NodeView[],
  drawn: readonly SVGElement[],
  resize: () => void,
  clear: () => void,
): HTMLElement {
  const scale = (factor: number) => () => {
    zoom = Math.min(3, Math.max(0.2, (zoom ?? 1) * factor));
    resize();
  };
  const search = element("input", { type: "search", placeholder: "Find an object", "aria-label": "Find an object" });
  search.value = searched;
  search.addEventListener("keydown", (event) => {
    const text = search.value.toLowerCase();
    const found = nodes.findIndex((node) => nameOf(node).toLowerCase().includes(text));
    if (event.key === "Enter" && text !== "" && found >= 0) {
      drawn[found]?.scrollIntoView({ block: "center", inline: "center" });
      drawn[found]?.focus();
    }
  });
  const button = (label: string, name: string, click: () => void) =>
    element("button", { class: "command", "aria-label": name, title: name, click }, label);
  const legend = (["create", "update", "rebuild", "delete"] as const).map((action) => {
    const { sign, tone, words } = happening(action);
    return element("span", { class: `chip ${tone}` }, `${sign} ${words}`);
  });
  return element(
    "header",
    { class: "tools" },
    element("h1", {}, `Graph of ${project}`),
    search,
    button("−", "Smaller", scale(1 / 1.25)),
    button("+", "Larger", scale(1.25)),
    button("Show all", "Show all alike", clear),
    element("span", { class: "legend" }, ...legend),
  );
}

function drawNode(node: NodeView, action: string | undefined, place: Placed): SVGGElement {
  const { x, y } = corner(place);
  const kind = kindOf(node);
  const clusters = node.clusters ?? [];
  const open = () => {
    if (node.path !== undefined) {
      port.send({ kind: "open", path: node.path, line: undefined });
    }
  };
  const drawn = svg(
    "g",
    {
      tabindex: "0",
      role: "button",
      dblclick: open,
      keydown: (event) => {
        if (event instanceof KeyboardEvent && event.key === "Enter") {
          open();
        }
      },
    },
    svg("title", {}, `${nameOf(node)}\n${kind}${clusters.length > 0 ? ` on ${clusters.join(", ")}` : ""}`),
    svg("rect", {
      x: String(x),
      y: String(y),
      width: String(WIDTH),
      height: String(HEIGHT),
      rx: node.kind === "view" ? "16" : "3",
    }),
    svg("text", { x: String(x + 12), y: String(y + 15), class: "label" }),
    svg("text", { x: String(x + 12), y: String(y + 28), class: "small" }, `${node.name.schema} · ${kind}`),
  );
  markNode(drawn, node, action);
  return drawn;
}

/** Writes what happens to an object, in its place in the picture. */
function markNode(drawn: SVGGElement | undefined, node: NodeView, action: string | undefined): void {
  const what = action === undefined ? undefined : happening(action as ChangeAction);
  const far = drawn?.classList.contains("far") === true ? " far" : "";
  const { object } = node.name;
  const name = object.length > MOST_CHARACTERS ? `${object.slice(0, MOST_CHARACTERS - 1)}…` : object;
  drawn?.setAttribute("class", `node ${what?.tone ?? (node.kind === undefined ? "outside" : "same")}${far}`);
  drawn?.setAttribute("aria-label", `${nameOf(node)}, ${kindOf(node)}${what === undefined ? "" : `, ${what.words}`}`);
  drawn?.querySelector(".label")?.replaceChildren(`${what === undefined ? "" : `${what.sign} `}${name}`);
}

function kindOf(node: NodeView): string {
  return node.kind?.replaceAll("-", " ") ?? "outside the project";
}

function corner({ column, row }: Placed): { x: number; y: number } {
  return { x: MARGIN + column * (WIDTH + GAP_X), y: MARGIN + row * (HEIGHT + GAP_Y) };
}

/** From the right side of a node to the left side of another, through the places between. */
function curve(from: Placed | undefined, between: readonly Placed[], to: Placed | undefined): string {
  const start = corner(from ?? { column: 0, row: 0 });
  const path = [`M${start.x + WIDTH} ${start.y + HEIGHT / 2}`];
  let last = { x: start.x + WIDTH, y: start.y + HEIGHT / 2 };
  for (const [at, place] of [...between, to ?? { column: 0, row: 0 }].entries()) {
    const next = corner(place);
    const y = next.y + HEIGHT / 2;
    const half = (next.x - last.x) / 2;
    path.push(`C${last.x + half} ${last.y} ${next.x - half} ${y} ${next.x} ${y}`);
    last = { x: next.x, y };
    if (at < between.length) {
      path.push(`H${next.x + WIDTH}`);
      last = { x: next.x + WIDTH, y };
    }
  }
  return path.join(" ");
}

function nameOf(node: NodeView | undefined): string {
  return node === undefined
    ? ""
    : [node.name.database, node.name.schema, node.name.object].filter((part) => part !== undefined).join(".");
}
