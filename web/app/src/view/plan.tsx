// The plan: what it is made from and costs, what happens to which object, and all that is known of one of them.

import type { ChangeAction, ChangeRow } from "@mz-deploy/planner";
import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { ask, configure, goTo, show, showChange, showInGraph } from "../state/actions";
import { key, split } from "../state/names";
import { overview, selectedChange, selectedStep, settings, version } from "../state/state";
import { ACTIONS, count, KINDS, STRATEGIES, scopesChanged } from "../state/words";
import type { ChangeDetail, Filter } from "../worker/protocol";
import { Difference, Sql } from "./code";
import { ChevronIcon, CloseIcon, FileIcon, GraphIcon, SearchIcon } from "./icons";
import { List, usePages } from "./list";
import { ActionBadge, Shape } from "./mark";
import { Empty, PlaceLink } from "./parts";
import { MOST_SCOPES, ScopeWords, Summary } from "./summary";

export function Plan() {
  const { plan, errors } = overview.value ?? { errors: 0 };
  if (!plan) {
    return <NoPlan errors={errors} />;
  }
  return (
    <div class="plan">
      <Summary plan={plan} />
      {plan.changes === 0 && plan.scopes && plan.scopes.length > 0 ? (
        <Empty title={`${scopesChanged(plan)}`}>
          <ul>
            {plan.scopes.slice(0, MOST_SCOPES).map((scope) => (
              <ScopeWords key={scope.name} scope={scope} />
            ))}
          </ul>
          <p>No object in them changes.</p>
          <button type="button" class="primary" onClick={() => show("steps")}>
            Show the steps
          </button>
        </Empty>
      ) : plan.changes === 0 ? (
        <Empty title="No changes">
          <p>The project is what was deployed last. Edit a file, and the plan follows as you type.</p>
        </Empty>
      ) : (
        <Changes />
      )}
    </div>
  );
}

/** Why there is no plan, and what to do. Often it is a profile that nobody chose yet. */
function NoPlan({ errors }: { errors: number }) {
  const { problems = [], profiles = [] } = overview.value ?? {};
  const wantsProfile =
    settings.value.profile === undefined && problems.some(({ code }) => code === "UnresolvedVariables");
  if (wantsProfile && profiles.length > 0) {
    return (
      <Empty title="Which profile?">
        <p>The project has variables that get their values from a profile.</p>
        <div class="choices">
          {profiles.map(({ name }) => (
            <button type="button" key={name} onClick={() => void configure({ profile: name, variables: {} })}>
              {name}
            </button>
          ))}
        </div>
      </Empty>
    );
  }
  return (
    <Empty title="There is no plan">
      <p>
        {count(errors, "problem")} {errors === 1 ? "stands" : "stand"} in the way. A project is planned when it has no
        errors.
      </p>
      <button type="button" class="primary" onClick={() => show("problems")}>
        Show the problems
      </button>
    </Empty>
  );
}

function Changes() {
  const filter = useSignal<Filter>({ text: "" });
  const identity = `${version.value}\0${filter.value.text}\0${filter.value.action ?? ""}`;
  const { rows, want } = usePages<ChangeRow>(identity, overview.value?.plan?.changes ?? 0, (from, to) =>
    ask("changes", { filter: filter.value, from, to }),
  );
  const [selected, setSelected] = useState<number>();
  const isNarrowed = filter.value.text !== "" || filter.value.action !== undefined;
  const item = rows.item(selected ?? -1);
  const at = item && key(item.object) === selectedChange.value ? selected : undefined;
  return (
    <div class="split">
      <section class="changes" aria-label="Changes">
        <Filters filter={filter.value} change={(next) => (filter.value = next)} />
        {rows.total === 0 && isNarrowed ? (
          <p class="empty-small">No change has that name.</p>
        ) : (
          <List
            label="Changes"
            rowHeight={58}
            identity={identity}
            rows={rows}
            want={want}
            selected={at}
            select={(item, position) => {
              setSelected(position);
              selectedChange.value = key(item.object);
            }}
            render={(row) => (
              <span class="change-row">
                <Shape tone={ACTIONS[row.action].tone} />
                <span class="change-words">
                  <span class="change-name">{row.name}</span>
                  <span class="change-why">
                    <b data-tone={ACTIONS[row.action].tone}>{ACTIONS[row.action].verb}</b> {KINDS[row.kind]}{" "}
                    {STRATEGIES[row.strategy]}
                    {row.why && <> · {row.why}</>}
                  </span>
                </span>
              </span>
            )}
          />
        )}
      </section>
      <Detail />
    </div>
  );
}

function Filters({ filter, change }: { filter: Filter; change: (next: Filter) => void }) {
  const counts = overview.value?.plan?.counts ?? {};
  const actions = (Object.keys(ACTIONS) as ChangeAction[]).filter((action) => counts[action]);
  return (
    <div class="filters">
      <div class="search">
        <SearchIcon />
        <input
          type="search"
          placeholder="Find a change"
          aria-label="Find a change"
          value={filter.text}
          onInput={(event) => change({ ...filter, text: event.currentTarget.value })}
        />
      </div>
      {actions.length > 1 && (
        <div class="chips" role="group" aria-label="Kinds of changes">
          {actions.map((action) => (
            <button
              type="button"
              key={action}
              class="chip"
              data-tone={ACTIONS[action].tone}
              aria-pressed={filter.action === action}
              onClick={() => change(filter.action === action ? { text: filter.text } : { text: filter.text, action })}
            >
              <Shape tone={ACTIONS[action].tone} />
              {counts[action]?.toLocaleString("en")} {ACTIONS[action].noun}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** The change that is selected, followed through new plans by its name. */
function Detail() {
  const [detail, setDetail] = useState<ChangeDetail>();
  const name = selectedChange.value;
  const now = version.value;
  useEffect(() => {
    let isWanted = name !== undefined && now > 0;
    if (name === undefined) {
      setDetail(undefined);
    } else {
      void ask("change", { object: name }).then(
        (found) => isWanted && setDetail(found),
        () => undefined,
      );
    }
    return () => {
      isWanted = false;
    };
  }, [name, now]);
  if (name === undefined || !detail) {
    return (
      <section class="detail detail-empty" aria-label="Change">
        <p>Choose a change to see why it happens, what differs, and the steps that it takes.</p>
      </section>
    );
  }
  const { row, reasons, before, after, steps } = detail.change;
  const title = split(row.name);
  return (
    <section class="detail" aria-label="Change" aria-live="off">
      <header class="detail-head">
        <div>
          <h2 title={row.name}>
            <span class="name-scope">{title.scope}</span>
            {title.own}
          </h2>
          <p class="detail-kind">
            <ActionBadge action={row.action} /> {KINDS[row.kind]}, {STRATEGIES[row.strategy]}
          </p>
        </div>
        <button type="button" class="icon-button" aria-label="Close" onClick={() => (selectedChange.value = undefined)}>
          <CloseIcon />
        </button>
      </header>
      <div class="detail-tools">
        {row.file !== undefined && (
          <button type="button" onClick={() => goTo({ path: row.file ?? "" })}>
            <FileIcon />
            Open the file
          </button>
        )}
        {row.action !== "delete" && row.action !== "keep" && (
          <button type="button" onClick={() => showInGraph(key(row.object))}>
            <GraphIcon />
            Blast radius
          </button>
        )}
      </div>
      <h3>Why</h3>
      <ol class="chain">
        <li class="chain-start">
          <Shape tone={ACTIONS[row.action].tone} /> <span class="chain-name">{row.name}</span>
        </li>
        {reasons.map((reason, at) => (
          <li key={at}>
            {reason.object ? (
              <button type="button" class="link" onClick={() => reason.object && showChange(key(reason.object))}>
                {reason.words}
              </button>
            ) : (
              <PlaceLink path={reason.path} line={reason.line}>
                {reason.words}
              </PlaceLink>
            )}
          </li>
        ))}
      </ol>
      {before !== undefined && after !== undefined && (
        <>
          <h3>What differs</h3>
          <div class="boxed">
            <Difference before={before} after={after} label={`What differs in ${row.name}`} />
          </div>
        </>
      )}
      {(before === undefined) !== (after === undefined) && (
        <>
          <h3>{after === undefined ? "The definition that goes" : "The definition"}</h3>
          <div class="boxed">
            <Sql text={after ?? before ?? ""} label={`Definition of ${row.name}`} />
          </div>
        </>
      )}
      {steps.length > 0 && (
        <>
          <h3>{count(steps.length, "step")}</h3>
          <ul class="step-links">
            {steps.map((step, at) => (
              <li key={`${step.phase}-${step.step}`}>
                <button
                  type="button"
                  class="row-link"
                  onClick={() => {
                    selectedStep.value = step;
                    show("steps");
                  }}
                >
                  <span class="step-link">
                    <span class="faint">{overview.value?.plan?.phases[step.phase]?.name}</span>
                    <span class="step-sql">{detail.lines[at]}</span>
                  </span>
                  <ChevronIcon />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
