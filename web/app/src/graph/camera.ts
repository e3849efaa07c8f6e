// What part of the graph is seen: a scale and a shift, and how a user changes them.

export interface Camera {
  /** Pixels of a unit of the layout. */
  scale: number;
  /** Where the layout's origin is on the canvas. */
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

const FARTHEST = 0.01;
const NEAREST = 2.5;
/** From here on, names are read. */
export const LEGIBLE = 0.42;

/** What is left of the canvas beside the panel, which is at its right; on a narrow canvas, at its lower end (`graph.css`). */
export function beside(view: Size, panel: { width: number; share: number; narrow: number }): Size {
  return view.width > panel.narrow
    ? { ...view, width: view.width - panel.width }
    : { ...view, height: view.height * (1 - panel.share) };
}

/** Shows all of it, with a margin, and no larger than it is. */
export function fit(content: Size, view: Size, margin = 24): Camera {
  const wide = (view.width - 2 * margin) / Math.max(content.width, 1);
  const high = (view.height - 2 * margin) / Math.max(content.height, 1);
  const scale = Math.min(Math.max(Math.min(wide, high, 1), FARTHEST), NEAREST);
  return {
    scale,
    x: (view.width - content.width * scale) / 2,
    y: (view.height - content.height * scale) / 2,
  };
}

/** Where a graph is seen first: all of it, or one object in the middle where all of it would be too small to read. */
export function first(content: Size, view: Size, object: { x: number; y: number } | undefined): Camera {
  const whole = fit(content, view);
  return object && whole.scale < LEGIBLE ? centred(whole, object, view) : whole;
}

/** Nearer or farther, with the point under the pointer kept where it is. */
export function zoom(camera: Camera, factor: number, at: { x: number; y: number }): Camera {
  const scale = Math.min(Math.max(camera.scale * factor, FARTHEST), NEAREST);
  const ratio = scale / camera.scale;
  return { scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
}

export function pan(camera: Camera, x: number, y: number): Camera {
  return { ...camera, x: camera.x + x, y: camera.y + y };
}

/** Brings a point to the middle, at a scale at which names are read. */
export function centred(camera: Camera, point: { x: number; y: number }, view: Size): Camera {
  const scale = Math.max(camera.scale, 0.8);
  return { scale, x: view.width / 2 - point.x * scale, y: view.height / 2 - point.y * scale };
}

/** The part of the layout that is seen. */
export function seen(camera: Camera, view: Size): { left: number; top: number; right: number; bottom: number } {
  return {
    left: -camera.x / camera.scale,
    top: -camera.y / camera.scale,
    right: (view.width - camera.x) / camera.scale,
    bottom: (view.height - camera.y) / camera.scale,
  };
}
