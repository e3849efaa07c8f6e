// A long list of rows of one height, of which only those in sight are there. Rows come in pages from the worker and are
// kept as long as the plan is the same; until they are there, their place is empty and nothing jumps.
import { type ComponentChildren, Fragment } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Page } from "../worker/protocol";

/** Rows beyond those in sight, above and below. */
const MARGIN = 12;
/** Rows that are asked for at once. */
const PAGE = 100;

/** Which rows are in sight, with a margin. */
export function range(top: number, height: number, row: number, total: number): { from: number; to: number } {
  const from = Math.max(0, Math.floor(top / row) - MARGIN);
  return { from: Math.min(from, total), to: Math.min(total, Math.ceil((top + height) / row) + MARGIN) };
}

/** Which pages have the rows of a range. */
export function pages(from: number, to: number): number[] {
  const first = Math.floor(from / PAGE);
  return Array.from({ length: Math.max(0, Math.ceil(to / PAGE) - first) }, (_, at) => first + at);
}

interface Rows<T> {
  total: number;
  item: (at: number) => T | undefined;
}

/** Which pages were asked for, and of which list. */
interface Asked {
  identity: string;
  pages: Set<number>;
}

/**
 * The pages that nobody asked for yet. A question begins its list: one of the list before may come late, between a new
 * list and its first question, and must not be taken for that one.
 */
export function begin(asked: Asked, identity: string, wanted: number[]): { asked: Asked; missing: number[] } {
  const known = asked.identity === identity ? asked.pages : new Set<number>();
  const missing = wanted.filter((page) => !known.has(page));
  return { asked: { identity, pages: new Set([...known, ...missing]) }, missing };
}

/** Rows that are asked for page by page. They are asked for again when `identity` is another one. */
export function usePages<T>(identity: string, first: number, fetch: (from: number, to: number) => Promise<Page<T>>) {
  const [rows, setRows] = useState<{ identity: string; total: number; pages: Map<number, T[]> }>({
    identity,
    total: first,
    pages: new Map(),
  });
  const asked = useRef<Asked>({ identity, pages: new Set() });
  const want = (from: number, to: number) => {
    const begun = begin(asked.current, identity, pages(from, Math.max(to, from + 1)));
    asked.current = begun.asked;
    for (const page of begun.missing) {
      fetch(page * PAGE, (page + 1) * PAGE).then(
        ({ items, total }) => {
          if (asked.current.identity === identity) {
            setRows((known) => {
              const before = known.identity === identity ? known.pages : new Map<number, T[]>();
              return { identity, total, pages: new Map(before).set(page, items) };
            });
          }
        },
        () => {
          if (asked.current.identity === identity) {
            asked.current.pages.delete(page);
          }
        },
      );
    }
  };
  // What was shown stays until the new rows are there.
  const of: Rows<T> = {
    total: rows.total,
    item: (at) => rows.pages.get(Math.floor(at / PAGE))?.[at % PAGE],
  };
  return { rows: of, want };
}

/** What a row of a tree is: how deep it stands, and whether it is open, where it can be. */
export interface Branch {
  depth: number;
  isOpen?: boolean | undefined;
}

interface ListProps<T> {
  label: string;
  rowHeight: number;
  rows: Rows<T>;
  want: (from: number, to: number) => void;
  identity: string;
  selected?: number | undefined;
  select: (item: T, at: number) => void;
  /** What a click does; where it is absent, it selects. */
  press?: (item: T, at: number) => void;
  /** Keys besides those that move the selection. True if there was something to do. */
  type?: (key: string, at: number) => boolean;
  /** Given where the rows are a tree. */
  branch?: (item: T) => Branch;
  render: (item: T, at: number) => ComponentChildren;
}

/** The list. Arrow keys, Page Up and Down, Home and End move the selection. */
export function List<T>(props: ListProps<T>) {
  const { label, rowHeight, rows, want, identity, selected, select, press = select, type, branch, render } = props;
  const host = useRef<HTMLDivElement>(null);
  /** The row that was gone to before its page was there. */
  const awaited = useRef<{ identity: string; at: number } | undefined>(undefined);
  const [view, setView] = useState({ top: 0, height: 600 });
  const { from, to } = range(view.top, view.height, rowHeight, rows.total);

  useEffect(() => want(from, to), [from, to, identity]);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) {
      return;
    }
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const waits = awaited.current?.identity === identity ? awaited.current.at : undefined;
  const arrived = waits === undefined ? undefined : rows.item(waits);
  useEffect(() => {
    if (waits !== undefined && arrived !== undefined) {
      awaited.current = undefined;
      select(arrived, waits);
    }
  }, [waits, arrived]);
  // A selection that somebody else moved is seen, too.
  useLayoutEffect(() => {
    if (selected !== undefined) {
      reveal(host.current, selected * rowHeight, rowHeight);
    }
  }, [selected]);

  const move = (event: KeyboardEvent) => {
    const screen = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const now = waits ?? selected ?? -1;
    if (type?.(event.key, now)) {
      event.preventDefault();
      return;
    }
    const steps: Record<string, number> = {
      ArrowDown: now + 1,
      ArrowUp: now - 1,
      PageDown: now + screen,
      PageUp: now - screen,
      Home: 0,
      End: rows.total - 1,
    };
    const next = steps[event.key];
    if (next === undefined || rows.total === 0) {
      return;
    }
    event.preventDefault();
    const at = Math.min(Math.max(next, 0), rows.total - 1);
    const item = rows.item(at);
    awaited.current = item === undefined ? { identity, at } : undefined;
    if (item !== undefined) {
      select(item, at);
    }
    reveal(host.current, at * rowHeight, rowHeight);
  };

  const shown = Array.from({ length: to - from }, (_, index) => from + index);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a list or a tree
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both have a name and an active row
    <div
      class="list"
      ref={host}
      role={branch ? "tree" : "listbox"}
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={
        selected === undefined || selected < from || selected >= to ? undefined : `${label}-${selected}`
      }
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      onKeyDown={move}
    >
      <div class="list-space" role="presentation" style={{ height: `${rows.total * rowHeight}px` }}>
        {shown.map((at) => {
          const item = rows.item(at);
          const stands = item === undefined ? undefined : branch?.(item);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
            // biome-ignore lint/a11y/noStaticElementInteractions: a row of a list or of a tree
            // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both may be selected and counted
            <div
              key={at}
              id={`${label}-${at}`}
              class="list-row"
              role={branch ? "treeitem" : "option"}
              aria-selected={at === selected}
              aria-level={stands && stands.depth + 1}
              aria-expanded={stands?.isOpen}
              aria-setsize={stands ? undefined : rows.total}
              aria-posinset={stands ? undefined : at + 1}
              style={{ height: `${rowHeight}px`, transform: `translateY(${at * rowHeight}px)` }}
              onClick={() => item !== undefined && press(item, at)}
            >
              {item === undefined ? <Fragment /> : render(item, at)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Scrolls as little as it takes to see a row. */
function reveal(list: HTMLElement | null, top: number, height: number): void {
  if (list) {
    list.scrollTop = Math.min(top, Math.max(list.scrollTop, top + height - list.clientHeight));
  }
}
