// The files of the project, with what happens to them.
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { type TreeRow, treeMove, treeRows } from "../project/tree";
import { goTo } from "../state/actions";
import { overview, paths, place } from "../state/state";
import { MARKS } from "../worker/protocol";
import { ChevronIcon, FileIcon, FolderIcon, SearchIcon } from "./icons";
import { List } from "./list";
import { Mark } from "./mark";

const ROW = 28;

export function Files() {
  const filter = useSignal("");
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const rows = useComputed(() => treeRows(paths.value, closed.value, filter.value));
  const problems = useComputed(() => {
    const found = new Map<string, "error" | "warning">();
    for (const { primary, severity } of overview.value?.problems ?? []) {
      if (found.get(primary.path ?? "") !== "error") {
        found.set(primary.path ?? "", severity);
      }
    }
    return found;
  });
  const edited = useComputed(() => new Set(overview.value?.edited));
  // Where the keys are in the tree. It follows the editor, and leaves it where it is.
  const cursor = useSignal<string | undefined>(undefined);
  useSignalEffect(() => {
    cursor.value = place.value?.path;
  });
  const selected = useComputed(() => rows.value.findIndex(({ path }) => path === cursor.value));

  const toggle = (directory: string) => {
    const next = new Set(closed.value);
    if (!next.delete(directory)) {
      next.add(directory);
    }
    closed.value = next;
  };
  const press = (row: TreeRow) => {
    cursor.value = row.path;
    if (row.file === undefined) {
      toggle(row.path);
    } else {
      goTo({ path: row.path });
    }
  };
  const type = (key: string, at: number): boolean => {
    const move = treeMove(rows.value, at, key);
    if (move && "goTo" in move) {
      cursor.value = move.goTo.path;
    } else if (move && "toggle" in move) {
      toggle(move.toggle);
    } else if (move) {
      goTo({ path: move.open });
    }
    return move !== undefined;
  };

  return (
    <nav class="files" aria-label="Files">
      <div class="search">
        <SearchIcon />
        <input
          type="search"
          placeholder="Find a file"
          aria-label="Find a file"
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      </div>
      <List
        label="Files"
        rowHeight={ROW}
        identity={`${filter.value}\0${rows.value.length}`}
        rows={{ total: rows.value.length, item: (at) => rows.value[at] }}
        want={() => undefined}
        selected={selected.value < 0 ? undefined : selected.value}
        select={(row) => {
          cursor.value = row.path;
        }}
        press={press}
        type={type}
        branch={({ depth, isOpen }) => ({ depth, isOpen })}
        render={(row) => (
          <span
            class="tree-row"
            data-shown={row.file !== undefined && row.path === place.value?.path}
            style={{ paddingLeft: `${12 + row.depth * 14}px` }}
          >
            {row.file === undefined ? (
              <>
                <span class="chevron" data-open={row.isOpen}>
                  <ChevronIcon />
                </span>
                <FolderIcon />
              </>
            ) : (
              <>
                <span class="chevron" />
                <FileIcon />
              </>
            )}
            <span class="tree-name" data-problem={problems.value.get(row.path)}>
              {row.name}
            </span>
            {row.file !== undefined && edited.value.has(row.path) && <span class="edited">edited</span>}
            {row.file !== undefined && <Mark mark={MARKS[overview.value?.marks[row.file] ?? 0] ?? "none"} />}
          </span>
        )}
      />
      {filter.value !== "" && rows.value.length === 0 && (
        <p class="empty-small">No file has “{filter.value}” in its path.</p>
      )}
    </nav>
  );
}
