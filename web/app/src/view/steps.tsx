// The steps of a plan, phase by phase: what each does, what must hold before, what undoes it.
import type { Inverse, StepView } from "@mz-deploy/planner";
import { useEffect, useState } from "preact/hooks";
import { ask, copy, showChange } from "../state/actions";
import { key, shown } from "../state/names";
import { overview, selectedStep, version } from "../state/state";
import { firstLine } from "../state/words";
import { Sql } from "./code";
import { CopyIcon } from "./icons";
import { List, usePages } from "./list";
import { Empty, PlaceLink } from "./parts";

const MOMENTS = {
  stage: { title: "Stage", what: "builds the new version; production goes on unchanged" },
  promote: { title: "Promote", what: "changes production, once everything staged is hydrated" },
  now: { title: "Steps", what: "" },
} as const;

export function Steps() {
  const phases = overview.value?.plan?.phases ?? [];
  if (phases.length === 0) {
    return (
      <Empty title="Nothing to do">
        <p>
          {overview.value?.plan
            ? "The project is what was deployed last."
            : "There is no plan, because the project has errors."}
        </p>
      </Empty>
    );
  }
  const phase = Math.min(selectedStep.value?.phase ?? 0, phases.length - 1);
  return (
    <div class="steps">
      <nav class="phases" aria-label="Phases">
        {(["stage", "promote", "now"] as const).map((moment) => {
          const own = phases.flatMap((each, at) => (each.at === moment ? [{ ...each, index: at }] : []));
          return own.length === 0 ? null : (
            <section key={moment}>
              <h3>{MOMENTS[moment].title}</h3>
              <p>{MOMENTS[moment].what}</p>
              <ol>
                {own.map(({ name, steps, index }) => (
                  <li key={index}>
                    <button
                      type="button"
                      class="phase"
                      aria-current={index === phase ? "step" : undefined}
                      onClick={() => (selectedStep.value = { phase: index, step: 0 })}
                    >
                      <span>{name}</span>
                      <span class="count">{steps.toLocaleString("en")}</span>
                    </button>
                  </li>
                ))}
              </ol>
            </section>
          );
        })}
      </nav>
      <Phase key={phase} phase={phase} total={phases[phase]?.steps ?? 0} />
    </div>
  );
}

function Phase({ phase, total }: { phase: number; total: number }) {
  const identity = `${version.value}\0${phase}`;
  const { rows, want } = usePages<StepView>(identity, total, (from, to) => ask("steps", { phase, from, to }));
  const chosen = selectedStep.value?.phase === phase ? Math.min(selectedStep.value.step, total - 1) : 0;
  return (
    <div class="split">
      <List
        label="Steps"
        rowHeight={46}
        identity={identity}
        rows={rows}
        want={want}
        selected={chosen}
        select={(_, step) => (selectedStep.value = { phase, step })}
        render={(step, at) => (
          <span class="step-row">
            <span class="step-number">{at + 1}</span>
            <span class="step-words">
              <span class={step.sql === undefined ? "step-effect" : "step-sql"}>{firstLine(step)}</span>
              {step.cause !== undefined && <span class="faint">{step.cause}</span>}
            </span>
            {step.group !== undefined && <span class="tag">transaction</span>}
          </span>
        )}
      />
      <StepDetail phase={phase} step={chosen} />
    </div>
  );
}

function StepDetail({ phase, step: at }: { phase: number; step: number }) {
  const [step, setStep] = useState<StepView>();
  const now = version.value;
  useEffect(() => {
    let isWanted = true;
    void ask("steps", { phase, from: at, to: at + 1 }).then(
      ({ items }) => isWanted && setStep(items[0]),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [phase, at, now]);
  if (!step) {
    return <section class="detail" aria-label="Step" />;
  }
  const { sql, object } = step;
  return (
    <section class="detail" aria-label="Step">
      <header class="detail-head">
        <div>
          <h2>Step {at + 1}</h2>
          <p class="detail-kind">
            {step.sql === undefined ? "not a statement: done by mz-deploy" : "one statement, exactly as it is sent"}
            {step.group !== undefined && `; shares the transaction ${step.group}`}
          </p>
        </div>
        {sql !== undefined && (
          <button type="button" onClick={() => void copy(sql, "The statement is copied.")}>
            <CopyIcon />
            Copy
          </button>
        )}
      </header>
      {sql === undefined ? (
        <p class="effect">{step.effect}</p>
      ) : (
        <div class="boxed">
          <Sql text={sql} label={`Statement of step ${at + 1}`} />
        </div>
      )}
      <dl class="facts">
        {step.cause !== undefined && (
          <>
            <dt>Because of</dt>
            <dd>
              <PlaceLink path={step.path} line={step.line}>
                {step.cause}
              </PlaceLink>
            </dd>
          </>
        )}
        {object && (
          <>
            <dt>For</dt>
            <dd>
              <button type="button" class="link" onClick={() => showChange(key(object))}>
                {shown(key(object))}
              </button>
            </dd>
          </>
        )}
        <dt>Requires</dt>
        <dd>
          {step.requires && step.requires.length > 0 ? (
            <ul>
              {step.requires.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          ) : (
            <span class="faint">nothing</span>
          )}
        </dd>
        <dt>Undone by</dt>
        <dd>
          <Undone inverse={step.inverse} />
        </dd>
      </dl>
    </section>
  );
}

function Undone({ inverse }: { inverse: Inverse }) {
  if (inverse === "nothing") {
    return <span class="faint">nothing has to be undone</span>;
  }
  if ("sql" in inverse) {
    return <code>{inverse.sql}</code>;
  }
  return <span class="warning-text">can't be undone: {inverse.irreversible}</span>;
}
