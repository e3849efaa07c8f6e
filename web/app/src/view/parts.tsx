// Small parts that several views have.
import type { ComponentChildren } from "preact";
import { goTo } from "../state/actions";

export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A place in a file, to go to. A path of no file of the project is text. */
export function PlaceLink({
  path,
  line,
  children,
}: {
  path?: string | undefined;
  line?: number | undefined;
  children: ComponentChildren;
}) {
  if (path === undefined) {
    return <span>{children}</span>;
  }
  return (
    <button type="button" class="link" onClick={() => goTo({ path, ...(line !== undefined && { line }) })}>
      {children}
    </button>
  );
}

/** The planner's words, in which names stand between backticks. */
export function Words({ children }: { children: string }) {
  const parts = children.split("`");
  return <>{parts.map((part, at) => (at % 2 === 1 && at < parts.length - 1 ? <code key={at}>{part}</code> : part))}</>;
}
