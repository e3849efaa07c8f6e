// The canvas of the graph: pointer, wheel and keys to camera and selection, and one drawing a frame.
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { beside, type Camera, centred, first, fit, pan, type Size, zoom } from "../graph/camera";
import { type Layout, NODE, STATES } from "../graph/model";
import { nodeAt, paint } from "../graph/paint";
import { palette } from "../graph/palette";
import { adjacency, reach } from "../graph/reach";
import { type Direction, walk } from "../graph/walk";
import { shown } from "../state/names";
import { isDark } from "../state/theme";

export interface Controls {
  zoom: (factor: number) => void;
  fit: () => void;
  reveal: (node: number) => void;
}

interface Props {
  layout: Layout;
  selected: number | undefined;
  select: (node: number | undefined) => void;
  controls: RefObject<Controls | undefined>;
  /** Another graph is seen as a whole first. */
  identity: string;
  /** The graph is of what one object reaches, so that object is seen first. */
  isFocused: boolean;
}

/** The panel of the object that is selected, with its margin; `graph.css` has the same. */
const PANEL = { width: 314, share: 0.46, narrow: 880 } as const;

const DIRECTIONS: Record<string, Direction> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export function Canvas({ layout, selected, select, controls, identity, isFocused }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const camera = useRef<Camera>({ scale: 1, x: 0, y: 0 });
  const size = useRef<Size>({ width: 0, height: 0 });
  const hovered = useRef<number | undefined>(undefined);
  const frame = useRef(0);
  const shownOnce = useRef("");
  const before = useMemo(() => adjacency(layout.labels.length, layout.edges, false), [layout]);
  const after = useMemo(() => adjacency(layout.labels.length, layout.edges, true), [layout]);
  const lit = useMemo(() => {
    if (selected === undefined) {
      return undefined;
    }
    const downstream = reach(after, selected);
    return reach(before, selected).map((reached, node) => reached | (downstream[node] ?? 0));
  }, [before, after, selected]);

  const draw = () => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || size.current.width === 0) {
      return;
    }
    paint(context, {
      layout,
      camera: camera.current,
      view: size.current,
      palette: palette(element),
      selected,
      hovered: hovered.current,
      lit,
    });
  };
  const latest = useRef(draw);
  latest.current = draw;
  const redraw = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => latest.current());
  };
  const look = (next: Camera) => {
    camera.current = next;
    redraw();
  };
  const free = () => (selected === undefined ? size.current : beside(size.current, PANEL));
  const middle = () => ({ x: size.current.width / 2, y: size.current.height / 2 });

  const middleOf = (node: number) => ({
    x: (layout.corners[node * 2] ?? 0) + NODE.width / 2,
    y: (layout.corners[node * 2 + 1] ?? 0) + NODE.height / 2,
  });

  controls.current = {
    zoom: (factor) => look(zoom(camera.current, factor, middle())),
    fit: () => look(fit(layout, free())),
    reveal: (node) => {
      look(centred(camera.current, middleOf(node), beside(size.current, PANEL)));
    },
  };

  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) {
      return;
    }
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      const isFirst = size.current.width === 0;
      size.current = { width, height };
      element.width = width * devicePixelRatio;
      element.height = height * devicePixelRatio;
      if (isFirst) {
        camera.current = first(layout, free(), isFocused && selected !== undefined ? middleOf(selected) : undefined);
      }
      latest.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (shownOnce.current !== identity && size.current.width > 0) {
      camera.current = first(layout, free(), isFocused && selected !== undefined ? middleOf(selected) : undefined);
    }
    shownOnce.current = identity;
  }, [identity, layout]);
  useEffect(redraw, [layout, selected, identity, isDark.value]);

  const pointed = (event: { offsetX: number; offsetY: number }) => {
    const { scale, x, y } = camera.current;
    return nodeAt(layout, (event.offsetX - x) / scale, (event.offsetY - y) / scale);
  };
  const drag = useRef<{ x: number; y: number; moved: boolean } | undefined>(undefined);

  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: an application takes its own keys
    <canvas
      ref={canvas}
      class="canvas"
      role="application"
      aria-roledescription="graph"
      aria-label={describe(layout, selected)}
      tabIndex={0}
      onWheel={(event) => {
        event.preventDefault();
        // A pinch comes as a wheel with the control key.
        const isZoom = event.ctrlKey || event.metaKey || Math.abs(event.deltaY) > Math.abs(event.deltaX);
        look(
          isZoom
            ? zoom(camera.current, Math.exp(-event.deltaY * 0.0016), { x: event.offsetX, y: event.offsetY })
            : pan(camera.current, -event.deltaX, 0),
        );
      }}
      onPointerDown={(event) => {
        drag.current = { x: event.clientX, y: event.clientY, moved: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const from = drag.current;
        if (!from) {
          const node = pointed(event);
          if (node !== hovered.current) {
            hovered.current = node;
            event.currentTarget.style.cursor = node === undefined ? "grab" : "pointer";
            redraw();
          }
          return;
        }
        const [x, y] = [event.clientX - from.x, event.clientY - from.y];
        if (from.moved || Math.hypot(x, y) > 4) {
          drag.current = { x: event.clientX, y: event.clientY, moved: true };
          look(pan(camera.current, x, y));
        }
      }}
      onPointerUp={(event) => {
        if (drag.current && !drag.current.moved) {
          select(pointed(event));
        }
        drag.current = undefined;
      }}
      onKeyDown={(event) => {
        const direction = DIRECTIONS[event.key];
        if (direction) {
          event.preventDefault();
          const next = walk(layout, before, after, selected, direction);
          if (next !== undefined) {
            select(next);
            controls.current?.reveal(next);
          }
        } else if (event.key === "+" || event.key === "=") {
          controls.current?.zoom(1.3);
        } else if (event.key === "-") {
          controls.current?.zoom(1 / 1.3);
        } else if (event.key === "0") {
          controls.current?.fit();
        } else if (event.key === "Escape") {
          select(undefined);
        }
      }}
    />
  );
}

/** What a screen reader says of the graph. */
function describe(layout: Layout, selected: number | undefined): string {
  const all = `Dependencies of ${layout.labels.length} objects in ${layout.groups.length} groups.`;
  if (selected === undefined) {
    return `${all} Arrow keys go from object to object.`;
  }
  return `${shown(layout.keys[selected] ?? "")}, ${STATES[layout.states[selected] ?? 0]}. ${all}`;
}
