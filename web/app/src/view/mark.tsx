// What happens to an object, as a sign with a shape and a colour of its own: either is enough to read it.
import type { ChangeAction } from "@mz-deploy/planner";
import { ACTIONS, type Tone } from "../state/words";
import type { Mark as FileMark } from "../worker/protocol";

/** The shapes: a plus for what is new, a diamond for what changed, a ring for what is rebuilt. */
export function Shape({ tone }: { tone: Tone | "untouched" | "outside" }) {
  return (
    <svg class="shape" data-tone={tone} viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" focusable="false">
      {SHAPES[tone]}
    </svg>
  );
}

const SHAPES = {
  create: <path d="M5.4 1h3.2v4.4H13v3.2H8.6V13H5.4V8.6H1V5.4h4.4z" />,
  update: <path d="M7 .8 13.2 7 7 13.2.8 7z" />,
  rebuild: (
    <path d="M7 1a6 6 0 1 1 0 12A6 6 0 0 1 7 1zm0 3.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z" fill-rule="evenodd" />
  ),
  delete: <path d="M1 5.4h12v3.2H1z" />,
  keep: <path d="M7 1.4 13 12.4H1z" />,
  untouched: <rect x="2.5" y="2.5" width="9" height="9" rx="1" class="hollow" />,
  outside: <rect x="2.5" y="2.5" width="9" height="9" rx="1" class="hollow dashed" />,
} as const;

export function Mark({ mark }: { mark: FileMark }) {
  if (mark === "none") {
    return null;
  }
  const words = mark === "other" ? "changes" : ACTIONS[mark].noun;
  return (
    <span class="mark" title={words}>
      <Shape tone={mark === "other" ? "keep" : mark} />
      <span class="for-screen-readers">{words}</span>
    </span>
  );
}

export function ActionBadge({ action }: { action: ChangeAction }) {
  const { verb, tone } = ACTIONS[action];
  return (
    <span class="badge" data-tone={tone}>
      <Shape tone={tone} />
      {verb}
    </span>
  );
}
