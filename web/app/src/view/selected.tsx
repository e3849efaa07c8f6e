// The object that is selected in the graph: what it is, what it reads, what reads it. The graph in words.
import { useMemo } from "preact/hooks";
import { KINDS as KIND_NAMES, type Layout, STATES } from "../graph/model";
import { adjacency, neighbours, reach } from "../graph/reach";
import { goTo, showChange, showInGraph } from "../state/actions";
import { shown, split } from "../state/names";
import { focus } from "../state/state";
import { count, KINDS } from "../state/words";
import { CloseIcon, FileIcon, GraphIcon } from "./icons";
import { Shape } from "./mark";

interface Props {
  layout: Layout;
  node: number;
  select: (node: number) => void;
  close: () => void;
}

/** Neighbours that are listed. */
const MOST = 100;

export function Selected({ layout, node, select, close }: Props) {
  const before = useMemo(() => adjacency(layout.labels.length, layout.edges, false), [layout]);
  const after = useMemo(() => adjacency(layout.labels.length, layout.edges, true), [layout]);
  const key = layout.keys[node] ?? "";
  const state = STATES[layout.states[node] ?? 0] ?? "untouched";
  const kind = KIND_NAMES[layout.kinds[node] ?? 255];
  const path = layout.paths[node] ?? "";
  const followers = useMemo(() => reach(after, node).reduce((sum, reached) => sum + reached, 0) - 1, [after, node]);
  const name = split(shown(key));
  const isChanged = state !== "untouched" && state !== "outside";
  return (
    <aside class="selected" aria-label="Object">
      <header class="detail-head">
        <div>
          <h2>
            <span class="name-scope">{name.scope}</span>
            {name.own}
          </h2>
          <p class="detail-kind">
            <Shape tone={state} /> {kind ? KINDS[kind] : "outside of the project"}
            {followers > 0 && (
              <>
                , {count(followers, "object")} {followers === 1 ? "follows" : "follow"} from it
              </>
            )}
          </p>
        </div>
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <CloseIcon />
        </button>
      </header>
      <div class="detail-tools">
        {focus.value !== key && (
          <button type="button" onClick={() => showInGraph(key)}>
            <GraphIcon />
            Blast radius
          </button>
        )}
        {isChanged && (
          <button type="button" onClick={() => showChange(key)}>
            Why
          </button>
        )}
        {path !== "" && (
          <button type="button" onClick={() => goTo({ path })}>
            <FileIcon />
            Open the file
          </button>
        )}
      </div>
      <Neighbours title="Reads" nodes={neighbours(before, node)} layout={layout} select={select} />
      <Neighbours title="Is read by" nodes={neighbours(after, node)} layout={layout} select={select} />
    </aside>
  );
}

function Neighbours({
  title,
  nodes,
  layout,
  select,
}: {
  title: string;
  nodes: Uint32Array;
  layout: Layout;
  select: (node: number) => void;
}) {
  return (
    <section>
      <h3>
        {title} <span class="faint">{nodes.length}</span>
      </h3>
      {nodes.length === 0 ? (
        <p class="faint">nothing</p>
      ) : (
        <ul class="neighbours">
          {Array.from(nodes.subarray(0, MOST), (node) => (
            <li key={node}>
              <button type="button" class="row-link" onClick={() => select(node)}>
                <Shape tone={STATES[layout.states[node] ?? 0] ?? "untouched"} />
                <span>{shown(layout.keys[node] ?? "")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
