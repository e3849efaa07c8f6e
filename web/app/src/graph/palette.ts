// The page's colours for a canvas, which can't read them by itself.
import { STATES, type State } from "./model";
import type { Palette } from "./paint";

export function palette(of: Element): Palette {
  const style = getComputedStyle(of);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const state = (name: State): [State, Palette["states"][State]] => {
    if (name === "untouched" || name === "outside") {
      return [name, { fill: colour("--surface"), stroke: colour("--line-strong"), ink: colour("--ink-soft") }];
    }
    return [name, { fill: colour(`--${name}-soft`), stroke: colour(`--${name}`), ink: colour("--ink") }];
  };
  return {
    ink: colour("--ink"),
    soft: colour("--ink-soft"),
    faint: colour("--ink-faint"),
    line: colour("--line"),
    surface: colour("--surface"),
    sunken: colour("--sunken"),
    canvas: colour("--canvas"),
    accent: colour("--accent"),
    states: Object.fromEntries(STATES.map(state)) as Palette["states"],
    font: colour("--sans"),
  };
}
