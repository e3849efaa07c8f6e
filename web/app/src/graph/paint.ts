// Draws the graph on a canvas. From near, every object and edge in sight; from far, groups and what goes between them.
import { type Camera, LEGIBLE, type Size, seen } from "./camera";
import { type Group, type Layout, NODE, STATES, type State } from "./model";

/** Colours of the page, read from its styles. */
export interface Palette {
  ink: string;
  soft: string;
  faint: string;
  line: string;
  surface: string;
  sunken: string;
  canvas: string;
  accent: string;
  states: Record<State, { fill: string; stroke: string; ink: string }>;
  font: string;
}

export interface Scene {
  layout: Layout;
  camera: Camera;
  view: Size;
  palette: Palette;
  selected: number | undefined;
  hovered: number | undefined;
  /** 1 for nodes that are lit; without it, all are. */
  lit: Uint8Array | undefined;
}

/** Below this scale, a large graph is drawn as groups alone. */
const OBJECTS = 0.16;
/** Signs of changed objects that are drawn from far; more of them would hide the graph. */
const MOST_ROOTS = 200;
/** Objects in sight whose names can't be read are drawn one by one up to this many. */
const MOST_OBJECTS = 600;
/** Pixels of height from which on the shape of a block is seen. A plus has three times the edges of a plain block. */
const SHAPE = 3;
/** A graph of this size is drawn with all its objects and edges from any distance. */
const FEW = 300;

export function paint(context: CanvasRenderingContext2D, scene: Scene): void {
  const { camera, view, palette, layout } = scene;
  const density = context.canvas.width / Math.max(view.width, 1);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.fillStyle = palette.canvas;
  context.fillRect(0, 0, view.width, view.height);
  context.setTransform(density * camera.scale, 0, 0, density * camera.scale, density * camera.x, density * camera.y);
  const box = seen(camera, view);
  const inSight = nodesIn(layout, box);
  const isSmall = layout.labels.length <= FEW;
  const asBlocks = !isSmall && camera.scale < LEGIBLE && (camera.scale < OBJECTS || inSight.length > MOST_OBJECTS);
  groups(context, scene, box);
  if (asBlocks) {
    groupEdges(context, scene);
    blocks(context, scene, inSight);
  } else {
    edges(context, scene, isSmall ? undefined : inSight);
    context.textBaseline = "middle";
    context.font = `12px ${palette.font}`;
    for (const node of inSight) {
      detailed(context, scene, node);
    }
  }
  context.globalAlpha = 1;
  titles(context, scene, box, asBlocks);
}

function nodesIn({ labels, corners }: Layout, box: Box): number[] {
  const found: number[] = [];
  for (let node = 0; node < labels.length; node += 1) {
    const x = corners[node * 2] ?? 0;
    const y = corners[node * 2 + 1] ?? 0;
    if (x <= box.right && x + NODE.width >= box.left && y <= box.bottom && y + NODE.height >= box.top) {
      found.push(node);
    }
  }
  return found;
}

type Box = ReturnType<typeof seen>;

function groups(context: CanvasRenderingContext2D, { layout, palette, camera }: Scene, box: Box): void {
  context.lineWidth = 1 / camera.scale;
  for (const group of layout.groups) {
    if (isOut(group, box)) {
      continue;
    }
    context.beginPath();
    context.roundRect(group.x, group.y, group.width, group.height, 10);
    context.fillStyle = palette.sunken;
    context.fill();
    context.strokeStyle = palette.line;
    context.stroke();
  }
}

/** Titles keep a size that can be read: inside of their groups from near, above them farther off, across blocks. */
function titles(
  context: CanvasRenderingContext2D,
  { layout, palette, camera }: Scene,
  box: Box,
  asBlocks: boolean,
): void {
  context.textBaseline = "middle";
  const wanted = Math.max(12, 11 / camera.scale);
  for (const group of layout.groups) {
    if (isOut(group, box)) {
      continue;
    }
    const size = Math.min(wanted, (group.width - 16) / (group.label.length * 0.62));
    if (size * camera.scale < 6) {
      continue;
    }
    context.font = `600 ${size}px ${palette.font}`;
    if (!asBlocks) {
      const isInside = size <= 20;
      context.fillStyle = palette.soft;
      const label = clipped(context, group.label, group.width - (isInside ? 24 : 0));
      context.fillText(label, group.x + (isInside ? 14 : 2), isInside ? group.y + 17 : group.y - size * 0.75);
    } else if (group.height >= size * 2) {
      pill(context, palette, group, size);
    }
  }
}

/** A title on a ground of its own, in the middle of its group. */
function pill(context: CanvasRenderingContext2D, palette: Palette, group: Group, size: number): void {
  const width = context.measureText(group.label).width;
  const y = group.y + group.height / 2;
  const x = group.x + (group.width - width) / 2;
  context.fillStyle = palette.surface;
  context.globalAlpha = 0.88;
  context.beginPath();
  context.roundRect(x - size / 2, y - size * 0.75, width + size, size * 1.5, size / 2);
  context.fill();
  context.globalAlpha = 1;
  context.fillStyle = palette.ink;
  context.fillText(group.label, x, y);
}

function isOut(group: Group, box: Box): boolean {
  return (
    group.x > box.right || group.x + group.width < box.left || group.y > box.bottom || group.y + group.height < box.top
  );
}

/** Edges between groups, each on its own, so that many of them make a shade. */
function groupEdges(context: CanvasRenderingContext2D, { layout, palette, camera }: Scene): void {
  context.strokeStyle = palette.faint;
  context.globalAlpha = Math.min(0.4, 0.4 * Math.sqrt(24 / Math.max(layout.groupEdges.length / 3, 1)));
  for (let at = 0; at < layout.groupEdges.length; at += 3) {
    const from = layout.groups[layout.groupEdges[at] ?? 0];
    const to = layout.groups[layout.groupEdges[at + 1] ?? 0];
    if (!from || !to) {
      continue;
    }
    context.lineWidth = Math.min(1 + Math.log2(1 + (layout.groupEdges[at + 2] ?? 1)), 6) / camera.scale;
    context.beginPath();
    curve(context, from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** In a large graph, only what begins or ends in sight: what merely passes is too much to read, and to draw. */
function edges(context: CanvasRenderingContext2D, scene: Scene, inSight: number[] | undefined): void {
  const { layout, palette, camera, lit, selected } = scene;
  const isNear = new Uint8Array(layout.labels.length);
  for (const node of inSight ?? []) {
    isNear[node] = 1;
  }
  const dim: number[] = [];
  const bright: number[] = [];
  for (let at = 0; at < layout.edges.length; at += 2) {
    const from = layout.edges[at] ?? 0;
    const to = layout.edges[at + 1] ?? 0;
    const isLit = selected !== undefined && lit?.[from] === 1 && lit[to] === 1;
    if (isLit) {
      bright.push(from, to);
    } else if (!inSight || isNear[from] === 1 || isNear[to] === 1) {
      dim.push(from, to);
    }
  }
  context.lineWidth = 1 / camera.scale;
  context.strokeStyle = palette.faint;
  // The more edges, the fainter each: what many of them make is seen all the same.
  context.globalAlpha = (lit ? 0.35 : 1) * Math.min(0.6, 0.6 * Math.sqrt(160 / Math.max(dim.length / 2, 1)));
  bundle(context, layout, dim);
  context.globalAlpha = 1;
  context.lineWidth = 1.6 / camera.scale;
  context.strokeStyle = palette.accent;
  bundle(context, layout, bright);
}

/** Many edges as one path: a canvas draws them much faster than one by one. */
function bundle(context: CanvasRenderingContext2D, { corners }: Layout, ends: number[]): void {
  context.beginPath();
  for (let at = 0; at < ends.length; at += 2) {
    const from = (ends[at] ?? 0) * 2;
    const to = (ends[at + 1] ?? 0) * 2;
    const middle = NODE.height / 2;
    const [x, y] = [(corners[from] ?? 0) + NODE.width, (corners[from + 1] ?? 0) + middle];
    curve(context, x, y, corners[to] ?? 0, (corners[to + 1] ?? 0) + middle);
  }
  context.stroke();
}

function curve(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  const bend = Math.max(24, Math.abs(x2 - x1) / 2);
  context.moveTo(x1, y1);
  context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
}

/**
 * From far, an object is a block of its colour and shape, and what somebody changed keeps a sign that is seen, as long as
 * that isn't too much. Where blocks are lower than `SHAPE`, colour alone tells what is created from what is rebuilt; what
 * is outside stays flat at any distance. All blocks of a state are one path.
 */
function blocks(context: CanvasRenderingContext2D, { layout, palette, camera, lit }: Scene, inSight: number[]): void {
  const byLook = new Map<number, number[]>();
  const hasShape = NODE.height * camera.scale >= SHAPE;
  for (const node of inSight) {
    const look = (layout.states[node] ?? 0) * 2 + (lit && lit[node] !== 1 ? 1 : 0);
    const alike = byLook.get(look);
    if (alike) {
      alike.push(node);
    } else {
      byLook.set(look, [node]);
    }
  }
  for (const [look, alike] of byLook) {
    const state = STATES[look >> 1] ?? "untouched";
    const isChanged = state !== "untouched" && state !== "outside";
    context.globalAlpha = (look % 2 === 1 ? 0.15 : 1) * (isChanged ? 0.75 : 1);
    context.fillStyle = isChanged ? palette.states[state].stroke : palette.line;
    context.beginPath();
    for (const node of alike) {
      const [x, y] = [layout.corners[node * 2] ?? 0, layout.corners[node * 2 + 1] ?? 0];
      if (hasShape || state === "outside") {
        block(context, state, x, y);
      } else {
        context.rect(x, y, NODE.width, NODE.height);
      }
    }
    context.fill("evenodd");
  }
  context.globalAlpha = 1;
  const changed = STATES.indexOf("update") * 2;
  const roots = [...(byLook.get(changed) ?? []), ...(byLook.get(changed + 1) ?? [])];
  if (roots.length <= MOST_ROOTS) {
    for (const node of roots) {
      root(context, layout, palette, camera, node);
    }
  }
}

/**
 * The shapes of the signs, as wide as the object: a plus, a diamond, a ring; what doesn't change is full, or flat if it is
 * outside.
 */
function block(context: CanvasRenderingContext2D, state: State, x: number, y: number): void {
  const { width, height } = NODE;
  switch (state) {
    case "create":
      context.rect(x, y + height / 3, width, height / 3);
      context.rect(x + width * 0.375, y, width / 4, height / 3);
      context.rect(x + width * 0.375, y + (height * 2) / 3, width / 4, height / 3);
      break;
    case "update":
      context.moveTo(x, y + height / 2);
      context.lineTo(x + width / 2, y);
      context.lineTo(x + width, y + height / 2);
      context.lineTo(x + width / 2, y + height);
      context.closePath();
      break;
    case "rebuild":
      context.rect(x, y, width, height);
      context.rect(x + width / 4, y + height / 4, width / 2, height / 2);
      break;
    case "outside":
      context.rect(x, y + height / 3, width, height / 3);
      break;
    case "untouched":
      context.rect(x, y, width, height);
      break;
  }
}

/** The sign of what somebody changed, of one size from any distance. */
function root(
  context: CanvasRenderingContext2D,
  { corners }: Layout,
  palette: Palette,
  camera: Camera,
  node: number,
): void {
  context.save();
  context.translate((corners[node * 2] ?? 0) + NODE.width / 2, (corners[node * 2 + 1] ?? 0) + NODE.height / 2);
  context.scale(1.5 / camera.scale, 1.5 / camera.scale);
  shape(context, "update", 0, 0, palette.states.update.stroke);
  context.lineWidth = 1.2;
  context.strokeStyle = palette.surface;
  context.stroke();
  context.restore();
}

function detailed(context: CanvasRenderingContext2D, scene: Scene, node: number): void {
  const { layout, palette, camera, lit, selected, hovered } = scene;
  const x = layout.corners[node * 2] ?? 0;
  const y = layout.corners[node * 2 + 1] ?? 0;
  const state = STATES[layout.states[node] ?? 0] ?? "untouched";
  const colours = palette.states[state];
  context.globalAlpha = lit && lit[node] !== 1 ? 0.25 : 1;
  context.fillStyle = colours.fill;
  context.beginPath();
  context.roundRect(x, y, NODE.width, NODE.height, 6);
  context.fill();
  context.lineWidth = node === selected || node === hovered ? 2 : 1;
  context.strokeStyle = node === selected ? palette.accent : colours.stroke;
  context.setLineDash(state === "outside" ? [4, 3] : []);
  context.stroke();
  context.setLineDash([]);
  shape(context, state, x + 14, y + NODE.height / 2, colours.stroke);
  if (camera.scale > LEGIBLE) {
    context.fillStyle = colours.ink;
    context.fillText(clipped(context, layout.labels[node] ?? "", NODE.width - 36), x + 26, y + NODE.height / 2 + 0.5);
  }
}

/** The signs of `view/mark.tsx`, at the same sizes. */
function shape(context: CanvasRenderingContext2D, state: State, x: number, y: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  if (state === "create") {
    context.rect(x - 1.5, y - 5, 3, 10);
    context.rect(x - 5, y - 1.5, 10, 3);
    context.fill();
  } else if (state === "update") {
    context.moveTo(x, y - 5.5);
    context.lineTo(x + 5.5, y);
    context.lineTo(x, y + 5.5);
    context.lineTo(x - 5.5, y);
    context.fill();
  } else if (state === "rebuild") {
    context.arc(x, y, 3.8, 0, 2 * Math.PI);
    context.lineWidth = 2.6;
    context.strokeStyle = colour;
    context.stroke();
  } else {
    context.rect(x - 3.5, y - 3.5, 7, 7);
    context.lineWidth = 1.2;
    context.strokeStyle = colour;
    context.stroke();
  }
}

/** As much of a text as has room. */
function clipped(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (text.length * 4 < width || context.measureText(text).width <= width) {
    return text;
  }
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return `${text.slice(0, low)}…`;
}

/** The node under a point of the layout. */
export function nodeAt(layout: Layout, x: number, y: number): number | undefined {
  for (let node = 0; node < layout.labels.length; node += 1) {
    const left = layout.corners[node * 2] ?? 0;
    const top = layout.corners[node * 2 + 1] ?? 0;
    if (x >= left && x <= left + NODE.width && y >= top && y <= top + NODE.height) {
      return node;
    }
  }
  return undefined;
}
