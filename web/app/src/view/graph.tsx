// The dependency graph: seen from any distance, searched, walked with keys, focused on what one object reaches.
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { type GroupBy, type Layout, STATES } from "../graph/model";
import { ask } from "../state/actions";
import { type Key, shown } from "../state/names";
import { focus, overview, selectedChange, version } from "../state/state";
import { Canvas, type Controls } from "./canvas";
import { CloseIcon, FitIcon, MinusIcon, PlusIcon, SearchIcon } from "./icons";
import { Shape } from "./mark";
import { Empty } from "./parts";
import { Selected } from "./selected";

/** A layout, and what it is of: another project, order or focus is seen as a whole first. */
interface Drawn {
  layout?: Layout | undefined;
  identity: string;
}

export function Graph() {
  const [{ layout, identity }, setDrawn] = useState<Drawn>({ identity: "" });
  const groupBy = useSignal<GroupBy>("schema");
  const selected = useSignal<Key | undefined>(focus.value ?? selectedChange.value);
  const controls = useRef<Controls | undefined>(undefined);
  const now = version.value;
  const of = focus.value;
  const by = groupBy.value;
  useEffect(() => {
    let isWanted = true;
    void ask("graph", { groupBy: by, ...(of !== undefined && { focus: of }) }).then(
      (next) => {
        if (isWanted) {
          setDrawn({ layout: next, identity: `${overview.value?.name}\0${by}\0${of ?? ""}` });
        }
      },
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [now, of, by]);
  useSignalEffect(() => {
    if (focus.value !== undefined) {
      selected.value = focus.value;
    }
  });
  if (identity !== "" && !layout) {
    return (
      <Empty title="Nothing to draw">
        <p>The project has no objects that are sound.</p>
      </Empty>
    );
  }
  const at = layout && selected.value !== undefined ? layout.keys.indexOf(selected.value) : -1;
  return (
    <div class="graph">
      <div class="graph-head">
        {layout && (
          <Search
            layout={layout}
            choose={(key) => {
              selected.value = key;
              controls.current?.reveal(layout.keys.indexOf(key));
            }}
          />
        )}
        <div class="segments" role="group" aria-label="Stand together by">
          {(["schema", "cluster"] as const).map((each) => (
            <button type="button" key={each} aria-pressed={by === each} onClick={() => (groupBy.value = each)}>
              By {each}
            </button>
          ))}
        </div>
        {of !== undefined && (
          <button
            type="button"
            class="chip"
            aria-pressed="true"
            onClick={() => (focus.value = undefined)}
            title="Show all objects"
          >
            Around {shown(of).split(".").at(-1)}
            <CloseIcon />
            <span class="for-screen-readers">show all objects</span>
          </button>
        )}
        <span class="spacer" />
        <div class="zoom" role="group" aria-label="Distance">
          <button
            type="button"
            class="icon-button"
            aria-label="Farther"
            onClick={() => controls.current?.zoom(1 / 1.4)}
          >
            <MinusIcon />
          </button>
          <button type="button" class="icon-button" aria-label="All of it" onClick={() => controls.current?.fit()}>
            <FitIcon />
          </button>
          <button type="button" class="icon-button" aria-label="Nearer" onClick={() => controls.current?.zoom(1.4)}>
            <PlusIcon />
          </button>
        </div>
      </div>
      <div class="graph-body">
        {layout && (
          <Canvas
            layout={layout}
            selected={at < 0 ? undefined : at}
            select={(node) => (selected.value = node === undefined ? undefined : layout.keys[node])}
            controls={controls}
            identity={identity}
            isFocused={of !== undefined}
          />
        )}
        {layout && at >= 0 && (
          <Selected
            layout={layout}
            node={at}
            select={(node) => {
              selected.value = layout.keys[node];
              controls.current?.reveal(node);
            }}
            close={() => (selected.value = undefined)}
          />
        )}
      </div>
      <Legend layout={layout} />
    </div>
  );
}

/** Names that are offered; a longer text finds the rest. */
const MOST = 12;

function Search({ layout, choose }: { layout: Layout; choose: (key: Key) => void }) {
  const text = useSignal("");
  const found = useComputed(() => {
    const wanted = text.value.trim().toLowerCase();
    if (wanted === "") {
      return [];
    }
    const names: Key[] = [];
    for (const key of layout.keys) {
      if (shown(key).toLowerCase().includes(wanted)) {
        names.push(key);
        if (names.length === MOST) {
          break;
        }
      }
    }
    return names;
  });
  const take = (key: Key | undefined) => {
    if (key !== undefined) {
      choose(key);
      text.value = "";
    }
  };
  return (
    <div class="search graph-search">
      <SearchIcon />
      <input
        type="search"
        placeholder={`Find among ${layout.labels.length.toLocaleString("en")} objects`}
        aria-label="Find an object"
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && take(found.value[0])}
      />
      {found.value.length > 0 && (
        <ul class="found">
          {found.value.map((key) => (
            <li key={key}>
              <button type="button" onClick={() => take(key)}>
                {shown(key)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const NAMES = {
  untouched: "untouched",
  create: "created",
  update: "updated",
  rebuild: "rebuilt",
  outside: "outside of the project",
} as const;

function Legend({ layout }: { layout: Layout | undefined }) {
  const counts = STATES.map(
    (_, state) => layout?.groups.reduce((sum, group) => sum + (group.counts[state] ?? 0), 0) ?? 0,
  );
  return (
    <ul class="graph-legend" aria-label="Signs">
      {STATES.map((state, at) =>
        (counts[at] ?? 0) > 0 ? (
          <li key={state}>
            <Shape tone={state} />
            {counts[at]?.toLocaleString("en")} {NAMES[state]}
          </li>
        ) : null,
      )}
    </ul>
  );
}
