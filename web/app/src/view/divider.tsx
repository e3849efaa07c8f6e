// The line between the two halves of the page, which is moved with the pointer or with arrow keys.
import { useSignal } from "@preact/signals";

/** Per cent of the page's width. */
const RANGE = { least: 25, most: 75, first: 44, step: 2 } as const;

export function within(percent: number): number {
  return Math.min(Math.max(percent, RANGE.least), RANGE.most);
}

export function Divider() {
  const at = useSignal<number>(RANGE.first);
  const move = (percent: number, element: HTMLElement) => {
    at.value = within(percent);
    element.parentElement?.style.setProperty("--left", `${at.value}fr`);
    element.parentElement?.style.setProperty("--right", `${100 - at.value}fr`);
  };
  return (
    <div
      class="divider"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the files and the editor"
      aria-valuenow={at.value}
      aria-valuemin={RANGE.least}
      aria-valuemax={RANGE.most}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) {
          move((event.clientX / innerWidth) * 100, event.currentTarget);
        }
      }}
      onKeyDown={(event) => {
        const step = event.key === "ArrowRight" ? RANGE.step : event.key === "ArrowLeft" ? -RANGE.step : 0;
        if (step !== 0) {
          event.preventDefault();
          move(at.value + step, event.currentTarget);
        }
      }}
      onDblClick={(event) => move(RANGE.first, event.currentTarget)}
    />
  );
}
